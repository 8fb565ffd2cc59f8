import { describe, expect, test } from 'vitest';
import { carries, exactFigures, percentiles, toldPercentile } from '../../../harness/web/percentiles.js';

const none = new Map<number, number>();

describe('percentiles on the page', () => {
  const least: readonly (readonly [percent: number, count: number])[] = [
    [50, 20],
    [75, 40],
    [90, 100],
    [95, 200],
    [99, 1_000],
    [99.9, 10_000],
    [99.99, 100_000],
    [100, 1],
  ];

  test.each(least)('tell p%d of %d requests and of none fewer', (percent, count) => {
    expect(carries(count, percent)).toBe(true);
    expect(carries(count - 1, percent)).toBe(false);
    const histogram = { upToMs: [3, 5], counts: [1, count - 1] };
    expect(toldPercentile(histogram, percent, none)).toBe(count === 1 ? 3 : 5);
    if (percent < 100) expect(toldPercentile({ upToMs: [5], counts: [count - 1] }, percent, none)).toBe(null);
  });

  test('know every one that is shown', () => {
    expect(percentiles).toEqual(least.map(([percent]) => percent));
  });

  test('are those of the verdict where it has them, and rise with the percent', () => {
    const histogram = { upToMs: [10, 103, 106], counts: [900, 2_000, 100] };
    const exact = new Map([
      [50, 101],
      [99, 102.5],
    ]);
    const told = percentiles.map((percent) => toldPercentile(histogram, percent, exact));
    expect(told).toEqual([101, 102.5, 102.5, 102.5, 102.5, null, null, 106]);
    expect(toldPercentile({ upToMs: [], counts: [] }, 50, exact)).toBe(null);
  });

  test('take from an actor of the verdict what it could tell', () => {
    const nothing = { sent: 0, admitted: 0, throttled: 0, refused: 0, banned: 0, errors: 0, leakCells: 0 };
    const actor = { ...nothing, label: 'legit', falseBlockRate: null } as const;
    const figures = exactFigures({ ...actor, latencyMs: { p50: 1, p99: 2, p999: null } });
    expect([...figures]).toEqual([
      [50, 1],
      [99, 2],
    ]);
    expect([...exactFigures({ ...actor, latencyMs: { p50: null, p99: null, p999: 3 } })]).toEqual([[99.9, 3]]);
  });
});
