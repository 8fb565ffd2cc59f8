/** What a probe has found: the document that `run --capacity` reads. */

/** A second or so with one number of connections, each of which asks anew as soon as it is answered. */
export interface ClosedStep {
  readonly connections: number;
  readonly answeredPerSecond: number;
  /** Answers of the measured part by status, "200": 812. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: number;
  /** Share of its time that the asking process was busy, 0 to 1. */
  readonly ownBusyShare: number;
}

/**
 * What came of a trial at one rate.
 * - held: p99 within the bound, and the generator in time;
 * - slow: the target answered too late, or not at all;
 * - limited: a limit said no to more than one request in a hundred;
 * - generator: the generator itself fell behind, so that nothing is said of the target.
 */
export type TrialOutcome = 'held' | 'slow' | 'limited' | 'generator';

export interface Trial {
  readonly ratePerSecond: number;
  readonly outcome: TrialOutcome;
  /** Requests that were due in the measured part. */
  readonly asked: number;
  readonly answered: number;
  /** Refused by a limit, bans among them. */
  readonly throttled: number;
  /** From when a request was due to its answer; null = more than one in a hundred had none in time. */
  readonly p99Ms: number | null;
  readonly ownDelayMsP99: number;
}

/** Why no higher rate was found: `time` = none was tried any more. */
export type LimitedBy = 'target' | 'limiter' | 'generator' | 'time';

export interface Capacity {
  /** null = nothing was answered. */
  readonly closedLoopPerSecond: number | null;
  /** The highest rate that held; null = none did. */
  readonly openLoopPerSecond: number | null;
  /** At `openLoopPerSecond`. */
  readonly p99Ms: number | null;
  readonly p99BoundMs: number;
  /** The lowest rate above it that was missed; null = none was. */
  readonly missedPerSecond: number | null;
  readonly limitedBy: LimitedBy;
  readonly closedLoop: readonly ClosedStep[];
  readonly trials: readonly Trial[];
}
