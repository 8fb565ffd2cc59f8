/**
 * 95 % intervals by drawing groups of identities (see `groups.ts`): what would have been measured had other people of the
 * same kind come? The cluster bootstrap, with one draw less than there are groups, which makes its variance right for few
 * of them (J. Rao, C. Wu, "Resampling inference with complex survey data", JASA 83, 1988). Pure: the seed fixes all draws.
 *
 * How often they hold the truth was tried on 300 records of customers who differ much (latencies of a log-normal scale with
 * a sigma of 0.5, requests by an exponential law), 40 and 100 of them: goodput 93 and 94 %, the admitted share 90 and 92 %,
 * the growth of p99 95 and 97 %, p99 itself only 85 and 88 %, since few customers make its tail; of 320 customers 91 %.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { GROUPS, GROUPS_MIN } from './groups.js';
import { highestUs, type LatencyHistogram, rankOf } from './latency-histogram.js';

const RESAMPLES = 400;

export type Interval = readonly [number, number];

/** How often each of the 32 groups was drawn, once for each resample. */
export type Draws = readonly Uint8Array[];

/**
 * The same draws for each metric, so that two of them can be compared resample by resample.
 *
 * @param groups - those that hold an identity of the subject.
 * @returns null when there are fewer than `GROUPS_MIN`.
 */
export function drawGroups(groups: readonly number[], seed: number): Draws | null {
  if (groups.length < GROUPS_MIN) return null;
  const generator = xoroshiro128plus(seed | 0);
  return Array.from({ length: RESAMPLES }, () => {
    const weights = new Uint8Array(GROUPS);
    for (let draw = 1; draw < groups.length; draw++) {
      const group = groups[Math.floor(((generator.next() >>> 0) / 2 ** 32) * groups.length)] as number;
      weights[group] = (weights[group] as number) + 1;
    }
    return weights;
  });
}

/** Of each resample the sum, as if all groups had been drawn. @param values - by group. */
export function resampledSums(draws: Draws, values: Float64Array, groups: number): number[] {
  return draws.map((weights) => (weightedSum(weights, values) * groups) / (groups - 1));
}

/** Of each resample the ratio; those that drew nothing to divide by are left out. */
export function resampledRatios(draws: Draws, hits: Float64Array, trials: Float64Array): number[] {
  return draws.flatMap((weights) => {
    const drawn = weightedSum(weights, trials);
    return drawn > 0 ? [weightedSum(weights, hits) / drawn] : [];
  });
}

/** Of each resample the percentile; NaN where nothing was drawn. @param histograms - by group. */
export function resampledPercentiles(
  draws: Draws,
  histograms: readonly LatencyHistogram[],
  percent: number,
): Float64Array {
  const { buckets, ends, groups, counts } = tableOf(histograms);
  const totals = Float64Array.from(histograms, ({ total }) => total);
  return Float64Array.from(draws, (weights) => {
    const total = weightedSum(weights, totals);
    if (total === 0) return Number.NaN;
    const rank = rankOf(percent, total);
    // From above: percentiles that are asked for lie near the top.
    let upTo = total;
    let entry = counts.length - 1;
    for (let row = buckets.length - 1; row >= 0; row--) {
      const from = row === 0 ? 0 : (ends[row - 1] as number);
      for (; entry >= from; entry--) {
        upTo -= (weights[groups[entry] as number] as number) * (counts[entry] as number);
      }
      if (upTo < rank) return highestUs(buckets[row] as number);
    }
    throw new Error('a histogram holds less than its total');
  });
}

/** Whether enough groups have a part in what was counted. @param values - by group. */
export function isSpread(values: Iterable<number>): boolean {
  return [...values].filter((value) => value > 0).length >= GROUPS_MIN;
}

/** The middle 95 % of what the resamples gave; null when they gave nothing. */
export function intervalOf(values: Iterable<number>): Interval | null {
  const sorted = Float64Array.from([...values].filter((value) => !Number.isNaN(value))).sort();
  if (sorted.length === 0) return null;
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  return [at(0.025), at(0.975)];
}

function weightedSum(weights: Uint8Array, values: Float64Array): number {
  let sum = 0;
  for (let group = 0; group < GROUPS; group++) sum += (weights[group] as number) * (values[group] as number);
  return sum;
}

interface Table {
  /** The buckets that any group used, from the lowest on. */
  readonly buckets: Uint32Array;
  /** Where the entries of each bucket end, among those of all buckets. */
  readonly ends: Uint32Array;
  /** Of each entry the group and its count. */
  readonly groups: Uint8Array;
  readonly counts: Uint32Array;
}

function tableOf(histograms: readonly LatencyHistogram[]): Table {
  const entriesOf = new Map<number, number>();
  for (const histogram of histograms) {
    histogram.eachBucket((bucket) => entriesOf.set(bucket, (entriesOf.get(bucket) ?? 0) + 1));
  }
  const buckets = Uint32Array.from(entriesOf.keys()).sort();
  const nextOf = new Map<number, number>();
  let entries = 0;
  const ends = Uint32Array.from(buckets, (bucket) => {
    nextOf.set(bucket, entries);
    entries += entriesOf.get(bucket) as number;
    return entries;
  });
  const groups = new Uint8Array(entries);
  const counts = new Uint32Array(entries);
  for (const [group, histogram] of histograms.entries()) {
    histogram.eachBucket((bucket, count) => {
      const at = nextOf.get(bucket) as number;
      groups[at] = group;
      counts[at] = count;
      nextOf.set(bucket, at + 1);
    });
  }
  return { buckets, ends, groups, counts };
}
