/** Prints what a suite's runs changed against their baseline, and lets a regression turn a pass. */
import process from 'node:process';
import { ExitCode } from '../errors.js';
import { renderComparison, renderComparisonMarkdown } from '../report/compare-text.js';
import { inline } from '../report/markdown.js';
import type { Baseline } from './baseline.js';
import { appendSummary } from './ci-summary.js';
import { exitCodeOf } from './compare.js';
import type { Console } from './console.js';

/**
 * @param exitCode - of the suite.
 * @returns the same; 3 where that was a pass and a metric that an expectation names got worse. A scenario with nothing to
 *   compare it with is told and changes nothing: the first run of a scenario has no run before it.
 */
export function tellComparisons(
  baseline: Baseline,
  { json }: { readonly json: boolean },
  console: Console,
  exitCode: number,
): number {
  let code = exitCode;
  // stdout is one JSON document then; the comparisons lie in the run folders.
  const print = (text: string): void => (json ? console.note(text) : console.result(text));
  for (const compared of baseline.compare()) {
    if (typeof compared === 'string') {
      // With --quiet too: a gate that never compares must not look like one that passes.
      console.error(`not compared: ${compared}`);
      appendSummary(`**Not compared:** ${inline(compared)}`, process.env, console);
      continue;
    }
    const page = { color: json ? console.colorErr : console.colorOut, width: console.widthOut, all: false };
    print(`\n${renderComparison(compared, page)}`);
    appendSummary(renderComparisonMarkdown(compared), process.env, console);
    if (code === ExitCode.pass && exitCodeOf(compared) === ExitCode.failed) code = ExitCode.failed;
  }
  return code;
}
