import { describe, expect, it } from 'vitest';
import { editDistance, nearest, proposal } from '../../../harness/scenario/nearest.js';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['leak', 'leak', 0],
    ['leak', 'leek', 1],
    ['leak', 'leaks', 1],
    ['leak', 'lea', 1],
    ['leak', 'elak', 1],
    ['', 'leak', 4],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe('nearest', () => {
  const known = ['capacity', 'cost', 'refill', 'latency.p99', 'latency.p999'];

  it.each([
    { word: 'capasity', near: ['capacity'], because: 'one letter is wrong' },
    { word: 'CAPACITY', near: ['capacity'], because: 'case does not count' },
    { word: 'p99', near: ['latency.p99', 'latency.p999'], because: 'it is a part of both' },
    { word: 'anything', near: [], because: 'it is far from all of them' },
    { word: 'x', near: [], because: 'a letter is a part of everything' },
  ])('proposes $near for $word: $because', ({ word, near }) => {
    expect(nearest(word, known)).toEqual(near);
  });

  it('does not compare a hostile key of a megabyte', () => {
    expect(nearest('a'.repeat(1_000_000), known)).toEqual([]);
  });

  it('lists what there is when nothing is near', () => {
    expect(proposal('capasity', known)).toBe('did you mean "capacity"?');
    expect(proposal('zzz', ['calm', 'attack'])).toBe('known here: calm, attack');
    expect(proposal('zzz', [])).toBe('there is none');
  });
});
