/** Who follows a suite while it is played. What a watcher does, or fails to do, never changes a run. */
import type { Progress } from '../engine/play.js';
import type { RunRecord } from '../engine/record/run-folder.js';
import type { ObservationBatch } from '../judge/observation.js';
import type { VerdictDocument } from '../judge/verdict.js';

/** What came of one run: a verdict, or why there is none. */
export type RunEnd =
  | { readonly verdict: VerdictDocument; readonly error: null }
  | { readonly verdict: null; readonly error: string };

/** Called in this order; runs are told by their place in the suite, one after the other. */
export interface SuiteWatcher {
  /** Once, before the first run. */
  suiteBegins?(runs: readonly RunRecord[]): void;
  /** Its folder is made. A run that fails before that ends without having begun. */
  runBegins?(index: number, folder: string): void;
  /**
   * Rows of the run that began last, in the order of their conclusion for each thread, each row once. The columns are used
   * again as soon as it returns, and the time that it takes is the generator's: tens of nanoseconds a row.
   */
  rows?(batch: ObservationBatch): void;
  /** About four times a second. */
  progress?(progress: Progress): void;
  /** The folder is complete by then, when there is a verdict. */
  runEnds?(index: number, end: RunEnd): void;
  /** Done when everything is told to everybody, or when the watcher's own patience is over. */
  suiteEnds?(exitCode: number): Promise<void>;
  /** However the suite ended: lets go of sockets and timers. */
  close(): Promise<void>;
}
