import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cosineOfTurns,
  exponential,
  exponentialLessOneOver,
  logOnePlusOver,
  naturalLog,
} from '../../../harness/actors/elementary.js';

const runs = { seed: 41, numRuns: 5_000 };

/** One unit in the last place is 2^-52 to 2^-53 of the value. */
function expectNear(value: number, wanted: number): void {
  if (value !== wanted) expect(Math.abs(value / wanted - 1)).toBeLessThan(2 ** -51);
}

describe('the logarithm', () => {
  it('is one unit in the last place off at most, for any number', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true }), (x) => expectNear(naturalLog(x), Math.log(x))),
      runs,
    );
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), (x) => expectNear(naturalLog(x), Math.log(x))),
      runs,
    );
  });

  it.each([
    { x: 1, log: 0 },
    { x: 0, log: Number.NEGATIVE_INFINITY },
    { x: -1, log: Number.NaN },
    { x: Number.NaN, log: Number.NaN },
    { x: Number.POSITIVE_INFINITY, log: Number.POSITIVE_INFINITY },
    { x: 2, log: Math.LN2 },
    { x: 10, log: Math.LN10 },
    { x: 5e-324, log: -744.4400719213812 },
  ])('of $x is $log to the last bit', ({ x, log }) => {
    expect(naturalLog(x)).toBe(log);
  });
});

describe('the exponential', () => {
  it('is one unit in the last place off at most', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 709, noNaN: true }), (x) => expectNear(exponential(x), Math.exp(x))),
      runs,
    );
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), (x) => expectNear(exponential(x), Math.exp(x))),
      runs,
    );
  });

  it.each([
    { x: 0, power: 1 },
    { x: 1, power: Math.E },
    { x: -1, power: 0.36787944117144233 },
    { x: 709.7, power: 1.6549840276802644e308 },
    { x: 709.79, power: Number.POSITIVE_INFINITY },
    { x: -720, power: 2.0322308024e-313 },
    { x: -745.2, power: 0 },
    { x: Number.NEGATIVE_INFINITY, power: 0 },
    { x: Number.NaN, power: Number.NaN },
  ])('of $x is $power', ({ x, power }) => {
    expect(exponential(x)).toBe(power);
  });
});

describe('log(1 + x) / x and (e^x - 1) / x', () => {
  it('keep all their digits however small x is', () => {
    fc.assert(
      fc.property(fc.double({ min: -0.9, max: 30, noNaN: true }), fc.integer({ min: -60, max: 0 }), (size, power) => {
        const x = size * 2 ** power;
        if (x === 0) return;
        expect(Math.abs(logOnePlusOver(x) / (Math.log1p(x) / x) - 1)).toBeLessThan(1e-15);
        expect(Math.abs(exponentialLessOneOver(x) / (Math.expm1(x) / x) - 1)).toBeLessThan(2e-15);
      }),
      runs,
    );
  });

  it('are 1 at 0', () => {
    expect(logOnePlusOver(0)).toBe(1);
    expect(exponentialLessOneOver(0)).toBe(1);
  });
});

describe('the cosine', () => {
  it('is right all around, either way and after many turns', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: 0, max: 1000 }), (part, turns) => {
        // The part as it is left after whole turns were added to it.
        const left = part + turns - turns;
        expect(Math.abs(cosineOfTurns(part + turns) - Math.cos(2 * Math.PI * left))).toBeLessThan(2e-15);
      }),
      runs,
    );
  });

  it.each([
    { turns: 0, cosine: 1 },
    { turns: 0.25, cosine: 0 },
    { turns: 0.5, cosine: -1 },
    { turns: 0.75, cosine: 0 },
    { turns: 1, cosine: 1 },
    { turns: -0.5, cosine: -1 },
  ])('is $cosine after $turns turns', ({ turns, cosine }) => {
    expect(cosineOfTurns(turns)).toBeCloseTo(cosine, 15);
  });
});
