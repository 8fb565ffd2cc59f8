import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CounterSet } from '../../../harness/judge/counter-set.js';
import { IndexSet } from '../../../harness/judge/index-set.js';
import { PackedCounts } from '../../../harness/judge/packed-counts.js';

const indexes = fc.oneof(fc.integer({ min: 0, max: 2100 }), fc.integer({ min: 0, max: 2 ** 35 }));

describe('PackedCounts', () => {
  it('counts as a map does, whatever the indexes and amounts', () => {
    const adds = fc.array(fc.tuple(indexes, fc.constantFrom(1, 1, 200, 70_000)), { maxLength: 60 });
    fc.assert(
      fc.property(adds, (all) => {
        const counts = new PackedCounts();
        const map = new Map<number, number>();
        for (const [index, amount] of all) {
          map.set(index, (map.get(index) ?? 0) + amount);
          expect(counts.add(index, amount)).toBe(map.get(index));
        }
        for (const [index, count] of map) expect(counts.get(index)).toBe(count);
        expect(counts.get(2 ** 35 + 1)).toBe(0);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('takes a byte for each of many indexes, and more only for the pages that need it', () => {
    const counts = new PackedCounts();
    for (let index = 0; index < 10_240; index++) counts.add(index, 255);
    expect(counts.bytes).toBe(10_240);
    counts.add(0);
    expect(counts.bytes).toBe(11_264);
    expect([counts.get(0), counts.get(1)]).toEqual([256, 255]);
    counts.add(0, 65_280);
    expect(counts.get(0)).toBe(65_536);
    expect(counts.bytes).toBe(13_312);
  });

  it('refuses what does not fit in 32 bits', () => {
    const counts = new PackedCounts();
    counts.add(3, 2 ** 32 - 1);
    expect(() => counts.add(3)).toThrowError('does not fit in 32 bits');
  });
});

describe('IndexSet', () => {
  it('holds what a set holds', () => {
    fc.assert(
      fc.property(fc.array(indexes, { maxLength: 80 }), fc.array(indexes, { maxLength: 20 }), (added, asked) => {
        const mine = new IndexSet();
        const set = new Set<number>();
        for (const index of added) {
          expect(mine.add(index)).toBe(!set.has(index));
          set.add(index);
        }
        expect(mine.size).toBe(set.size);
        for (const index of [...added, ...asked]) expect(mine.has(index)).toBe(set.has(index));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('is kept for each limit by itself in a CounterSet', () => {
    const counters = new CounterSet(2);
    expect(counters.add(1, 7)).toBe(true);
    expect(counters.add(1, 7)).toBe(false);
    expect([counters.has(1, 7), counters.has(0, 7), counters.sizeOf(1), counters.sizeOf(0)]).toEqual([
      true,
      false,
      1,
      0,
    ]);
  });
});
