import { arrivalTimes } from '../../../../harness/actors/arrivals/arrivals.js';
import { createRandom, deriveSeed } from '../../../../harness/actors/random.js';
import type { Arrivals } from '../../../../harness/scenario/plan.js';
import { SECOND_US } from '../example-plan.js';

/** All arrivals of the first `seconds`. */
export function timesOf(arrivals: Arrivals, seconds: number, seed = 1): number[] {
  return [...arrivalTimes(arrivals, [{ startUs: 0, endUs: seconds * SECOND_US }], { random: createRandom(seed) })];
}

/** How many arrivals fall into the first `seconds`, over independent runs: what a start out of balance would show. */
export function firstCounts(arrivals: Arrivals, seconds: number, runs: number): number[] {
  return Array.from({ length: runs }, (_, run) => timesOf(arrivals, seconds, deriveSeed(7, run)).length);
}

/** A whole microsecond stands for any moment in it. */
export function midUs(timesUs: readonly number[]): number[] {
  return timesUs.map((atUs) => atUs + 0.5);
}
