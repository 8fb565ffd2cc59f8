/** Many runs on a terminal: as a list, and as the history of one metric. */
import type { VerdictDocument } from '../judge/verdict.js';
import { inkOf } from './ink.js';
import { formatCount, formatInterval, formatMeasured } from './quantity.js';
import { layOutTable } from './table.js';
import type { TerminalOptions } from './terminal.js';
import { truncate, visible } from './text.js';
import { heldOf, paintVerdict, verdictWords } from './verdict-word.js';

export interface RunRow {
  readonly name: string;
  readonly scenario: string;
  /** The moment in words, in UTC. */
  readonly started: string;
  readonly verdict: VerdictDocument | null;
  readonly bytes: number;
  readonly isKept: boolean;
}

const WIDTH_MIN = 80;

/** @param rows - in the order in which they are to stand. */
export function renderRuns(rows: readonly RunRow[], { color, width }: TerminalOptions): string {
  const ink = inkOf(color);
  const table = layOutTable(
    [
      { title: 'started (UTC)', align: 'left', narrow: 'keep' },
      {
        title: 'verdict',
        align: 'left',
        narrow: 'keep',
        paint: (text, row) => paintVerdict(text, rows[row]?.verdict?.verdict ?? 'undecided', ink),
      },
      { title: 'scenario', align: 'left', narrow: 'cut', widthMin: 16 },
      { title: 'held', align: 'right', narrow: 'keep' },
      { title: 'requests', align: 'right', narrow: 'keep' },
      { title: 'size', align: 'right', narrow: 'keep' },
      { title: 'folder', align: 'left', narrow: 'cut', widthMin: 16 },
    ],
    rows.map(({ name, scenario, started, verdict, bytes, isKept }) => [
      started,
      verdict === null ? 'NONE' : verdictWords[verdict.verdict],
      visible(scenario),
      verdict === null ? '-' : heldOf(verdict),
      verdict === null ? '-' : formatCount(verdict.generator.sent),
      formatBytes(bytes),
      `${visible(name)}${isKept ? ' (kept)' : ''}`,
    ]),
    Math.max(WIDTH_MIN, width),
  );
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const runs = rows.length === 1 ? '1 run' : `${formatCount(rows.length)} runs`;
  return `${[ink.dim(table.head), ...table.rows.flat(), `${runs}, ${formatBytes(bytes)}`].join('\n')}\n`;
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
}

export interface History {
  readonly scenario: string;
  /** The oldest first. */
  readonly rows: readonly HistoryRow[];
}

const BAR_WIDTH = 20;

/** The course of one metric over the runs of each scenario: value, bar from zero to the largest, change to the one before. */
export function renderHistories(metric: string, histories: readonly History[], options: TerminalOptions): string {
  return histories.map((history) => renderHistory(metric, history, options)).join('\n');
}

function renderHistory(metric: string, { scenario, rows }: History, { color, width }: TerminalOptions): string {
  const ink = inkOf(color);
  const most = Math.max(0, ...rows.map(({ value }) => (typeof value === 'number' ? value : 0)));
  const table = layOutTable(
    [
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
      { title: 'folder', align: 'left', narrow: 'cut', widthMin: 12 },
    ],
    rows.map((row, index) => [
      row.started,
      row.verdict === null ? 'NONE' : verdictWords[row.verdict],
      `${formatMeasured(row.value, row.unit)} ${formatInterval(row.interval, row.unit)}`.trimEnd(),
      barText(row.value, most),
      changeText(rows, index),
      visible(row.name),
    ]),
    Math.max(WIDTH_MIN, width),
  );
  const title = truncate(`${visible(scenario)}: ${visible(metric)}`, Math.max(WIDTH_MIN, width));
  return `${[ink.bold(title), ink.dim(table.head), ...table.rows.flat()].join('\n')}\n`;
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
  const before = rows.slice(0, index).findLast((row) => typeof row.value === 'number')?.value;
  if (typeof value !== 'number' || typeof before !== 'number') return '';
  if (value === before) return '=';
  if (before <= 0 || value < 0) return value > before ? 'up' : 'down';
  const share = value / before - 1;
  if (share >= 9) return `x ${formatCount(value / before)}`;
  const percent = Number((share * 100).toPrecision(3));
  return `${percent > 0 ? '+' : ''}${percent} %`;
}
