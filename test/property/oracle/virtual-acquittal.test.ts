/**
 * Right targets in virtual time before the judge, under jitter, loss, overtaking, drift, steps and freezes of the clock,
 * overload, outages and restarts: none may be blamed. What may be told neither way may stay undecided.
 *
 * CI plays a few seeds of each family; FLOODPROOF_VIRTUAL_SEEDS=200, or FLOODPROOF_NIGHTLY=1 for as many, plays more.
 */
import { describe, expect, test } from 'vitest';
import { familyNames } from '../../support/acquittal.js';
import { rightPlan } from '../../support/virtual-acquittal.js';
import { judgeVirtually } from '../../support/virtual-play.js';

const { FLOODPROOF_VIRTUAL_SEEDS, FLOODPROOF_NIGHTLY } = process.env;
const seeds = Number(FLOODPROOF_VIRTUAL_SEEDS ?? (FLOODPROOF_NIGHTLY === '1' ? 200 : 5));

describe(`of ${seeds} right targets in virtual time`, () => {
  test.each(familyNames)('of the family %s none is blamed', { timeout: 60_000 + 2_000 * seeds }, (family) => {
    for (let seed = 1; seed <= seeds; seed++) {
      const { leaks, expectations } = judgeVirtually(rightPlan(family, seed), { seed });
      const broken = expectations
        .filter(({ pass }) => pass === false)
        .map(({ text, evidence }) => ({ text, evidence }));
      expect({ seed, leaks, broken }).toEqual({ seed, leaks: [], broken: [] });
    }
  });
});
