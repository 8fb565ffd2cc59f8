/**
 * The actors of a run in columns: what they sent, what came of it, how honest customers fared.
 */
import type { ActorResult } from '../judge/verdict.js';
import type { Ink } from './ink.js';
import { formatCount, formatDurationMs, formatRatio } from './quantity.js';
import type { TableColumn } from './table.js';
import { layOutTable } from './table.js';
import { visible } from './text.js';

interface ActorColumn extends TableColumn {
  readonly cell: (name: string, actor: ActorResult) => string;
}

const nothing = '-';

function number(title: string, read: (actor: ActorResult) => number): ActorColumn {
  return { title, align: 'right', narrow: 'keep', cell: (_name, actor) => formatCount(read(actor)) };
}

function latency(title: string, read: (actor: ActorResult) => number | null): ActorColumn {
  return {
    title,
    align: 'right',
    narrow: 'keep',
    cell: (_name, actor) => {
      const ms = read(actor);
      return ms === null ? nothing : formatDurationMs(ms, 3);
    },
  };
}

function columnsOf(ink: Ink, labels: readonly string[]): Record<'who' | 'counts' | 'service', readonly ActorColumn[]> {
  return {
    who: [
      { title: 'actor', align: 'left', narrow: 'cut', cell: (name) => visible(name) },
      {
        title: 'label',
        align: 'left',
        narrow: 'keep',
        cell: (_name, actor) => actor.label,
        paint: (text, row) => (labels[row] === 'abuse' ? ink.yellow(text) : text),
      },
    ],
    counts: [
      number('sent', (actor) => actor.sent),
      number('admitted', (actor) => actor.admitted),
      number('throttled', (actor) => actor.throttled),
      number('refused', (actor) => actor.refused),
      number('banned', (actor) => actor.banned),
      number('errors', (actor) => actor.errors),
    ],
    service: [
      {
        title: 'false blocks',
        align: 'right',
        narrow: 'keep',
        cell: (_name, actor) => (actor.falseBlockRate === null ? nothing : formatRatio(actor.falseBlockRate)),
      },
      { title: 'leak', align: 'right', narrow: 'keep', cell: (_name, actor) => formatCount(actor.leakCells) },
      latency('p50', (actor) => actor.latencyMs.p50),
      latency('p99', (actor) => actor.latencyMs.p99),
    ],
  };
}

/** One table where there is room, else two: the counts, and below them what the actors felt. */
export function renderActors(
  actors: Readonly<Record<string, ActorResult>>,
  { ink, width }: { ink: Ink; width: number },
): string[] {
  const entries = Object.entries(actors);
  if (entries.length === 0) return ['no actor sent anything'];
  const { who, counts, service } = columnsOf(
    ink,
    entries.map(([, actor]) => actor.label),
  );
  const draw = (columns: readonly ActorColumn[]) => {
    const cells = entries.map(([name, actor]) => columns.map((column) => column.cell(name, actor)));
    return layOutTable(columns, cells, width);
  };
  const one = draw([...who, ...counts, ...service]);
  const tables = one.width <= width ? [one] : [draw([...who, ...counts]), draw([...who, ...service])];
  return tables.flatMap((table, index) => [...(index === 0 ? [] : ['']), ink.dim(table.head), ...table.rows.flat()]);
}
