/** The rows of a run as tables for people, and tables as text and as Markdown. */
import type { Spread } from '../spread.js';
import { type BenchRow, FLOOR, NATIVE, pathText, placesOf, TS } from './row.js';

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

const titles: Readonly<Record<BenchRow['group'], string>> = {
  limit: 'One limit decision',
  verify: 'One signature check (HMAC-SHA256 of 200 bytes)',
  fused: 'One whole request: signature, freshness, replay, limit',
  batch: 'Many requests at once, time for each',
  memory: 'Memory',
  threads: 'One table for all threads, time for each decision of all',
};

/** One table for each group, path and number of keys, in the order of the rows. */
export function tablesOf(rows: readonly BenchRow[]): Table[] {
  return placesOf(rows).map((place) => {
    const title = titleOf(place);
    const group = place[0]?.group;
    if (group === 'memory') return memoryTable(title, place);
    return group === 'threads' ? threadsTable(title, place) : timeTable(title, place);
  });
}

export function titleOf([first]: readonly BenchRow[]): string {
  return first === undefined ? '' : `${titles[first.group]}, ${pathText(first)}, ${keysText(first.keys)}`;
}

/** What every ratio is taken against: our native engine, or where it is absent the TypeScript one. */
function baseOf(rows: readonly BenchRow[]): BenchRow | undefined {
  const named = (start: string): BenchRow | undefined => rows.find(({ rival }) => rival.startsWith(start));
  return named(NATIVE) ?? named(TS);
}

function timeTable(title: string, rows: readonly BenchRow[]): Table {
  const skews = [...new Set(rows.map(({ skew }) => skew))];
  const hasSingles = rows.some(({ p50Ns }) => p50Ns !== undefined);
  const rivals = [...new Set(rows.map(({ rival }) => rival))];
  const base = baseOf(rows)?.rival ?? 'nothing';
  const head = skews.flatMap((skew) => [
    `${skew}: ns`,
    `/ ${base.replace('floodproof ', '')}`,
    ...(hasSingles ? ['p50', 'p99'] : []),
  ]);
  const lines = rivals.map((rival) => {
    const cells = skews.flatMap((skew) => {
      const ofSkew = rows.filter((row) => row.skew === skew);
      const row = ofSkew.find((one) => one.rival === rival);
      const against = ofSkew.find((one) => one.rival === base);
      const ratio = row === undefined || against === undefined || rival === FLOOR ? Number.NaN : ratioOf(row, against);
      return [
        row === undefined ? '' : spreadText(row.nsPerOp),
        Number.isNaN(ratio) ? '' : ratio.toFixed(2),
        ...(hasSingles ? [numberText(row?.p50Ns), numberText(row?.p99Ns)] : []),
      ];
    });
    return [rival, ...cells];
  });
  return { title, head: ['', ...head], lines };
}

function memoryTable(title: string, rows: readonly BenchRow[]): Table {
  return {
    title,
    head: ['', 'resident B/key', 'heap B/key', "key's text", 'new key: ns', 'first call: us'],
    lines: rows.map(({ rival, bytesPerKey, nsPerOp, firstCallUs }) => [
      rival,
      numberText(bytesPerKey?.resident),
      numberText(bytesPerKey?.heap),
      bytesPerKey === undefined ? '' : keptText(bytesPerKey.isTextKept),
      spreadText(nsPerOp),
      numberText(firstCallUs),
    ]),
  };
}

/** Whether the key's text is among the bytes. */
function keptText(isTextKept: boolean | null): string {
  if (isTextKept === null) return 'counted if kept';
  return isTextKept ? 'kept, counted' : 'not kept';
}

function threadsTable(title: string, rows: readonly BenchRow[]): Table {
  const places = [...new Set(rows.map(({ skew }) => skew))];
  const rivals = [...new Set(rows.map(({ rival }) => rival))];
  const lines = places.flatMap((skew) =>
    rivals.map((rival) => {
      const of = (threads: number): BenchRow | undefined =>
        rows.find((row) => row.skew === skew && row.rival === rival && row.threads === threads);
      const [one, two] = [of(1), of(2)];
      const admissions = two?.admissions;
      return [
        `${rival}, ${skew}`,
        one === undefined ? '' : spreadText(one.nsPerOp),
        two === undefined ? '' : spreadText(two.nsPerOp),
        one === undefined || two === undefined ? '' : ratioOf(one, two).toFixed(2),
        admissions === undefined ? '' : `${admissions.counted} of ${admissions.capacity}`,
      ];
    }),
  );
  return { title, head: ['', 'one thread: ns', 'two: ns', 'gain', 'cells given'], lines };
}

export function ratioOf(row: BenchRow, base: BenchRow): number {
  return row.nsPerOp.median / base.nsPerOp.median;
}

export function keysText(keys: number): string {
  return `${keys.toLocaleString('en')} ${keys === 1 ? 'key' : 'keys'}`;
}

export function spreadText({ median, min, max }: Spread): string {
  return `${numberText(median)} (${numberText(min)} to ${numberText(max)})`;
}

/** More figures than these no benchmark can keep. */
export function numberText(value: number | undefined): string {
  if (value === undefined) return '';
  return value.toFixed(Math.abs(value) >= 10 ? 0 : 1);
}

export function textOf({ title, head, lines }: Table): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...lines.map((line) => (line[column] ?? '').length)));
  const draw = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [title, draw(head), ...lines.map(draw)].join('\n');
}

export function markdownOf({ title, head, lines }: Table): string {
  const draw = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [`## ${title}`, draw(head), `|${rule.join('|')}|`, ...lines.map(draw)].join('\n');
}
