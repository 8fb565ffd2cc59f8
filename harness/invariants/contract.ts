/** What a limiter under test claims, and how it is called. Nothing in here runs. */
import type { LimitNumbers } from '../core/spec.js';

/**
 * What a limiter claims of itself. All that is left out is the strictest claim, unless it says otherwise.
 *
 * A limiter may keep several limits at once: then a request passes when all of `promises` have the cells, and one that
 * passes not takes none of any.
 */
export interface Contract {
  /** Of every key. One or more; the same numbers as a gate is compiled from, families and ranges included. */
  readonly promises: readonly LimitNumbers[];
  /** Grain of the limiter's clock, whole microseconds, 1 to an hour: 1,000 for `Date.now`. Default 1. */
  readonly grainUs?: number;
  /** The limit is counted on each of so many nodes, 1 to 1,000. Default 1. */
  readonly nodes?: number;
  /** Stated overshoot of every bound, in cells. Default 0. */
  readonly slackCells?: number;
  /** What a request costs that is not admitted. `free` by default. */
  readonly deniedRequests?: 'free' | 'charged';
  /**
   * What `Consumed.retryAfterUs` is worth. `exact` (default): at that instant the same request passes if nobody else
   * asked in between, and a grain earlier it does not. `sufficient`: it passes. `none`: it says nothing.
   */
  readonly retryAfter?: 'exact' | 'sufficient' | 'none';
  /** In what steps it is told, whole microseconds, rounded up: 1,000,000 for a Retry-After header. Default `grainUs`. */
  readonly retryGrainUs?: number;
  /**
   * What `Consumed.remaining` is worth. `exact` (default): so many cells pass at once after it, and not one more.
   * `at-least`: so many pass. `none`: it says nothing.
   */
  readonly remaining?: 'exact' | 'at-least' | 'none';
  /**
   * Keys that are kept apart, however many others there are; null: any number. Beyond it a key may get less than it was
   * promised, never more. Default null.
   */
  readonly keys?: number | null;
  /** Counters that are kept in memory at most, held against `Limiter.size`; null: it says nothing. Default null. */
  readonly countersMax?: number | null;
  /** Costs that it takes, 1 to this; 1: every request costs one cell. Default: the smallest capacity of `promises`. */
  readonly costMax?: number;
  /**
   * A cost above the capacity is answered by a refusal whose `retryAfterUs` is Infinity or absent (`told`, default), or
   * by any refusal (`refused`).
   */
  readonly overCapacity?: 'told' | 'refused';
  /** How long it counts rightly from its first request, whole microseconds. Default ten years. */
  readonly horizonUs?: number;
  /** What a clock that is set back may do: nothing at all (`no-windfall`, default), or it is not promised (`undefined`). */
  readonly clockBack?: 'no-windfall' | 'undefined';
}

/** Where a limiter takes its time from. */
export type LimiterClock =
  /** `consume` is told it. */
  | 'argument'
  /** Date, performance and timers of this process, which are played for it: a year passes in no time. */
  | 'global'
  /** A clock of its own, in another process: the kit really waits, and asks less. */
  | 'real';

/** How a limiter is made. */
export interface LimiterAdapter {
  /** For reports. */
  readonly name: string;
  readonly clock: LimiterClock;
  /** A limiter that nobody has used. Called for every run; up to two are in use at once. */
  create(): Limiter | Promise<Limiter>;
}

/** A limiter that is under test. */
export interface Limiter {
  /**
   * Asks for `cost` cells of `key`.
   * @param nowUs - whole microseconds since 1970, 0 to 2^53 - 1; what the clock shows, for `global` and `real` too.
   * @returns a refusal as a value. For a cost that is no whole number above 0 either that or an exception.
   */
  consume(key: string, cost: number, nowUs: number): Consumed | Promise<Consumed>;
  /** Ends a request that was admitted; only for the family `concurrency`. */
  release?(key: string, cost: number, nowUs: number): void | Promise<void>;
  /** Gives cells back or earns them; only for families with credit. */
  credit?(key: string, cells: number, nowUs: number): void | Promise<void>;
  /** Counters in memory now. */
  size?(): number;
  close?(): void | Promise<void>;
}

export interface Consumed {
  readonly admitted: boolean;
  /** From now on, microseconds, 0 or more; Infinity: never. Left out: it says nothing. */
  readonly retryAfterUs?: number;
  /** Whole cells left after this. Left out: it says nothing. */
  readonly remaining?: number;
  /** Admitted, but to be served so many microseconds from now. */
  readonly delayUs?: number;
}

export interface CheckOptions {
  /** Histories for each invariant, 1 to 1,000,000. Default 100. */
  readonly runs?: number;
  /** Calls of `consume` after which it ends, at the end of a run; it goes on with more runs until then. Default: none. */
  readonly operations?: number;
  /** Ends after so long at the end of a run, milliseconds. Default: none. */
  readonly timeBudgetMs?: number;
  /** Whole, -2^31 to 2^31 - 1; drawn when left out, and told in the report. */
  readonly seed?: number;
  /** Only this invariant. */
  readonly invariant?: string;
  /** With `seed` and `invariant`: the one counterexample that this path leads to. */
  readonly path?: string;
  readonly onProgress?: (progress: CheckProgress) => void;
}

export interface CheckProgress {
  readonly invariant: string;
  readonly invariantsDone: number;
  readonly invariants: number;
  readonly runs: number;
  readonly operations: number;
}

/** One broken promise, as short as it could be made. */
export interface CheckFailure {
  readonly invariant: string;
  /** What was promised, as a formula with the numbers of the contract. */
  readonly formula: string;
  /** What happened instead, in one sentence. */
  readonly message: string;
  /** What was asked and answered, one line each, in plain words. */
  readonly timeline: readonly string[];
  readonly seed: number;
  readonly path: string;
  /** What plays it again. */
  readonly replay: string;
}

export interface CheckReport {
  readonly limiter: string;
  readonly contract: Contract;
  readonly runs: number;
  /** Calls of `consume`. */
  readonly operations: number;
  readonly pass: boolean;
  readonly failures: readonly CheckFailure[];
  /** Invariants that this contract does not claim or this adapter can not show, with the reason. */
  readonly skipped: readonly { readonly invariant: string; readonly because: string }[];
  readonly seed: number;
}

/** The invariants in the order in which they are checked; each has a file of its own. */
export const invariantNames = [
  'refuses-bad-costs',
  'never-above-capacity',
  'admission-bound',
  'nothing-lost',
  'retry-after',
  'remaining',
  'denied-is-free',
  'all-or-nothing',
  'isolation',
  'clock-steps',
  'number-edges',
  'long-horizon',
  'concurrency',
  'bounded-memory',
  'determinism',
] as const;
export type InvariantName = (typeof invariantNames)[number];
