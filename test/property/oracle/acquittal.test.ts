/**
 * Right limiters of every family before a judge that does not see when they decided: none may be blamed.
 *
 * CI plays a few hundred seeds of each family; FLOODPROOF_SEEDS=10000, or FLOODPROOF_NIGHTLY=1 for as many, plays more.
 * What none of n proves: with 95 % confidence a right limiter of such a play is blamed in less than 3 of n runs (the
 * rule of three: (1 - 3/n)^n is about 0.05), so 0 of 10,000 means less than 3 in 10,000.
 */
import { describe, expect, test } from 'vitest';
import { chargesAgainst, familyNames } from '../../support/acquittal.js';

const { FLOODPROOF_SEEDS, FLOODPROOF_NIGHTLY } = process.env;
const seeds = Number(FLOODPROOF_SEEDS ?? (FLOODPROOF_NIGHTLY === '1' ? 10_000 : 300));

describe(`of ${seeds} right limiters`, () => {
  test.each(familyNames)('of the family %s none is blamed', { timeout: 60_000 + 60 * seeds }, (family) => {
    for (let seed = 1; seed <= seeds; seed++) expect(chargesAgainst(family, seed)).toEqual([]);
  });
});

describe(`of ${seeds} limiters that deny at random besides`, () => {
  test.each(familyNames)(
    'of the family %s none is blamed for more, and none is excused',
    {
      timeout: 60_000 + 60 * seeds,
    },
    (family) => {
      for (let seed = 1; seed <= seeds; seed++) expect(chargesAgainst(family, seed, 0.2)).toEqual([]);
    },
  );
});
