/** What the gates of a defence are compiled from: the policy, its defects, and how far the wall clock falls back. */
import { type GateSpec, HORIZON_US } from '../core/spec.js';
import { compilePolicy } from '../scenario/compile.js';
import type { Policy } from '../scenario/plan.js';
import { chargeLate, type LateCharge } from './late-charges.js';

export interface DefenceSpec {
  readonly spec: GateSpec;
  /** By request class: what is charged late, and none where that is no weakness of the policy. */
  readonly late: readonly (readonly LateCharge[])[];
}

/**
 * @param fallsUs - all that the wall clock falls back behind the gates'; see the head of `defence.ts`.
 * @throws {FloodproofError} FP_GATE_INVALID
 */
export function compileDefence(policy: Policy, originUs: number, fallsUs: number): DefenceSpec {
  const plain = compilePolicy(policy, originUs);
  const { spec, charges } = policy.weaknesses.includes('late-charge')
    ? chargeLate(plain)
    : { spec: plain, charges: [] };
  if (spec.auth === null) return { spec, late: charges };
  // A window as long as a gate can say is of what is never stale: it is remembered by the gate's own clock, which never falls.
  const windowUsMax = Math.min(spec.auth.windowUsMax + fallsUs, HORIZON_US);
  return { spec: { ...spec, auth: { ...spec.auth, windowUsMax } }, late: charges };
}

/** The same for gates beside which there is another memory of used signatures. */
export function withoutMemory(spec: GateSpec): GateSpec {
  return spec.auth === null ? spec : { ...spec, auth: { ...spec.auth, replayCapacity: null } };
}
