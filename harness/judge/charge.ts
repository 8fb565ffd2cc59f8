/**
 * Which counters a request charged, as far as its outcome tells. Every rule of the oracle stands on this table:
 *
 * | outcome | limits before the verifier | other limits |
 * |---|---|---|
 * | admitted | certainly | certainly |
 * | refused by the verifier | certainly: it keeps their charge | not |
 * | throttled, never, banned | not: a request that any limit denies charges none | not |
 * | denied, unclear | maybe: it is unknown who answered | maybe |
 * | timeout, reset, garbage, server error, aborted | maybe, if it was written to a socket | maybe, if written |
 * | unconnected, unsent | not | not |
 */
import { Outcome } from '../actors/outcome.js';
import { type PolicyLimit, requestClasses } from '../scenario/plan.js';
import { isAnswered, isBlocked, isWritten, type Row } from './row.js';

export type Charge = 'certain' | 'maybe' | 'none';

/** Whether a limit stands before the verifier: it needs nothing that the verifier finds out. */
function isFront({ by }: PolicyLimit): boolean {
  return by.includes('ip') && by.every((part) => part === 'ip' || part === 'class');
}

/** What the limit let through: the charges that its bound speaks of. */
export function chargeOf(row: Row, limit: PolicyLimit): Charge {
  if (row.outcome === Outcome.admitted) return 'certain';
  if (row.outcome === Outcome.refused) return isFront(limit) ? 'certain' : 'none';
  if (row.outcome === Outcome.denied) return 'maybe';
  if (isBlocked(row) || row.outcome === Outcome.unconnected || row.outcome === Outcome.unsent) return 'none';
  return isWritten(row) ? 'maybe' : 'none';
}

/**
 * What the counter was charged with: `chargeOf`, and of a window that counts denied requests those too.
 *
 * A limit before the verifier is asked about every request, one behind it only when no limit before the verifier said
 * no. So a throttle that names its limit was certainly counted where both stand on the same side, and by the limits
 * before the verifier in any case. Where the answer names none somebody else may have spoken; and what a target does
 * with those that it bans, or tells "never", before it looks at any counter is its own affair: maybe.
 *
 * @param deniedBy - the limit that the answer named, null = none that matches the row.
 */
export function countedOf(row: Row, limit: PolicyLimit, deniedBy: PolicyLimit | null): Charge {
  const admitted = chargeOf(row, limit);
  if (admitted !== 'none' || limit.family !== 'fixed-window' || !limit.countsDenied) return admitted;
  if (row.outcome === Outcome.never || row.outcome === Outcome.banned) return 'maybe';
  if (row.outcome !== Outcome.throttled) return 'none';
  return deniedBy !== null && (isFront(limit) || !isFront(deniedBy)) ? 'certain' : 'maybe';
}

/** Whether a request can have been admitted: only such a one is ever filled, and gives or earns cells. */
export function mayBeAdmitted(row: Row): boolean {
  if (row.outcome === Outcome.admitted || row.outcome === Outcome.denied) return true;
  if (isBlocked(row) || row.outcome === Outcome.unconnected || row.outcome === Outcome.unsent) return false;
  return isWritten(row);
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

/** One number for a limit and one of its counters: a limit has fewer than 2^36 of them, a policy few limits. */
export function subjectId(limitIndex: number, counter: number): number {
  return limitIndex * 2 ** 36 + counter;
}

/** The part of a limit's counters that is one identity's own: apart by class where the limit counts by class. */
export function ownCounterOf(row: Row, { by }: PolicyLimit): number {
  return by.includes('class') ? row.identity * requestClasses.length + row.requestClass : row.identity;
}
