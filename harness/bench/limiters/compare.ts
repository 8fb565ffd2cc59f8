/** What changed between two runs of the benchmark, beyond what either spreads over. */
import { isBeyondSpread } from './findings.js';
import { type BenchDocument, type BenchRow, rowName } from './row.js';
import { numberText, ratioOf, spreadText } from './tables.js';

export interface Comparison {
  /** What takes more first, then what takes less, each by how much. */
  readonly changes: readonly string[];
  /** Rows of both runs that differ by no more than they spread. */
  readonly unchangedCount: number;
  /** Why the two can hardly be compared, and what only one of them has. */
  readonly remarks: readonly string[];
}

/** Of a process that does the same twice: it asks its system for memory in pieces, and keeps some. */
const BYTES_NOISE = 2;
const BYTES_NOISE_SHARE = 0.03;

export function compare(before: BenchDocument, after: BenchDocument): Comparison {
  const old = new Map(before.rows.map((row) => [rowName(row), row]));
  const changes: { ratio: number; line: string }[] = [];
  let unchangedCount = 0;
  for (const row of after.rows) {
    const then = old.get(rowName(row));
    if (then === undefined) continue;
    const found = [timeChange(then, row), bytesChange(then, row)].filter((change) => change !== null);
    if (found.length === 0) unchangedCount++;
    changes.push(...found);
  }
  changes.sort((a, b) => b.ratio - a.ratio);
  return { changes: changes.map(({ line }) => line), unchangedCount, remarks: remarksOn(before, after) };
}

function timeChange(then: BenchRow, row: BenchRow): { ratio: number; line: string } | null {
  if (!isBeyondSpread(row, then)) return null;
  const ratio = ratioOf(row, then);
  const words = `${percentText(ratio)} ${ratio > 1 ? 'slower' : 'faster'}`;
  const figures = `${spreadText(then.nsPerOp)} ns before, ${spreadText(row.nsPerOp)} ns now`;
  return { ratio, line: `${words}: ${rowName(row)}: ${figures}` };
}

function bytesChange({ bytesPerKey: then }: BenchRow, row: BenchRow): { ratio: number; line: string } | null {
  const now = row.bytesPerKey;
  if (then === undefined || now === undefined) return null;
  const grownBytes = now.resident - then.resident;
  if (Math.abs(grownBytes) <= Math.max(BYTES_NOISE, then.resident * BYTES_NOISE_SHARE)) return null;
  const ratio = now.resident / then.resident;
  const words = `${percentText(ratio)} ${grownBytes > 0 ? 'larger' : 'smaller'}`;
  const figures = `${numberText(then.resident)} bytes for a key before, ${numberText(now.resident)} now`;
  return { ratio, line: `${words}: ${rowName(row)}: ${figures}` };
}

function percentText(ratio: number): string {
  return `${(Math.abs(ratio - 1) * 100).toFixed(0)} %`;
}

function remarksOn(before: BenchDocument, after: BenchDocument): string[] {
  const facts = (document: BenchDocument): Record<string, string | number> => {
    const { cpu, cores, platform } = document.machine;
    return { cpu, cores, platform, ...document.versions };
  };
  const [then, now] = [facts(before), facts(after)];
  const names = Object.keys({ ...then, ...now });
  const differing = names.filter((name) => then[name] !== now[name]);
  const remarks = differing.map((name) => `${name} was ${then[name] ?? 'absent'}, is ${now[name] ?? 'absent'}`);
  if (before.doubts.length > 0) remarks.push(`the older run is to be doubted: ${before.doubts.join('; ')}`);
  const onlyIn = (one: BenchDocument, other: BenchDocument): number => {
    const names = new Set(other.rows.map(rowName));
    return one.rows.filter((row) => !names.has(rowName(row))).length;
  };
  const [gone, fresh] = [onlyIn(before, after), onlyIn(after, before)];
  if (gone > 0) remarks.push(`${gone} rows are only in the older run`);
  if (fresh > 0) remarks.push(`${fresh} rows are only in this run`);
  return remarks;
}

export function comparisonText({ changes, unchangedCount, remarks }: Comparison): string {
  return [
    ...remarks.map((remark) => `note: ${remark}`),
    ...changes,
    `${changes.length} changed beyond the spread, ${unchangedCount} did not`,
  ].join('\n');
}
