/** How many arrivals an actor is expected to have in a span of the run. */
import type { ActorPlan, Arrivals } from './plan.js';

const US_PER_SECOND = 1_000_000;

/**
 * Arrivals with run times in [fromUs, toUs), on average. null for a recording: only its file tells.
 *
 * A process runs on the actor's own time, which is its spans laid end to end.
 */
export function expectedArrivals(actor: ActorPlan, fromUs: number, toUs: number): number | null {
  if (actor.arrivals.process === 'trace') return null;
  const activeUs = actor.active.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
  let sum = 0;
  let beforeUs = 0;
  for (const { startUs, endUs } of actor.active) {
    const from = Math.max(fromUs, startUs);
    const to = Math.min(toUs, endUs);
    const shift = beforeUs - startUs;
    if (to > from) sum += until(actor.arrivals, to + shift, activeUs) - until(actor.arrivals, from + shift, activeUs);
    beforeUs += endUs - startUs;
  }
  return sum;
}

/** Mean arrivals in the first `us` of `activeUs` microseconds of the actor's own time. */
function until(arrivals: Arrivals, us: number, activeUs: number): number {
  const seconds = us / US_PER_SECOND;
  switch (arrivals.process) {
    case 'constant':
    case 'poisson':
    case 'hawkes':
      return seconds * arrivals.ratePerSecond;
    case 'ramp': {
      const { fromPerSecond, toPerSecond } = arrivals;
      return seconds * (fromPerSecond + ((toPerSecond - fromPerSecond) * us) / activeUs / 2);
    }
    case 'step':
      return arrivals.steps.reduce((sum, { fromUs, ratePerSecond }, index) => {
        const endUs = Math.min(us, arrivals.steps[index + 1]?.fromUs ?? us);
        return sum + (Math.max(0, endUs - fromUs) * ratePerSecond) / US_PER_SECOND;
      }, 0);
    case 'on-off': {
      const { ratePerSecond, onUsMean, offUsMean } = arrivals;
      return (seconds * ratePerSecond * onUsMean) / (onUsMean + offUsMean);
    }
    case 'mmpp': {
      const { calmPerSecond, burstPerSecond, calmUsMean, burstUsMean } = arrivals;
      return (seconds * (calmPerSecond * calmUsMean + burstPerSecond * burstUsMean)) / (calmUsMean + burstUsMean);
    }
    case 'diurnal': {
      // The rate is mean x (1 + a cos(2 pi (t - peak) / period)), and (1 + a) / (1 - a) = peak / trough.
      const { ratePerSecond, peakToTrough, periodUs, peakAtUs } = arrivals;
      const swing = (peakToTrough - 1) / (peakToTrough + 1);
      const turn = (2 * Math.PI) / periodUs;
      const wave = Math.sin(turn * (us - peakAtUs)) - Math.sin(-turn * peakAtUs);
      return ratePerSecond * (seconds + (swing * wave) / turn / US_PER_SECOND);
    }
    case 'herd': {
      const { size, firstUs, everyUs } = arrivals;
      if (us <= firstUs) return 0;
      return everyUs === null ? size : size * Math.ceil((us - firstUs) / everyUs);
    }
    case 'trace':
      return 0;
  }
}
