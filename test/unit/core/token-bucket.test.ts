import { describe, expect, test } from 'vitest';
import type { Counter } from '../../../harness/core/family.js';
import { HORIZON_US } from '../../../harness/core/spec.js';
import { inexactReason, reducedRate, TokenBucket } from '../../../harness/core/token-bucket.js';
import { bucket } from './specs.js';

function fresh(): Counter {
  return { atUs: 0, part: 0, slot: 0 };
}

describe('token bucket', () => {
  test('admits its capacity at once and then one cell for each refill', () => {
    const family = new TokenBucket(bucket(3, 1, 10));
    const counter = fresh();
    for (let taken = 0; taken < 3; taken += 1) {
      expect(family.retryAtUs(counter, 1, 100)).toBe(100);
      family.charge(counter, 1, 100);
    }
    expect(family.retryAtUs(counter, 1, 100)).toBe(110);
    expect(family.retryAtUs(counter, 1, 109)).toBe(110);
    expect(family.retryAtUs(counter, 1, 110)).toBe(110);
    expect(family.retryAtUs(counter, 3, 110)).toBe(130);
  });

  const fractions = [
    { cells: 7, periodUs: 3_000_000, retryAtUs: 428_572, because: '3,000,000 / 7 = 428,571.43, rounded up' },
    { cells: 3, periodUs: 3_000_000, retryAtUs: 1_000_000, because: 'the fraction is reduced to 1 per 1,000,000' },
    { cells: 2, periodUs: 1, retryAtUs: 1, because: 'half a microsecond is rounded up to a whole one' },
    { cells: 1, periodUs: 86_400_000_000, retryAtUs: 86_400_000_000, because: 'one cell a day' },
  ];
  test.each(fractions)('gives the next of $cells per $periodUs us at $retryAtUs: $because', (row) => {
    const family = new TokenBucket(bucket(1, row.cells, row.periodUs));
    const counter = fresh();
    family.charge(counter, 1, 0);
    expect(family.retryAtUs(counter, 1, 0)).toBe(row.retryAtUs);
    expect(family.idleAtUs(counter)).toBe(row.retryAtUs);
  });

  test('never drifts: 7 cells per 3 s are exactly 7 after each 3 s for years', () => {
    const family = new TokenBucket(bucket(7, 7, 3_000_000));
    const counter = fresh();
    for (let round = 0; round < 1000; round += 1) {
      const nowUs = round * 3_000_000 * 3000;
      family.charge(counter, 7, nowUs);
      expect(family.remaining(counter, nowUs)).toBe(0);
      expect(family.retryAtUs(counter, 7, nowUs)).toBe(nowUs + 3_000_000);
      expect(family.remaining(counter, nowUs + 2_999_999)).toBe(6);
      expect(family.remaining(counter, nowUs + 3_000_000)).toBe(7);
    }
  });

  test('keeps the part of a microsecond from one charge to the next', () => {
    const family = new TokenBucket(bucket(2, 3, 10));
    const counter = fresh();
    family.charge(counter, 1, 0);
    expect(counter).toEqual({ atUs: 3, part: 1, slot: 0 });
    family.charge(counter, 1, 3);
    expect(counter).toEqual({ atUs: 6, part: 2, slot: 0 });
    expect(family.idleAtUs(counter)).toBe(7);
  });

  const remainders = [
    { nowUs: 0, remaining: 0, because: 'all was taken' },
    { nowUs: 9, remaining: 0, because: 'a cell is not back before its time' },
    { nowUs: 10, remaining: 1, because: 'a cell is back at its time' },
    { nowUs: 19, remaining: 1, because: 'half a cell is none' },
    { nowUs: 20, remaining: 2, because: 'full' },
    { nowUs: 10_000, remaining: 2, because: 'more than full does not exist' },
  ];
  test.each(remainders)('has $remaining whole cells at $nowUs: $because', ({ nowUs, remaining }) => {
    const family = new TokenBucket(bucket(2, 1, 10));
    const counter = fresh();
    family.charge(counter, 2, 0);
    expect(family.remaining(counter, nowUs)).toBe(remaining);
  });

  test('equals a fresh one when it is idle, and not a microsecond before', () => {
    const family = new TokenBucket(bucket(5, 3, 100));
    const counter = fresh();
    family.charge(counter, 5, 50);
    const idleAtUs = family.idleAtUs(counter);
    expect(idleAtUs).toBe(50 + 167);
    expect(family.retryAtUs(counter, 5, idleAtUs - 1)).toBe(idleAtUs);
    const used = { ...counter };
    const unused = fresh();
    family.charge(used, 2, idleAtUs);
    family.charge(unused, 2, idleAtUs);
    expect(used).toEqual(unused);
  });

  test('is exact at the horizon with the largest capacity and the finest grain', () => {
    const numbers = bucket(2 ** 31 - 1, 29_000, 2_097_143);
    expect(inexactReason(numbers)).toBeNull();
    const family = new TokenBucket(numbers);
    const counter = fresh();
    family.charge(counter, numbers.capacity, HORIZON_US);
    const units = BigInt(numbers.capacity) * BigInt(numbers.refillPeriodUs);
    expect(BigInt(counter.atUs)).toBe(BigInt(HORIZON_US) + units / 29_000n);
    expect(BigInt(counter.part)).toBe(units % 29_000n);
    expect(family.remaining(counter, HORIZON_US)).toBe(0);
  });
});

describe('rates that can be counted exactly', () => {
  const rows = [
    { numbers: bucket(1, 29_000, 1_000_003), isExact: true, because: 'n is at its limit' },
    { numbers: bucket(1, 29_001, 1_000_003), isExact: false, because: 'n is one above its limit' },
    { numbers: bucket(1, 58_000, 2_000_006), isExact: true, because: 'n counts after reduction' },
    { numbers: bucket(1, 1_000_000, 1_000_000), isExact: true, because: 'a million a second is 1 per 1 us' },
    { numbers: bucket(1, 1, 2 ** 52 - 1), isExact: true, because: '2 x capacity x p is 2^53 - 2' },
    { numbers: bucket(1, 1, 2 ** 52), isExact: false, because: '2 x capacity x p is 2^53' },
    { numbers: bucket(2 ** 31 - 1, 1, 86_400_000_000), isExact: false, because: 'a huge bucket of daily cells' },
  ];
  test.each(rows)('$numbers.refillCells per $numbers.refillPeriodUs us: $isExact, $because', ({ numbers, isExact }) => {
    expect(inexactReason(numbers) === null).toBe(isExact);
  });

  test('are reduced to lowest terms', () => {
    expect(reducedRate(bucket(1, 1200, 60_000_000))).toEqual({ cells: 1, periodUs: 50_000 });
    expect(reducedRate(bucket(1, 7, 3_000_000))).toEqual({ cells: 7, periodUs: 3_000_000 });
    expect(reducedRate(bucket(1, 10, 5))).toEqual({ cells: 2, periodUs: 1 });
  });
});
