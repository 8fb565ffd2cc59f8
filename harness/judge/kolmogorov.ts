/**
 * Are two samples alike? The distance of Kolmogorov and Smirnov, and how likely one as large is when they are.
 */
import type { LatencyHistogram } from './latency-histogram.js';

/**
 * The largest difference between the shares of two samples that lie at or below any value. Values that share a bucket are
 * taken as equal, which can only make it smaller: a difference that is told is there.
 *
 * @returns 0 (alike) to 1 (apart); NaN when one of them is empty.
 */
export function ksDistance(one: LatencyHistogram, other: LatencyHistogram): number {
  if (one.total === 0 || other.total === 0) return Number.NaN;
  const steps = new Map<number, number>();
  one.eachBucket((bucket, count) => steps.set(bucket, count * other.total));
  other.eachBucket((bucket, count) => steps.set(bucket, (steps.get(bucket) ?? 0) - count * one.total));
  let sum = 0;
  let largest = 0;
  for (const bucket of [...steps.keys()].sort((a, b) => a - b)) {
    sum += steps.get(bucket) as number;
    largest = Math.max(largest, Math.abs(sum));
  }
  return largest / (one.total * other.total);
}

/** Below this the series of the limit law is 1 to nine digits, and converges slowly. */
const LAMBDA_MIN = 0.2;
const TERMS = 100;

/**
 * The chance of a distance of at least so much between samples of these sizes from one continuous law: the limit law of
 * Kolmogorov with the correction for finite samples of M. Stephens (JRSS B 32, 1970), good to some percent of itself from
 * some eight values on.
 */
export function ksChance(distance: number, sizeOne: number, sizeOther: number): number {
  const root = Math.sqrt((sizeOne * sizeOther) / (sizeOne + sizeOther));
  const lambda = (root + 0.12 + 0.11 / root) * distance;
  if (lambda < LAMBDA_MIN) return 1;
  let sum = 0;
  for (let k = 1; k <= TERMS; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, sum));
}
