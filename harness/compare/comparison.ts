/** Two runs of one scenario side by side, or two groups of such runs: what differs beyond noise. */

/** `changed`: beyond noise, of a metric that has no better side. `untold`: what was seen does not tell. */
export type Finding = 'same' | 'better' | 'worse' | 'changed' | 'untold';

export interface ComparedMetric {
  /** An actor, a label or `all`. */
  readonly subject: string;
  readonly metric: string;
  readonly phase: string | null;
  readonly unit: string;
  readonly baseline: number | 'infinite' | null;
  readonly run: number | 'infinite' | null;
  /** 95 % intervals; null = none. */
  readonly baselineInterval: readonly [number, number] | null;
  readonly runInterval: readonly [number, number] | null;
  /** `run / baseline - 1`; null where that says nothing. */
  readonly change: number | null;
  readonly changeInterval: readonly [number, number] | null;
  readonly finding: Finding;
  /** The texts of expectations that name this metric; a `worse` one of these is a regression. */
  readonly expectations: readonly string[];
  /** How it was told: by resampling identities, an exact test of counts, or how runs of one side differ. */
  readonly test: 'resampling' | 'exact' | 'runs' | 'none';
  /** One sentence in plain words. */
  readonly because: string;
}

export interface ComparedSide {
  /** Run folders. */
  readonly folders: readonly string[];
  readonly verdicts: readonly string[];
  readonly startedAt: string;
}

export interface ComparisonDocument {
  readonly schema: 'floodproof/comparison/1';
  readonly scenario: string;
  readonly baseline: ComparedSide;
  readonly run: ComparedSide;
  readonly metrics: readonly ComparedMetric[];
  /** Metrics that an expectation names and that got worse, in words. */
  readonly regressions: readonly string[];
  /** What is unlike between the two besides time: seed, policy, target, engine, versions, machine. */
  readonly differences: readonly string[];
  /** Why the two should not be compared at all, a clause each, where it was asked for all the same. */
  readonly warnings?: readonly string[];
  readonly notes: readonly string[];
}
