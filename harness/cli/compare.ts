/** `floodproof compare`: two runs, or two groups of them, side by side. */
import { compareRuns } from '../compare/compare-runs.js';
import type { RunToCompare } from '../compare/compared-run.js';
import type { ComparisonDocument } from '../compare/comparison.js';
import { unlikeRuns } from '../compare/likeness.js';
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
  const warnings = [
    ...unlikeTexts(first, second),
    ...[baseline, run].flatMap(({ runs, unfit }) => (unfit === null ? [] : [`${runs[0]?.folder}: ${unfit}`])),
  ];
  if (warnings.length > 0 && !flags.anyway) throw new FloodproofError('FP_COMPARE_UNLIKE', warnings.join('; '));
  const made = compareRuns({ baseline: baseline.runs, run: run.runs, least: flags.least });
  const document = { ...made, warnings, notes: [...made.notes, ...baseline.notes, ...run.notes] };
  console.result(renderedAs(document, flags, console));
  if (flags.html !== null) {
    writeWhole(flags.html, comparedPage(second.folder, first.folder, document));
    console.note(`the page is ${flags.html}`);
  }
  return exitCodeOf(document);
}

/** What is unlike between two runs that are to be held side by side, a clause each. */
function unlikeTexts(baseline: RunToCompare, run: RunToCompare): readonly string[] {
  const unlike = unlikeRuns(baseline, run);
  if (unlike.length === 0) return [];
  if (unlike[0] === 'scenario')
    return [`${baseline.plan.name} is not ${run.plan.name}: the runs are of different scenarios`];
  const of = unlike.map((one) => (one === 'target' ? `target (${baseline.facts[one]} and ${run.facts[one]})` : one));
  return [`the runs of ${run.plan.name} are not of the same ${of.join(', ')}`];
}

/** A side that is one run says of which scenario the other is to be. */
function sidesOf(baselinePath: string, runPath: string, scenario: string | null): Record<'baseline' | 'run', Side> {
  try {
    const run = sideOf(runPath, scenario);
    return { baseline: sideOf(baselinePath, scenario ?? nameOf(run)), run };
  } catch (error) {
    if (!(error instanceof FloodproofError)) throw error;
    if (error.code === 'FP_RUN_UNREADABLE') throw withOther(error, runPath, baselinePath, scenario);
    if (error.code !== 'FP_COMPARE_UNLIKE' || scenario !== null) throw error;
    const baseline = sideOf(baselinePath, null);
    return { baseline, run: sideOf(runPath, nameOf(baseline)) };
  }
}

/** The fault of one side, with that of the baseline too where neither can be read. */
function withOther(
  error: FloodproofError,
  runPath: string,
  baselinePath: string,
  scenario: string | null,
): FloodproofError {
  try {
    sideOf(baselinePath, scenario);
  } catch (other) {
    if (!(other instanceof FloodproofError) || other.code !== 'FP_RUN_UNREADABLE') return error;
    if (baselinePath === runPath || other.message === error.message) return error;
    return new FloodproofError('FP_RUN_UNREADABLE', `${other.message}; ${error.message}`);
  }
  return error;
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
