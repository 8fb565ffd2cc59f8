import { keepsCounters } from '../core/change-spec.js';
import type { GateSpec } from '../core/spec.js';
import { FloodproofError } from '../errors.js';
import type { Policy, PolicyLimit } from '../scenario/plan.js';

/** Names of limits, and what a change of policy did to their counters. */
export interface PolicyChange {
  /** Cells that were used stay used, bans go on. */
  readonly kept: readonly string[];
  /** New, or counting so differently that they start anew. */
  readonly fresh: readonly string[];
  readonly gone: readonly string[];
}

/** What became of the counters; see `Gate.change` for what a limit that keeps them keeps. */
export function describeChange(before: GateSpec, after: GateSpec): PolicyChange {
  const kept = after.limits.filter((limit) => before.limits.some((earlier) => keepsCounters(earlier, limit)));
  return {
    kept: kept.map(({ name }) => name),
    fresh: after.limits.filter((limit) => !kept.includes(limit)).map(({ name }) => name),
    gone: before.limits.map(({ name }) => name).filter((name) => after.limits.every((limit) => limit.name !== name)),
  };
}

/**
 * Refuses what a gateway that runs cannot change without breaking a promise.
 *
 * - `auth`: claims of signatures are remembered for just the window that was allowed.
 * - `password`: hashes are made at the cost that was in force.
 * - `nodes`, `weaknesses`: each node has counters of its own, and a defect decides how they are charged.
 * - Limits of requests in flight, other than their capacity or that one is left out: what is in flight was charged by the
 *   limit as it was and is given back to the limit as it is. To a counter that never held these cells that would be room
 *   for others, too much of it.
 *
 * @throws {FloodproofError} FP_GATE_INVALID with a fault for each.
 */
export function checkPolicyChange(before: Policy, after: Policy): void {
  const messages: string[] = [];
  if (!isSame(before.auth, after.auth)) messages.push('auth must be what the gateway was started with');
  if (!isSame(before.password, after.password)) messages.push('password must be what the gateway was started with');
  if (before.nodes !== after.nodes) messages.push('nodes must be what the gateway was started with');
  if (!isSame(before.weaknesses, after.weaknesses)) {
    messages.push('weaknesses must be what the gateway was started with');
  }
  const counted = before.limits.filter(isInFlight).map(whatIsHeld);
  for (const limit of after.limits.filter(isInFlight)) {
    if (counted.includes(whatIsHeld(limit))) continue;
    messages.push(`limit ${limit.name} counts requests in flight, of which some began before it would count them so`);
  }
  if (messages.length === 0) return;
  const hint = 'start another gateway with this policy, or leave that as it was';
  const faults = messages.map((message) => {
    return { code: 'FP_CHANGE_REFUSED', file: after.file, line: 0, column: 0, message, hint };
  });
  throw new FloodproofError('FP_GATE_INVALID', `a gateway that runs cannot change to the policy ${after.name}`, {
    faults,
    hint,
  });
}

function isInFlight({ family }: PolicyLimit): boolean {
  return family === 'concurrency';
}

/** Whatever of a limit in flight must be as it was: all but its capacity and what it does to those whom it refuses. */
function whatIsHeld({ name, by, ipPrefix, costs, isShadow, maxKeys, ban }: PolicyLimit): string {
  return JSON.stringify([name, by, ipPrefix, costs, isShadow, maxKeys, ban === null]);
}

/** Both are plain data with keys in one order. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
