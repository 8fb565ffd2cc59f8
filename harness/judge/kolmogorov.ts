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

/** Up to this product of their sizes the chance is counted out. */
const COUNTED_MAX = 250_000;

/**
 * The chance of a distance of at least so much between samples of these sizes from one continuous law. Values that are
 * equal only make it smaller in truth, so what is told speaks for the target.
 *
 * Of small samples it is counted out; of others it is the limit law of Kolmogorov with the correction for finite samples
 * of M. Stephens (JRSS B 32, 1970). (For two times eight values that law says 5 % where it is 9 %: the steps are coarse.)
 */
export function ksChance(distance: number, sizeOne: number, sizeOther: number): number {
  return sizeOne * sizeOther <= COUNTED_MAX
    ? countedChance(distance, sizeOne, sizeOther)
    : limitChance(distance, sizeOne, sizeOther);
}

/**
 * All orders of the values of both samples are equally likely. Each is a way from (0, 0) to (sizeOne, sizeOther) that
 * goes one step for each value; counted are those that stay nearer to the diagonal than the distance
 * (J. Hodges, "The significance probability of the Smirnov two-sample test", Arkiv foer Matematik 3, 1958).
 */
function countedChance(distance: number, sizeOne: number, sizeOther: number): number {
  // In steps of 1 / (sizeOne * sizeOther) every distance is whole.
  const least = Math.round(distance * sizeOne * sizeOther);
  if (least === 0) return 1;
  /** The chance to come to (one, other) and to have stayed within, by `other`; `one` is the row that is worked on. */
  const within = new Float64Array(sizeOther + 1);
  for (let one = 0; one <= sizeOne; one++) {
    for (let other = 0; other <= sizeOther; other++) {
      if (one + other === 0) {
        within[0] = 1;
        continue;
      }
      // How many of each are left where the step begins, of all that are left.
      const left = sizeOne + sizeOther - one - other + 1;
      const byOne = one === 0 ? 0 : ((within[other] as number) * (sizeOne - one + 1)) / left;
      const byOther = other === 0 ? 0 : ((within[other - 1] as number) * (sizeOther - other + 1)) / left;
      within[other] = Math.abs(one * sizeOther - other * sizeOne) < least ? byOne + byOther : 0;
    }
  }
  return Math.min(1, Math.max(0, 1 - (within[sizeOther] as number)));
}

function limitChance(distance: number, sizeOne: number, sizeOther: number): number {
  const root = Math.sqrt((sizeOne * sizeOther) / (sizeOne + sizeOther));
  const lambda = (root + 0.12 + 0.11 / root) * distance;
  if (lambda < LAMBDA_MIN) return 1;
  let sum = 0;
  for (let k = 1; k <= TERMS; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, sum));
}
