/**
 * When one actor's arrivals happen. Lazy, with memory that does not grow with the run.
 *
 * A process runs on the actor's active time, which is its spans laid end to end: a ramp is one ramp however many phases
 * it crosses, and even spacing does not stumble where two phases meet.
 */
import type { Arrivals } from '../../scenario/plan.js';
import type { Random } from '../actor.js';
import { constantArrivals } from './constant.js';
import { poissonArrivals } from './poisson.js';
import { rampArrivals } from './ramp.js';

/** [startUs, endUs) */
export interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

/**
 * Run times of one actor's arrivals in rising order, whole microseconds.
 *
 * @param active - Spans in rising order that do not overlap.
 * @param random - A stream for this actor's arrivals alone; evenly spaced processes draw nothing from it.
 */
export function* arrivalTimes(
  arrivals: Arrivals,
  active: readonly Span[],
  random: Random,
): Generator<number, void, undefined> {
  let spanIndex = 0;
  /** Active time at which the span begins. */
  let spanFromUs = 0;
  for (const activeUs of activeTimes(arrivals, activeDurationUs(active), random)) {
    let span = active[spanIndex];
    while (span !== undefined && activeUs >= spanFromUs + span.endUs - span.startUs) {
      spanFromUs += span.endUs - span.startUs;
      spanIndex += 1;
      span = active[spanIndex];
    }
    if (span === undefined) return;
    yield span.startUs + (activeUs - spanFromUs);
  }
}

/** How long an actor is active in all. */
function activeDurationUs(active: readonly Span[]): number {
  return active.reduce((sum, span) => sum + span.endUs - span.startUs, 0);
}

function activeTimes(arrivals: Arrivals, durationUs: number, random: Random): Generator<number, void, undefined> {
  switch (arrivals.process) {
    case 'constant':
      return constantArrivals(arrivals.ratePerSecond, durationUs);
    case 'ramp':
      return rampArrivals(arrivals, durationUs);
    case 'poisson':
      return poissonArrivals(arrivals.ratePerSecond, durationUs, random);
    default:
      throw new Error(`no arrivals of the process ${arrivals.process}`);
  }
}
