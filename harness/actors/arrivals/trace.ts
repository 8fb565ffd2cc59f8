/** Arrivals at the times of real traffic. */
import type { Arrivals } from '../../scenario/plan.js';
import type { Random } from '../actor.js';
import type { RecordedRequests } from '../recorded-requests.js';

/** What was loaded of one of `Plan.traces`. The arrays may lie in memory that several threads share; nobody writes them. */
export interface TraceTimes {
  /** Whole microseconds since the first stamp, in rising order, at least one. */
  readonly offsetsUs: Float64Array;
  /** Of each stamp, who it was: numbers from 0 in the order of their first appearance. null = nobody is told apart. */
  readonly who: Uint32Array | null;
  /** Share of the file's stamps that are in here, above 0 to 1: of a file that is too large a sample is loaded. */
  readonly keptShare: number;
  /** What was asked; null or left out = times alone were wanted. */
  readonly requests?: RecordedRequests | null;
}

/** Where a trace is being read. */
export interface TracePlace {
  /** Index of the stamp that the last arrival was made of. */
  row: number;
}

/**
 * How long one round of a looped trace is: from the first stamp to the last, and one mean gap on top, so that the rate
 * over many rounds is the file's. 0 = its stamps are all one moment, and there is no second round.
 */
export function loopUs(trace: TraceTimes): number {
  const stamps = trace.offsetsUs.length;
  const lastUs = trace.offsetsUs[stamps - 1] ?? 0;
  return stamps < 2 ? 0 : lastUs + lastUs / (stamps - 1);
}

/**
 * The times of a trace from its first stamp on, in whole microseconds of active time below `durationUs`.
 *
 * @param place - Its row is set before each arrival.
 */
export function* traceArrivals(
  law: Extract<Arrivals, { readonly process: 'trace' }>,
  { trace, place }: { readonly trace: TraceTimes; readonly place: TracePlace },
  durationUs: number,
  random: Random,
): Generator<number, void, undefined> {
  const keep = Math.min(1, law.keepShare / trace.keptShare);
  const roundUs = law.isLooped ? loopUs(trace) : 0;
  for (let round = 0; ; round++) {
    for (let row = 0; row < trace.offsetsUs.length; row++) {
      const atUs = (round * roundUs + (trace.offsetsUs[row] as number)) / law.speed;
      if (atUs >= durationUs) return;
      if (keep < 1 && random.unit() >= keep) continue;
      place.row = row;
      yield Math.floor(atUs);
    }
    if (roundUs === 0) return;
  }
}
