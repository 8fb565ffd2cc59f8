import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeSegment } from '../../../harness/engine/record/arrow-segment.js';
import {
  mergedObservations,
  ObservationFile,
  readObservationFile,
} from '../../../harness/engine/record/observation-file.js';
import { sealParquet } from '../../../harness/engine/record/parquet.js';
import { NONE } from '../../../harness/judge/observation.js';
import { batchOf, type ObservationRow, rowsOf } from '../../support/observation-rows.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'floodproof-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function someRows(count: number, firstUs: number, stepUs = 10): Partial<ObservationRow>[] {
  return Array.from({ length: count }, (_, index) => ({
    intendedUs: firstUs + index * stepUs,
    concludedUs: firstUs + index * stepUs + 5,
    actor: index % 3,
    identity: 2_000_000_000,
    key: NONE,
    limit: -1,
    retryAfterMs: -1,
    status: 429,
  }));
}

function write(name: string, segments: readonly (readonly Partial<ObservationRow>[])[]): string {
  const path = join(folder, name);
  const file = new ObservationFile(path);
  for (const rows of segments) file.append(batchOf(rows).columns, rows.length);
  file.close();
  return path;
}

test('what was appended reads back to the last bit of every column', () => {
  const first = someRows(5, 100);
  const second = someRows(3, 1000);
  const path = write('a.arrows', [first, second]);
  expect(rowsOf(readObservationFile(path))).toEqual(rowsOf([batchOf([...first, ...second])]));
});

test('only the rows that are filled are written', () => {
  const path = join(folder, 'a.arrows');
  const file = new ObservationFile(path);
  file.append(batchOf(someRows(50, 0)).columns, 7);
  file.close();
  expect(rowsOf(readObservationFile(path))).toHaveLength(7);
});

test('a file cut anywhere gives every batch before the cut and no other', () => {
  const rows = someRows(4, 0);
  const bytes = encodeSegment(batchOf(rows).columns, rows.length);
  const whole = Buffer.concat([bytes, bytes]);
  const path = join(folder, 'cut.arrows');
  const lengths = new Set<number>();
  // Every byte near the edges of a stream, where the marks are, and every 13th between.
  for (let cut = 0; cut <= whole.length; cut += cut % bytes.length < bytes.length - 40 ? 13 : 1) {
    writeFileSync(path, whole.subarray(0, cut));
    const read = rowsOf(readObservationFile(path));
    // A stream whose batch is whole counts, even when its end mark is cut off.
    expect([0, 4, 8]).toContain(read.length);
    if (cut < bytes.length - 16) expect(read.length).toBe(0);
    if (cut >= bytes.length) expect(read.length).toBeGreaterThanOrEqual(4);
    lengths.add(read.length);
  }
  expect([...lengths].sort()).toEqual([0, 4, 8]);
});

test.each([
  { because: 'a count of nodes without end', at: 1016 + 8 + 700, byte: 0x7f },
  { because: 'another schema', at: 200, byte: 0x55 },
  { because: 'rows that its columns have not', at: 1016 + 8 + 64, byte: 3 },
  { because: 'more rows than any file has', at: 1016 + 8 + 69, byte: 1 },
  { because: 'no mark at its beginning', at: 0, byte: 0 },
  { because: 'no mark at its end', at: -8, byte: 0 },
])('a stream with $because ends its file, and is told behind the rows of all others', ({ at, byte }) => {
  const rows = someRows(4, 0);
  const own = encodeSegment(batchOf(rows).columns, rows.length);
  const spoilt = Uint8Array.from(own);
  spoilt.fill(byte, at < 0 ? own.length + at : at, (at < 0 ? own.length + at : at) + 1);
  expect(Buffer.from(spoilt).equals(own)).toBe(false);
  const a = join(folder, 'a.arrows');
  writeFileSync(a, Buffer.concat([own, spoilt, own]));
  const b = write('b.arrows', [someRows(6, 900)]);
  const read: number[] = [];
  const readAll = (): void => {
    for (const batch of mergedObservations([a, b])()) read.push(...rowsOf([batch]).map((row) => row.concludedUs));
  };
  expect(readAll).toThrowError(
    expect.objectContaining({
      code: 'FP_RUN_UNREADABLE',
      message: expect.stringContaining(`from byte ${own.length} on`),
    }),
  );
  expect(read).toEqual([...rows, ...someRows(6, 900)].map((row) => row.concludedUs));
});

test('streams of no rows, of one and of many stand behind each other', () => {
  const counts = [0, 1, 0, 60, 1, 5000, 60, 60];
  const path = write(
    'a.arrows',
    counts.map((count) => someRows(count, 0)),
  );
  expect([...readObservationFile(path)].map((batch) => batch.rows).filter((rows) => rows > 0)).toEqual(
    counts.filter((count) => count > 0),
  );
});

test("several workers' files are merged by the moment of conclusion", () => {
  const a = write('a.arrows', [someRows(4, 0, 30), someRows(3, 500, 30)]);
  const b = write('b.arrows', [someRows(6, 10, 25)]);
  const source = mergedObservations([a, b]);
  const times = rowsOf(source()).map((row) => row.concludedUs);
  expect(times).toHaveLength(13);
  expect(times).toEqual([...times].sort((x, y) => x - y));
  expect(rowsOf(source())).toHaveLength(13);
});

test('a sealed file opens in DuckDB with every value and type', async () => {
  const rows = someRows(60_000, 1_000_000);
  const path = write('a.arrows', [rows.slice(0, 30_000), rows.slice(30_000)]);
  const parquet = join(folder, 'observations.parquet');
  expect(sealParquet(parquet, mergedObservations([path]), { 'floodproof.seed': '7' })).toBe(60_000);
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create()).connect();
  const reader = await connection.runAndReadAll(
    `select count(*) as n, sum(intendedUs) as s, max(identity) as i, min("limit") as l, min("key") as k, max(status) as c from '${parquet}'`,
  );
  const row = reader.getRowObjectsJS()[0];
  expect(Number(row?.n)).toBe(60_000);
  expect(Number(row?.s)).toBe(rows.reduce((sum, { intendedUs }) => sum + (intendedUs ?? 0), 0));
  expect(Number(row?.i)).toBe(2_000_000_000);
  expect(Number(row?.l)).toBe(-1);
  expect(Number(row?.k)).toBe(-1);
  expect(Number(row?.c)).toBe(429);
  const types = await connection.runAndReadAll(
    `select typeof(identity) as t, typeof(intendedUs) as d from '${parquet}' limit 1`,
  );
  expect(types.getRowObjectsJS()[0]).toEqual({ t: 'INTEGER', d: 'DOUBLE' });
  connection.closeSync();
});

test('a seal that fails half-way leaves no file that reads as whole', () => {
  const parquet = join(folder, 'observations.parquet');
  const source = function* broken() {
    yield batchOf(someRows(10, 0));
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  expect(() => sealParquet(parquet, source, {})).toThrowError(expect.objectContaining({ code: 'FP_DISK' }));
  expect(() => readFileSync(parquet)).toThrow(/ENOENT/);
  expect(() => readFileSync(`${parquet}.part`)).toThrow(/ENOENT/);
});
