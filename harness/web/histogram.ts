/** Histograms as shares over wider buckets that all actors have in common, and percentiles out of them. */
import type { LatencySeries } from '../report/page-data.js';

type Histogram = LatencySeries['histogram'];

/** Buckets in each power of ten: each is 12 % wide, so what is told to 3 % is mostly in the right one. */
export const BUCKETS_A_DECADE = 20;
/** What took no time at all is told as one microsecond, since a log axis has no place for 0. */
export const SHORTEST_MS = 0.001;

/** Number of the common bucket in which a latency lies; its edges are 10^(n / 20) and 10^((n + 1) / 20) ms. */
export function bucketOf(ms: number): number {
  // The upper edge of a saved bucket belongs to the bucket that ends there, whatever the rounding of the logarithm.
  return Math.ceil(Math.log10(Math.max(ms, SHORTEST_MS)) * BUCKETS_A_DECADE - 1e-9) - 1;
}

/** Share of all in each of `buckets` common buckets from `first` on. */
export function sharesOf({ upToMs, counts }: Histogram, first: number, buckets: number): number[] {
  const shares = new Array<number>(buckets).fill(0);
  const all = counts.reduce((sum, count) => sum + count, 0);
  for (const [index, ms] of upToMs.entries()) {
    const place = bucketOf(ms) - first;
    if (place >= 0 && place < buckets) shares[place] = (shares[place] ?? 0) + (counts[index] ?? 0) / all;
  }
  return shares;
}

/** First and last common bucket that hold anything of any of them; null when nothing does. */
export function bucketsOf(histograms: readonly Histogram[]): { first: number; last: number } | null {
  const edges = histograms.flatMap(({ upToMs }) => upToMs);
  if (edges.length === 0) return null;
  const places = edges.map(bucketOf);
  return {
    first: places.reduce((least, place) => Math.min(least, place)),
    last: places.reduce((most, place) => Math.max(most, place)),
  };
}

/**
 * The upper edge of the bucket that holds the percentile: at least so many percent took no longer.
 *
 * @param percent - 0 to 100.
 * @returns null when there is nothing in it.
 */
export function percentileOf({ upToMs, counts }: Histogram, percent: number): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  const wanted = Math.max(1, Math.ceil((all * percent) / 100));
  let seen = 0;
  for (const [index, count] of counts.entries()) {
    seen += count;
    if (seen >= wanted) return upToMs[index] ?? null;
  }
  return null;
}
