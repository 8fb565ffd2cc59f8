/** Many runs on a terminal: as a list, and as the history of one metric. */
import type { VerdictDocument } from '../judge/verdict.js';
import { type Ink, inkOf } from './ink.js';
import { formatCount, formatInterval, formatMeasured } from './quantity.js';
import { layOutTable, type TableColumn } from './table.js';
import type { TerminalOptions } from './terminal.js';
import { visible, wrap } from './text.js';
import { type HeldVerdict, heldOf, paintVerdict, verdictWords } from './verdict-word.js';

export interface RunRow {
  readonly name: string;
  readonly scenario: string;
  /** The moment in words, in UTC. */
  readonly started: string;
  readonly verdict: (HeldVerdict & { readonly generator: { readonly sent: number } }) | null;
  /** null = not known. */
  readonly target: string | null;
  /** What was enforced in place of the policy by which was judged; null = that one. */
  readonly otherPolicy: { readonly file: string; readonly isWeak: boolean } | null;
  /** What of its documents can't be true, or be read; a sentence each. */
  readonly faults: readonly string[];
  readonly bytes: number;
  readonly isKept: boolean;
}

/** A folder that has files of a run, of which none can be read. */
export interface UnusableRow {
  readonly name: string;
  readonly why: string;
}

const WIDTH_MIN = 80;
/** Of runs with faults, and of folders that can't be used, so many are told one by one. */
const TOLD_MAX = 10;

/** `pass`, `NONE`; with `!` behind it when the folder contradicts itself. */
export function listedWord({ verdict, faults }: Pick<RunRow, 'verdict' | 'faults'>): string {
  const word = verdict === null ? 'NONE' : verdictWords[verdict.verdict];
  return faults.length > 0 ? `${word} !` : word;
}

/** What was enforced: the policy by which is judged, the weak one of the scenario, or another. */
export function policyWord(other: RunRow['otherPolicy']): string {
  return other === null ? 'judged' : other.isWeak ? 'weak' : 'other';
}

/** One line about the folders that hold nothing; null = there are none. */
export function unusableText(unusable: readonly UnusableRow[]): string | null {
  if (unusable.length === 0) return null;
  const shown = unusable.slice(0, TOLD_MAX).map(({ name, why }) => `${visible(name)} (${visible(why)})`);
  const more = unusable.length - shown.length;
  const count = unusable.length === 1 ? '1 folder holds' : `${formatCount(unusable.length)} folders hold`;
  return `${count} nothing of a run that can be read: ${shown.join('; ')}${more > 0 ? `; and ${formatCount(more)} more` : ''}`;
}

/**
 * @param rows - in the order in which they are to stand.
 * @param options.width - Infinity = each run in one line, however long. No name of a folder is ever cut: where there is no
 * room for it, it has a line of its own.
 */
export function renderRuns(
  rows: readonly RunRow[],
  unusable: readonly UnusableRow[],
  { color, width }: TerminalOptions,
): string {
  const ink = inkOf(color);
  const columns: readonly TableColumn[] = [
    { title: 'started (UTC)', align: 'left', narrow: 'keep' },
    {
      title: 'verdict',
      align: 'left',
      narrow: 'keep',
      paint: (text, row) => paintVerdict(text, rows[row]?.verdict?.verdict ?? 'undecided', ink),
    },
    { title: 'scenario', align: 'left', narrow: 'cut', widthMin: 8 },
    { title: 'target', align: 'left', narrow: 'cut', widthMin: 7 },
    { title: 'policy', align: 'left', narrow: 'keep' },
    { title: 'held', align: 'right', narrow: 'keep' },
    { title: 'requests', align: 'right', narrow: 'keep' },
    { title: 'size', align: 'right', narrow: 'keep' },
  ];
  const cells = rows.map((row) => [
    row.started,
    listedWord(row),
    visible(row.scenario),
    visible(row.target ?? '-'),
    policyWord(row.otherPolicy),
    row.verdict === null ? '-' : heldOf(row.verdict),
    row.verdict === null ? '-' : formatCount(row.verdict.generator.sent),
    formatBytes(row.bytes),
  ]);
  const names = rows.map(({ name, isKept }) => `${visible(name)}${isKept ? ' (kept)' : ''}`);
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const runs = rows.length === 1 ? '1 run' : `${formatCount(rows.length)} runs`;
  const lines = [...linesWithFolders(columns, cells, names, width, ink), `${runs}, ${formatBytes(bytes)}`];
  return `${[...lines, ...faultLines(rows), ...[unusableText(unusable) ?? []].flat()].join('\n')}\n`;
}

function faultLines(rows: readonly RunRow[]): readonly string[] {
  const odd = rows.filter(({ faults }) => faults.length > 0);
  const shown = odd.slice(0, TOLD_MAX).map(({ name, faults }) => {
    const more = faults.length > 1 ? `; and ${formatCount(faults.length - 1)} more` : '';
    return `! ${visible(name)}: ${visible(faults[0] ?? '')}${more}`;
  });
  const more = odd.length - shown.length;
  return more > 0 ? [...shown, `! and ${formatCount(more)} more runs`] : shown;
}

