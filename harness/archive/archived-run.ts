/** A run folder as it lies there: whole, cut off, of an older version, or edited by hand. */
import type { RunRecord } from '../engine/record/run-folder.js';
import type { ObservationSource } from '../judge/observation.js';
import type { VerdictDocument } from '../judge/verdict.js';
import type { SeriesDocument } from '../timeline/series.js';

export interface ArchivedRun {
  readonly folder: string;
  /** Each null where it is not there, can't be read, or is not of this run; `missing` says which and why. */
  readonly record: RunRecord | null;
  readonly verdict: VerdictDocument | null;
  readonly series: SeriesDocument | null;
  /** From `observations.parquet`, or from what a run that was cut off had written until then. */
  readonly rows: ObservationSource | null;
  /** What is not there or contradicts the rest, and what that means for a report; a sentence each. */
  readonly missing: readonly string[];
}
