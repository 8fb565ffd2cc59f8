import { describe, expect, it } from 'vitest';
import {
  fewChance,
  fewerHitsChance,
  holmAdjusted,
  logChoose,
  studentPoint,
  studentTail,
} from '../../../harness/compare/chances.js';

function choose(n: number, k: number): bigint {
  let result = 1n;
  for (let i = 0; i < k; i++) result = (result * BigInt(n - i)) / BigInt(i + 1);
  return result;
}

/** To twelve digits. */
function ratio(part: bigint, whole: bigint): number {
  return Number((part * 10n ** 15n) / whole) / 1e15;
}

describe('studentTail', () => {
  // Two-sided points of printed tables.
  it.each([
    { degrees: 1, point: 12.7062, tail: 0.025 },
    { degrees: 4, point: 2.7764, tail: 0.025 },
    { degrees: 15, point: 2.9467, tail: 0.005 },
    { degrees: 31, point: 3.6335, tail: 0.0005 },
    { degrees: 1e6, point: 1.959964, tail: 0.025 },
  ])('gives $tail at $point with $degrees degrees', ({ degrees, point, tail }) => {
    expect(studentTail(point, degrees) / tail).toBeCloseTo(1, 3);
    expect(studentPoint(tail, degrees)).toBeCloseTo(point, 3);
  });

  it('is known in closed form with one and with two degrees', () => {
    for (const t of [0, 0.3, 1, 5, 80]) {
      expect(studentTail(t, 1)).toBeCloseTo(0.5 - Math.atan(t) / Math.PI, 12);
      expect(studentTail(t, 2)).toBeCloseTo(0.5 - t / (2 * Math.sqrt(2 + t * t)), 12);
    }
  });

  it('is symmetric, and nothing at infinity', () => {
    expect(studentTail(-1.5, 7) + studentTail(1.5, 7)).toBeCloseTo(1, 12);
    expect(studentTail(Number.POSITIVE_INFINITY, 7)).toBe(0);
  });
});

describe('exact chances', () => {
  it('count how hits fall on two samples', () => {
    for (const first of [1, 5, 12]) {
      for (const second of [1, 4, 9]) {
        for (let hits = 0; hits <= first + second; hits++) {
          for (let own = Math.max(0, hits - second); own <= Math.min(first, hits); own++) {
            let ways = 0n;
            for (let k = Math.max(0, hits - second); k <= own; k++) ways += choose(first, k) * choose(second, hits - k);
            const chance = fewerHitsChance({ hits: own, trials: first }, { hits: hits - own, trials: second });
            expect(chance).toBeCloseTo(ratio(ways, choose(first + second, hits)), 10);
          }
        }
      }
    }
  });

  it('say how probable it is that so few of one sample lie above so many of another', () => {
    // Of 6 in a row, 3 of each: that the two largest are both of the second has 4 of 20 orders.
    expect(fewerHitsChance({ hits: 0, trials: 3 }, { hits: 2, trials: 3 })).toBeCloseTo(0.2, 12);
  });

  it('count how trials fall', () => {
    for (const trials of [1, 7, 20]) {
      for (let hits = 0; hits <= trials; hits++) {
        let ways = 0n;
        for (let k = 0; k <= hits; k++) ways += choose(trials, k) * 3n ** BigInt(trials - k);
        expect(fewChance({ hits, trials }, 0.25)).toBeCloseTo(ratio(ways, 4n ** BigInt(trials)), 10);
      }
    }
  });

  it('stay chances for millions', () => {
    expect(fewerHitsChance({ hits: 50_000, trials: 5e6 }, { hits: 50_000, trials: 5e6 })).toBeCloseTo(0.5, 2);
    expect(fewerHitsChance({ hits: 50_000, trials: 5e6 }, { hits: 51_000, trials: 5e6 })).toBeLessThan(0.001);
    expect(fewerHitsChance({ hits: 0, trials: 10 }, { hits: 0, trials: 10 })).toBe(1);
    expect(logChoose(5e6, 2)).toBeCloseTo(Math.log(12_499_997_500_000), 6);
  });
});

describe('holmAdjusted', () => {
  it('multiplies the smallest by all, the next by one less, and never lets a larger one pass a smaller one', () => {
    expect(holmAdjusted([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holmAdjusted([0.9, 0.8])).toEqual([1, 1]);
    expect(holmAdjusted([])).toEqual([]);
  });
});
