import { describe, expect, test } from 'vitest';
import {
  type CheckProgress,
  type Contract,
  checkLimiter,
  invariantNames,
  type Limiter,
  type LimiterAdapter,
  modelAdapter,
} from '../../../harness/invariants/index.js';

const contract: Contract = {
  promises: [{ family: 'token-bucket', capacity: 5, refillCells: 7, refillPeriodUs: 3_000_000 }],
};
const right = modelAdapter(contract);
const open: LimiterAdapter = {
  name: 'open',
  clock: 'argument',
  create: () => ({ consume: () => ({ admitted: true }) }),
};

describe('a check', () => {
  test('reports the same when it is made again with its seed', async () => {
    const first = await checkLimiter(open, contract, { runs: 30 });
    const again = await checkLimiter(open, contract, { runs: 30, seed: first.seed });
    expect(again).toEqual(first);
    const other = await checkLimiter(right, contract, { runs: 30, seed: 1 });
    const another = await checkLimiter(right, contract, { runs: 30, seed: 2 });
    expect(another.operations).not.toBe(other.operations);
  });

  test('draws a seed when it is given none', async () => {
    const seeds = await Promise.all([1, 2, 3].map(async () => (await checkLimiter(right, contract, { runs: 1 })).seed));
    expect(new Set(seeds).size).toBe(3);
    for (const seed of seeds) expect(seed).toBe(seed | 0);
  });

  test('plays each invariant as often as it is told, and says which it does not ask and why', async () => {
    const report = await checkLimiter(right, contract, { runs: 130, seed: 1 });
    const skipped = report.skipped.map(({ invariant }) => invariant);
    expect(skipped).toEqual(['all-or-nothing', 'bounded-memory', 'concurrency']);
    for (const { because } of report.skipped) expect(because).toMatch(/\w{3}/);
    // One run shows that it answers at once, so that calls can not interleave.
    expect(report.runs).toBe(130 * (invariantNames.length - skipped.length) + 1);
    expect(report).toMatchObject({ limiter: 'model', contract, pass: true, failures: [], seed: 1 });
  });

  test('goes on until there are as many operations as it is told', async () => {
    const few = await checkLimiter(right, contract, { runs: 10, seed: 1 });
    const many = await checkLimiter(right, contract, { runs: 10, operations: 60_000, seed: 1 });
    expect(few.operations).toBeLessThan(60_000);
    expect(many.operations).toBeGreaterThanOrEqual(60_000);
    expect(many.operations).toBeLessThan(200_000);
  });

  test('ends with operations to go when every invariant is broken', async () => {
    const report = await checkLimiter(open, contract, {
      operations: 10_000_000,
      seed: 1,
      invariant: 'admission-bound',
    });
    expect(report.failures).toHaveLength(1);
    expect(report.operations).toBeLessThan(10_000);
  });

  test('ends when its time is up, and says what it did not come to', async () => {
    const stuck = (): Limiter => ({
      consume: () => new Promise((resolve) => setTimeout(resolve, 5, { admitted: false })),
    });
    const adapter = { name: 'slow', clock: 'argument' as const, create: stuck };
    const report = await checkLimiter(adapter, contract, { runs: 1_000_000, timeBudgetMs: 50, seed: 1 });
    expect(report.runs).toBeLessThan(50);
    expect(report.skipped.filter(({ because }) => because.includes('time was up')).length).toBeGreaterThan(5);
  });

  test('asks for one invariant alone', async () => {
    const report = await checkLimiter(open, contract, { runs: 20, seed: 1, invariant: 'never-above-capacity' });
    expect(report.failures.map(({ invariant }) => invariant)).toEqual(['never-above-capacity']);
    expect(report.skipped).toEqual([]);
  });

  test('says how far it is', async () => {
    const seen: CheckProgress[] = [];
    const report = await checkLimiter(right, contract, {
      runs: 3,
      seed: 1,
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen).toHaveLength(report.runs);
    expect(seen[0]).toMatchObject({ invariant: 'refuses-bad-costs', invariantsDone: 0, invariants: 13, runs: 1 });
    expect(seen.at(-1)).toMatchObject({ invariant: 'determinism', invariantsDone: 12, runs: report.runs });
    expect(seen.at(-1)?.operations).toBe(report.operations);
  });

  test('with a path plays that one counterexample', async () => {
    const [failure] = (await checkLimiter(open, contract, { seed: 7, runs: 250, invariant: 'isolation' })).failures;
    expect(failure).toBeUndefined();
    const broken = (await checkLimiter(open, contract, { seed: 7, invariant: 'remaining' })).failures[0];
    const replayed = await checkLimiter(open, contract, {
      seed: broken?.seed ?? 0,
      path: broken?.path ?? '',
      invariant: 'remaining',
    });
    expect(replayed.failures).toEqual([broken]);
    expect(replayed.runs).toBe(1);
  });
});

describe('a limiter with a clock of its own', () => {
  const promises = [{ family: 'token-bucket', capacity: 5, refillCells: 50, refillPeriodUs: 1_000_000 }] as const;
  const told: Contract = { promises, grainUs: 1_000, retryAfter: 'sufficient', remaining: 'at-least' };
  const timed = (inner: Contract): LimiterAdapter => ({
    name: 'timed',
    clock: 'real',
    create: () => {
      const limiter = modelAdapter(inner).create() as Limiter;
      return { consume: async (key, cost) => limiter.consume(key, cost, Math.floor(Date.now()) * 1_000) };
    },
  });

  test('is waited for, and asked less', async () => {
    const report = await checkLimiter(timed(told), told, { seed: 1, runs: 2 });
    expect(report.failures).toEqual([]);
    expect(report.skipped.map(({ invariant }) => invariant)).toEqual([
      'denied-is-free',
      'all-or-nothing',
      'isolation',
      'clock-steps',
      'number-edges',
      'long-horizon',
      'bounded-memory',
      'determinism',
    ]);
  });

  test('is convicted where it lets too much through', async () => {
    const loose = timed({ promises: [{ ...promises[0], capacity: 40 }] });
    const report = await checkLimiter(loose, told, { seed: 1, runs: 3, invariant: 'admission-bound' });
    expect(report.failures[0]?.message).toMatch(/cells passed within \d+ (?:us|ms), where at most \d+ may/);
  });
});
