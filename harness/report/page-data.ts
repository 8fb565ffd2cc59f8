/** All that the page shows: put into the saved page as JSON, or sent to the live one. The page takes its types from here alone. */
import type { ComparisonDocument } from '../compare/comparison.js';
import type { VerdictDocument } from '../judge/verdict.js';
import type { SeriesDocument } from '../timeline/series.js';

export type { ComparedMetric, ComparisonDocument, Finding } from '../compare/comparison.js';
export type {
  ActorResult,
  EvidenceRequest,
  ExpectationResult,
  HitIdentity,
  Leak,
  Verdict,
  VerdictDocument,
} from '../judge/verdict.js';
export type {
  ActorSeries,
  GeneratorSecond,
  LatencySeries,
  LeakCourse,
  LimitSeries,
  RefusalReason,
  SeriesDocument,
} from '../timeline/series.js';

/** One run on the page. */
export interface PageRun {
  readonly scenario: string;
  readonly claim: string;
  /** null before it is known. */
  readonly folder: string | null;
  readonly state: 'waiting' | 'running' | 'ended';
  /** null while it runs, and of a run that ended without one. */
  readonly verdict: VerdictDocument | null;
  /** null = nothing was seen of it, or its record is not there. */
  readonly series: SeriesDocument | null;
  /** Whole run in milliseconds from the start of the warm-up, which lies `warmupMs` before the first phase. */
  readonly totalMs: number;
  readonly warmupMs: number;
  /** The plan as `floodproof explain` tells it; null = the folder does not hold it. */
  readonly plan: string | null;
  readonly policyFile: string | null;
  /** What that policy promises, in words; null or left out = it is not known. */
  readonly policyText?: string | null;
  /**
   * What the target enforced in its place: the verdict is by the other all the same. Left out = the target enforced the policy
   * that it is judged by, or what it enforced is not known. `text` is null when it can't be told in words.
   */
  readonly enforcedPolicy?: { readonly file: string; readonly text: string | null };
  /** What is not in the folder, or contradicts the rest of it, and what that means for the page; a sentence each. */
  readonly missing: readonly string[];
  /** Why it has no verdict; null = it has one, or is not over. */
  readonly error: string | null;
}

export interface PageData {
  readonly schema: 'floodproof/page/1';
  readonly mode: 'saved' | 'live';
  /** One, or those of a suite in their order. */
  readonly runs: readonly PageRun[];
  /** The run before, drawn behind `runs[0]`, with what changed; null = compared with nothing. */
  readonly baseline: { readonly run: PageRun; readonly comparison: ComparisonDocument } | null;
}

/**
 * What the live page is sent as server-sent events; `event` is the kind, `data` the JSON of the rest.
 *
 * `page` comes first and after every reconnection, and replaces everything. `run` replaces one run. `series` replaces the
 * bins that it holds, from its `firstBin` on. `end` is the last one: the suite is over, and nothing more will come.
 */
export type LiveEvent =
  | { readonly event: 'page'; readonly data: PageData }
  | { readonly event: 'run'; readonly data: { readonly index: number; readonly run: PageRun } }
  | { readonly event: 'series'; readonly data: { readonly index: number; readonly series: SeriesDocument } }
  | { readonly event: 'end'; readonly data: { readonly exitCode: number } };
