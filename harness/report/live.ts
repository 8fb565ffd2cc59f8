/**
 * What is redrawn while a run goes on: how far it is, and one line an actor. Lines only; the cursor is the caller's.
 */
import type { Label } from '../scenario/plan.js';
import { inkOf } from './ink.js';
import { formatCount, formatDurationMs } from './quantity.js';
import type { TableColumn } from './table.js';
import { layOutTable } from './table.js';
import { pad, truncate, visible } from './text.js';

export interface LiveActor {
  readonly name: string;
  readonly label: Label;
  readonly sent: number;
  readonly admitted: number;
  readonly throttled: number;
  readonly refused: number;
  readonly banned: number;
  readonly errors: number;
  /** Answered - intended, 99th percentile so far; null = nothing admitted yet. */
  readonly p99Ms: number | null;
}

/** A moment of a run. All times are milliseconds since the start of the warm-up. */
export interface LiveState {
  readonly scenario: string;
  readonly elapsedMs: number;
  readonly totalMs: number;
  /** In order; what lies before the first is the warm-up. */
  readonly phases: readonly { readonly name: string; readonly startMs: number; readonly endMs: number }[];
  readonly actors: readonly LiveActor[];
  /** The generator's own delay, 99th percentile so far; null = nothing sent yet. */
  readonly ownDelayP99Ms: number | null;
}

export interface LiveOptions {
  readonly color: boolean;
  /** Columns; no line is wider, whatever the numbers, so that a terminal never breaks one. */
  readonly width: number;
}

/** The phase at `elapsedMs`: `warm-up` before the first one, `draining` after the last. */
export function phaseAt(state: Pick<LiveState, 'phases' | 'elapsedMs'>): string {
  const first = state.phases[0];
  if (first === undefined || state.elapsedMs < first.startMs) return 'warm-up';
  return state.phases.find((phase) => state.elapsedMs < phase.endMs)?.name ?? 'draining';
}

export function renderLive(state: LiveState, { color, width }: LiveOptions): string[] {
  const ink = inkOf(color);
  const headline = visible(
    `${state.scenario}  ${phaseAt(state)}  ${formatClock(state.elapsedMs)} of ${formatClock(state.totalMs)}`,
  );
  const columns: TableColumn[] = [
    { title: 'actor', align: 'left', narrow: 'cut' },
    {
      title: 'label',
      align: 'left',
      narrow: 'keep',
      paint: (text, row) => (state.actors[row]?.label === 'abuse' ? ink.yellow(text) : text),
    },
    ...['sent', 'admitted', 'throttled', 'refused', 'banned', 'errors', 'p99'].map(
      (title): TableColumn => ({ title, align: 'right', narrow: 'keep' }),
    ),
  ];
  const rows = state.actors.map((actor) => [
    visible(actor.name),
    actor.label,
    ...[actor.sent, actor.admitted, actor.throttled, actor.refused, actor.banned, actor.errors].map(formatCount),
    actor.p99Ms === null ? '-' : formatDurationMs(actor.p99Ms, 3),
  ]);
  const table = layOutTable(columns, rows, width);
  // A line with colour in it is left whole when it fits, and is drawn without colour when it has to be cut.
  const fits = table.width <= width;
  const lines = fits ? table.rows.flat() : layOutTable(columns.map(colourless), rows, width).rows.flat();
  const own = state.ownDelayP99Ms === null ? '-' : formatDurationMs(state.ownDelayP99Ms, 3);
  return [
    ink.bold(truncate(headline, width)),
    ...bar(state, width),
    ink.dim(truncate(table.head, width)),
    ...lines.map((line) => (fits ? line : truncate(line, width))),
    ink.dim(truncate(`generator's own delay p99 ${own}`, width)),
  ];
}

/** Two lines: `[=====>----|---------]`, a bar of which each phase is a part as long as it lasts, and the names below. */
function bar(state: LiveState, width: number): string[] {
  const cells = Math.max(1, width - 2);
  const total = Math.max(1, state.totalMs);
  const at = (ms: number): number => Math.max(0, Math.min(cells, Math.round((ms / total) * cells)));
  const done = at(state.elapsedMs);
  const starts = new Set(state.phases.map((phase) => at(phase.startMs)).filter((cell) => cell > 0));
  let line = '';
  for (let cell = 0; cell < cells; cell++) {
    if (starts.has(cell)) line += '|';
    else if (cell < done) line += cell === done - 1 && done < cells ? '>' : '=';
    else line += '-';
  }
  let names = '';
  for (const phase of state.phases) {
    const from = at(phase.startMs) + 1;
    const room = at(phase.endMs) + 1 - from;
    names = pad(names, from) + pad(truncate(visible(phase.name), Math.max(0, room - 1)), room);
  }
  return [truncate(`[${line}]`, width), truncate(names.trimEnd(), width)];
}

/** Tenths of a second, so that the text does not change its length at every redraw. */
function formatClock(ms: number): string {
  const tenths = Math.round(ms / 100);
  return tenths < 600 ? `${(tenths / 10).toFixed(1)} s` : formatDurationMs(Math.round(ms / 1000) * 1000);
}

function colourless({ title, align, narrow }: TableColumn): TableColumn {
  return { title, align, narrow };
}
