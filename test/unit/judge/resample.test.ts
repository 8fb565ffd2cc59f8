/** Intervals by groups of identities: how they are dealt, and how often the interval holds the truth. */
import { describe, expect, it } from 'vitest';
import { GROUPS, groupOf, groupsOf } from '../../../harness/judge/groups.js';
import { LatencyHistogram } from '../../../harness/judge/latency-histogram.js';
import {
  drawGroups,
  intervalOf,
  isSpread,
  resampledPercentiles,
  resampledRatios,
  resampledSums,
} from '../../../harness/judge/resample.js';
import { Dice } from '../../support/dice.js';
import { aPlan } from '../../support/plan-builder.js';

const allGroups = Array.from({ length: GROUPS }, (_, group) => group);

describe('groups of identities', () => {
  it('take one each of any 32 that follow each other from a multiple of 32, in an order that the seed fixes', () => {
    for (const seed of [1, 2, 3]) {
      for (const from of [0, 32, 4096, 10_000_000 - (10_000_000 % 32)]) {
        const dealt = allGroups.map((at) => groupOf(from + at, seed));
        expect([...dealt].sort((a, b) => a - b)).toEqual(allGroups);
      }
    }
    const order = (seed: number, from: number) => allGroups.map((at) => groupOf(from + at, seed)).join();
    expect(order(1, 0)).toBe(order(1, 0));
    expect(order(1, 0)).not.toBe(order(2, 0));
    expect(order(1, 0)).not.toBe(order(1, 32));
  });

  it('of an actor are those that hold one of its identities', () => {
    const plan = aPlan();
    const [customers, attackers] = plan.actors;
    if (customers === undefined || attackers === undefined) throw new Error('no actors');
    const crowd = { ...plan, actors: [{ ...customers, population: 63 }, attackers] };
    expect(groupsOf(plan, [0], 1)).toHaveLength(10);
    expect(groupsOf(crowd, [0], 1)).toEqual(allGroups);
    expect(groupsOf(crowd, [1], 1)).toEqual(
      [...new Set(Array.from({ length: 10 }, (_, at) => groupOf(63 + at, 1)))].sort((a, b) => a - b),
    );
  });
});

describe('draws', () => {
  it('are one less than there are groups, of these groups, and the same for the same seed', () => {
    const groups = [1, 3, 5, 7, 9, 11, 13, 15, 17];
    const draws = drawGroups(groups, 5) ?? [];
    for (const weights of draws) {
      expect(weights.reduce((sum, one) => sum + one, 0)).toBe(8);
      expect(weights.every((weight, group) => weight === 0 || groups.includes(group))).toBe(true);
    }
    expect(draws).toEqual(drawGroups(groups, 5));
    expect(draws).not.toEqual(drawGroups(groups, 6));
  });

  it('are none of fewer than eight groups', () => {
    expect(drawGroups([1, 2, 3, 4, 5, 6, 7], 1)).toBeNull();
    expect(drawGroups([1, 2, 3, 4, 5, 6, 7, 8], 1)).not.toBeNull();
    expect(isSpread([1, 1, 1, 1, 1, 1, 1, 0, 0])).toBe(false);
    expect(isSpread([1, 1, 1, 1, 1, 1, 1, 1, 0])).toBe(true);
  });
});

describe('what is resampled', () => {
  const draws = [Uint8Array.from({ length: GROUPS }, (_, group) => (group === 0 ? 2 : group === 1 ? 1 : 0))];

  it('is a sum as if all groups had been drawn, and a ratio of sums', () => {
    const values = Float64Array.from({ length: GROUPS }, (_, group) => group + 1);
    expect(resampledSums(draws, values, 4)).toEqual([(2 * 1 + 2) * (4 / 3)]);
    expect(
      resampledRatios(
        draws,
        values,
        values.map((one) => 2 * one),
      ),
    ).toEqual([0.5]);
    expect(resampledRatios(draws, values, new Float64Array(GROUPS))).toEqual([]);
  });

  it('is the percentile of all that the drawn groups hold together, each as often as it was drawn', () => {
    const histograms = allGroups.map(() => new LatencyHistogram());
    for (const us of [10, 20, 30]) histograms[0]?.record(us);
    for (const us of [5, 5000]) histograms[1]?.record(us);
    const together = new LatencyHistogram();
    for (const us of [10, 20, 30, 10, 20, 30, 5, 5000]) together.record(us);
    for (const percent of [1, 20, 50, 80, 99, 100]) {
      expect([...resampledPercentiles(draws, histograms, percent)]).toEqual([together.percentileUs(percent)]);
    }
    expect([
      ...resampledPercentiles(
        draws,
        allGroups.map(() => new LatencyHistogram()),
        50,
      ),
    ]).toEqual([Number.NaN]);
  });

  it('has the middle 95 % as its interval, and none when there is nothing', () => {
    expect(intervalOf(Array.from({ length: 401 }, (_, at) => at))).toEqual([10, 390]);
    expect(intervalOf([Number.NaN])).toBeNull();
  });
});

/** 320 people of whom each has a pace and a luck of his own: requests of one are not independent. */
function crowd(random: () => number) {
  return Array.from({ length: 320 }, () => {
    const pace = 500 + Math.floor(2000 * random() * random());
    return { requests: 3 + Math.floor(10 * random()), pace, luck: random() };
  });
}

describe('the interval', () => {
  it('holds what a great many people would have shown, about 95 times of 100', () => {
    // The pace is 500 and 2,000 times the product of two uniform numbers, whose median w solves w (1 - ln w) = 1/2.
    const median = 500 + 2000 * 0.1867 + 4;
    let hits = { share: 0, median: 0, sum: 0 };
    const trials = 100;
    for (let trial = 0; trial < trials; trial++) {
      const chance = new Dice(trial + 1);
      const random = (): number => chance.below(2 ** 32) / 2 ** 32;
      const histograms = allGroups.map(() => new LatencyHistogram());
      const good = new Float64Array(GROUPS);
      const asked = new Float64Array(GROUPS);
      for (const [identity, { requests, pace, luck }] of crowd(random).entries()) {
        const group = groupOf(identity, trial);
        for (let request = 0; request < requests; request++) {
          asked[group] = (asked[group] as number) + 1;
          if (random() < luck) good[group] = (good[group] as number) + 1;
          histograms[group]?.record(pace + Math.floor(10 * random()));
        }
      }
      const draws = drawGroups(allGroups, trial) ?? [];
      const holds = (interval: readonly [number, number] | null, truth: number): number =>
        interval !== null && interval[0] <= truth && truth <= interval[1] ? 1 : 0;
      hits = {
        share: hits.share + holds(intervalOf(resampledRatios(draws, good, asked)), 0.5),
        median: hits.median + holds(intervalOf(resampledPercentiles(draws, histograms, 50)), median),
        sum: hits.sum + holds(intervalOf(resampledSums(draws, asked, GROUPS)), 320 * 7.5),
      };
    }
    for (const held of Object.values(hits)) {
      expect(held / trials).toBeGreaterThan(0.88);
      expect(held / trials).toBeLessThan(1);
    }
  });
});
