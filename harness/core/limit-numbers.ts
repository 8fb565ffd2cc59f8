/** The families of limits and their numbers: a part of the vocabulary of `spec.ts`, which hands it on. */

/**
 * `capacity` cells at most, `refillCells` come back every `refillPeriodUs`; exact, no float in the state.
 *
 * Exactness has a price: with n/p the reduced fraction refillCells/refillPeriodUs, a gate is refused when n is above
 * 29,000 or when 2 x capacity x p is above 2^53 - 1.
 */
export interface TokenBucketNumbers {
  readonly family: 'token-bucket';
  /** Whole cells, 1 to 2^31 - 1. */
  readonly capacity: number;
  /** Whole cells, 1 to 2^31 - 1. */
  readonly refillCells: number;
  /** Whole microseconds, 1 to 2^53 - 1. */
  readonly refillPeriodUs: number;
}

/**
 * `capacity` cells in each window of `windowUs`. A cost above `capacity` is `never`, even where more was earned.
 * `Answer.remaining` is capacity - used, at least 0; with `below-zero` it can be above `capacity`.
 */
export interface FixedWindowNumbers {
  readonly family: 'fixed-window';
  /** Whole cells, 1 to 2^31 - 1. */
  readonly capacity: number;
  /** Whole microseconds, 1 to 2^52. */
  readonly windowUs: number;
  /**
   * `calendar`: windows start at multiples of `windowUs` since 1970. `first-hit`: at a key's first request after the
   * last window ended; a request that another limit throttles leaves no trace, so it starts none.
   */
  readonly anchor: 'calendar' | 'first-hit';
  /**
   * What `Gate.credit` does to the window that is running. `none`: it is refused. `to-zero`: cells come back, but never
   * more than were used (a fill-aware order counter). `below-zero`: cells beyond those used are earned on top of the
   * capacity, until the window ends (a ratio monitor: so many orders, and so many more for each unit traded). Used
   * cells go down to -(2^31 - 1). A window whose cells all came back goes on to its end.
   */
  readonly credit: 'none' | 'to-zero' | 'below-zero';
  /**
   * Whether a request that limits deny (throttled, banned or never) counts too; it counts up to 2^31 - 1 and no further.
   * Denied by a limit before the verifier, it counts in the limits before it alone, denied after it in all. The strike of
   * the named limit comes before the counting, `remaining`, `resetAtUs` and `retryAtUs` of the answer after it. Not
   * together with `credit`.
   */
  readonly countsDenied: boolean;
}

/**
 * `capacity` cells in any window of `windowUs`: what was charged at t counts until just before t + `windowUs`.
 * A gate is refused when its logs could take more than 2 GiB, at 12 bytes x slots x capacity.
 */
export interface SlidingLogNumbers {
  readonly family: 'sliding-log';
  /** Whole cells, 1 to 10,000: each key keeps so many instants. */
  readonly capacity: number;
  /** Whole microseconds, 1 to 2^52. */
  readonly windowUs: number;
}

/**
 * The usual approximation of a sliding log by two windows that start at multiples of `windowUs` since 1970: cells of
 * the last window, weighted by the share of it that still lies within `windowUs`, and cells of this one. `cost` cells
 * fit when previous x (windowUs - elapsed) + (current + cost) x windowUs <= capacity x windowUs. It lets up to twice
 * the capacity through in some windows.
 * A gate is refused when 2 x capacity x windowUs is above 2^53 - 1. A time above `NEVER_US` is told as `NEVER_US`.
 */
export interface SlidingCounterNumbers {
  readonly family: 'sliding-counter';
  /** Whole cells, 1 to 2^31 - 1. */
  readonly capacity: number;
  /** Whole microseconds, 1 to 2^52. */
  readonly windowUs: number;
}

/**
 * A leaky bucket as a queue: `capacity` cells are served at once, further ones up to `queueCells` are admitted and wait
 * for their turn at the refill rate (`Answer.delayUs`), the rest is throttled. The arithmetic is that of a token bucket
 * of `capacity + queueCells`, and so are the conditions of exactness.
 */
export interface LeakyQueueNumbers {
  readonly family: 'leaky-queue';
  /** Whole cells, 1 to 2^31 - 1. */
  readonly capacity: number;
  /** Whole cells, 1 to 2^31 - 1 - capacity. */
  readonly queueCells: number;
  /** Whole cells, 1 to 2^31 - 1. */
  readonly refillCells: number;
  /** Whole microseconds, 1 to 2^53 - 1. */
  readonly refillPeriodUs: number;
}

/**
 * A budget for life: `capacity` cells and what `Gate.credit` earns (volume traded). When a request does not fit any
 * more, one is let through each `trickleUs` all the same, whatever it costs and without taking any of the budget.
 * What is earned beyond that is kept down to -(2^31 - 1) cells spent. A counter is as fresh only when just as much was
 * earned as was spent and the next trickle is due, so its slot is hardly ever given away. `Answer.remaining` is at least
 * 0 and at most 2^31 - 1. A cost above `capacity` is not `never`.
 */
export interface EarnedBudgetNumbers {
  readonly family: 'earned-budget';
  /** Whole cells, 1 to 2^31 - 1. */
  readonly capacity: number;
  /** Whole microseconds, 1 to `HORIZON_US`; null: nothing passes until more is earned. */
  readonly trickleUs: number | null;
}

/**
 * At most `capacity` cells in flight: a request holds its cells from its admission until `Gate.release`. It is to be asked
 * again a microsecond later. One that the verifier refuses holds nothing, also where the limit stands before it. Keys
 * that find no slot are throttled: `cold` is 1, `remaining` 0 and `resetAtUs` `NEVER_US` then. `ageCosts` are not for it.
 */
export interface ConcurrencyNumbers {
  readonly family: 'concurrency';
  /** Whole cells, 1 to 2^31 - 1. */
  readonly capacity: number;
}

export type LimitNumbers =
  | TokenBucketNumbers
  | FixedWindowNumbers
  | SlidingLogNumbers
  | SlidingCounterNumbers
  | LeakyQueueNumbers
  | EarnedBudgetNumbers
  | ConcurrencyNumbers;
