import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RowStore } from '../../../../harness/engine/virtual/row-store.js';
import { createColumns, type ObservationBatch, type ObservationSource } from '../../../../harness/judge/observation.js';

const place = mkdtempSync(join(tmpdir(), 'floodproof-rows-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

let next = 1;

function aBatch(rows: number): ObservationBatch {
  const columns = createColumns(rows);
  for (let row = 0; row < rows; row++) columns.concludedUs[row] = next++;
  return { rows, columns };
}

function momentsOf(source: ObservationSource): number[] {
  return [...source()].flatMap(({ rows, columns }) => [...columns.concludedUs.subarray(0, rows)]);
}

describe('the rows of a run in virtual time', () => {
  it('stay in memory while they are few', () => {
    next = 1;
    const store = new RowStore(join(place, 'few'), 10);
    for (let i = 0; i < 2; i++) store.add(aBatch(5));
    store.close();
    expect([store.rows, store.files]).toEqual([10, []]);
    expect(momentsOf(store.source)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(existsSync(join(place, 'few'))).toBe(false);
  });

  it('go on in a file when they are more, and are read in their order as often as one likes', () => {
    next = 1;
    const store = new RowStore(join(place, 'many'), 10);
    for (let i = 0; i < 5; i++) store.add(aBatch(4));
    store.close();
    expect(store.files).toEqual([join(place, 'many', 'observations.0.arrows')]);
    const expected = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(momentsOf(store.source)).toEqual(expected);
    expect(momentsOf(store.source)).toEqual(expected);
  });

  it('stay in memory where there is no folder', () => {
    next = 1;
    const store = new RowStore(null, 3);
    for (let i = 0; i < 3; i++) store.add(aBatch(4));
    expect([store.files, momentsOf(store.source).length]).toEqual([[], 12]);
  });
});
