import { describe, expect, test } from 'vitest';
import type { Counter } from '../../../harness/core/family.js';
import { SlidingLog } from '../../../harness/core/sliding-log.js';
import { slidingLog } from './specs.js';

const counter = (slot = 0): Counter => ({ atUs: 0, part: 0, slot });
const logOf = (capacity: number, windowUs: number): SlidingLog =>
  new SlidingLog(slidingLog(capacity, windowUs), 2, 'a test');

describe('sliding log', () => {
  test('counts a charge until just before its window is over', () => {
    const family = logOf(1, 10);
    const own = counter();
    family.charge(own, 1, 5);
    expect(family.remaining(own, 14)).toBe(0);
    expect(family.retryAtUs(own, 1, 14)).toBe(15);
    expect(family.retryAtUs(own, 1, 15)).toBe(15);
    expect(family.remaining(own, 15)).toBe(1);
    expect(family.idleAtUs(own)).toBe(15);
  });

  const waits = [
    { cost: 1, retryAtUs: 10, because: 'the two cells of 0 leave at 10' },
    { cost: 2, retryAtUs: 10, because: 'both of them leave at once' },
    { cost: 3, retryAtUs: 13, because: 'the next leaves at 13' },
    { cost: 4, retryAtUs: 17, because: 'the last leaves at 17' },
  ];
  test.each(waits)('names $retryAtUs for $cost cells: $because', ({ cost, retryAtUs }) => {
    const family = logOf(4, 10);
    const own = counter();
    family.charge(own, 1, 0);
    family.charge(own, 1, 0);
    family.charge(own, 1, 3);
    family.charge(own, 1, 7);
    expect(family.retryAtUs(own, cost, 8)).toBe(retryAtUs);
    expect(family.retryAtUs(own, cost, retryAtUs - 1)).toBe(retryAtUs);
    expect(family.retryAtUs(own, cost, retryAtUs)).toBe(retryAtUs);
  });

  test('turns its ring over and over', () => {
    const family = logOf(3, 10);
    const own = counter();
    for (let nowUs = 0; nowUs < 400; nowUs += 4) {
      expect(family.retryAtUs(own, 1, nowUs)).toBe(nowUs);
      family.charge(own, 1, nowUs);
      expect(family.remaining(own, nowUs)).toBe(nowUs === 0 ? 2 : nowUs === 4 ? 1 : 0);
      if (nowUs >= 8) expect(family.retryAtUs(own, 1, nowUs)).toBe(nowUs + 2);
    }
  });

  test('keeps the counters of two slots apart, and copies one to the other', () => {
    const family = logOf(2, 10);
    const [one, other] = [counter(0), counter(1)];
    family.charge(one, 1, 0);
    family.charge(one, 1, 4);
    expect(family.remaining(other, 4)).toBe(2);
    family.charge(other, 1, 6);
    family.copyKept(0, 1);
    expect(family.retryAtUs(other, 2, 6)).toBe(14);
    family.charge(one, 1, 10);
    expect(family.remaining(other, 10)).toBe(1);
  });

  test('has room for one more than its window holds when an entry has just left', () => {
    const family = logOf(2, 2);
    const own = counter();
    for (let nowUs = 0; nowUs < 20; nowUs += 1) {
      expect(family.retryAtUs(own, 1, nowUs)).toBe(nowUs);
      family.charge(own, 1, nowUs);
    }
    expect(family.remaining(own, 19)).toBe(0);
    expect(family.remaining(own, 20)).toBe(1);
  });
});
