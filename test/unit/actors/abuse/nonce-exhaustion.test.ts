import { describe, expect, it } from 'vitest';
import { createBehaviour } from '../../../../harness/actors/registry.js';
import { signatureForm } from '../../../../harness/signing/hmac-lines.js';
import { OTHERS, setStage, throttled } from '../stage.js';

describe('nonce exhaustion', () => {
  it('sends the highest number under every key in turn, with a signature of the right form', () => {
    const stage = setStage('nonce-exhaustion', { params: { victims: 'customers' } });
    const keys = Array.from({ length: OTHERS }, (_, index) => stage.world.identity(index).keyId);
    const intents = Array.from({ length: 2 * OTHERS }, () => stage.arrive());
    expect(intents.map(({ claims }) => claims?.keyId)).toEqual([...keys, ...keys]);
    const { pattern } = signatureForm({ hash: 'sha256', encoding: 'hex' });
    for (const { claims, signed, tamper, replay } of intents) {
      expect(claims?.rising).toBe(2 ** 53 - 1);
      expect(claims?.signature).toMatch(pattern);
      expect({ signed, tamper, replay }).toEqual({ signed: true, tamper: null, replay: null });
    }
    expect(new Set(intents.map(({ claims }) => claims?.signature)).size).toBe(2 * OTHERS);
  });

  it('goes on whatever it is told, and wants nothing where nothing is signed', () => {
    const stage = setStage('nonce-exhaustion', { params: { victims: 'customers' } });
    const intent = stage.arrive();
    const { plan, world } = stage;
    const [, actor] = plan.actors;
    if (actor === undefined) throw new Error('the stage is empty');
    const unsigned = { ...plan, policy: { ...plan.policy, auth: null } };
    const behaviour = createBehaviour(actor, unsigned, { seed: 1, world, captured: null });
    expect(behaviour.onArrival(world.identity(OTHERS), 0)).toBeNull();
    expect(
      createBehaviour(actor, plan, { seed: 1, world, captured: null }).onOutcome(intent, throttled(0), 0),
    ).toBeNull();
  });
});
