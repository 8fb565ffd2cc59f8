import { describe, expect, it } from 'vitest';
import { changeInterval, changeOf, directionOf, matters } from '../../../harness/compare/finding.js';
import { runSpreadOf } from '../../../harness/compare/run-spread.js';

describe('matters', () => {
  it.each([
    { metric: 'latency.p99', from: 20_000, to: 21_000, is: true, because: 'five percent are the least' },
    { metric: 'latency.p99', from: 20_000, to: 20_999, is: false, because: 'less than the least' },
    { metric: 'latency.p99', from: 20_000, to: 19_000, is: true, because: 'down as up' },
    { metric: 'latency.p50', from: 500, to: 599, is: false, because: 'timers differ by so much' },
    { metric: 'latency.p50', from: 500, to: 600, is: true, because: 'a tenth of a millisecond' },
    { metric: 'throttled', from: 0, to: 1, is: true, because: 'nothing is the baseline' },
    { metric: 'throttled', from: 5, to: 5, is: false, because: 'nothing moved' },
    { metric: 'errorRate', from: 0, to: 0.0009, is: false, because: 'below a tenth of a point' },
    { metric: 'errorRate', from: 0, to: 0.001, is: true, because: 'a tenth of a point' },
    { metric: 'admittedShare', from: 0.99, to: 0.98, is: true, because: 'twice as many were not admitted' },
    { metric: 'admittedShare', from: 0.5, to: 0.51, is: false, because: 'two percent of either' },
  ] as const)('$metric from $from to $to: $is, since $because', ({ metric, from, to, is }) => {
    expect(matters(metric, from, to, 0.05)).toBe(is);
  });
});

describe('directionOf', () => {
  it('knows which side of a metric is the better one', () => {
    expect(directionOf('latency.p99', 1, 2)).toBe('worse');
    expect(directionOf('latency.p99', 2, 1)).toBe('better');
    expect(directionOf('goodput', 1, 2)).toBe('better');
    expect(directionOf('goodput', 2, 1)).toBe('worse');
    expect(directionOf('throttled', 1, 2)).toBe('changed');
  });
});

describe('changeOf', () => {
  it('is a share of the baseline, where that says anything', () => {
    expect(changeOf(20, 24)).toBeCloseTo(0.2, 12);
    for (const [from, to] of [
      [0, 1],
      [null, 1],
      [1, null],
      [1, Number.POSITIVE_INFINITY],
    ] as const)
      expect(changeOf(from, to)).toBeNull();
  });

  it('has an interval as wide as both sides together, by their squares', () => {
    const baseline = { value: 10, interval: [10 / 1.3, 10 * 1.1] as const };
    const run = { value: 20, interval: [20 / 1.2, 20 * 1.4] as const };
    const [low, high] = changeInterval(baseline, run) ?? [];
    expect(low).toBeCloseTo(2 * Math.exp(-Math.hypot(Math.log(1.2), Math.log(1.1))) - 1, 12);
    expect(high).toBeCloseTo(2 * Math.exp(Math.hypot(Math.log(1.4), Math.log(1.3))) - 1, 12);
    expect(changeInterval({ value: 0, interval: [0, 0.1] }, run)).toBeNull();
    expect(changeInterval({ value: 10, interval: null }, run)).toBeNull();
  });
});

describe('runSpreadOf', () => {
  it('tells nothing by itself from fewer than six runs, or five beside one', () => {
    expect(runSpreadOf([1, 2], [3, 4, 5]).isEnough).toBe(false);
    expect(runSpreadOf([1, 2, 3], [3, 4, 5]).isEnough).toBe(true);
    expect(runSpreadOf([1, 2, 3, 4, 5], [3]).isEnough).toBe(true);
    expect(runSpreadOf([1], [3])).toMatchObject({ isEnough: false, chance: null });
  });

  it('is noise all the same where runs are few, as if of four degrees', () => {
    // t = 2 / sqrt(0.5 (1 + 1/2)) of two runs beside one.
    expect(runSpreadOf([1, 2], [3.5]).chance).toBeCloseTo(0.0824, 3);
  });

  it('is the test of B. Welch', () => {
    // t = 3 / sqrt(1/3 + 4/3) with 2.94 degrees of freedom.
    expect(runSpreadOf([1, 2, 3], [3, 5, 7]).chance).toBeCloseTo(0.1047, 2);
    expect(runSpreadOf([1, 2, 3], [1, 2, 3]).chance).toBe(1);
  });

  it('takes one run beside many to vary as they do', () => {
    // t = 4 / sqrt(2.5 (1 + 1/5)) with 4 degrees of freedom, and not more for being borrowed.
    expect(runSpreadOf([1, 2, 3, 4, 5], [7]).chance).toBeCloseTo(0.0824, 3);
  });

  it('has an interval of each side with two runs', () => {
    const { baselineInterval, runInterval } = runSpreadOf([1, 3], [5]);
    expect(baselineInterval?.[1]).toBeCloseTo(2 + 12.7062, 3);
    expect(runInterval).toBeNull();
  });
});
