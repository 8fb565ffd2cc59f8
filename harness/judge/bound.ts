/** What a limit promises about one of its counters, held against what was certainly admitted. */
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import { BucketBound } from './bucket-bound.js';
import { BudgetBound } from './budget-bound.js';
import type { PhaseCircle } from './phase-circle.js';
import { QueueBound } from './queue-bound.js';
import { SlidingCounterBound } from './sliding-counter-bound.js';
import { WindowBound } from './window-bound.js';

/** What else is known of a charge. */
export interface ChargeFacts {
  /** The most that the request can have cost. */
  readonly mostCells: number;
  /** Whether the answer came from behind all limits, so that a queue must have served the request by then. */
  readonly isServed: boolean;
  /** Cells that can have been given to this counter until the answer. */
  readonly creditCells: number;
}

export interface Bound {
  /**
   * Of the worst interval that ends at the last added answer: cells above the bound, negative when there is room, and
   * then 1 - excess is how many more cells would have been convicted. -Infinity when no interval could be told.
   */
  readonly excessCells: number;
  readonly fromUs: number;
  readonly admittedCells: number;
  /** Whether it is told by the phase of the windows, not by the length of the interval. */
  readonly isByPhase: boolean;
  /** Memory in use. */
  readonly entries: number;
  /**
   * Takes a certain charge of at least `cells`. Answers must not fall; `oldestPendingUs` is at most the send time of this
   * and every later one. Without `facts` the charge is exact, was served, and nothing was credited.
   */
  add(sentUs: number, answeredUs: number, cells: number, oldestPendingUs: number, facts?: ChargeFacts): void;
  /** Gives memory back that no later question can need. */
  forget(oldestPendingUs: number, nowUs: number): void;
}

/**
 * Whether anything that is seen from outside can ever prove a leak of this limit.
 *
 * Concurrency: never. A request holds its cells somewhere between its decision and its end, both of which lie between
 * send and answer; a target that decides each request just before it answers it never holds two at a time, however
 * many are open at once. So whatever was admitted, a right limiter can have admitted it.
 *
 * Limits that are credited: only when the run is alone with fresh counters. What others ordered, or was earned before,
 * could explain any number of cells.
 */
export function isProvable(limit: PolicyLimit, policy: Policy): boolean {
  if (limit.family === 'concurrency') return false;
  return policy.exclusive || !('creditsMax' in limit) || limit.creditsMax.every((cells) => cells === 0);
}

/**
 * @param circle - phases that the windows of this limit can still have, shared by its counters; null = not told by
 * phase.
 * @param dearestCells - the most cells, by the least cost of each, of any request that this limit counted.
 */
export function createBound(
  limit: Exclude<PolicyLimit, { readonly family: 'concurrency' }>,
  policy: Policy,
  circle: PhaseCircle | null,
  dearestCells = 1,
): Bound {
  switch (limit.family) {
    case 'token-bucket':
    case 'decaying-counter':
      return new BucketBound(limit, policy);
    case 'leaky-queue':
      return new QueueBound(limit, policy);
    case 'sliding-counter':
      return new SlidingCounterBound(limit, policy, circle);
    case 'earned-budget':
      return new BudgetBound(limit, policy, dearestCells);
    default:
      return new WindowBound(limit, policy, circle);
  }
}
