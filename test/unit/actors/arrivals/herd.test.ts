import { describe, expect, it } from 'vitest';
import { herdArrivals } from '../../../../harness/actors/arrivals/herd.js';
import { createRandom } from '../../../../harness/actors/random.js';
import { ksBound, ksDistance } from '../../../support/statistics.js';
import { SECOND_US } from '../example-plan.js';
import { midUs, timesOf } from './process-times.js';

const herd = {
  process: 'herd',
  size: 100,
  firstUs: SECOND_US,
  everyUs: 4 * SECOND_US,
  withinUs: 0,
} as const;

describe('herds', () => {
  it('arrive as one, again and again', () => {
    const all = timesOf(herd, 10);
    expect(all).toHaveLength(300);
    expect([...new Set(all)]).toEqual([1, 5, 9].map((second) => second * SECOND_US));
  });

  it('arrive once where nothing is said of a next time', () => {
    expect(timesOf({ ...herd, everyUs: null }, 10)).toHaveLength(100);
  });

  it('do not arrive after the end, nor one that would begin at it', () => {
    expect(timesOf(herd, 5)).toHaveLength(100);
    expect(timesOf({ ...herd, firstUs: 10 * SECOND_US }, 10)).toEqual([]);
    const cut = timesOf({ ...herd, firstUs: 0, everyUs: null, withinUs: 2 * SECOND_US }, 1);
    expect(cut.length).toBeGreaterThan(20);
    expect(cut.length).toBeLessThan(80);
  });

  it('are spread evenly at random over the time that they take, in order', () => {
    const spread = { ...herd, size: 20_000, firstUs: 0, everyUs: null, withinUs: 50_000 };
    const all = timesOf(spread, 10);
    expect(all).toHaveLength(20_000);
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect(all.every((atUs) => atUs >= 0 && atUs < 50_000)).toBe(true);
    const uniform = (atUs: number): number => atUs / 50_000;
    expect(ksDistance(midUs(all), uniform)).toBeLessThan(ksBound(all.length));
    // One that is crowded a little towards its start would be seen.
    expect(
      ksDistance(
        midUs(all).map((atUs) => atUs ** 1.05 / 50_000 ** 0.05),
        uniform,
      ),
    ).toBeGreaterThan(ksBound(all.length));
  });

  it('are spread evenly however small they are', () => {
    const ends = Array.from({ length: 4_000 }, (_, seed) => {
      const [first, last] = timesOf({ ...herd, size: 2, firstUs: 0, everyUs: null, withinUs: SECOND_US }, 1, seed);
      return { first: (first as number) / SECOND_US, last: (last as number) / SECOND_US };
    });
    const bound = ksBound(ends.length);
    expect(
      ksDistance(
        ends.map(({ first }) => first),
        (x) => 1 - (1 - x) ** 2,
      ),
    ).toBeLessThan(bound);
    expect(
      ksDistance(
        ends.map(({ last }) => last),
        (x) => x * x,
      ),
    ).toBeLessThan(bound);
  });

  it('fill their time to the brim and stay in order where one follows the other at once', () => {
    const all = timesOf({ ...herd, size: 50, firstUs: 0, everyUs: 10, withinUs: 10 }, 0.01);
    expect(all).toHaveLength(50 * 1_000);
    for (const [i, atUs] of all.entries()) expect(Math.floor(atUs / 10)).toBe(Math.floor(i / 50));
  });

  it('end before the end of the time that they take, and of the run, whatever is drawn', () => {
    const highest = { unit: () => 1 - 2 ** -53, below: () => 0, exponential: () => 40 };
    const law = { size: 3, firstUs: 0, everyUs: null, withinUs: 10 };
    expect([...herdArrivals(law, 100, highest)]).toEqual([9, 9, 9]);
    for (let seed = 0; seed < 20; seed++) {
      const cut = [...herdArrivals({ ...law, size: 50 }, 5, createRandom(seed))];
      expect(cut.length).toBeGreaterThan(0);
      expect(cut.every((atUs) => atUs < 5)).toBe(true);
    }
  });

  it('may not run into each other', () => {
    const law = { size: 2, firstUs: 0, everyUs: 10, withinUs: 11 };
    expect(() => herdArrivals(law, 100, createRandom(1)).next()).toThrow('herds 10 us apart cannot each take 11 us');
    expect(() => herdArrivals({ ...law, everyUs: 0, withinUs: 0 }, 100, createRandom(1)).next()).toThrow('0 us apart');
  });
});
