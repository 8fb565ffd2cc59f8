import { describe, expect, it } from 'vitest';
import { hawkesArrivals } from '../../../../harness/actors/arrivals/hawkes.js';
import { createRandom } from '../../../../harness/actors/random.js';
import {
  countsOf,
  exponentialLaw,
  fano,
  gapsOf,
  ksBound,
  ksDistance,
  lagCorrelation,
  mean,
  variance,
} from '../../../support/statistics.js';
import { SECOND_US } from '../example-plan.js';
import { firstCounts, midUs, timesOf } from './process-times.js';

/** The calibration of trades: half of all arrivals and more are brought about by others. */
const law = { ratePerSecond: 60, branching: 0.658, decayPerSecond: 1.799 };
const hawkes = { process: 'hawkes', ...law } as const;

/**
 * Integrated intensity from each arrival to the next: independent exponential times of mean 1 under the right law (time
 * rescaling). What came before the first is unknown, so the first hundred decay times are left out.
 */
function residuals(timesUs: readonly number[], of: typeof law): number[] {
  const { ratePerSecond, branching, decayPerSecond } = of;
  const own = (1 - branching) * ratePerSecond;
  let excited = 0;
  const all: number[] = [];
  for (const gapUs of gapsOf(timesUs)) {
    excited += branching * decayPerSecond;
    const gap = gapUs / SECOND_US;
    const left = Math.exp(-decayPerSecond * gap);
    all.push(own * gap + (excited * (1 - left)) / decayPerSecond);
    excited *= left;
  }
  return all.filter((_, i) => (timesUs[i] as number) > (100 / decayPerSecond) * SECOND_US);
}

/** Variance over mean of counts in `seconds`, from the covariance of the intensity (Hawkes 1971). */
function fanoOf({ branching, decayPerSecond: decay }: typeof law, seconds: number): number {
  const alpha = branching * decay;
  const fall = decay - alpha;
  const spread = 1 / fall - (1 - Math.exp(-fall * seconds)) / (fall * fall * seconds);
  return 1 + ((alpha * (2 * decay - alpha)) / fall) * spread;
}

const exponentialOne = exponentialLaw(1);
const SECONDS = 1_600;

/** What speaks against the law, each at four deviations or one in a thousand. */
function doubts(timesUs: readonly number[]): string[] {
  const found: string[] = [];
  const rescaled = residuals(midUs(timesUs), law);
  if (ksDistance(rescaled, exponentialOne) > ksBound(rescaled.length)) found.push('gaps in rescaled time');
  if (Math.abs(lagCorrelation(rescaled)) > 4 / Math.sqrt(rescaled.length)) found.push('gaps that know each other');
  for (const size of [20, 100, 400]) {
    const blocks = blockSums(rescaled, size);
    if (Math.abs(variance(blocks) / size - 1) > 4 * Math.sqrt(2 / blocks.length)) found.push(`blocks of ${size}`);
  }
  for (const seconds of [0.1, 1, 10]) {
    const counts = countsOf(timesUs, { fromUs: 0, toUs: SECONDS * SECOND_US, binUs: seconds * SECOND_US });
    // Bins shorter than the memory are not independent: twice the variance.
    const allowed = 4 * Math.sqrt((seconds < 5 ? 4 : 2) / counts.length);
    if (Math.abs(fano(counts) / fanoOf(law, seconds) - 1) > allowed) found.push(`counts in ${seconds} s`);
  }
  return found;
}

function blockSums(values: readonly number[], size: number): number[] {
  return Array.from({ length: Math.floor(values.length / size) }, (_, block) =>
    values.slice(block * size, (block + 1) * size).reduce((sum, value) => sum + value, 0),
  );
}

const all = timesOf(hawkes, SECONDS);

describe('Hawkes arrivals', () => {
  it('come at the mean rate', () => {
    const wanted = 60 * SECONDS;
    // The count of so long a time has a variance of mean / (1 - branching)^2; four deviations.
    expect(Math.abs(all.length - wanted)).toBeLessThan((4 * Math.sqrt(wanted)) / (1 - law.branching));
  });

  it('are of their law, in rescaled time and in clusters', () => {
    expect(doubts(all)).toEqual([]);
  });

  it.each([
    { wrong: { ...law, branching: 0.5 }, because: 'less branching at the same rate' },
    { wrong: { ...law, decayPerSecond: 1 }, because: 'a longer memory' },
    { wrong: { ...law, ratePerSecond: 66 }, because: 'more of all' },
    { wrong: { ...law, branching: 0 }, because: 'no excitement at all' },
  ])('would be seen not to be of this law: $because', ({ wrong }) => {
    expect(doubts(timesOf({ process: 'hawkes', ...wrong }, SECONDS))).not.toEqual([]);
  });

  it('begin in balance: the first half second is like any other', () => {
    const counts = firstCounts(hawkes, 0.5, 1_000);
    const wanted = fanoOf(law, 0.5);
    expect(Math.abs(mean(counts) - 30)).toBeLessThan(4 * Math.sqrt((30 * wanted) / counts.length));
    expect(Math.abs(fano(counts) / wanted - 1)).toBeLessThan(4 * Math.sqrt(2 / counts.length));
  });

  it('are Poisson arrivals, one by one, without branching', () => {
    const plain = timesOf({ process: 'poisson', ratePerSecond: 60 }, 100, 3);
    expect(timesOf({ ...hawkes, branching: 0 }, 100, 3)).toEqual(plain);
    expect(plain.length).toBeGreaterThan(5_000);
  });

  it('keep their rate when nearly all are brought about by others', () => {
    const near = { process: 'hawkes', ratePerSecond: 1_000, branching: 0.9, decayPerSecond: 33.8 } as const;
    const count = timesOf(near, 100).length;
    expect(Math.abs(count - 100_000)).toBeLessThan((4 * Math.sqrt(100_000)) / 0.1);
    expect(count).not.toBe(100_000);
  });

  it('begin at once where the past would be endless', () => {
    const slow = { ratePerSecond: 1_000_000, branching: 0.999_999, decayPerSecond: 1e-6 };
    const first = hawkesArrivals(slow, SECOND_US, createRandom(1)).next();
    expect(first.value).toBeLessThan(1_000);
  });
});
