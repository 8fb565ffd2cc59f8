import { describe, expect, it } from 'vitest';
import { BoundedZipf } from '../../../../harness/actors/arrivals/zipf.js';
import { createRandom } from '../../../../harness/actors/random.js';
import { chiSquare, chiSquareBound } from '../../../support/statistics.js';

const DRAWS = 50_000;

/** How often each place is drawn. */
function drawn(count: number, exponent: number, seed = 1): number[] {
  const zipf = new BoundedZipf(count, exponent);
  const random = createRandom(seed);
  const counts = Array.from({ length: count }, () => 0);
  for (let i = 0; i < DRAWS; i++) {
    const place = zipf.draw(random);
    counts[place] = (counts[place] as number) + 1;
  }
  return counts;
}

function expected(count: number, exponent: number): number[] {
  const weights = Array.from({ length: count }, (_, place) => (place + 1) ** -exponent);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (DRAWS * weight) / all);
}

function fits(seen: readonly number[], wanted: readonly number[]): boolean {
  const { value, freedom } = chiSquare(seen, wanted);
  return value <= chiSquareBound(freedom);
}

describe('the bounded Zipf law', () => {
  it.each([
    { count: 2, exponent: 1, because: 'the least that can be chosen from' },
    { count: 10, exponent: 0, because: 'all alike' },
    { count: 10, exponent: 0.4, because: 'a flat law' },
    { count: 1_000, exponent: 0.99, because: 'users as benchmarks of stores have them' },
    { count: 1_000, exponent: 1, because: 'the exponent at which the integral is a logarithm' },
    { count: 300, exponent: 1.2, because: 'symbols' },
    { count: 300, exponent: 2.3, because: 'a steep law' },
    { count: 50, exponent: 6, because: 'nearly only the first' },
    { count: 100, exponent: 1 + 1e-9, because: 'hardly off the logarithm' },
  ])('is drawn exactly for $count places and exponent $exponent (chi-square): $because', ({ count, exponent }) => {
    const seen = drawn(count, exponent);
    expect(seen.reduce((sum, times) => sum + times, 0)).toBe(DRAWS);
    expect(fits(seen, expected(count, exponent))).toBe(true);
  });

  it.each([
    { exponent: 0.93, because: 'another exponent' },
    { exponent: 1.05, because: 'another exponent' },
  ])('would be seen not to have exponent 0.99: $because', ({ exponent }) => {
    expect(fits(drawn(1_000, exponent), expected(1_000, 0.99))).toBe(false);
  });

  it('would be seen to be a place off', () => {
    const [last = 0, ...others] = drawn(1_000, 0.99).toReversed();
    expect(fits([last, ...others.toReversed()], expected(1_000, 0.99))).toBe(false);
  });

  it('has one place when there is one', () => {
    const zipf = new BoundedZipf(1, 1.1);
    const random = createRandom(3);
    expect(Array.from({ length: 5 }, () => zipf.draw(random))).toEqual([0, 0, 0, 0, 0]);
  });

  it('takes no more for ten million places than for ten, and reaches all of them', () => {
    const zipf = new BoundedZipf(10_000_000, 0.8);
    const random = createRandom(5);
    let highest = 0;
    let first = 0;
    for (let i = 0; i < DRAWS; i++) {
      const place = zipf.draw(random);
      expect(Number.isInteger(place) && place >= 0 && place < 10_000_000).toBe(true);
      highest = Math.max(highest, place);
      if (place < 100_000) first++;
    }
    expect(highest).toBeGreaterThan(9_990_000);
    // The integral of x^-0.8 from 1/2 to 100,000 over that to 10,000,000 is within a thousandth of the sum's share.
    const share = (100_000 ** 0.2 - 1) / (10_000_000 ** 0.2 - 1);
    expect(Math.abs(first / DRAWS - share)).toBeLessThan(0.02);
  });
});
