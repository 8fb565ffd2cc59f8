/**
 * The least that can have been used of a counter when a request was decided: what a right throttle is told by.
 *
 * Only requests that were certainly charged and certainly decided before it count (answered before it was sent), each
 * with its least cost and as early as it can have been, at its send time; and the request itself as late as it can have
 * been, at its answer. An earlier charge comes back earlier, so no assignment leaves more cells. Two readings of the
 * target's clock differ by at most the difference of our times and its grain g. If even so the cells were not there, the
 * throttle was called for.
 *
 * Where cells can be given back, the answer is how many are missing: the throttle was called for if fewer than that can
 * have been given until the request's answer. A counter that is credited k cells, at whatever moments, lacks at least
 * what it would without, less k: a credit that finds nothing to give back leaves more used, never less.
 *
 * Of a queue it is seldom certain: whoever stands in it has not been answered yet, and may not have been decided either.
 * Of concurrency nothing is ever certain: a request that is open may not have been decided yet, or have ended already.
 * The same goes for a budget with a trickle, of which it is never known whether it was free.
 */
import type { PolicyLimit } from '../scenario/plan.js';
import { bucketNumbers } from './bucket-numbers.js';
import { LeastUsedBucket } from './least-used-bucket.js';
import { LeastSpent, LeastUsedFirstWindow } from './least-used-sum.js';
import { LeastUsedLog, LeastUsedSlidingCounter } from './least-used-window.js';

export interface LeastUsed {
  readonly entries: number;
  /** Any request goes out, in the order of the sends. */
  send(sentUs: number): void;
  /**
   * A certain charge was answered, in the order of the answers. `oldestPendingUs` is at most the send time of every
   * later one.
   */
  add(sentUs: number, cells: number, oldestPendingUs: number): void;
  /**
   * How many of `cells` were certainly not there for a request that was sent after all answers that were added, rounded
   * up; 0 or below = perhaps all were.
   */
  lacking(answeredUs: number, cells: number): number;
}

/** Of which nothing is ever certain. */
const unknown: LeastUsed = { entries: 0, send: () => {}, add: () => {}, lacking: () => 0 };

export function createLeastUsed(limit: PolicyLimit, grainUs: number): LeastUsed {
  switch (limit.family) {
    case 'token-bucket':
    case 'decaying-counter':
      return new LeastUsedBucket(bucketNumbers(limit), grainUs);
    case 'leaky-queue':
      return new LeastUsedBucket(bucketNumbers({ ...limit, capacity: limit.capacity + limit.queueCells }), grainUs);
    case 'sliding-log':
      return new LeastUsedLog(limit.capacity, limit.windowUs, grainUs);
    case 'sliding-counter':
      return new LeastUsedSlidingCounter(limit, grainUs);
    case 'earned-budget':
      return limit.trickleUs === null ? new LeastSpent(limit.capacity) : unknown;
    case 'concurrency':
      return unknown;
    default:
      return limit.anchor === 'first-hit' ? new LeastUsedFirstWindow(limit.capacity, limit.windowUs, grainUs) : unknown;
  }
}
