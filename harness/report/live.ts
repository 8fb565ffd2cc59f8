/**
 * What is redrawn while a run goes on: how far it is, and one line an actor. Lines only; the cursor is the caller's.
 */
import type { Label } from '../scenario/plan.js';
import { inkOf } from './ink.js';
import { formatCount, formatDurationMs } from './quantity.js';
import type { TableColumn } from './table.js';
import { layOutTable } from './table.js';
import { displayWidth, pad, truncate, visible } from './text.js';

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
  /** Lines at most, 1 or more; infinity when left out. */
  readonly rowsMax?: number;
  /** Real milliseconds until the end, as far as one can tell; null or left out = one can't yet. */
  readonly leftMs?: number | null;
}

/** The phase at `elapsedMs`: `warm-up` before the first one, `draining` after the last. */
export function phaseAt(state: Pick<LiveState, 'phases' | 'elapsedMs'>): string {
  const first = state.phases[0];
  if (first === undefined || state.elapsedMs < first.startMs) return 'warm-up';
  return state.phases.find((phase) => state.elapsedMs < phase.endMs)?.name ?? 'draining';
}

/**
 * The lines of a moment, at most `rowsMax` of them. Where there is no room the bar is left out first, then the line of
 * the generator, then the titles; of the actors the busiest are shown, in the order of the plan, and how many more.
 */
export function renderLive(
  state: LiveState,
  { color, width, rowsMax = Infinity, leftMs = null }: LiveOptions,
): string[] {
  const ink = inkOf(color);
  const parts = partsWithin(state.actors.length, rowsMax);
  const shown = busiest(state.actors, parts.actors);
  const more = state.actors.length - shown.length;
  const table = actorTable(shown, width, color);
  const own = state.ownDelayP99Ms === null ? '-' : formatDurationMs(state.ownDelayP99Ms, 3);
  return [
    ink.bold(headline(state, width, leftMs)),
    ...(parts.hasBar ? bar(state, width) : []),
    ...(parts.hasTitles ? [ink.dim(table.head)] : []),
    ...table.lines,
    ...(parts.hasMore ? [ink.dim(truncate(`and ${formatCount(more)} more`, width))] : []),
    ...(parts.hasOwnDelay ? [ink.dim(truncate(`generator's own delay p99 ${own}`, width))] : []),
  ];
}

interface Parts {
  readonly hasBar: boolean;
  readonly hasTitles: boolean;
  readonly hasOwnDelay: boolean;
  /** How many actors have a line of their own. */
  readonly actors: number;
  readonly hasMore: boolean;
}

/** What is shown within so many lines; the number of lines is the same for every moment of a run. */
function partsWithin(actors: number, rowsMax: number): Parts {
  // One actor and "and 7 more" are worth more than a bar.
  const wanted = Math.min(actors, 2);
  let room = rowsMax - 1 - wanted;
  const take = (lines: number): boolean => {
    if (room < lines) return false;
    room -= lines;
    return true;
  };
  const hasTitles = take(1);
  const hasOwnDelay = take(1);
  const hasBar = take(2);
  const lines = Math.max(0, room + wanted);
  const hasMore = actors > lines && lines > 0;
  return { hasBar, hasTitles, hasOwnDelay, actors: Math.min(actors, hasMore ? lines - 1 : lines), hasMore };
}

function busiest(actors: readonly LiveActor[], count: number): readonly LiveActor[] {
  if (actors.length <= count) return actors;
  const chosen = new Set([...actors].sort((a, b) => b.sent - a.sent).slice(0, count));
  return actors.filter((actor) => chosen.has(actor));
}

/** As much as there is room for: the phase before the clock, and the clock before what is left. */
function headline(state: LiveState, width: number, leftMs: number | null): string {
  const phase = `${state.scenario}  ${phaseAt(state)}`;
  const clock = `${formatClock(state.elapsedMs)} of ${formatClock(state.totalMs)}`;
  const left = leftMs === null ? [] : [`${formatLeft(leftMs)} left`];
  const candidates = [[phase, clock, ...left], [phase, clock], [phase]].map((parts) => visible(parts.join('  ')));
  return truncate(candidates.find((text) => displayWidth(text) <= width) ?? candidates.at(-1) ?? '', width);
}

/** Two units at most, rounded up: "4 s", "1 min 12 s", "2 h 5 min", "3 d 4 h". */
export function formatLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.ceil(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

interface ActorLines {
  readonly head: string;
  readonly lines: readonly string[];
}

/** In this order a column is left out where the lines are too wide. */
const spared = ['label', 'banned', 'errors', 'refused', 'p99', 'throttled', 'sent'] as const;

function actorTable(actors: readonly LiveActor[], width: number, color: boolean): ActorLines {
  const ink = inkOf(color);
  const { columns, rows } = cellsOf(actors, ink.yellow);
  const left = new Set<string>();
  let table = layOutTable(columns, rows, width);
  for (const title of spared) {
    if (table.width <= width) break;
    left.add(title);
    const isShown = (_: unknown, index: number): boolean => !left.has(columns[index]?.title ?? '');
    table = layOutTable(
      columns.filter(isShown),
      rows.map((row) => row.filter(isShown)),
      width,
    );
  }
  if (table.width <= width) return { head: table.head, lines: table.rows.flat() };
  // A line with colour in it cannot be cut: of the two columns that are left neither has any.
  return { head: truncate(table.head, width), lines: table.rows.flat().map((line) => truncate(line, width)) };
}

function cellsOf(actors: readonly LiveActor[], paintAbuse: (text: string) => string) {
  const columns: TableColumn[] = [
    { title: 'actor', align: 'left', narrow: 'cut' },
    {
      title: 'label',
      align: 'left',
      narrow: 'keep',
      paint: (text, row) => (actors[row]?.label === 'abuse' ? paintAbuse(text) : text),
    },
    ...['sent', 'admitted', 'throttled', 'refused', 'banned', 'errors', 'p99'].map(
      (title): TableColumn => ({ title, align: 'right', narrow: 'keep' }),
    ),
  ];
  const rows = actors.map((actor) => [
    visible(actor.name),
    actor.label,
    ...[actor.sent, actor.admitted, actor.throttled, actor.refused, actor.banned, actor.errors].map(formatCount),
    actor.p99Ms === null ? '-' : formatDurationMs(actor.p99Ms, 3),
  ]);
  return { columns, rows };
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
