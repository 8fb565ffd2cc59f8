import type { Random } from '../actor.js';
import { exponential, naturalLog } from '../elementary.js';

export interface HerdLaw {
  /** Arrivals of one herd. */
  readonly size: number;
  readonly firstUs: number;
  /** From the start of one herd to that of the next; null = only one herd. */
  readonly everyUs: number | null;
  /** 0 = all at one moment; at most `everyUs`. */
  readonly withinUs: number;
}

/**
 * Arrivals in herds, in whole microseconds of active time below `durationUs`: those of one herd at one moment, or spread at
 * random, each evenly over [start, start + within).
 *
 * The times of a spread herd are drawn in their order, so that a herd of any size takes no memory (Bentley and Saxe 1980): of n
 * times yet to come, the share of what is left of the span up to the first has the law of the smallest of n, 1 - U^(1/n).
 *
 * @throws {RangeError} herds that would run into each other.
 */
export function* herdArrivals(law: HerdLaw, durationUs: number, random: Random): Generator<number, void, undefined> {
  const { size, firstUs, everyUs, withinUs } = law;
  if (everyUs !== null && (everyUs <= 0 || withinUs > everyUs)) {
    throw new RangeError(`herds ${everyUs} us apart cannot each take ${withinUs} us`);
  }
  for (let startUs = firstUs; startUs < durationUs; startUs += everyUs ?? durationUs) {
    let left = 1;
    for (let waiting = size; waiting > 0; waiting--) {
      if (withinUs > 0) left *= exponential(naturalLog(1 - random.unit()) / waiting);
      // The last microsecond belongs to what follows: 1 - left may be rounded to 1.
      const offsetUs = withinUs > 0 ? Math.min(withinUs - 1, Math.floor(withinUs * (1 - left))) : 0;
      if (startUs + offsetUs >= durationUs) break;
      yield startUs + offsetUs;
    }
  }
}
