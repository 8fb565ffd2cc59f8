import { describe, expect, it } from 'vitest';
import { ksChance, ksDistance } from '../../../harness/judge/kolmogorov.js';
import { LatencyHistogram } from '../../../harness/judge/latency-histogram.js';
import { Dice } from '../../support/dice.js';

function holding(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const us of values) histogram.record(us);
  return histogram;
}

describe('the distance of two samples', () => {
  it('is 0 of equal ones, 1 of those that lie apart, and the largest step between their shares else', () => {
    expect(ksDistance(holding([1, 2, 3]), holding([3, 2, 1, 1, 2, 3]))).toBe(0);
    expect(ksDistance(holding([1, 2]), holding([5, 6, 7]))).toBe(1);
    expect(ksDistance(holding([5, 6, 7]), holding([1, 2]))).toBe(1);
    expect(ksDistance(holding([1, 2, 3, 4]), holding([3, 4, 5, 6]))).toBe(0.5);
    expect(ksDistance(holding([1, 3]), holding([2, 2, 2, 9]))).toBeCloseTo(0.5, 12);
    expect(ksDistance(holding([]), holding([1]))).toBeNaN();
    expect(ksDistance(holding([1]), holding([]))).toBeNaN();
  });
});

describe('the chance of a distance', () => {
  // Critical values of the limit law: 1.3581 at 5 %, 1.6276 at 1 % (N. Smirnov, 1948).
  it.each([
    [1.3581, 0.05],
    [1.6276, 0.01],
    [1.2238, 0.1],
    [0.8276, 0.5],
  ])('of %d over the root of large samples is %d', (critical, chance) => {
    const size = 2e8;
    expect(ksChance(critical / Math.sqrt(size / 2), size, size)).toBeCloseTo(chance, 3);
  });

  /** Of all orders of the values of both samples those that are at least so far apart. */
  function countedOut(least: number, sizeOne: number, sizeOther: number): number {
    let apart = 0;
    let orders = 0;
    const walk = (one: number, other: number, isApart: boolean): void => {
      const isFar = isApart || Math.abs(one / sizeOne - other / sizeOther) >= least - 1e-9;
      if (one === sizeOne && other === sizeOther) {
        orders++;
        if (isFar) apart++;
        return;
      }
      if (one < sizeOne) walk(one + 1, other, isFar);
      if (other < sizeOther) walk(one, other + 1, isFar);
    };
    walk(0, 0, false);
    return apart / orders;
  }

  it.each([
    [1, 1],
    [3, 5],
    [8, 8],
    [9, 4],
  ])('of small samples (%d and %d) is the share of all orders that are as far apart', (one, other) => {
    for (const first of Array.from({ length: one + 1 }, (_, step) => step / one)) {
      for (const second of Array.from({ length: other + 1 }, (_, step) => step / other)) {
        const distance = Math.abs(first - second);
        expect(ksChance(distance, one, other)).toBeCloseTo(countedOut(distance, one, other), 12);
      }
    }
  });

  it('goes over from the one way to the other without a jump', () => {
    for (const distance of [0.06, 0.08, 0.1, 0.12]) {
      const [counted, told] = [ksChance(distance, 500, 500), ksChance(distance, 500, 501)];
      expect(Math.abs(counted / told - 1)).toBeLessThan(0.25);
    }
  });

  it('is 1 of none, falls with the distance and with the sizes, and never leaves 0 to 1', () => {
    expect(ksChance(0, 100, 100)).toBe(1);
    expect(ksChance(0.1, 100, 100)).toBeGreaterThan(ksChance(0.2, 100, 100));
    expect(ksChance(0.2, 100, 100)).toBeGreaterThan(ksChance(0.2, 1000, 100));
    expect(ksChance(1, 1000, 1000)).toBeGreaterThanOrEqual(0);
    expect(ksChance(0.19 / Math.sqrt(50), 100, 100)).toBeLessThanOrEqual(1);
  });

  it('is below 5 % about 5 times of 100 for alike samples', () => {
    let alarms = 0;
    const trials = 400;
    for (let trial = 0; trial < trials; trial++) {
      const chance = new Dice(trial + 1);
      const draw = (size: number) => holding(Array.from({ length: size }, () => chance.between(1000, 500_000)));
      if (ksChance(ksDistance(draw(60), draw(40)), 60, 40) < 0.05) alarms++;
    }
    expect(alarms / trials).toBeGreaterThan(0.02);
    expect(alarms / trials).toBeLessThan(0.09);
  });
});
