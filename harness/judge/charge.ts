/**
 * Which counters a request charged, as far as its outcome tells. Every rule of the oracle stands on this table:
 *
 * | outcome | limits by ip | other limits |
 * |---|---|---|
 * | admitted | certainly | certainly |
 * | refused by the verifier | certainly: they stand before it, and it keeps their charge | not |
 * | throttled, never, banned | not: a request that any limit denies charges none | not |
 * | denied, unclear | maybe: it is unknown who answered | maybe |
 * | timeout, reset, garbage, server error, aborted | maybe, if it was written to a socket | maybe, if written |
 * | unconnected, unsent | not | not |
 */
import { Outcome } from '../actors/outcome.js';
import type { LimitBy } from '../core/spec.js';
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import { NONE } from './observation.js';
import { isAnswered, isBlocked, isWritten, type Row } from './row.js';

export type Charge = 'certain' | 'maybe' | 'none';

export function chargeOf(row: Row, by: LimitBy): Charge {
  if (row.outcome === Outcome.admitted) return 'certain';
  if (row.outcome === Outcome.refused) return by === 'ip' ? 'certain' : 'none';
  if (row.outcome === Outcome.denied) return 'maybe';
  if (isBlocked(row) || row.outcome === Outcome.unconnected || row.outcome === Outcome.unsent) return 'none';
  return isWritten(row) ? 'maybe' : 'none';
}

/**
 * The last microsecond in which the target can have decided. An answer is the end of it; a failure is not: a request
 * that timed out, or of which a proxy answered 504, may be decided later.
 *
 * `concludedUs` serves as the answer time everywhere in the oracle. It is never before `answeredUs`, the rows are
 * sorted by it, and a later end of the interval only ever speaks for the target.
 */
export function decidedByUs(row: Row, latestDecisionUs: number): number {
  if (isAnswered(row)) return row.concludedUs;
  return Math.max(row.concludedUs, row.sentUs + latestDecisionUs);
}

/**
 * Index of the counter that a limit holds for this row: an ip, account or key index, 0 for global; -1 = not matched.
 */
export function counterOf(row: Row, limit: PolicyLimit): number {
  if ((limit.costs[row.requestClass] ?? 0) === 0) return -1;
  if (limit.by === 'ip') return row.ip;
  if (limit.by === 'global') return 0;
  const index = limit.by === 'account' ? row.account : row.key;
  return index === NONE ? -1 : index;
}

export interface IndexedLimit {
  readonly index: number;
  readonly limit: PolicyLimit;
}

/** The limits of a policy by the request class that they match. */
export class MatchingLimits {
  private readonly byClass: readonly (readonly IndexedLimit[])[];

  constructor(policy: Policy) {
    const classes = policy.limits.reduce((most, limit) => Math.max(most, limit.costs.length), 0);
    this.byClass = Array.from({ length: classes }, (_, requestClass) =>
      policy.limits
        .map((limit, index) => ({ index, limit }))
        .filter(({ limit }) => (limit.costs[requestClass] ?? 0) > 0),
    );
  }

  /** Limits that count this class; a limit by account or key may still not apply to a row that has none. */
  ofClass(requestClass: number): readonly IndexedLimit[] {
    return this.byClass[requestClass] ?? [];
  }

  /** The limits that can have throttled this row: the one that the answer named, else every one that matches it. */
  suspects(row: Row): readonly IndexedLimit[] {
    const matching = this.ofClass(row.requestClass).filter(({ limit }) => counterOf(row, limit) >= 0);
    const named = matching.filter(({ index }) => index === row.limit);
    return named.length > 0 ? named : matching;
  }
}

/** One number for a limit and one of its counters: a limit has at most 2^32 of them, a policy few limits. */
export function subjectId(limitIndex: number, counter: number): number {
  return limitIndex * 2 ** 32 + counter;
}
