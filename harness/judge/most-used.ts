/**
 * The most that can have been used of a counter at each moment: what a wrongful throttle is told by.
 *
 * For a moment t, every request sent at t or before that was or may have been admitted is charged as late as it can
 * have been, at its latest decision or at t itself, whichever is first, and with the most that it can have cost. A later
 * charge comes back later, so no other assignment of decisions leaves fewer cells at t; and all requests can have been
 * that late at once. The throttled request was decided at some t between its send and its answer: if at every such t the
 * cells were there, no assignment explains the throttle.
 *
 * Between two sends the level only rises (refill, windows that end, requests that end; an answer moves a charge from
 * "now" to the same moment and changes nothing), so the smallest level is found at the throttled request's own send or
 * at a send after it. A send in the very microsecond of the answer may still have been decided before: it counts.
 *
 * The times are rounded down to whole microseconds and the target's clock has the grain g: two of its readings differ
 * by at least the difference of our times less g. So a bucket may have refilled g less than it seems, and a window may
 * still hold what was charged g before it.
 *
 * Cells that are given back or earned only add to what is there, whether a window can go below zero or not: a counter
 * that was given nothing holds the least, so none are counted.
 */
import type { PolicyLimit } from '../scenario/plan.js';
import { bucketNumbers } from './bucket-numbers.js';
import { MostInFlight } from './most-in-flight.js';
import { MostSpent } from './most-spent.js';
import { MostUsedBucket } from './most-used-bucket.js';
import { MostUsedSlidingCounter } from './most-used-sliding-counter.js';
import { MostUsedWindow } from './most-used-window.js';

export interface MostUsed {
  readonly entries: number;
  /**
   * A request that may be charged goes out. Times of all calls must not fall; sends come before answers of the same
   * time.
   */
  send(sentUs: number, cells: number): void;
  /**
   * Its latest possible decision.
   * @param isOver - whether it certainly has ended by then, so that it holds nothing any more.
   */
  settle(decidedByUs: number, cells: number, isOver: boolean): void;
  /** Takes the level at the send of a request that is not charged. */
  probe(sentUs: number): void;
  /** Whether `cells` were certainly there at every moment from `sinceUs`, a probed time, until now. */
  hadSince(sinceUs: number, cells: number): boolean;
  /** No later question reaches back before `beforeUs`. */
  forgetBefore(beforeUs: number): void;
}

export function createMostUsed(limit: PolicyLimit, grainUs: number): MostUsed {
  switch (limit.family) {
    case 'token-bucket':
    case 'decaying-counter':
      return new MostUsedBucket(bucketNumbers(limit), grainUs);
    case 'leaky-queue':
      // Whoever is admitted to the queue is charged there and then, as by a bucket that holds the queue as well.
      return new MostUsedBucket(bucketNumbers({ ...limit, capacity: limit.capacity + limit.queueCells }), grainUs);
    case 'sliding-counter':
      return new MostUsedSlidingCounter(limit, grainUs);
    case 'earned-budget':
      return new MostSpent(limit.capacity, limit.trickleUs, grainUs);
    case 'concurrency':
      return new MostInFlight(limit.capacity, grainUs);
    default:
      return new MostUsedWindow(limit.capacity, limit.windowUs, grainUs);
  }
}
