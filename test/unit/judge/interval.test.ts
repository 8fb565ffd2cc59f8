import { describe, expect, it } from 'vitest';
import { ratioInterval } from '../../../harness/judge/interval.js';

const alike = (identities: number, hits: number, trials: number) =>
  Array.from({ length: identities }, () => ({ hits, trials }));

describe('ratioInterval', () => {
  it('holds the ratio, and is narrow when every identity is alike', () => {
    expect(ratioInterval(alike(50, 1, 10), 1)).toEqual([0.1, 0.1]);
  });

  it('is far wider when the hits are one identity than when they are spread, for the same ratio', () => {
    const spread = [...alike(50, 1, 10), ...alike(50, 0, 10)];
    const bunched = [...alike(1, 50, 50), ...alike(95, 0, 10)];
    const width = (interval: readonly [number, number] | null) => (interval === null ? 0 : interval[1] - interval[0]);
    expect(width(ratioInterval(bunched, 1))).toBeGreaterThan(3 * width(ratioInterval(spread, 1)));
    const [low, high] = ratioInterval(spread, 1) ?? [1, 0];
    expect(low).toBeLessThan(0.05);
    expect(low).toBeGreaterThan(0.03);
    expect(high).toBeGreaterThan(0.05);
    expect(high).toBeLessThan(0.07);
  });

  it('does not take "never seen" for "never happens": 0 of n is bounded as Wilson does, by identities', () => {
    const [low, high] = ratioInterval(alike(100, 0, 1000), 1) ?? [1, 0];
    expect(low).toBe(0);
    expect(high).toBeCloseTo(3.8415 / 103.8415, 4);
    expect(ratioInterval(alike(100, 10, 10), 1)).toEqual([1 - high, 1]);
  });

  it('leaves out identities without any trial, and has nothing to say of none', () => {
    expect(ratioInterval([...alike(50, 1, 10), ...alike(50, 0, 0)], 1)).toEqual([0.1, 0.1]);
    expect(ratioInterval(alike(3, 0, 0), 1)).toBeNull();
  });

  it('is the same for the same seed', () => {
    const mixed = [...alike(20, 1, 10), ...alike(20, 0, 13), ...alike(3, 5, 7)];
    expect(ratioInterval(mixed, 7)).toEqual(ratioInterval(mixed, 7));
    expect(ratioInterval(mixed, 8)).not.toEqual(ratioInterval(mixed, 7));
  });
});
