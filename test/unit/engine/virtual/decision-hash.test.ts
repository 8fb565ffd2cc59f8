import { describe, expect, it } from 'vitest';
import { DecisionHash } from '../../../../harness/engine/virtual/decision-hash.js';

function hashOf(values: readonly number[]): string {
  const hash = new DecisionHash();
  for (const value of values) hash.add(value);
  return hash.text;
}

describe('the hash of decisions', () => {
  it('is the same text for the same numbers on every machine', () => {
    expect(hashOf([])).toBe('435ce5799503760e');
    expect(hashOf([1, 2, 2 ** 40 + 3, -1, Number.MAX_SAFE_INTEGER])).toBe('a8bedb6bc42513aa');
  });

  it('can be read on the way without changing it', () => {
    const hash = new DecisionHash();
    hash.add(1);
    const early = hash.text;
    expect(hash.text).toBe(early);
    hash.add(2);
    expect(hash.text).toBe(hashOf([1, 2]));
  });

  it('tells apart what differs in one number, in the order, or in the high half of a time', () => {
    const texts = [
      [1, 2, 3],
      [1, 3, 2],
      [1, 2, 4],
      [1, 2],
      [1, 2, 3, 0],
      [1 + 2 ** 32, 2, 3],
      [1, -2, 3],
    ].map(hashOf);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('is spread evenly: of a hundred thousand short runs none share one, and each bit is set in half of them', () => {
    const seen = new Set<string>();
    const set = new Array<number>(64).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const text = hashOf([i, 5, i % 7]);
      seen.add(text);
      const bits = BigInt(`0x${text}`);
      for (let bit = 0; bit < 64; bit++) if ((bits >> BigInt(bit)) & 1n) set[bit] = (set[bit] ?? 0) + 1;
    }
    expect(seen.size).toBe(100_000);
    // Standard deviation of a share is 0.0016; seven of them.
    for (const count of set) expect(Math.abs(count / 100_000 - 0.5)).toBeLessThan(0.011);
  });
});
