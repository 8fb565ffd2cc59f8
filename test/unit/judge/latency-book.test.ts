import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { LatencyBook } from '../../../harness/judge/latency-book.js';

const everything = { actors: [0, 1], phases: [0, 1] };

function aBook(): LatencyBook {
  const book = new LatencyBook(2);
  for (let us = 1; us <= 1000; us++) book.record('intended', 0, 3, 0, us, us % 2);
  book.record('intended', 1, 3, 1, 500_000);
  book.record('service', 0, 3, 0, 7);
  return book;
}

describe('LatencyBook', () => {
  it('tells percentiles of a kind over the actors and phases that are asked for', () => {
    const book = aBook();
    expect(book.percentileUs('intended', { actors: [0], phases: [0] }, 50)).toBe(500);
    expect(book.percentileUs('intended', { actors: [0], phases: [0] }, 99)).toBe(990);
    expect(book.percentileUs('intended', everything, 100)).toBeCloseTo(500_000, -3);
    expect(book.percentileUs('service', everything, 50)).toBe(7);
    expect(book.percentileUs('intended', { actors: [1], phases: [0] }, 50)).toBeNull();
  });

  it('keeps groups of identities apart, over actors and phases', () => {
    const groups = aBook().byGroup('intended', everything);
    expect(groups).toHaveLength(32);
    expect(groups.map(({ total }) => total).slice(0, 3)).toEqual([501, 500, 0]);
    expect(groups[1]?.percentileUs(100)).toBe(999);
    expect(aBook().byGroup('intended', { actors: [1], phases: [0] })[0]?.total).toBe(0);
    expect(aBook().byGroup('service', everything)[0]?.total).toBe(1);
  });

  it('is read by any HdrHistogram tool, with the same percentiles', () => {
    const encoded = aBook().encode();
    expect(encoded.map(({ histogram: _, ...place }) => place)).toEqual([
      { kind: 'intended', actor: 0, requestClass: 3, phase: 0 },
      { kind: 'service', actor: 0, requestClass: 3, phase: 0 },
      { kind: 'intended', actor: 1, requestClass: 3, phase: 1 },
    ]);
    const [first, , second] = encoded.map(({ histogram }) => decodeFromCompressedBase64(histogram));
    expect(first?.totalCount).toBe(1000);
    for (const percent of [0, 50, 99, 100]) {
      const mine = aBook().percentileUs('intended', { actors: [0], phases: [0] }, percent);
      expect(first?.getValueAtPercentile(percent)).toBe(mine);
    }
    expect(second?.getValueAtPercentile(100)).toBe(aBook().percentileUs('intended', { actors: [1], phases: [1] }, 100));
  });

  it('counts what is out of range as the end of the range', () => {
    const book = new LatencyBook(2);
    book.record('intended', 0, 0, 0, 3_600_000_000);
    book.record('dispatch', 0, 0, 0, -5);
    expect(book.percentileUs('intended', everything, 50)).toBeCloseTo(600_000_000, -6);
    expect(book.percentileUs('dispatch', everything, 50)).toBe(0);
  });
});
