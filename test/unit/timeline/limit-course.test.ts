import { describe, expect, test } from 'vitest';
import type { Plan, Policy, PolicyLimit } from '../../../harness/scenario/plan.js';
import { promisedCells } from '../../../harness/scenario/promise.js';
import { Bins } from '../../../harness/timeline/bins.js';
import { LimitCourse } from '../../../harness/timeline/limit-course.js';
import {
  aConcurrency,
  aFillCounter,
  aFixedWindow,
  anEarnedBudget,
  aPlan,
  aPolicy,
  aSlidingLog,
  aTokenBucket,
  costs,
} from '../../support/plan-builder.js';

const BIN_US = 100_000;
/** 10 cells, and one more each 100 ms. */
const bucket = aTokenBucket();
/** Bins of 100 ms, 110 as planned and 60 more. */
const plan: Plan = aPlan();

function courseOf(limit: PolicyLimit, policy: Policy = aPolicy([limit])): LimitCourse {
  return new LimitCourse(limit, policy, new Bins(plan));
}

/** Charges that are sent and answered within one bin, a microsecond after its start. */
function chargeIn(course: LimitCourse, bin: number, cells: number, counter = 0): void {
  course.charge(counter, bin * BIN_US + 1, bin * BIN_US + 1, cells);
}

describe('what was admitted under a limit', () => {
  test('is told by the bin of the answer, to the last microsecond of it', () => {
    const course = courseOf(bucket);
    course.charge(0, BIN_US, 2 * BIN_US - 1, 3);
    course.charge(0, BIN_US, 2 * BIN_US, 4);
    course.charge(1, 0, 2 * BIN_US, 2);
    expect(course.admittedCells(4)).toEqual([0, 3, 6, 0]);
    expect(course.keys).toBe(2);
  });

  test('holds what took however long', () => {
    const course = courseOf(bucket);
    for (let bin = 0; bin < 40; bin++) course.charge(0, 1, bin * BIN_US + 1, 1);
    expect(course.admittedCells(40)).toEqual(Array.from({ length: 40 }, () => 1));
  });
});

