import type { Random } from '../actor.js';
import { cosineOfTurns } from '../elementary.js';

export interface DiurnalLaw {
  /** The mean over a period. */
  readonly ratePerSecond: number;
  /** At least 1. */
  readonly peakToTrough: number;
  readonly periodUs: number;
  readonly peakAtUs: number;
}

/**
 * Arrivals of a Poisson process whose rate swings as a cosine about its mean, in whole microseconds.
 *
 * By thinning (Lewis and Shedler 1979): arrivals at the highest rate, each kept with the chance rate(t) / highest. With
 * peak / trough = p the swing is a = (p - 1) / (p + 1) of the mean.
 */
export function* diurnalArrivals(
  law: DiurnalLaw,
  durationUs: number,
  random: Random,
): Generator<number, void, undefined> {
  const swing = (law.peakToTrough - 1) / (law.peakToTrough + 1);
  const gapUsMean = 1_000_000 / (law.ratePerSecond * (1 + swing));
  for (let atUs = random.exponential() * gapUsMean; atUs < durationUs; atUs += random.exponential() * gapUsMean) {
    const share = (1 + swing * cosineOfTurns((atUs - law.peakAtUs) / law.periodUs)) / (1 + swing);
    if (random.unit() < share) yield Math.floor(atUs);
  }
}
