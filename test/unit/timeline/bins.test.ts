import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../harness/scenario/plan.js';
import { Bins, binsMaxOf } from '../../../harness/timeline/bins.js';
import { aPlan, aPolicy, aTokenBucket, SECOND_US } from '../../support/plan-builder.js';

const HOUR_US = 3600 * SECOND_US;

/** A plan of one phase, after a warm-up. */
function planOf(seconds: number, warmupSeconds = 0, overrides: Partial<Plan> = {}): Plan {
  const warmupUs = warmupSeconds * SECOND_US;
  return aPlan({
    warmupUs,
    phases: [{ name: 'all', startUs: warmupUs, endUs: warmupUs + seconds * SECOND_US }],
    ...overrides,
  });
}

describe('the length of a bin', () => {
  test.each([
    { seconds: 1, binMs: 100 },
    { seconds: 30, binMs: 100 },
    { seconds: 30.1, binMs: 200 },
    { seconds: 60, binMs: 200 },
    { seconds: 300, binMs: 1000 },
    { seconds: 301, binMs: 2000 },
    { seconds: 3600, binMs: 30_000 },
    { seconds: 9001, binMs: 60_000 },
    { seconds: 86_400, binMs: 300_000 },
    { seconds: 30 * 86_400, binMs: 6 * 3_600_000 },
    { seconds: 365 * 86_400, binMs: 7 * 86_400_000 },
    { seconds: 100 * 365 * 86_400, binMs: 240 * 86_400_000 },
  ])('is $binMs ms for $seconds seconds, the shortest of the ladder with which there are at most 300', (row) => {
    const bins = new Bins(planOf(row.seconds));
    expect(bins.binUs / 1000).toBe(row.binMs);
    expect(bins.planned).toBe(Math.ceil((row.seconds * 1000) / row.binMs));
    expect(bins.planned).toBeLessThanOrEqual(300);
  });

  test('counts the warm-up in, which may end within a bin of its own', () => {
    const bins = new Bins(planOf(20, 10.05));
    expect(bins.binUs).toBe(200_000);
    expect(bins.startUs).toBe(-150_000);
    expect(bins.planned).toBe(51 + 100);
  });

  test('is longer where actors and limits would make the file larger than 400 kB, with 24 bins at least', () => {
    const { actors } = aPlan();
    const many = (count: number, limits: number): Plan =>
      planOf(30, 0, {
        actors: Array.from({ length: count }, () => actors[0] as Plan['actors'][number]),
        policy: aPolicy(Array.from({ length: limits }, () => aTokenBucket())),
      });
    expect(binsMaxOf(many(2, 1))).toBe(300);
    expect(binsMaxOf(many(20, 0))).toBe(166);
    expect(binsMaxOf(many(20, 5))).toBe(125);
    expect(binsMaxOf(many(1000, 5))).toBe(24);
    expect(new Bins(many(20, 0)).binUs).toBe(200_000);
    expect(new Bins(many(1000, 5)).planned).toBe(15);
  });

  test('a limit that only looks on takes no room', () => {
    const shadow = aTokenBucket({ isShadow: true });
    const plan = planOf(30, 0, { actors: Array.from({ length: 20 }, () => aPlan().actors[0] as never) });
    expect(binsMaxOf({ ...plan, policy: aPolicy([shadow, shadow]) })).toBe(166);
  });
});

describe('the bin of a moment', () => {
  const bins = new Bins(planOf(20, 1, { request: { timeoutUs: 2 * SECOND_US, connectionsPerIp: 1, openMax: 1 } }));

  test('holds its own start and not that of the next', () => {
    expect(bins.binUs).toBe(100_000);
    expect(bins.of(0)).toBe(0);
    expect(bins.of(SECOND_US - 1)).toBe(9);
    expect(bins.of(SECOND_US)).toBe(10);
    expect(bins.startOf(10)).toBe(SECOND_US);
    expect(bins.of(1_099_999)).toBe(10);
    expect(bins.of(1_100_000)).toBe(11);
  });

  test('after the planned end there are more for as long as requests can be open, and the last holds what is later', () => {
    expect(bins.planned).toBe(210);
    expect(bins.count).toBe(231);
    expect(bins.of(21 * SECOND_US)).toBe(210);
    expect(bins.of(bins.startOf(bins.count) - 1)).toBe(230);
    expect(bins.of(bins.startOf(bins.count))).toBe(230);
    expect(bins.of(HOUR_US)).toBe(230);
    expect(new Bins(planOf(20, 0, { request: { timeoutUs: HOUR_US, connectionsPerIp: 1, openMax: 1 } })).count).toBe(
      260,
    );
  });

  test('is the first for what is before all, and the last for what is no time', () => {
    expect(bins.of(-5)).toBe(0);
    expect(bins.of(Number.NaN)).toBe(230);
    expect(bins.of(Number.POSITIVE_INFINITY)).toBe(230);
  });
});
