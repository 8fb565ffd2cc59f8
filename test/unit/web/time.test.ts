import { describe, expect, test } from 'vitest';
import { atSameTimes, peakOf, perSecond, sumOf } from '../../../harness/web/bins.js';
import { tickText } from '../../../harness/web/moment.js';
import { scaledAround } from '../../../harness/web/time-range.js';

describe('a zoom', () => {
  const whole = [-5_000, 70_000] as const;
  const around = (range: readonly [number, number], factor: number, atMs: number) =>
    scaledAround(range, { factor, atMs, whole, shortestMs: 1_000 });

  test('keeps the moment around which it closes at its place', () => {
    expect(around([0, 40_000], 0.5, 10_000)).toEqual([5_000, 25_000]);
    expect(around([0, 40_000], 0.5, 0)).toEqual([0, 20_000]);
  });

  test('stays inside the run, at both ends', () => {
    expect(around([-5_000, 5_000], 2, 5_000)).toEqual([-5_000, 15_000]);
    expect(around([60_000, 70_000], 2, 60_000)).toEqual([50_000, 70_000]);
  });

  test('is never shorter than it may be, and is none when it holds the whole run', () => {
    expect(around([0, 1_500], 0.5, 750)).toEqual([250, 1_250]);
    expect(around([0, 40_000], 2, 20_000)).toBe(null);
    expect(around([0, 37_500], 2, 20_000)).toBe(null);
  });
});

describe('the time at the edge of a chart', () => {
  for (const [ms, text] of [
    [0, '0 s'],
    [500, '500 ms'],
    [-5_000, '-5 s'],
    [59_000, '59 s'],
    [60_000, '1:00'],
    [65_000, '1:05'],
    [-90_000, '-1:30'],
    [3_599_000, '59:59'],
    [3_600_000, '1:00:00'],
    [7_230_000, '2:00:30'],
  ] as const) {
    test(`${ms} ms is ${text}`, () => {
      expect(tickText(ms)).toBe(text);
    });
  }
});

test('a rate is what a bin held, in a second', () => {
  expect(perSecond([0, 1, 25], 250)).toEqual([0, 4, 100]);
});

test('a peak is the first of the highest, and none where nothing is above 0', () => {
  expect(peakOf([1, null, 7, 7], [10, 20, 30, 40])).toEqual({ value: 7, at: 30 });
  expect(peakOf([0, null], [10, 20])).toBe(null);
  expect(sumOf([1, null, 2])).toBe(3);
});

test('another run, told in longer bins from an earlier moment, is read at the middles of this one', () => {
  const before = { fromMs: -1_000, binMs: 500, firstBin: 1 };
  // Its bins begin at -500, 0 and 500 ms.
  expect(atSameTimes([1, 2, null], before, [-750, -375, -125, 125, 375, 625, 1_250])).toEqual([
    null,
    1,
    1,
    2,
    2,
    null,
    null,
  ]);
});
