/**
 * When one actor's arrivals happen. Lazy, with memory that does not grow with the run.
 *
 * A process runs on the actor's active time, which is its spans laid end to end: a ramp is one ramp however many phases
 * it crosses, and even spacing does not stumble where two phases meet.
 */
import type { Arrivals } from '../../scenario/plan.js';
import type { Random } from '../actor.js';
import { constantArrivals } from './constant.js';
import { diurnalArrivals } from './diurnal.js';
import { hawkesArrivals } from './hawkes.js';
import { herdArrivals } from './herd.js';
import { modulatedPoissonArrivals } from './modulated-poisson.js';
import { poissonArrivals } from './poisson.js';
import { rampArrivals } from './ramp.js';
import { stepArrivals } from './step.js';
import { type TracePlace, type TraceTimes, traceArrivals } from './trace.js';

/** [startUs, endUs) */
export interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

/** What a process reads besides its own numbers. */
export interface ArrivalParts {
  /** A stream for this actor's arrivals alone; evenly spaced processes draw nothing from it. */
  readonly random: Random;
  /** By index in `Plan.traces`. */
  readonly traces?: readonly TraceTimes[];
  /** Told for each arrival of a trace which stamp it was made of. */
  readonly place?: TracePlace;
}

/**
 * Run times of one actor's arrivals in rising order, whole microseconds.
 *
 * @param active - Spans in rising order that do not overlap.
 */
export function arrivalTimes(
  arrivals: Arrivals,
  active: readonly Span[],
  parts: ArrivalParts,
): IterableIterator<number, void, undefined> {
  return new ArrivalTimes(arrivals, active, parts);
}

class ArrivalTimes implements IterableIterator<number, void, undefined> {
  readonly #active: readonly Span[];
  readonly #activeTimes: Generator<number, void, undefined>;
  #spanIndex = -1;
  /** Active time at which the span ends. */
  #spanEndUs = 0;
  /** Run time less active time within the span. */
  #shiftUs = 0;

  constructor(arrivals: Arrivals, active: readonly Span[], parts: ArrivalParts) {
    this.#active = active;
    this.#activeTimes = activeTimes(arrivals, activeDurationUs(active), parts);
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<number, void> {
    const next = this.#activeTimes.next();
    if (next.done) return next;
    while (next.value >= this.#spanEndUs) {
      if (!this.#enterSpan()) return { done: true, value: undefined };
    }
    return { done: false, value: next.value + this.#shiftUs };
  }

  /** Goes on to the next span; false when there is none. */
  #enterSpan(): boolean {
    const span = this.#active[++this.#spanIndex];
    if (span === undefined) return false;
    this.#shiftUs = span.startUs - this.#spanEndUs;
    this.#spanEndUs += span.endUs - span.startUs;
    return true;
  }
}

/** How long an actor is active in all. */
function activeDurationUs(active: readonly Span[]): number {
  return active.reduce((sum, span) => sum + span.endUs - span.startUs, 0);
}

function activeTimes(
  arrivals: Arrivals,
  durationUs: number,
  { random, traces = [], place = { row: 0 } }: ArrivalParts,
): Generator<number, void, undefined> {
  switch (arrivals.process) {
    case 'constant':
      return constantArrivals(arrivals.ratePerSecond, durationUs);
    case 'ramp':
      return rampArrivals(arrivals, durationUs);
    case 'step':
      return stepArrivals(arrivals.steps, durationUs);
    case 'poisson':
      return poissonArrivals(arrivals.ratePerSecond, durationUs, random);
    case 'on-off': {
      const on = { ratePerSecond: arrivals.ratePerSecond, usMean: arrivals.onUsMean };
      return modulatedPoissonArrivals([on, { ratePerSecond: 0, usMean: arrivals.offUsMean }], durationUs, random);
    }
    case 'mmpp': {
      const calm = { ratePerSecond: arrivals.calmPerSecond, usMean: arrivals.calmUsMean };
      const burst = { ratePerSecond: arrivals.burstPerSecond, usMean: arrivals.burstUsMean };
      return modulatedPoissonArrivals([calm, burst], durationUs, random);
    }
    case 'hawkes':
      return hawkesArrivals(arrivals, durationUs, random);
    case 'diurnal':
      return diurnalArrivals(arrivals, durationUs, random);
    case 'herd':
      return herdArrivals(arrivals, durationUs, random);
    case 'trace': {
      const trace = traces[arrivals.trace];
      if (trace === undefined) throw new Error(`trace ${arrivals.trace} of the plan was not loaded`);
      return traceArrivals(arrivals, { trace, place }, durationUs, random);
    }
  }
}
