import type { Random } from '../actor.js';

/** A state of the process: how often arrivals come in it, and how long it lasts on average (exponential). */
export interface PoissonState {
  /** 0 = none. */
  readonly ratePerSecond: number;
  readonly usMean: number;
}

/**
 * Arrivals of a Poisson process whose rate is that of one of two states by turns (MMPP-2; on-off when one rate is 0), in
 * whole microseconds.
 *
 * Exact: in a state the gaps are exponential, and one that reaches beyond the end of the state is drawn anew from there,
 * which an exponential law does not notice. Stationary: the first state is chosen by its share of time, and what is left of
 * it is as long as the whole, again by the law's lack of memory.
 */
export function* modulatedPoissonArrivals(
  states: readonly [PoissonState, PoissonState],
  durationUs: number,
  random: Random,
): Generator<number, void, undefined> {
  const [first, second] = states;
  let isFirst = random.unit() * (first.usMean + second.usMean) < first.usMean;
  let atUs = 0;
  while (atUs < durationUs) {
    const state = isFirst ? first : second;
    const untilUs = atUs + random.exponential() * state.usMean;
    if (state.ratePerSecond > 0) {
      const gapUsMean = 1_000_000 / state.ratePerSecond;
      const endUs = Math.min(untilUs, durationUs);
      for (atUs += random.exponential() * gapUsMean; atUs < endUs; atUs += random.exponential() * gapUsMean) {
        yield Math.floor(atUs);
      }
    }
    atUs = untilUs;
    isFirst = !isFirst;
  }
}
