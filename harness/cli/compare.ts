/** `floodproof compare`: two runs, or two groups of them, side by side. */
import { compareRuns } from '../compare/compare-runs.js';
import type { ComparisonDocument } from '../compare/comparison.js';
import { unlikeness } from '../compare/likeness.js';
import { writeWhole } from '../engine/record/run-folder.js';
import { ExitCode, FloodproofError } from '../errors.js';
import { renderComparison, renderComparisonJson, renderComparisonMarkdown } from '../report/compare-text.js';
import { type Side, sideOf } from './compared-folders.js';
import { comparedPage } from './compared-page.js';
import type { Console } from './console.js';

export interface CompareFlags {
  readonly format: 'terminal' | 'markdown' | 'json';
  /** Where the page is written; null = nowhere. */
  readonly html: string | null;
  /** The least change that matters, as a share. */
  readonly least: number;
  /** Of folders that hold runs of several; null = there is one alone. */
  readonly scenario: string | null;
  /** Compares runs of another scenario or of other limits too, as far as their names are the same. */
  readonly anyway: boolean;
  /** Every metric is told, not only those that changed or that an expectation names. */
  readonly all: boolean;
}

/**
 * @returns 3 when a metric that an expectation of the run names got worse, 5 when nothing could be told, else 0.
 * @throws {FloodproofError} FP_COMPARE_UNLIKE, FP_RUN_UNREADABLE, FP_DISK
 */
export function compareCommand(baselinePath: string, runPath: string, flags: CompareFlags, console: Console): number {
  const { baseline, run } = sidesOf(baselinePath, runPath, flags.scenario);
  const [first, second] = [baseline.runs[0], run.runs[0]];
  if (first === undefined || second === undefined) throw new Error('a side has no run');
  const unlike = unlikeness(first.plan, second.plan);
  if (unlike.length > 0 && !flags.anyway) {
    const what =
      unlike[0] === 'scenario'
        ? `${first.plan.name} is not ${second.plan.name}: the runs are of different scenarios`
        : `the runs of ${second.plan.name} are not of the same ${unlike.join(', ')}`;
    throw new FloodproofError('FP_COMPARE_UNLIKE', what);
  }
  const made = compareRuns({ baseline: baseline.runs, run: run.runs, least: flags.least });
  const document = { ...made, notes: [...made.notes, ...baseline.notes, ...run.notes] };
  console.result(renderedAs(document, flags, console));
  if (flags.html !== null) {
    writeWhole(flags.html, comparedPage(second.folder, first.folder, document));
    console.note(`the page is ${flags.html}`);
  }
  return exitCodeOf(document);
}

/** A side that is one run says of which scenario the other is to be. */
function sidesOf(baselinePath: string, runPath: string, scenario: string | null): Record<'baseline' | 'run', Side> {
  if (scenario !== null) return { baseline: sideOf(baselinePath, scenario), run: sideOf(runPath, scenario) };
  try {
    const run = sideOf(runPath, null);
    return { baseline: sideOf(baselinePath, nameOf(run)), run };
  } catch (error) {
    if (!(error instanceof FloodproofError) || error.code !== 'FP_COMPARE_UNLIKE') throw error;
    const baseline = sideOf(baselinePath, null);
    return { baseline, run: sideOf(runPath, nameOf(baseline)) };
  }
}

function nameOf({ runs }: Side): string | null {
  return runs[0]?.plan.name ?? null;
}

function renderedAs(document: ComparisonDocument, { format, all }: CompareFlags, console: Console): string {
  if (format === 'json') return renderComparisonJson(document);
  if (format === 'markdown') return renderComparisonMarkdown(document, all);
  return renderComparison(document, { color: console.colorOut, width: console.widthOut, all });
}

export function exitCodeOf(document: ComparisonDocument): number {
  if (document.regressions.length > 0) return ExitCode.failed;
  return document.metrics.every(({ finding }) => finding === 'untold') ? ExitCode.inconclusive : ExitCode.pass;
}
