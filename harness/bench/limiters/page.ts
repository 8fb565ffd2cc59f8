/** A whole run as a page of Markdown. */
import { figuresTable } from './figures.js';
import type { BenchDocument } from './row.js';
import { markdownOf, tablesOf } from './tables.js';

/** @param chart - the name of the file that the picture is in. */
export function pageOf(document: BenchDocument, findings: readonly string[], chart: string): string {
  const { machine, commit, measuredAt, doubts, absent, figures, rows } = document;
  const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
  const versions = Object.entries(document.versions).map(([name, version]) => `${name} ${version}`);
  const parts = [
    '# Limiters and verifiers, measured',
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}; ${versions.join(', ')}; ` +
      `commit ${commit}; ${measuredAt}.`,
    'Nanoseconds for a decision: median (least to most) of rounds in which all rivals ran by turns, the loop included. ' +
      'For lone limits and signatures the clock is read for each call, or once for a batch, by the loop or by the ' +
      'limiter itself; whole requests have their time as an argument, so that signatures expire as they would in ' +
      'steady traffic. p50 and p99 are of single calls, each between two readings of a timer, which is in them: compare ' +
      'them with the row that does nothing. Texts are the same objects each time they come, which spares limiters and ' +
      'Sets of JavaScript their hash; ours make it anew each time.',
    ...(doubts.length > 0 ? [`**To be doubted:** ${doubts.join('; ')}.`] : []),
    ...(figures.length > 0 ? [markdownOf(figuresTable(figures))] : []),
    `![Time of a decision](${chart})`,
    '## In words',
    list(findings),
    ...tablesOf(rows).map(markdownOf),
    ...(absent.length > 0 ? ['## Not measured', list(absent)] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}
