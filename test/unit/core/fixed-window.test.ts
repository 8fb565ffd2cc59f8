import { describe, expect, test } from 'vitest';
import type { Counter } from '../../../harness/core/family.js';
import { FixedWindow } from '../../../harness/core/fixed-window.js';
import { fixedWindow } from './specs.js';

function fresh(): Counter {
  return { atUs: 0, part: 0, slot: 0 };
}

describe('fixed window', () => {
  const starts = [
    { anchor: 'calendar' as const, chargedAtUs: 2345, startUs: 2000, because: 'the last multiple of the window' },
    { anchor: 'calendar' as const, chargedAtUs: 2000, startUs: 2000, because: 'a multiple starts its own window' },
    {
      anchor: 'calendar' as const,
      chargedAtUs: 1999,
      startUs: 1000,
      because: 'a window ends before the next multiple',
    },
    { anchor: 'first-hit' as const, chargedAtUs: 2345, startUs: 2345, because: 'the first request starts it' },
  ];
  test.each(starts)('with $anchor a charge at $chargedAtUs starts it at $startUs: $because', (row) => {
    const family = new FixedWindow(fixedWindow(2, 1000, row.anchor), 1, 'a test');
    const counter = fresh();
    family.charge(counter, 2, row.chargedAtUs);
    expect(counter).toEqual({ atUs: row.startUs, part: 2, slot: 0 });
    expect(family.idleAtUs(counter)).toBe(row.startUs + 1000);
    expect(family.retryAtUs(counter, 1, row.startUs + 999)).toBe(row.startUs + 1000);
    expect(family.retryAtUs(counter, 1, row.startUs + 1000)).toBe(row.startUs + 1000);
  });

  test('counts cells up to its capacity', () => {
    const family = new FixedWindow(fixedWindow(3, 1000, 'calendar'), 1, 'a test');
    const counter = fresh();
    expect(family.remaining(counter, 0)).toBe(3);
    family.charge(counter, 2, 0);
    expect(family.remaining(counter, 0)).toBe(1);
    expect(family.retryAtUs(counter, 1, 0)).toBe(0);
    expect(family.retryAtUs(counter, 2, 0)).toBe(1000);
    family.charge(counter, 1, 999);
    expect(family.remaining(counter, 999)).toBe(0);
    expect(family.remaining(counter, 1000)).toBe(3);
  });

  test('has no window before its first charge, so that one at time 0 is like any other', () => {
    const family = new FixedWindow(fixedWindow(1, 1000, 'first-hit'), 1, 'a test');
    const counter = fresh();
    expect(family.idleAtUs(counter)).toBe(0);
    family.charge(counter, 1, 5);
    expect(counter.atUs).toBe(5);
  });

  const reuses = [
    { anchor: 'calendar' as const, coldAtUs: 0, nowUs: 7, untilUs: 7, because: 'all windows have one phase' },
    { anchor: 'first-hit' as const, coldAtUs: 2, nowUs: 7, untilUs: 2, because: 'the cold window is open since 2' },
    { anchor: 'first-hit' as const, coldAtUs: 2, nowUs: 11, untilUs: 2, because: 'the cold window is open to 12' },
    { anchor: 'first-hit' as const, coldAtUs: 2, nowUs: 12, untilUs: 12, because: 'the cold window is over' },
  ];
  test.each(reuses)('$anchor: a slot idle since $untilUs can be reused at $nowUs, since $because', (row) => {
    const family = new FixedWindow(fixedWindow(1, 10, row.anchor), 1, 'a test');
    const cold = fresh();
    family.charge(cold, 1, row.coldAtUs);
    expect(family.reusableUntilUs(cold, row.nowUs)).toBe(row.untilUs);
  });

  test('says that no cells are left, and not fewer, when more were counted than fit', () => {
    const family = new FixedWindow(fixedWindow(2, 10, 'calendar', { countsDenied: true }), 1, 'a test');
    const counter = fresh();
    family.charge(counter, 3, 0);
    expect([family.remaining(counter, 0), family.retryAtUs(counter, 1, 0)]).toEqual([0, 10]);
    family.charge(counter, 2 ** 31 - 1, 0);
    expect(counter.part).toBe(2 ** 31 - 1);
    family.charge(counter, 2 ** 31, 10);
    expect(counter).toEqual({ atUs: 10, part: 2 ** 31 - 1, slot: 0 });
  });
});

describe('credit of a fixed window', () => {
  const rows = [
    { credit: 'to-zero' as const, cells: 1, remaining: 2, because: 'one of the two used comes back' },
    { credit: 'to-zero' as const, cells: 2, remaining: 3, because: 'both come back' },
    { credit: 'to-zero' as const, cells: 9, remaining: 3, because: 'no more than were used come back' },
    { credit: 'below-zero' as const, cells: 9, remaining: 10, because: 'seven are earned on top' },
  ];
  test.each(rows)('$credit of $cells leaves $remaining of 3: $because', ({ credit, cells, remaining }) => {
    const family = new FixedWindow(fixedWindow(3, 10, 'first-hit', { credit }), 1, 'a test');
    const counter = fresh();
    family.charge(counter, 2, 5);
    expect(family.credit(counter, cells, 14)).toBe(true);
    expect(family.remaining(counter, 14)).toBe(remaining);
    expect(family.retryAtUs(counter, 3, 14)).toBe(remaining < 3 ? 15 : 14);
    expect(family.remaining(counter, 15)).toBe(3);
  });

  test.each(['to-zero', 'below-zero'] as const)('%s is for the window that is running alone', (credit) => {
    const family = new FixedWindow(fixedWindow(3, 10, 'first-hit', { credit }), 1, 'a test');
    const counter = fresh();
    expect(family.credit(counter, 1, 0)).toBe(false);
    family.charge(counter, 1, 5);
    expect([family.credit(counter, 1, 14), family.credit(counter, 1, 15)]).toEqual([true, false]);
    family.charge(counter, 1, 15);
    expect(family.remaining(counter, 15)).toBe(2);
    expect(family.idleAtUs(counter)).toBe(25);
  });

  test('of all that was used lets the window go on to its end', () => {
    const family = new FixedWindow(fixedWindow(3, 10, 'first-hit', { credit: 'to-zero' }), 2, 'a test');
    const counter = { ...fresh(), slot: 1 };
    family.charge(counter, 2, 5);
    family.credit(counter, 2, 7);
    expect(family.idleAtUs(counter)).toBe(15);
    family.charge(counter, 3, 14);
    expect(family.retryAtUs(counter, 1, 14)).toBe(15);
    expect(family.idleAtUs(fresh())).toBe(0);
    family.copyKept(0, 1);
    counter.part = 0;
    expect(family.idleAtUs(counter)).toBe(0);
  });

  test('is refused where there is none', () => {
    const family = new FixedWindow(fixedWindow(3, 10, 'first-hit'), 1, 'a test');
    const counter = fresh();
    family.charge(counter, 2, 5);
    expect(family.credit(counter, 1, 5)).toBe(false);
    expect(family.remaining(counter, 5)).toBe(1);
  });

  test('goes down to the smallest number of 32 bits', () => {
    const family = new FixedWindow(fixedWindow(3, 10, 'calendar', { credit: 'below-zero' }), 1, 'a test');
    const counter = fresh();
    family.charge(counter, 2, 0);
    for (let index = 0; index < 3; index += 1) family.credit(counter, 2 ** 31 - 1, 0);
    expect(counter.part).toBe(-(2 ** 31 - 1));
    expect(family.remaining(counter, 0)).toBe(2 ** 31 + 2);
  });
});