/** Folders as the last column where that fits, and else each in a line below its row: a name that is cut opens nothing. */
function linesWithFolders(
  columns: readonly TableColumn[],
  cells: readonly (readonly string[])[],
  names: readonly string[],
  width: number,
  ink: Ink,
): readonly string[] {
  const room = Math.max(WIDTH_MIN, width);
  const wide = layOutTable(
    [...columns, { title: 'folder', align: 'left', narrow: 'keep' }],
    cells.map((row, index) => [...row, names[index] ?? '']),
    room,
  );
  if (wide.width <= room) return [ink.dim(wide.head), ...wide.rows.flat()];
  const narrow = layOutTable(columns, cells, room);
  return [
    ink.dim(narrow.head),
    ink.dim('  folder'),
    ...narrow.rows.flatMap((lines, index) => [...lines, `  ${names[index] ?? ''}`]),
  ];
}

/** `512 B`, `1.5 MB`: powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (Number(value.toPrecision(3)) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(3))} ${units[unit]}`;
}

export interface HistoryRow {
  readonly name: string;
  readonly started: string;
  readonly verdict: VerdictDocument['verdict'] | null;
  /** null = this run does not tell it. */
  readonly value: number | 'infinite' | null;
  readonly interval: readonly [number, number] | null;
  readonly unit: string;
  /** false = it was invalid, was stopped or contradicts itself: it is shown, and nothing is compared with it. */
  readonly counts: boolean;
}

/** Runs that can be compared: of one scenario, against one target that enforced one policy. */
export interface History {
  readonly scenario: string;
  readonly target: string;
  /** File of the policy that was enforced in place of the judged one; null = that one. */
  readonly otherPolicy: string | null;
  /** The oldest first. */
  readonly rows: readonly HistoryRow[];
}

const BAR_WIDTH = 20;

/** The course of one metric over the runs of each kind: value, bar from zero to the largest, change to the one before. */
export function renderHistories(metric: string, histories: readonly History[], options: TerminalOptions): string {
  const text = histories.map((history) => renderHistory(metric, history, options)).join('\n');
  if (histories.every(({ rows }) => rows.every(({ counts }) => counts))) return text;
  return `${text}\nin brackets: runs that were invalid, were stopped or contradict themselves; no change counts from or to them\n`;
}

function renderHistory(metric: string, history: History, { color, width }: TerminalOptions): string {
  const ink = inkOf(color);
  const { rows } = history;
  const most = Math.max(0, ...rows.map(({ value, counts }) => (counts && typeof value === 'number' ? value : 0)));
  const columns: readonly TableColumn[] = [
    { title: 'started (UTC)', align: 'left', narrow: 'keep' },
    {
      title: 'verdict',
      align: 'left',
      narrow: 'keep',
      paint: (text, row) => paintVerdict(text, rows[row]?.verdict ?? 'undecided', ink),
    },
    { title: 'measured [95 %]', align: 'left', narrow: 'wrap', widthMin: 12 },
    { title: '', align: 'left', narrow: 'keep' },
    { title: 'change', align: 'right', narrow: 'keep' },
  ];
  const cells = rows.map((row, index) => {
    const measured = `${formatMeasured(row.value, row.unit)} ${formatInterval(row.interval, row.unit)}`.trimEnd();
    return [
      row.started,
      row.verdict === null ? 'NONE' : verdictWords[row.verdict],
      row.counts ? measured : `(${measured})`,
      row.counts ? barText(row.value, most) : '',
      row.counts ? changeText(rows, index) : '',
    ];
  });
  const names = rows.map(({ name }) => visible(name));
  const lines = linesWithFolders(columns, cells, names, width, ink);
  const other = history.otherPolicy === null ? '' : `, which enforced ${visible(history.otherPolicy)}`;
  const title = `${visible(history.scenario)}: ${visible(metric)} at ${visible(history.target)}${other}`;
  return `${[...wrap(title, Math.max(WIDTH_MIN, width)).map(ink.bold), ...lines].join('\n')}\n`;
}

/** Nothing is drawn of what is below zero or not a number; what is above it is at least one mark. */
function barText(value: number | 'infinite' | null, most: number): string {
  if (value === 'infinite') return '#'.repeat(BAR_WIDTH);
  if (value === null || value <= 0 || most <= 0) return '';
  return '#'.repeat(Math.max(1, Math.round((value / most) * BAR_WIDTH)));
}

/** Against the last run before that told a number above 0: `+12.5 %`, `x 12`. */
function changeText(rows: readonly HistoryRow[], index: number): string {
  const { value } = rows[index] as HistoryRow;
  const before = rows.slice(0, index).findLast((row) => row.counts && typeof row.value === 'number')?.value;
  if (typeof value !== 'number' || typeof before !== 'number') return '';
  if (value === before) return '=';
  if (before <= 0 || value < 0) return value > before ? 'up' : 'down';
  const share = value / before - 1;
  if (share >= 9) return `x ${formatCount(value / before)}`;
  const percent = Number((share * 100).toPrecision(3));
  return `${percent > 0 ? '+' : ''}${percent} %`;
}
