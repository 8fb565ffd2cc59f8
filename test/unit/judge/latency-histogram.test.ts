import fc from 'fast-check';
import { build } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import {
  bucketOf,
  highestUs,
  LATENCY_US_MAX,
  LatencyHistogram,
  lowestUs,
  rankOf,
} from '../../../harness/judge/latency-histogram.js';

const latencies = fc.oneof(
  fc.integer({ min: 0, max: 5000 }),
  fc.integer({ min: 0, max: 10_000_000 }),
  fc.integer({ min: 0, max: LATENCY_US_MAX }),
);

describe('LatencyHistogram', () => {
  it('puts each value between the lowest and the highest of its bucket, and buckets one behind the other', () => {
    fc.assert(
      fc.property(latencies, (us) => {
        const bucket = bucketOf(us);
        expect(lowestUs(bucket)).toBeLessThanOrEqual(us);
        expect(highestUs(bucket)).toBeGreaterThanOrEqual(us);
        expect(bucketOf(highestUs(bucket) + 1)).toBe(bucket + 1);
      }),
      { seed: 1, numRuns: 2000 },
    );
    for (const us of [0, 2047, 2048, 4095, 4096])
      expect(bucketOf(us + 1) - bucketOf(us)).toBe(us < 2048 || us % 2 ? 1 : 0);
  });

  it('has the percentiles of an HdrHistogram of three digits', () => {
    fc.assert(
      fc.property(
        fc.array(latencies, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0, 1, 50, 90, 99, 99.9, 100),
        (all, percent) => {
          const mine = new LatencyHistogram();
          const hdr = build({
            lowestDiscernibleValue: 1,
            highestTrackableValue: LATENCY_US_MAX,
            numberOfSignificantValueDigits: 3,
          });
          for (const us of all) {
            mine.record(us);
            hdr.recordValue(us);
          }
          expect(mine.percentileUs(percent)).toBe(hdr.getValueAtPercentile(percent));
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  it('takes the 999th of 1000 for 99.9 %, though doubles make a little more than 999 of it', () => {
    expect([1000, 2000, 3000, 1001].map((total) => rankOf(99.9, total))).toEqual([999, 1998, 2997, 1000]);
    expect([rankOf(50, 3), rankOf(99, 100), rankOf(99, 101), rankOf(0, 5)]).toEqual([2, 99, 100, 1]);
  });

  it('is a sum after another was added, and has no percentile when it is empty', () => {
    const one = new LatencyHistogram();
    const other = new LatencyHistogram();
    expect(one.percentileUs(50)).toBeNull();
    one.record(5);
    other.record(70_000);
    other.record(70_000);
    one.addAll(other);
    expect(one.total).toBe(3);
    const buckets: number[][] = [];
    one.eachBucket((bucket, count) => buckets.push([bucket, count]));
    expect(buckets).toEqual([
      [5, 1],
      [bucketOf(70_000), 2],
    ]);
  });
});
