/**
 * The buckets of latencies in a series. Each holds what is above the edge of the one before, up to its own edge. Edges
 * are whole microseconds of at most three digits, so that they are short in a file, the powers of ten among them, and
 * each is at most 3 % above the one before; below 35 us each whole microsecond has a bucket.
 */
import { bucketOf, LATENCY_US_MAX, lowestUs } from '../judge/latency-histogram.js';

export const bucketEdgesUs: readonly number[] = edges();

/** By bucket of `latency-histogram.ts`, which are narrower: the bucket here that holds its lowest value. */
const bucketsOfLowest = Uint16Array.from({ length: bucketOf(LATENCY_US_MAX) + 1 }, () => 0);
for (let fine = 0, bucket = 0; fine < bucketsOfLowest.length; fine++) {
  while ((bucketEdgesUs[bucket] as number) < lowestUs(fine)) bucket++;
  bucketsOfLowest[fine] = bucket;
}

/** Index into `bucketEdgesUs`. Below 0 counts as 0, above ten minutes as ten minutes. */
export function latencyBucketOf(us: number): number {
  // Turned round so that what is no number counts as 0.
  const held = us > 0 ? Math.min(us, LATENCY_US_MAX) : 0;
  const bucket = bucketsOfLowest[bucketOf(held)] as number;
  // An edge may lie within a narrow bucket.
  return held > (bucketEdgesUs[bucket] as number) ? bucket + 1 : bucket;
}

function edges(): number[] {
  const found = [0];
  let powerOfTen = 1;
  for (let edge = 0; edge < LATENCY_US_MAX; found.push(edge)) {
    while (powerOfTen <= edge) powerOfTen *= 10;
    const next = Math.max(edge + 1, threeDigits(Math.floor((edge * 103) / 100)));
    edge = Math.min(next, powerOfTen, LATENCY_US_MAX);
  }
  return found;
}

/** Rounded down. */
function threeDigits(us: number): number {
  let unit = 1;
  while (us >= 1000 * unit) unit *= 10;
  return us - (us % unit);
}
