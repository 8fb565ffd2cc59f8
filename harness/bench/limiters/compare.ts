/** What changed between two runs of the benchmark, beyond what either spreads over. */
import { isBeyondSpread } from './findings.js';
import { type BenchDocument, rowName } from './row.js';
import { ratioOf, spreadText } from './tables.js';

export interface Comparison {
  /** Slower first, then faster, each by how much. */
  readonly changes: readonly string[];
  /** Rows of both runs whose spreads overlap. */
  readonly unchangedCount: number;
  /** Why the two can hardly be compared, and what only one of them has. */
  readonly remarks: readonly string[];
}

export function compare(before: BenchDocument, after: BenchDocument): Comparison {
  const old = new Map(before.rows.map((row) => [rowName(row), row]));
  const changes: { ratio: number; line: string }[] = [];
  let unchangedCount = 0;
  for (const row of after.rows) {
    const then = old.get(rowName(row));
    if (then === undefined) continue;
    if (!isBeyondSpread(row, then)) {
      unchangedCount++;
      continue;
    }
    const ratio = ratioOf(row, then);
    const percent = Math.abs(ratio - 1) * 100;
    const words = `${percent.toFixed(0)} % ${ratio > 1 ? 'slower' : 'faster'}`;
    const figures = `${spreadText(then.nsPerOp)} ns before, ${spreadText(row.nsPerOp)} ns now`;
    changes.push({ ratio, line: `${words}: ${rowName(row)}: ${figures}` });
  }
  changes.sort((a, b) => b.ratio - a.ratio);
  return { changes: changes.map(({ line }) => line), unchangedCount, remarks: remarksOn(before, after) };
}

function remarksOn(before: BenchDocument, after: BenchDocument): string[] {
  const facts = ['cpu', 'cores', 'platform', 'node', 'openssl'] as const;
  const differing = facts.filter((fact) => before.machine[fact] !== after.machine[fact]);
  const remarks = differing.map((fact) => `${fact} was ${before.machine[fact]}, is ${after.machine[fact]}`);
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
