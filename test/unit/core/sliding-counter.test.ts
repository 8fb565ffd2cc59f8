import { describe, expect, test } from 'vitest';
import type { Counter } from '../../../harness/core/family.js';
import { inexactCounterReason, SlidingCounter } from '../../../harness/core/sliding-counter.js';
import { NEVER_US } from '../../../harness/core/spec.js';
import { slidingCounter } from './specs.js';

const counter = (slot = 0): Counter => ({ atUs: 0, part: 0, slot });
const counterOf = (capacity: number, windowUs: number): SlidingCounter =>
  new SlidingCounter(slidingCounter(capacity, windowUs), 2, 'a test');

/** So many cells in the window from 100, and so many in that from 200. */
function filled(family: SlidingCounter, before: number, current: number): Counter {
  const own = counter();
  if (before > 0) family.charge(own, before, 150);
  if (current > 0) family.charge(own, current, 200);
  return own;
}

describe('sliding counter', () => {
  const rows = [
    { nowUs: 200, remaining: 2, because: 'all 8 cells of the window before count' },
    { nowUs: 212, remaining: 2, because: '8 x 88 / 100 = 7.04 count' },
    { nowUs: 213, remaining: 3, because: '8 x 87 / 100 = 6.96 count' },
    { nowUs: 299, remaining: 9, because: 'a hundredth of 8 counts' },
    { nowUs: 300, remaining: 10, because: 'the window before is out of reach' },
  ];
  test.each(rows)('of 10 per 100 us has $remaining cells left at $nowUs: $because', ({ nowUs, remaining }) => {
    const family = counterOf(10, 100);
    const own = filled(family, 8, 0);
    expect(family.remaining(own, nowUs)).toBe(remaining);
    expect(family.retryAtUs(own, remaining, nowUs)).toBe(nowUs);
    expect(family.retryAtUs(own, remaining + 1, nowUs)).toBeGreaterThan(nowUs);
  });

  const waits = [
    { before: 8, current: 2, cost: 1, retryAtUs: 213, because: '8 x 87 <= 7 x 100 within this window' },
    { before: 8, current: 2, cost: 8, retryAtUs: 300, because: 'at its end 2 and 8 are the capacity' },
    { before: 8, current: 2, cost: 9, retryAtUs: 350, because: '2 x 50 <= 1 x 100 in the next one' },
    { before: 8, current: 2, cost: 10, retryAtUs: 400, because: 'it needs all, so both must be gone' },
    { before: 0, current: 10, cost: 1, retryAtUs: 310, because: '10 x 90 <= 9 x 100 in the next one' },
    { before: 1, current: 9, cost: 1, retryAtUs: 300, because: 'the one cell before is gone at the end' },
    { before: 100, current: 0, cost: 10, retryAtUs: 300, because: 'what is above the capacity goes with its window' },
  ];
  test.each(waits)('$before cells before and $current now let $cost through at $retryAtUs: $because', (row) => {
    const family = counterOf(10, 100);
    const own = filled(family, row.before, row.current);
    for (const nowUs of [200, row.retryAtUs - 1, row.retryAtUs]) {
      expect(family.retryAtUs(own, row.cost, nowUs)).toBe(row.retryAtUs);
    }
  });

  test('is as fresh two windows after the start of the one that was charged last', () => {
    const family = counterOf(10, 100);
    expect(family.idleAtUs(counter())).toBe(0);
    expect(family.idleAtUs(filled(family, 1, 0))).toBe(300);
    expect(family.idleAtUs(filled(family, 1, 1))).toBe(400);
    const own = filled(family, 5, 0);
    own.part = 0;
    family.charge(own, 1, 350);
    expect(family.idleAtUs(own)).toBe(500);
  });

  test('forgets the window before when one lies in between', () => {
    const family = counterOf(10, 100);
    const own = filled(family, 4, 5);
    family.charge(own, 1, 400);
    expect(family.remaining(own, 400)).toBe(9);
    expect(family.remaining(own, 499)).toBe(9);
  });

  test('keeps the windows of two slots apart, and copies one to the other', () => {
    const family = counterOf(10, 100);
    const own = filled(family, 8, 1);
    const other = { ...own, slot: 1 };
    expect(family.remaining(other, 200)).toBe(9);
    family.copyKept(0, 1);
    expect(family.remaining(other, 200)).toBe(1);
  });

  test('tells a time above all that is exact as never', () => {
    const windowUs = 2 ** 52 - 1;
    expect(inexactCounterReason({ capacity: 1, windowUs })).toBeNull();
    const family = counterOf(1, windowUs);
    const own = counter();
    family.charge(own, 1, windowUs);
    expect(family.retryAtUs(own, 1, windowUs)).toBe(NEVER_US);
    expect(family.idleAtUs(own)).toBe(NEVER_US);
    const early = counter();
    family.charge(early, 1, 0);
    expect(family.retryAtUs(early, 1, 0)).toBe(2 * windowUs);
  });
});
