import { paramsOf } from '../../scenario/behaviours.js';
import type { Behaviour, CapturedRequest, Identity, Intent } from '../actor.js';
import { IntentKind } from '../outcome.js';
import type { Setting } from '../setting.js';

/**
 * Sends a captured signed request again, byte for byte, from its own address. An arrival that finds nothing young
 * enough in the ring is skipped.
 */
export function createReplay(setting: Setting): Behaviour {
  const { ageMaxUs } = paramsOf(setting.actor, 'replay');

  function onArrival(identity: Identity, nowUs: number): Intent | null {
    const { number, random } = setting.events.arrival(identity);
    const captured = setting.captured?.pick(random, nowUs, ageMaxUs) ?? null;
    const method = captured === null ? null : methodOf(captured);
    if (captured === null || method === null) return null;
    return {
      identity,
      kind: IntentKind.arrival,
      requestClass: captured.requestClass,
      method,
      path: captured.path,
      body: captured.body,
      signed: true,
      accountIndex: captured.accountIndex,
      headers: null,
      replay: captured,
      elements: captured.elements,
      tamper: null,
      claims: null,
      stampOffsetUs: 0,
      lastByteUs: null,
      wantsBody: false,
      attempt: 0,
      step: `replay/${number}`,
    };
  }

  return { onArrival, onOutcome: () => null };
}

const methods: readonly Intent['method'][] = ['GET', 'POST', 'PUT', 'DELETE'];

function methodOf(captured: CapturedRequest): Intent['method'] | null {
  return methods.find((method) => method === captured.method) ?? null;
}
