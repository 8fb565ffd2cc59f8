/** What a doctor asks of the owner of a target that is not loopback. */
import type { Adapter } from '../../scenario/adapter.js';
import type { PolicyAuth } from '../../scenario/plan.js';
import type { Attack, ConsentDemand } from '../../targets/consent/consent-demand.js';
import { ROUND_MS, ROUNDS_MS_MAX } from './doctor-rounds.js';
import { hasStamp } from './doctor-trials.js';

/** Wrong signatures and unknown keys are forged whatever signs; a stale stamp is sent where there is one. */
export function doctorDemand(adapter: Adapter, auth: PolicyAuth | null): ConsentDemand {
  const attacks: Attack[] = [];
  if (auth !== null) attacks.push({ kind: 'forgery', behaviour: 'signature-forgery' });
  if (auth !== null && hasStamp(adapter, auth)) attacks.push({ kind: 'forgery', behaviour: 'clock-skew' });
  return { name: 'doctor', ratePerSecond: 1000 / ROUND_MS, durationUs: ROUNDS_MS_MAX * 1000, attacks };
}
