/** Two threads of a pool on one key of one gate, held against the oracle that judges targets. */
import process from 'node:process';
import { Piscina } from 'piscina';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GateSpec } from '../../../harness/core/spec.js';
import { createBound } from '../../../harness/judge/bound.js';
import { attachGate } from '../../../harness/native/attach-gate.js';
import { builtUrl } from '../../support/built.js';
import { aPolicy, aTokenBucket } from '../../support/plan-builder.js';
import { demandAddon, describeTwins } from '../../twin/engines.js';
import { bucket, limit, spec } from '../core/specs.js';

const THREADS = 2;

interface Hammered {
  readonly admitted: readonly number[];
  readonly firstThrottledUs: number;
  readonly lastThrottledUs: number;
}

/** What the oracle makes of the admissions of all threads: cells above the bound of the worst interval, at most 0. */
function excessOf(numbers: ReturnType<typeof bucket>, results: readonly Hammered[]): number {
  const limits = [aTokenBucket({ ...numbers, by: ['ip'] })];
  const bound = createBound(limits[0] as (typeof limits)[0], aPolicy(limits, { resolutionUs: 1 }), null);
  const calls = results.flatMap(({ admitted }) =>
    Array.from({ length: admitted.length / 2 }, (_, index) => ({
      sentUs: admitted[2 * index] as number,
      toUs: admitted[2 * index + 1] as number,
    })),
  );
  let worst = Number.NEGATIVE_INFINITY;
  for (const { sentUs, toUs } of calls.toSorted((a, b) => a.toUs - b.toUs)) {
    bound.add(sentUs, toUs, 1, 0);
    worst = Math.max(worst, bound.excessCells);
  }
  return worst;
}

describeTwins('two threads on one hot key', () => {
  let pool: Piscina;

  beforeAll(() => {
    demandAddon();
    pool = new Piscina({
      filename: new URL('../../support/hammer.mjs', import.meta.url).href,
      minThreads: THREADS,
      maxThreads: THREADS,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
    });
  });
  afterAll(() => pool.destroy());

  async function hammer(name: string, of: GateSpec, task: object): Promise<Hammered[]> {
    // Held here as well, so that the gate outlives the first thread that is done.
    const held = attachGate(demandAddon(), name, of, [5, 6]);
    const arrived = new SharedArrayBuffer(4);
    const urls = { attachUrl: builtUrl('native/attach-gate.js'), loadUrl: builtUrl('native/load.js') };
    const tasks = Array.from({ length: THREADS }, () =>
      pool.run({ ...urls, ...task, name, spec: of, arrived, threads: THREADS }),
    );
    const results = (await Promise.all(tasks)) as Hammered[];
    expect(held.answer).toBeDefined();
    return results;
  }

  test('are given its capacity at one instant, all of it and no cell more', async () => {
    const numbers = bucket(30_001, 1, 1_000_000);
    const of = spec({ limits: [limit({ numbers })] });
    const results = await hammer('frozen', of, { originNs: null, untilUs: 0, calls: 100_000 });
    expect(results.reduce((sum, { admitted }) => sum + admitted.length / 2, 0)).toBe(30_001);
    expect(excessOf(numbers, results)).toBe(0);
    for (const { admitted } of results) expect(admitted.length).toBeGreaterThan(0);
  });

  test('are given, while time goes on, what the oracle allows and all that comes back', async () => {
    // Holds what comes back in a second, so that nothing is lost while both threads stand still.
    const numbers = bucket(50_000, 1, 20);
    const of = spec({ limits: [limit({ numbers })] });
    const originNs = process.hrtime.bigint();
    const results = await hammer('running', of, { originNs, untilUs: 1_500_000, calls: 10_000_000 });
    expect(excessOf(numbers, results)).toBeLessThanOrEqual(0);
    // Both times there was no whole cell in the bucket, and in between it was never full: all that came back was given away.
    const fromUs = Math.min(...results.map(({ firstThrottledUs }) => firstThrottledUs));
    const toUs = Math.max(...results.map(({ lastThrottledUs }) => lastThrottledUs));
    expect(toUs - fromUs).toBeGreaterThan(10_000);
    let between = 0;
    for (const { admitted } of results) {
      for (let index = 0; index < admitted.length; index += 2) {
        if ((admitted[index] as number) <= toUs && (admitted[index + 1] as number) >= fromUs) between += 1;
      }
    }
    expect(between).toBeGreaterThanOrEqual(Math.floor((toUs - fromUs) / 20) - 1);
  });
});
