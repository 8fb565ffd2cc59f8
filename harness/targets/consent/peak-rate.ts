/** The highest rate of requests that a plan means to send, retries left out. */
import { requestsPerArrival } from '../../scenario/expected-traffic.js';
import type { ActorPlan, Arrivals, Plan } from '../../scenario/plan.js';

const US_PER_SECOND = 1_000_000;

/**
 * Requests per second at most: at every moment each actor that acts counts with the highest mean rate of its process, as if
 * all peaks fell together. So it is never below the mean of any second; chance may put a second above it.
 *
 * null = an actor follows a recording, and only its file tells.
 */
export function peakRatePerSecond(plan: Plan): number | null {
  const rates = plan.actors.map((actor) => {
    const peak = peakArrivals(actor.arrivals);
    return peak === null ? null : peak * requestsPerArrival(plan, actor).reduce((sum, mean) => sum + mean, 0);
  });
  if (rates.includes(null)) return null;
  const starts = plan.actors.flatMap(({ active }) => active.map(({ startUs }) => startUs));
  const at = (us: number): number =>
    plan.actors.reduce((sum, actor, index) => sum + (isActive(actor, us) ? (rates[index] ?? 0) : 0), 0);
  // The sum only grows where somebody begins.
  const highest = starts.reduce((most, us) => Math.max(most, at(us)), 0);
  // Shares that add up to 1 on paper may be off in their last bits: what is told is exact to a millionth.
  return Math.round(highest * 1e6) / 1e6;
}

function isActive({ active }: ActorPlan, us: number): boolean {
  return active.some(({ startUs, endUs }) => startUs <= us && us < endUs);
}

/** Arrivals per second, the mean of the process where that is highest. Of herds: those of the fullest second. */
function peakArrivals(arrivals: Arrivals): number | null {
  switch (arrivals.process) {
    case 'constant':
    case 'poisson':
    case 'hawkes':
    case 'on-off':
      return arrivals.ratePerSecond;
    case 'ramp':
      return Math.max(arrivals.fromPerSecond, arrivals.toPerSecond);
    case 'step':
      return arrivals.steps.reduce((highest, { ratePerSecond }) => Math.max(highest, ratePerSecond), 0);
    case 'mmpp':
      return Math.max(arrivals.calmPerSecond, arrivals.burstPerSecond);
    case 'diurnal': {
      // mean x (1 + a), where (1 + a) / (1 - a) = peak / trough.
      const { ratePerSecond, peakToTrough } = arrivals;
      return (ratePerSecond * 2 * peakToTrough) / (peakToTrough + 1);
    }
    case 'herd': {
      const { size, everyUs, withinUs } = arrivals;
      // A span of one period holds one herd, however it is spread.
      const spanUs = Math.max(US_PER_SECOND, withinUs);
      const herds = everyUs === null ? 1 : Math.ceil(spanUs / everyUs);
      return (size * herds * US_PER_SECOND) / spanUs;
    }
    case 'trace':
      return null;
  }
}
