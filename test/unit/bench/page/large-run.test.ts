import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArchivedRun } from '../../../../harness/archive/read-archived-run.js';
import { withSeries } from '../../../../harness/archive/remade-series.js';
import { type LargeRun, writeLargeRun } from '../../../../harness/bench/page/large-run.js';

const ROWS = 60_000;
const place = mkdtempSync(join(tmpdir(), 'floodproof-large-'));
const folder = join(place, 'run');
let large: LargeRun;
beforeAll(() => {
  large = writeLargeRun(folder, ROWS);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe('the run that reports are measured with', () => {
  it('is whole, and nothing in it contradicts the rest', () => {
    const run = readArchivedRun(folder);
    expect(run.missing).toEqual([]);
    expect(run.verdict).toEqual(large.verdict);
    expect(run.series?.actors).toHaveLength(6);
    expect(run.series?.actors.reduce((sum, { sent }) => sum + sent.reduce((all, one) => all + one, 0), 0)).toBe(ROWS);
  });

  it('has one leak, of one key for five seconds from the middle on', () => {
    expect(large.verdict.leaks).toHaveLength(1);
    const [leak] = large.verdict.leaks;
    expect(leak?.limit).toBe('orders-key');
    expect(leak?.fromMs).toBeGreaterThanOrEqual(4_500);
  });

  it('has the same series made again from its rows', () => {
    const run = readArchivedRun(folder);
    expect(withSeries({ ...run, series: null }).series).toEqual(run.series);
  });

  it('is the same, byte by byte, when it is written again', () => {
    const again = join(place, 'again');
    writeLargeRun(again, ROWS);
    for (const name of ['plan.json', 'series.json', 'verdict.json', 'observations.parquet']) {
      expect(readFileSync(join(again, name)).equals(readFileSync(join(folder, name))), name).toBe(true);
    }
  });
});
