import { describe, expect, it } from 'vitest';
import { LatencyBook } from '../../../harness/judge/latency-book.js';

const everything = { actors: [0, 1], phases: [0, 1] };

function aBook(): LatencyBook {
  const book = new LatencyBook();
  for (let us = 1; us <= 1000; us++) book.record('intended', 0, 3, 0, us);
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

  it('is the same after it was encoded and decoded, and a sum after it was merged', () => {
    const copy = LatencyBook.decode(JSON.parse(JSON.stringify(aBook().encode())));
    for (const percent of [0, 50, 99, 100]) {
      expect(copy.percentileUs('intended', everything, percent)).toBe(
        aBook().percentileUs('intended', everything, percent),
      );
    }
    const other = new LatencyBook();
    for (let us = 1001; us <= 2000; us++) other.record('intended', 0, 3, 0, us);
    copy.merge(other);
    expect(copy.percentileUs('intended', { actors: [0], phases: [0] }, 50)).toBe(1000);
  });

  it('counts what is out of range as the end of the range', () => {
    const book = new LatencyBook();
    book.record('intended', 0, 0, 0, 3_600_000_000);
    book.record('dispatch', 0, 0, 0, -5);
    expect(book.percentileUs('intended', everything, 50)).toBeCloseTo(600_000_000, -6);
    expect(book.percentileUs('dispatch', everything, 50)).toBe(0);
  });
});
