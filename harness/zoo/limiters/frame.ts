/** What the broken limiters do right, so that each is broken in one place alone. */
import type { Consumed, Contract, InvariantName, Limiter, LimiterClock } from '../../invariants/contract.js';

/** A limiter with one defect, and what it claims all the same. */
export interface BrokenLimiter {
  readonly name: string;
  /** One sentence. */
  readonly defect: string;
  /** What it is convicted of in any case; there may be more. */
  readonly convictedBy: readonly InvariantName[];
  readonly contract: Contract;
  /** `argument` when left out. */
  readonly clock?: LimiterClock;
  create(): Limiter;
}

export interface Counting<State> {
  /** Costs above it are refused for ever. */
  readonly capacity: number;
  fresh(): State;
  /**
   * Decides on 1 to `capacity` cells.
   * @param nowUs - never falls; `retryAfterUs` counts from it.
   */
  take(state: State, cost: number, nowUs: number): Consumed;
}

export const refused: Consumed = { admitted: false };

export function isCost(cost: number, costMax: number): boolean {
  return Number.isInteger(cost) && cost >= 1 && cost <= costMax;
}

/** A state for each key; bad costs are refused, and a clock that is set back stands still. */
export function keyed<State>({ capacity, fresh, take }: Counting<State>): Limiter {
  const states = new Map<string, State>();
  let latestUs = 0;
  return {
    consume(key, cost, nowUs) {
      if (!isCost(cost, capacity)) return refused;
      latestUs = Math.max(latestUs, nowUs);
      const state = states.get(key) ?? fresh();
      states.set(key, state);
      const answer = take(state, cost, latestUs);
      if (answer.retryAfterUs === undefined) return answer;
      return { ...answer, retryAfterUs: answer.retryAfterUs + latestUs - nowUs };
    },
    size: () => states.size,
  };
}

/** Claims nothing about what is told, so that only what is admitted counts. */
export const tellsNothing = { retryAfter: 'none', remaining: 'none' } as const;

export const SECOND_US = 1_000_000;
export const MINUTE_US = 60 * SECOND_US;
export const HOUR_US = 60 * MINUTE_US;
export const DAY_US = 24 * HOUR_US;

/** `capacity` cells in any window of `windowUs`. */
export function slidingLog(capacity: number, windowUs: number) {
  return { family: 'sliding-log', capacity, windowUs } as const;
}

/** `capacity` cells in each window of `windowUs`, by the calendar unless it says otherwise. */
export function fixedWindow(capacity: number, windowUs: number, anchor: 'calendar' | 'first-hit' = 'calendar') {
  return { family: 'fixed-window', capacity, windowUs, anchor, credit: 'none', countsDenied: false } as const;
}

/** `capacity` cells, of which `refillCells` come back every `refillPeriodUs`. */
export function tokenBucket(capacity: number, refillCells: number, refillPeriodUs: number) {
  return { family: 'token-bucket', capacity, refillCells, refillPeriodUs } as const;
}
