/**
 * A run as series over time, saved as `series.json` in its folder: what charts draw. Requests are sorted into bins of
 * equal length on the way, so its size depends on the plan and not on how many requests there were; sums are exact.
 *
 * Times are milliseconds since the start of the first phase; the warm-up lies below zero.
 */
import type { LatencyKind } from '../judge/latency-book.js';
import type { Label } from '../scenario/plan.js';

/** Why a request was not admitted, in the order in which charts stack them. */
export const refusalReasons = ['throttled', 'never', 'banned', 'refused', 'denied', 'errors', 'unclear'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** Latencies of one kind: percentiles of each bin, and one histogram of what was intended within the phases. */
export interface LatencySeries {
  /** Milliseconds by bin; null = nothing in that bin. Told to 3 %, see `histogram` for how. */
  readonly p50: readonly (number | null)[];
  readonly p90: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  /** Upper edges of the buckets that hold anything, milliseconds, rising; each is at most 3 % above its lower edge. */
  readonly histogram: { readonly upToMs: readonly number[]; readonly counts: readonly number[] };
}

/** All arrays are by bin, from `firstBin` on. */
export interface ActorSeries {
  readonly name: string;
  readonly label: Label;
  readonly behaviour: string;
  readonly population: number;
  /** Requests by the bin of their intended time. */
  readonly intended: readonly number[];
  /** Requests that were written, by the bin of their send time. */
  readonly sent: readonly number[];
  /** Admitted, by the bin of the answer. */
  readonly admitted: readonly number[];
  /** By the bin in which they were concluded; a reason that never occurred is left out. */
  readonly refusals: { readonly [Reason in RefusalReason]?: readonly number[] };
  /** `service` and `intended` of admitted requests by the bin of the answer, `dispatch` by that of the sending. */
  readonly latency: Readonly<Record<LatencyKind, LatencySeries>>;
}

/**
 * What one actor was admitted under one limit, beside the most that a right limiter can have admitted in that bin,
 * given what it admitted before. Where `admitted` is above `bound`, a limit leaked for certain: both are told so that a
 * request which can have been decided in another bin puts nothing above the bound. A leak need not show here, since all
 * keys of the actor are taken together: the proof stands in the verdict's `leaks`. What was too much is told in its own
 * bin and held against no later one, so the area above the bound is cells that were too many. How it is worked out:
 * `limit-course.ts`.
 */
export interface LimitSeries {
  /** Index into `actors`. */
  readonly actor: number;
  readonly limit: string;
  /** Counters of this limit that the actor charged. */
  readonly keys: number;
  /** Cells certainly admitted, by bin. */
  readonly admittedCells: readonly number[];
  /** Cells; null = this limit promises nothing that can be told by time (requests in flight, cells that are earned). */
  readonly boundCells: readonly (number | null)[];
}

/**
 * The course of one leak of the verdict, over its interval: where `admittedCells` rises above `boundCells` it is
 * proved. One that only several counters prove together has none, and neither has one that the rows do not show as the
 * verdict tells it.
 */
export interface LeakCourse {
  /** Index into the verdict's `leaks`. */
  readonly leak: number;
  /** Moments of answers, at most 400 of them (8,000 of all leaks together), the last is the end of the interval. */
  readonly atMs: readonly number[];
  /** Certainly admitted from the start of the interval until then. */
  readonly admittedCells: readonly number[];
  /** Promised for an interval of that length. */
  readonly boundCells: readonly number[];
}

/** Of the generator itself: at most 300 rows; in a long run each tells the worst of several seconds from `second` on. */
export interface GeneratorSecond {
  /** Since the first phase; negative in the warm-up. */
  readonly second: number;
  readonly ownDelayMsP99: number;
  readonly eventLoopLagMsMax: number;
  readonly gcMs: number;
  readonly stolenCpuShare: number;
}

export interface SeriesDocument {
  readonly schema: 'floodproof/series/1';
  readonly scenario: string;
  readonly seed: number;
  /** Start of bin 0. */
  readonly fromMs: number;
  readonly binMs: number;
  /** 0 in a saved run. While it goes on, parts of a series are told from a later bin on, and replace what was told of those. */
  readonly firstBin: number;
  /** Bins from `firstBin` on. */
  readonly bins: number;
  readonly phases: readonly { readonly name: string; readonly fromMs: number; readonly toMs: number }[];
  readonly actors: readonly ActorSeries[];
  /** Empty while the run goes on. */
  readonly limits: readonly LimitSeries[];
  /** Empty while the run goes on. */
  readonly leaks: readonly LeakCourse[];
  readonly generator: readonly GeneratorSecond[];
  /** From where on a second's own delay makes the run invalid, `plan.generator.ownDelayP99WorstSecondUs`; left out = not known. */
  readonly ownDelayMsP99Bound?: number;
}
