/** What a limit promises about one of its counters, held against what was certainly admitted. */
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import { BucketBound } from './bucket-bound.js';
import type { PhaseCircle } from './phase-circle.js';
import { WindowBound } from './window-bound.js';

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
   * Takes a certain charge. Answers must not fall; `oldestPendingUs` is at most the send time of this and every later
   * one.
   */
  add(sentUs: number, answeredUs: number, cells: number, oldestPendingUs: number): void;
  /** Gives memory back that no later question can need. */
  forget(oldestPendingUs: number, nowUs: number): void;
}

/**
 * @param circle - phases that the windows of this limit can still have, shared by its counters; null = not told by
 * phase.
 */
export function createBound(limit: PolicyLimit, policy: Policy, circle: PhaseCircle | null): Bound {
  return limit.family === 'token-bucket' ? new BucketBound(limit, policy) : new WindowBound(limit, policy, circle);
}
