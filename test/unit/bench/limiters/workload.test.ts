import { describe, expect, test } from 'vitest';
import { drawOrder, keyAt, keyList, shuffled } from '../../../../harness/bench/limiters/workload.js';

function counts(keys: number, order: Uint32Array): number[] {
  const seen = new Array<number>(keys).fill(0);
  for (const key of order) seen[key] = (seen[key] ?? 0) + 1;
  return seen;
}

describe('the order of keys', () => {
  test('is the same each time, and stays within the keys', () => {
    for (const skew of ['uniform', 'zipf'] as const) {
      const order = drawOrder(100, skew, 2 ** 12);
      expect(order).toHaveLength(2 ** 12);
      expect(order).toEqual(drawOrder(100, skew, 2 ** 12));
      expect(Math.max(...order)).toBeLessThan(100);
    }
  });

  test('is even when it is uniform', () => {
    for (const count of counts(10, drawOrder(10, 'uniform', 2 ** 16))) {
      expect(Math.abs(count / (2 ** 16 / 10) - 1)).toBeLessThan(0.05);
    }
  });

  test('has the shares of Zipf with exponent 0.99, and hot keys that are not neighbours', () => {
    const seen = counts(1000, drawOrder(1000, 'zipf', 2 ** 18));
    const sum = Array.from({ length: 1000 }, (_, rank) => (rank + 1) ** -0.99).reduce((a, b) => a + b, 0);
    const sorted = seen.toSorted((a, b) => b - a);
    for (const rank of [0, 1, 4]) {
      const share = (sorted[rank] as number) / 2 ** 18;
      expect(Math.abs(share / ((rank + 1) ** -0.99 / sum) - 1)).toBeLessThan(0.05);
    }
    expect(seen.indexOf(sorted[0] as number)).not.toBe(0);
  });
});

test('keys are 32 characters each, and all different', () => {
  const keys = keyList(1000);
  expect(new Set(keys).size).toBe(1000);
  expect(keys.filter((key) => key.length !== 32)).toEqual([]);
  expect(keys[7]).toBe(keyAt(7));
});

test('numbers that are shuffled come once each, the same each time', () => {
  const numbers = shuffled(1000);
  expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  expect(numbers).toEqual(shuffled(1000));
  expect(numbers.slice(0, 5)).not.toEqual(Uint32Array.of(0, 1, 2, 3, 4));
});
