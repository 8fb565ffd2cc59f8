import type { Random } from '../actor.js';

/** Arrivals of a Poisson process: independent exponential gaps with mean 1 / `ratePerSecond`, in whole microseconds. */
export function* poissonArrivals(
  ratePerSecond: number,
  durationUs: number,
  random: Random,
): Generator<number, void, undefined> {
  const gapUsMean = 1_000_000 / ratePerSecond;
  let atUs = random.exponential() * gapUsMean;
  while (atUs < durationUs) {
    yield Math.floor(atUs);
    atUs += random.exponential() * gapUsMean;
  }
}
