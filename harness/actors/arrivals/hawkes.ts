/** A process that excites itself: each arrival makes more of them likelier for a while. */
import type { Random } from '../actor.js';
import { exponential, naturalLog } from '../elementary.js';

export interface HawkesLaw {
  /** Mean arrivals a second in the stationary state. */
  readonly ratePerSecond: number;
  /** Arrivals that one arrival brings about itself, on average: 0 to below 1. */
  readonly branching: number;
  /** How fast the excitement goes: after 1 / decay it is 1/e of what it was. */
  readonly decayPerSecond: number;
}

/** The run-up's arrivals at most: a second or so of work. */
const RUN_UP_ARRIVALS_MAX = 2 ** 22;
/** Arrivals of the whole run by which the start may differ from a stationary one, on average. */
const START_ERROR = 2 ** -40;

/**
 * Arrivals of a Hawkes process with an exponential kernel, in whole microseconds: its intensity is mu + X, where X falls by
 * e^(-decay t) and grows by alpha = branching x decay at each arrival, and mu = (1 - branching) x rate.
 *
 * Exact, in O(1) an arrival and without a rejection (Dassios and Zhao, Exact simulation of Hawkes process with exponentially
 * decaying intensity, 2013): the next arrival is the earlier one of two independent ones, the first of the constant mu, the
 * second of X alone. The second's integrated intensity up to t is X (1 - e^(-decay t)) / decay, which is an exponential
 * draw E where e^(-decay t) = 1 - decay E / X, and nowhere when that is not above 0.
 *
 * Without branching it is the Poisson process, arrival by arrival.
 */
export function* hawkesArrivals(
  law: HawkesLaw,
  durationUs: number,
  random: Random,
): Generator<number, void, undefined> {
  const { ratePerSecond, branching } = law;
  const decayPerUs = law.decayPerSecond / 1_000_000;
  const alphaPerUs = branching * decayPerUs;
  const ownGapUsMean = 1_000_000 / ((1 - branching) * ratePerSecond);
  let atUs = -runUpUs(law);
  // The mean of X: the expected rate is right from the very start, and only its fluctuation has to run up.
  let excitedPerUs = (branching * ratePerSecond) / 1_000_000;
  while (atUs < durationUs) {
    let gapUs = random.exponential() * ownGapUsMean;
    if (excitedPerUs > 0) {
      const left = 1 - (decayPerUs * random.exponential()) / excitedPerUs;
      if (left > 0) gapUs = Math.min(gapUs, -naturalLog(left) / decayPerUs);
      excitedPerUs = excitedPerUs * exponential(-decayPerUs * gapUs) + alphaPerUs;
    }
    atUs += gapUs;
    if (atUs >= 0 && atUs < durationUs) yield Math.floor(atUs);
  }
}

/**
 * How long before 0 the process starts, so that it is stationary at 0.
 *
 * Take a stationary process beside ours, with X of its own at the start, made of the same draws: of the two, the one with the
 * higher X has the arrivals of the other and some more. Those are brought about by the difference D of the two alone, whose mean
 * falls by e^(-k t) with k = decay x (1 - branching), so that after a run-up of T they are |D| e^(-k T) / k over the whole
 * run on average. |D| is on average at most the standard deviation of X, which is
 * branching x sqrt(rate x decay / (2 (1 - branching))). T makes that 2^-40 (and is none without branching): a run differs from a stationary one
 * with that chance at most. Where T would take more than 2^22 arrivals, it is cut there.
 */
function runUpUs({ ratePerSecond, branching, decayPerSecond }: HawkesLaw): number {
  const fallPerSecond = decayPerSecond * (1 - branching);
  const deviation = branching * Math.sqrt((ratePerSecond * decayPerSecond) / (2 * (1 - branching)));
  const wantedS = naturalLog(deviation / (fallPerSecond * START_ERROR)) / fallPerSecond;
  return Math.max(0, Math.min(wantedS, RUN_UP_ARRIVALS_MAX / ratePerSecond)) * 1_000_000;
}
