import { describe, expect, test } from 'vitest';
import { LATENCY_US_MAX } from '../../../harness/judge/latency-histogram.js';
import { LatencyBins } from '../../../harness/timeline/latency-bins.js';
import { bucketEdgesUs, latencyBucketOf } from '../../../harness/timeline/latency-buckets.js';
import { Dice } from '../../support/dice.js';

/** Spread over the whole range, and next to every edge. */
const samples: readonly number[] = [
  ...bucketEdgesUs.flatMap((edge) => [Math.max(0, edge - 1), edge, Math.min(LATENCY_US_MAX, edge + 1)]),
  ...Array.from({ length: 3000 }, (_, step) => Math.floor(1.0067 ** step)).filter((us) => us <= LATENCY_US_MAX),
];

describe('the buckets of latencies', () => {
  test('are at most 3 % wide, or hold one whole microsecond', () => {
    for (const [bucket, edge] of bucketEdgesUs.entries()) {
      const before = bucketEdgesUs[bucket - 1] ?? -1;
      expect(edge).toBeGreaterThan(before);
      expect(edge - before === 1 || edge * 100 <= before * 103).toBe(true);
    }
    expect(bucketEdgesUs[0]).toBe(0);
    expect(bucketEdgesUs).toEqual(expect.arrayContaining([1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000]));
    expect(bucketEdgesUs.at(-1)).toBe(LATENCY_US_MAX);
    expect(bucketEdgesUs.length).toBeLessThan(800);
  });

  test('have edges of three digits', () => {
    expect(bucketEdgesUs.filter((edge) => edge >= 1000 && !/^\d{3}0*$/.test(String(edge)))).toEqual([]);
  });

  test('each hold what is above the edge before and at most their own', () => {
    for (const us of samples) {
      const bucket = latencyBucketOf(us);
      expect(us).toBeLessThanOrEqual(bucketEdgesUs[bucket] as number);
      expect(us).toBeGreaterThan(bucketEdgesUs[bucket - 1] ?? -1);
    }
  });

  test('the first holds what is below 0 or no number, the last what is above ten minutes', () => {
    expect(latencyBucketOf(-5)).toBe(0);
    expect(latencyBucketOf(Number.NaN)).toBe(0);
    expect(latencyBucketOf(1e12)).toBe(bucketEdgesUs.length - 1);
  });
});

describe('latencies by bin', () => {
  test('percentiles are the upper edges of the buckets that hold them, and the largest is exact', () => {
    const dice = new Dice(3);
    const latencies = new LatencyBins(2, 3);
    const values = Array.from({ length: 500 }, () => dice.below(1 + 10 ** dice.between(1, 8)));
    for (const us of values) latencies.record(1, 2, us, true);
    const sorted = [...values].sort((a, b) => a - b);
    const edgeMs = (percent: number): number => {
      const us = sorted[Math.ceil((percent / 100) * sorted.length) - 1] as number;
      return (bucketEdgesUs.find((edge) => edge >= us) as number) / 1000;
    };
    const { p50, p90, p99, max } = latencies.series(1, 0, 3);
    expect([p50, p90, p99]).toEqual([50, 90, 99].map((percent) => [null, null, edgeMs(percent)]));
    expect(max).toEqual([null, null, (sorted.at(-1) as number) / 1000]);
  });

  test('a percentile is never above the largest value', () => {
    const latencies = new LatencyBins(1, 1);
    latencies.record(0, 0, 10_001, true);
    const { p50, p90, p99, max } = latencies.series(0, 0, 1);
    expect([p50, p90, p99, max]).toEqual([[10.001], [10.001], [10.001], [10.001]]);
  });

  test('a latency of nothing is one', () => {
    const latencies = new LatencyBins(1, 1);
    latencies.record(0, 0, 0, true);
    expect(latencies.series(0, 0, 1)).toMatchObject({ p50: [0], max: [0], histogram: { upToMs: [0], counts: [1] } });
  });

  test('one below 0, or that is no number, is told as 0, and one above ten minutes as ten minutes', () => {
    const latencies = new LatencyBins(1, 3);
    for (const [bin, us] of [-3, Number.NaN, 1e12].entries()) latencies.record(0, bin, us, true);
    expect(latencies.series(0, 0, 3)).toMatchObject({ p99: [0, 0, 600_000], max: [0, 0, 600_000] });
  });

  test('the histogram is of what was measured alone, and has the buckets that hold anything, in order', () => {
    const latencies = new LatencyBins(2, 4);
    latencies.record(0, 0, 5000, false);
    latencies.record(0, 1, 2000, true);
    latencies.record(0, 2, 1000, true);
    latencies.record(0, 3, 1000, true);
    latencies.record(1, 3, 7, true);
    expect(latencies.series(0, 1, 2).histogram).toEqual({ upToMs: [1, 2.03], counts: [2, 1] });
    expect(latencies.series(1, 0, 4).histogram).toEqual({ upToMs: [0.007], counts: [1] });
  });

  test('bins and actors are told apart, however many pieces their buckets take', () => {
    const latencies = new LatencyBins(3, 40);
    for (let actor = 0; actor < 3; actor++) {
      for (let bin = 0; bin < 40; bin++) {
        for (const power of [1, 2, 3, 4, 5, 6, 7]) latencies.record(actor, bin, 10 ** power, true);
        latencies.record(actor, bin, 1000 * (actor + 1) + bin * 100, true);
      }
    }
    for (let actor = 0; actor < 3; actor++) {
      const { p50, max } = latencies.series(actor, 5, 40);
      expect(max).toEqual(Array.from({ length: 35 }, () => 10_000));
      const wanted = Array.from({ length: 35 }, (_, at) => {
        const us = Math.min(10_000, 1000 * (actor + 1) + (at + 5) * 100);
        return (bucketEdgesUs.find((edge) => edge >= us) as number) / 1000;
      });
      expect(p50).toEqual(wanted);
    }
  });
});
