/**
 * A histogram of latencies in whole microseconds, exact to three digits: the buckets of an HdrHistogram with lowest value
 * 1 and three significant digits, and its percentiles to the digit. Unlike one it costs a few nanoseconds to record and
 * no memory where nothing was recorded: one for each group of identities can be kept.
 *
 * Values below 2,048 have a bucket each. From there each power of two has 1,024 buckets: a value v with 2^(e + 10) <= v <
 * 2^(e + 11) stands in one with all that share v >> e.
 */

/** Ten minutes. Longer ones are counted as this long. */
export const LATENCY_US_MAX = 600_000_000;

const BUCKETS_PER_OCTAVE = 1024;
const CHUNK_BUCKETS = 256;

export class LatencyHistogram {
  total = 0;
  private readonly chunks: (Uint32Array | undefined)[] = [];

  record(us: number): void {
    this.addTo(bucketOf(Math.min(Math.max(us, 0), LATENCY_US_MAX)), 1);
  }

  addTo(bucket: number, count: number): void {
    const number = bucket >>> 8;
    let chunk = this.chunks[number];
    if (chunk === undefined) {
      chunk = new Uint32Array(CHUNK_BUCKETS);
      this.chunks[number] = chunk;
    }
    const at = bucket & (CHUNK_BUCKETS - 1);
    chunk[at] = (chunk[at] as number) + count;
    this.total += count;
  }

  addAll(other: LatencyHistogram): void {
    other.eachBucket((bucket, count) => this.addTo(bucket, count));
  }

  /** Visits the buckets that hold anything, from the lowest on. */
  eachBucket(visit: (bucket: number, count: number) => void): void {
    for (const [number, chunk] of this.chunks.entries()) {
      if (chunk === undefined) continue;
      for (let at = 0; at < CHUNK_BUCKETS; at++) {
        const count = chunk[at] as number;
        if (count > 0) visit(number * CHUNK_BUCKETS + at, count);
      }
    }
  }

  /**
   * @param percent - 0 to 100.
   * @returns null when nothing was recorded; else the largest value of the bucket that holds the one in question.
   */
  percentileUs(percent: number): number | null {
    if (this.total === 0) return null;
    const wanted = rankOf(percent, this.total);
    let sum = 0;
    for (const [number, chunk] of this.chunks.entries()) {
      if (chunk === undefined) continue;
      for (let at = 0; at < CHUNK_BUCKETS; at++) {
        sum += chunk[at] as number;
        if (sum >= wanted) {
          const bucket = number * CHUNK_BUCKETS + at;
          return percent === 0 ? lowestUs(bucket) : highestUs(bucket);
        }
      }
    }
    throw new Error('a histogram holds less than its total');
  }
}

/** Which one of `total` sorted values is the percentile, from 1: the first that so many percent do not exceed. */
export function rankOf(percent: number, total: number): number {
  // 99 % of 100 may come out a last digit above 99, and is the 99th all the same.
  return Math.max(1, Math.ceil((percent / 100) * total * (1 - Number.EPSILON)));
}

/** @param us - 0 to `LATENCY_US_MAX`. */
export function bucketOf(us: number): number {
  const shift = 21 - Math.clz32(us);
  return shift <= 0 ? Math.floor(us) : shift * BUCKETS_PER_OCTAVE + (us >>> shift);
}

export function lowestUs(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / BUCKETS_PER_OCTAVE) - 1);
  return (bucket - shift * BUCKETS_PER_OCTAVE) * 2 ** shift;
}

export function highestUs(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / BUCKETS_PER_OCTAVE) - 1);
  return lowestUs(bucket) + 2 ** shift - 1;
}
