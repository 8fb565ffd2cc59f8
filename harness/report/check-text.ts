/**
 * Checked limiters as a person reads them: a table of invariants, and for each that was broken what was promised, what
 * happened instead, the shortest history that shows it, and how to play that again.
 */
import type { CheckFailure, CheckReport } from '../invariants/contract.js';
import { type CheckRow, checkRows } from './check-row.js';
import { type Ink, inkOf } from './ink.js';
import { formatCount } from './quantity.js';
import { layOutTable } from './table.js';
import { visible, wrapBehind } from './text.js';

export interface CheckPage {
  readonly color: boolean;
  /** Columns of the terminal; fewer than 80 are taken as 80. */
  readonly width: number;
  /** The one invariant that was asked for; null: all. */
  readonly only: string | null;
}

const WIDTH_MIN = 80;
const INDENT = '  ';
/** Lines of a history that are written out, from its start and from its end; the others stand in the JSON. */
const TIMELINE_SHOWN_MAX = 24;

/** One limiter, ending in a line end. Only the replay command may be wider than the page. */
export function renderCheck(report: CheckReport, page: CheckPage): string {
  const ink = inkOf(page.color);
  const width = Math.max(WIDTH_MIN, page.width);
  const rows = checkRows(report, page.only);
  const sections = [
    header(report, rows, ink, width),
    table(rows, ink, width - INDENT.length).map(setIn),
    ...report.failures.map((failure) => failureLines(failure, ink, width - INDENT.length).map(setIn)),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The sum of several, one line. */
export function renderCheckSum(reports: readonly CheckReport[], color: boolean): string {
  const ink = inkOf(color);
  const held = reports.filter((report) => report.pass).length;
  const line = `${formatCount(held)} of ${formatCount(reports.length)} contracts held`;
  return `${held === reports.length ? ink.green(line) : ink.red(line)}\n`;
}

function header(report: CheckReport, rows: readonly CheckRow[], ink: Ink, width: number): string[] {
  const word = report.pass ? ink.green('PASS') : ink.red('FAIL');
  const asked = rows.filter((row) => row.result !== 'skipped');
  const held = asked.filter((row) => row.result === 'pass').length;
  // A check that asked for little must not look like one that asked for all.
  const sum = `${formatCount(held)} of ${plural(asked.length, 'invariant', 'invariants')} held`;
  const left = rows.length > asked.length ? `, ${formatCount(rows.length - asked.length)} not asked for` : '';
  const counted =
    `${plural(report.runs, 'history', 'histories')}, ${plural(report.operations, 'call', 'calls')}, ` +
    `seed ${report.seed}`;
  const [first = '', ...others] = wrapBehind('      ', visible(report.limiter), width);
  return [`${word}  ${ink.bold(first.trimStart())}`, ...others, `      ${sum}${left}; ${counted}`];
}

function table(rows: readonly CheckRow[], ink: Ink, width: number): string[] {
  const paint = (text: string, row: number): string => paintResult(text, rows[row]?.result ?? 'skipped', ink);
  const { head, rows: laidOut } = layOutTable(
    [
      { title: 'invariant', align: 'left', narrow: 'keep' },
      { title: 'result', align: 'left', narrow: 'keep', paint },
      { title: '', align: 'left', narrow: 'wrap', widthMin: 20 },
    ],
    rows.map((row) => [visible(row.invariant), row.result === 'fail' ? 'FAIL' : row.result, noteOf(row)]),
    width,
  );
  return [head.trimEnd(), ...laidOut.flat()];
}

function paintResult(text: string, result: CheckRow['result'], ink: Ink): string {
  if (result === 'pass') return ink.green(text);
  return result === 'fail' ? ink.red(text) : ink.dim(text);
}

function noteOf(row: CheckRow): string {
  if (row.result === 'skipped') return visible(row.because);
  return row.result === 'fail' ? row.failures.map(({ message }) => visible(message)).join('; ') : '';
}

function failureLines(failure: CheckFailure, ink: Ink, width: number): string[] {
  const { invariant, formula, message, timeline, replay } = failure;
  const lines = shortened(timeline.map((line) => visible(line)));
  return [
    ink.bold(visible(invariant)),
    ...wrapBehind('  promised: ', visible(formula), width),
    ...wrapBehind('  instead:  ', visible(message), width),
    ...lines.flatMap((line) => wrapBehind('    ', line, width)),
    `  replay: ${visible(replay)}`,
  ];
}

function shortened(lines: readonly string[]): string[] {
  const more = lines.length - TIMELINE_SHOWN_MAX;
  if (more <= 1) return [...lines];
  const half = TIMELINE_SHOWN_MAX / 2;
  return [...lines.slice(0, half), `(${formatCount(more)} more lines)`, ...lines.slice(-half)];
}

function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function setIn(line: string): string {
  return line === '' ? '' : `${INDENT}${line}`;
}
