import { describe, expect, test } from 'vitest';
import { BUCKETS_A_DECADE, bucketOf, bucketsOf, percentileOf, sharesOf } from '../../../harness/web/histogram.js';

describe('a histogram on the page', () => {
  test('puts every latency into the bucket whose edges hold it', () => {
    for (let place = -60; place < 120; place++) {
      const upper = 10 ** ((place + 1) / BUCKETS_A_DECADE);
      const lower = 10 ** (place / BUCKETS_A_DECADE);
      expect(bucketOf(upper), `upper edge of ${place}`).toBe(place);
      expect(bucketOf(lower * 1.001), `just above the lower edge of ${place}`).toBe(place);
      expect(bucketOf(lower), `lower edge of ${place}`).toBe(Math.max(-61, place - 1));
    }
  });

  test('tells what took no time as the shortest', () => {
    expect(bucketOf(0)).toBe(bucketOf(0.001));
  });

  test('shares out all of it, whatever the number of buckets', () => {
    const histogram = { upToMs: [1, 1.03, 5, 90], counts: [2, 2, 1, 3] };
    const range = bucketsOf([histogram, { upToMs: [], counts: [] }]);
    expect(range).toEqual({ first: bucketOf(1), last: bucketOf(90) });
    if (range === null) return;
    const shares = sharesOf(histogram, range.first, range.last - range.first + 1);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(shares[0]).toBe(0.25);
    expect(shares.at(-1)).toBe(0.375);
    expect(sharesOf({ upToMs: [], counts: [] }, 0, 3)).toEqual([0, 0, 0]);
    expect(bucketsOf([{ upToMs: [], counts: [] }])).toBe(null);
  });

  test('tells the percentile that sorting all latencies would', () => {
    const upToMs = [1, 2, 4, 8];
    for (const counts of [
      [1, 0, 0, 0],
      [1, 1, 1, 1],
      [97, 2, 1, 0],
      [0, 5, 0, 5],
      [99, 0, 0, 1],
      [50, 49, 0, 1],
    ]) {
      const sorted = counts.flatMap((count, bucket) => new Array<number>(count).fill(upToMs[bucket] ?? 0));
      for (const percent of [0, 1, 25, 50, 75, 90, 99, 99.9, 100]) {
        const place = Math.max(1, Math.ceil((sorted.length * percent) / 100)) - 1;
        expect(percentileOf({ upToMs, counts }, percent), `${counts} at ${percent}`).toBe(sorted[place]);
      }
    }
    expect(percentileOf({ upToMs: [], counts: [] }, 50)).toBe(null);
  });
});
