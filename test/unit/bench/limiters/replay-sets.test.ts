import { describe, expect, test } from 'vitest';
import { ReplaySets } from '../../../../harness/bench/limiters/replay-sets.js';

const WINDOW_US = 100;

describe('signatures in two Sets', () => {
  test.each([
    { claimedUs: 1000, againUs: 1000, isFree: false, because: 'it is at once' },
    { claimedUs: 1000, againUs: 1100, isFree: false, because: 'the window is just over, and the Set is the last one' },
    { claimedUs: 1099, againUs: 1199, isFree: false, because: 'the Set is of the last window' },
    { claimedUs: 1099, againUs: 1250, isFree: true, because: 'two windows are over' },
    { claimedUs: 1000, againUs: 5000, isFree: true, because: 'it is long ago' },
  ])('claimed at $claimedUs, one can be had at $againUs: $isFree, since $because', ({ claimedUs, againUs, isFree }) => {
    const sets = new ReplaySets(WINDOW_US);
    // The first claim of all begins a Set.
    expect(sets.claim('first', 1000)).toBe(true);
    expect(sets.claim('a', claimedUs)).toBe(true);
    // Others come all the while, so that Sets take turns.
    if (againUs > 1200) sets.claim('another', 1101);
    expect(sets.claim('a', againUs)).toBe(isFree);
  });
});