describe('the bound of a bin', () => {
  test('of a bucket that is used up is what comes back in a bin, and all of it for one that rests', () => {
    const course = courseOf(bucket);
    // 10 cells and what a bin less a microsecond refills, then one a bin; a rest, and all again.
    for (const [bin, cells] of [10, 1, 1, 1].entries()) chargeIn(course, bin, cells);
    chargeIn(course, 60, 11);
    const bounds = course.boundCells(62) as number[];
    expect(bounds.slice(0, 5)).toEqual([11, 2, 2, 2, 2]);
    expect(bounds.slice(58)).toEqual([11, 11, 11, 1]);
  });

  test('is for so many counters as were charged by then, 0 before any was', () => {
    const course = courseOf(aTokenBucket({ refillPeriodUs: 3600 * 1_000_000 }));
    chargeIn(course, 2, 4, 0);
    chargeIn(course, 3, 7, 5);
    chargeIn(course, 4, 1, 5);
    expect(course.boundCells(6)).toEqual([0, 0, 10, 16, 9, 8]);
  });

  test('leaves above it the cells that were too many, each told once', () => {
    const course = courseOf(bucket);
    // Twice the capacity, then at the right rate: 20 at once, one a bin, and nobody is blamed for the latter.
    for (const [bin, cells] of [20, 2, 1, 1, 1].entries()) chargeIn(course, bin, cells);
    expect(course.admittedCells(5)).toEqual([20, 2, 1, 1, 1]);
    expect(course.boundCells(5)).toEqual([11, 1, 1, 1, 1]);
  });

  test('of a bucket that refills twice as fast leaves the other half above it, bin for bin', () => {
    const course = courseOf(bucket);
    for (let bin = 0; bin < 20; bin++) chargeIn(course, bin, bin === 0 ? 11 : 2);
    expect(course.boundCells(20)).toEqual([11, ...Array.from({ length: 19 }, () => 1)]);
  });

  test('takes an excess off nothing but the charges that were too many', () => {
    const course = courseOf(bucket);
    chargeIn(course, 1, 10);
    // Sent in bin 0: from there on 20 for 13 that are promised over three bins. From bin 1 on they are not in it at all.
    course.charge(0, 1, 2 * BIN_US + 1, 10);
    for (let counter = 0; counter < 4; counter++) chargeIn(course, 3, 1, counter);
    // Four counters, 13 cells each over three bins: 10 of 52 are used from bin 1 on, and 13 of 56 from bin 0 on.
    expect(course.boundCells(4)).toEqual([0, 11, 3, 42]);
  });

  test('counts in its interval only what was sent in it: the rest may have been decided before', () => {
    const limit = aTokenBucket({ capacity: 3, refillPeriodUs: 3600 * 1_000_000 });
    const course = courseOf(limit);
    course.charge(0, 1, 1, 3);
    // Sent in bin 0, answered in bin 2: with what was before it is one too many only from bin 0 on.
    course.charge(0, 2, 2 * BIN_US, 1);
    expect(course.boundCells(3)).toEqual([3, 0, 0]);
    const lateOnly = courseOf(limit);
    lateOnly.charge(0, 1, 2 * BIN_US, 2);
    lateOnly.charge(0, 2 * BIN_US, 2 * BIN_US, 3);
    // From bin 0 on five for three; from bin 2 on three for three, and the other two may have been before.
    expect(lateOnly.boundCells(3)).toEqual([0, 0, 3]);
    expect(lateOnly.admittedCells(3)).toEqual([0, 0, 5]);
  });

  test('takes what was open for more than 15 bins for decided before all: so nobody is blamed by it', () => {
    const limit = aTokenBucket({ capacity: 3, refillPeriodUs: 3600 * 1_000_000 });
    const openFor = (bins: number): number[] => {
      const course = courseOf(limit);
      course.charge(0, BIN_US, BIN_US, 3);
      course.charge(0, BIN_US, (bins + 1) * BIN_US, 1);
      const last = course.boundCells(bins + 2)?.at(-1) as number;
      return [course.admittedCells(bins + 2).at(-1) as number, last];
    };
    expect(openFor(15)).toEqual([1, 0]);
    expect(openFor(16)).toEqual([1, 1]);
  });

  test('takes what was sent before all bins for decided before them', () => {
    const course = courseOf(aTokenBucket({ capacity: 3, refillPeriodUs: 3600 * 1_000_000 }));
    course.charge(0, -1, 1, 5);
    expect(course.boundCells(1)).toEqual([8]);
  });

  test('of the last bin is for all the time until the last answer', () => {
    const bins = new Bins(plan);
    const course = courseOf(bucket);
    const last = bins.count - 1;
    const endUs = bins.startOf(bins.count);
    course.charge(0, endUs - 1, endUs - 1, 11);
    expect(course.boundCells(bins.count)?.[last]).toBe(11);
    course.charge(0, endUs + 999_999, endUs + 999_999, 10);
    expect(course.admittedCells(bins.count)[last]).toBe(21);
    expect(course.boundCells(bins.count)?.[last]).toBe(21);
    course.charge(0, endUs + 999_999, endUs + 999_999, 1);
    expect(course.boundCells(bins.count)?.[last]).toBe(21);
  });

  test.each([
    { name: 'the grain of its clock', policy: { resolutionUs: 300_000 } },
    { name: 'every node', policy: { nodes: 3 } },
    { name: 'the slack', policy: { slackCells: 7 } },
  ])('allows for $name, as the promise does', (row) => {
    const policy = aPolicy([bucket], row.policy);
    const course = courseOf(bucket, policy);
    chargeIn(course, 0, 1);
    expect(course.boundCells(1)).toEqual([promisedCells(policy, bucket, BIN_US - 1)]);
  });

  test('of windows is what the windows that an interval can touch may hold', () => {
    const window = courseOf(aFixedWindow({ windowUs: BIN_US }));
    const log = courseOf(aSlidingLog({ windowUs: BIN_US }));
    for (const course of [window, log]) {
      for (let bin = 0; bin < 6; bin++) chargeIn(course, bin, 20);
    }
    // Of n bins: (n + 1) windows, or the n + 1 of a log, and ten cells in each.
    expect(window.boundCells(6)).toEqual([20, 10, 10, 10, 10, 10]);
    expect(log.boundCells(6)).toEqual([20, 10, 10, 10, 10, 10]);
  });

  test.each<PolicyLimit>([
    aConcurrency(),
    anEarnedBudget(),
    anEarnedBudget({ creditsMax: costs({}, 0) }),
    aFillCounter(),
  ])('is told for none of $family, which depends on more than time', (limit) => {
    const course = courseOf(limit);
    chargeIn(course, 0, 1);
    expect(course.boundCells(1)).toBeNull();
  });

  test('is told for a fill counter that nothing gives back to', () => {
    const course = courseOf(aFillCounter({ creditsMax: costs({}, 0) }));
    chargeIn(course, 0, 1);
    expect(course.boundCells(1)).toEqual([20]);
  });
});
