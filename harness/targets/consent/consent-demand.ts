/** What a run asks of the owner of its target, and whether a consent covers it. */
import type { Plan } from '../../scenario/plan.js';
import { planEndUs } from '../../scenario/plan.js';
import type { Consent, ConsentFault } from './consent-document.js';
import type { OperatorId } from './consent-key.js';
import { type AttackKind, attackKindOf } from './consent-kinds.js';
import { peakRatePerSecond } from './peak-rate.js';

export interface ConsentDemand {
  /** Of the scenario or the command, for messages. */
  readonly name: string;
  /** Requests per second at most, retries left out; null = nobody can tell before it is played. */
  readonly ratePerSecond: number | null;
  readonly durationUs: number;
  readonly attacks: readonly Attack[];
}

export interface Attack {
  readonly kind: AttackKind;
  /** What a consent may name instead of the kind. */
  readonly behaviour: string;
}

/** How far ahead a consent may expire. */
export const DAYS_AHEAD_MAX = 90;
const MS_PER_DAY = 86_400_000;

/** What playing a plan asks for. */
export function demandOf(plan: Plan): ConsentDemand {
  return {
    name: plan.name,
    ratePerSecond: peakRatePerSecond(plan),
    durationUs: planEndUs(plan),
    attacks: plan.actors.flatMap((actor) => {
      const kind = attackKindOf(actor);
      return kind === null ? [] : [{ kind, behaviour: actor.behaviour }];
    }),
  };
}

export interface Asking {
  /** As the target's URL has it. */
  readonly host: string;
  readonly port: number;
  /** null = whoever asks has no key, and only wants to know the rest. */
  readonly operator: OperatorId | null;
  readonly nowMs: number;
  readonly demands: readonly ConsentDemand[];
}

/** Every reason why the consent does not cover what is asked for; empty = it does. */
export function uncovered(consent: Consent, asking: Asking): ConsentFault[] {
  const { host, port, operator, nowMs, demands } = asking;
  const faults: ConsentFault[] = [];
  const add = (code: string, message: string, hint: string): void => void faults.push({ code, message, hint });
  const another = 'ask the owner for a consent of this very host and port';
  if (consent.host !== host) add('FP_CONSENT_HOST', `it is for the host ${consent.host}, not for ${host}`, another);
  if (consent.port !== port) add('FP_CONSENT_PORT', `it is for the port ${consent.port}, not for ${port}`, another);
  if (operator !== null && !consent.operators.includes(operator)) {
    const known = consent.operators.join(', ');
    add('FP_CONSENT_OPERATOR', `it names ${known}, and not the key that is held here, ${operator}`, 'use another key');
  }
  const renewed = 'ask the owner to renew it';
  const leftMs = consent.expiresAtMs - nowMs;
  if (leftMs <= 0) add('FP_CONSENT_EXPIRED', `it expired ${Math.floor(-leftMs / 1000)} s ago`, renewed);
  if (leftMs > DAYS_AHEAD_MAX * MS_PER_DAY) {
    const message = `it expires in more than ${DAYS_AHEAD_MAX} days, which is no consent of somebody who looks after it`;
    add('FP_CONSENT_TOO_LONG', message, `let it expire in ${DAYS_AHEAD_MAX} days at most`);
  }
  for (const demand of demands) faults.push(...uncoveredOf(consent, demand, leftMs));
  return faults;
}

function uncoveredOf(consent: Consent, demand: ConsentDemand, leftMs: number): ConsentFault[] {
  const { name, ratePerSecond, durationUs, attacks } = demand;
  const faults: ConsentFault[] = [];
  if (ratePerSecond === null) {
    faults.push({
      code: 'FP_CONSENT_RATE',
      message: `${name} follows a recording, so nobody can say that it stays below ${consent.ratePerSecond}/s`,
      hint: 'give every actor arrivals with a rate, or play it on loopback',
    });
  } else if (ratePerSecond > consent.ratePerSecond) {
    faults.push({
      code: 'FP_CONSENT_RATE',
      message: `${name} sends up to ${Math.ceil(ratePerSecond)} requests a second, and ${consent.ratePerSecond} are agreed to`,
      hint: 'ask the owner for more, or lower the rates of its actors: nothing is cut by itself',
    });
  }
  if (durationUs > consent.durationSeconds * 1e6) {
    faults.push({
      code: 'FP_CONSENT_DURATION',
      message: `${name} lasts ${durationUs / 1e6} s, and ${consent.durationSeconds} s are agreed to`,
      hint: 'ask the owner for longer, or shorten its phases',
    });
  }
  if (leftMs > 0 && durationUs > leftMs * 1000) {
    faults.push({
      code: 'FP_CONSENT_EXPIRES',
      message: `${name} lasts ${durationUs / 1e6} s, and the consent expires in ${Math.floor(leftMs / 1000)} s`,
      hint: 'ask the owner to renew it',
    });
  }
  const missing = new Set<string>();
  for (const { kind, behaviour } of attacks) {
    if (consent.kinds.includes(kind) || consent.kinds.includes(behaviour) || missing.has(behaviour)) continue;
    missing.add(behaviour);
    const agreed = consent.kinds.length === 0 ? 'honest traffic alone' : consent.kinds.join(', ');
    faults.push({
      code: 'FP_CONSENT_KIND',
      message: `${name} plays ${behaviour}, which is ${kind}; agreed to is ${agreed}`,
      hint: `ask the owner to add "${kind}" or "${behaviour}" to its kinds`,
    });
  }
  return faults;
}
