/** An actor in words: when it wants something, who of it, and how its people are set up. */
import { formatDuration } from './durations.js';
import { formatRatio } from './numbers.js';
import type { ActorPlan, Arrivals, ClientClock, Plan, RetryPlan, TraceSource, Who } from './plan.js';

export function rateText(perSecond: number): string {
  return `${Number(perSecond.toPrecision(6))}/s`;
}

function traceText({ file, format, timeColumn }: TraceSource): string {
  return `${file} (${format}${timeColumn === null ? '' : `, ${timeColumn}`})`;
}

/** `hawkes 60/s in the mean, each arrival brings 0.66 others within about 556ms`. */
export function arrivalsText(plan: Plan, arrivals: Arrivals): string {
  switch (arrivals.process) {
    case 'constant':
    case 'poisson':
      return `${arrivals.process} ${rateText(arrivals.ratePerSecond)}`;
    case 'ramp':
      return `ramp from ${rateText(arrivals.fromPerSecond)} to ${rateText(arrivals.toPerSecond)}`;
    case 'step': {
      const steps = arrivals.steps.map((one) => `${rateText(one.ratePerSecond)} from ${formatDuration(one.fromUs)}`);
      const shown = steps.length > 6 ? [...steps.slice(0, 5), `and ${steps.length - 5} more`] : steps;
      return `steps: ${shown.join(', ')}`;
    }
    case 'on-off': {
      const { ratePerSecond, onUsMean, offUsMean } = arrivals;
      return `on and off: ${rateText(ratePerSecond)} for ${formatDuration(onUsMean)}, nothing for ${formatDuration(offUsMean)} (means)`;
    }
    case 'mmpp': {
      const calm = `${rateText(arrivals.calmPerSecond)} for ${formatDuration(arrivals.calmUsMean)}`;
      return `mmpp: calm ${calm}, bursts of ${rateText(arrivals.burstPerSecond)} for ${formatDuration(arrivals.burstUsMean)} (means)`;
    }
    case 'hawkes': {
      const { ratePerSecond, branching, decayPerSecond } = arrivals;
      const soon = formatDuration(Math.round(Number((1_000_000 / decayPerSecond).toPrecision(3))));
      return `hawkes ${rateText(ratePerSecond)} in the mean, each arrival brings ${branching} others after about ${soon} (means)`;
    }
    case 'diurnal': {
      const { ratePerSecond, peakToTrough, periodUs, peakAtUs } = arrivals;
      const swing = (peakToTrough - 1) / (peakToTrough + 1);
      const range = `${rateText(ratePerSecond * (1 - swing))} to ${rateText(ratePerSecond * (1 + swing))}`;
      return `diurnal ${range} with a peak at ${formatDuration(peakAtUs)} of ${formatDuration(periodUs)}`;
    }
    case 'herd': {
      const { size, firstUs, everyUs, withinUs } = arrivals;
      const again = everyUs === null ? '' : ` and every ${formatDuration(everyUs)}`;
      const spread = withinUs === 0 ? 'at once' : `within ${formatDuration(withinUs)}`;
      return `a herd of ${size} ${spread} at ${formatDuration(firstUs)}${again}`;
    }
    case 'trace': {
      const { trace, speed, keepShare, isLooped } = arrivals;
      const source = plan.traces[trace];
      const parts = [`the times of ${source === undefined ? 'a recording' : traceText(source)}`];
      if (speed !== 1) parts.push(`${speed} times as fast`);
      if (keepShare !== 1) parts.push(`${formatRatio(keepShare)} of them`);
      if (isLooped) parts.push('again and again');
      return parts.join(', ');
    }
  }
}

function whoText(plan: Plan, who: Who): string | null {
  switch (who.choice) {
    case 'uniform':
      return null;
    case 'in-turn':
      return 'its identities come in turn';
    case 'zipf':
      return `its identities are skewed: the one at place k with a chance proportional to k^-${who.exponent}`;
    case 'trace': {
      const source = plan.traces[who.trace];
      return `who comes is as in ${source?.file ?? 'a recording'}, told apart by ${source?.whoColumn ?? 'nothing'}`;
    }
  }
}

function clockText({ sigmaUs, strayShare, strayUs, driftShare, driftUsPerMinute }: ClientClock): string | null {
  const parts: string[] = [];
  if (sigmaUs > 0) parts.push(`off by ${formatDuration(sigmaUs)} (standard deviation)`);
  if (strayShare > 0) parts.push(`${formatRatio(strayShare)} by ${formatDuration(strayUs)} more`);
  if (driftShare > 0) {
    parts.push(`${formatRatio(driftShare)} running off by ${formatDuration(driftUsPerMinute)} a minute`);
  }
  return parts.length === 0 ? null : `its clocks are ${parts.join(', ')}`;
}

const waits: Readonly<Record<Exclude<RetryPlan['policy'], 'never'>, (retry: RetryPlan) => string>> = {
  immediate: () => 'at once',
  fixed: ({ baseUs }) => `after ${formatDuration(baseUs)}`,
  exponential: ({ baseUs, capUs }) =>
    `after ${formatDuration(baseUs)} and twice as long each time, at most ${formatDuration(capUs)}`,
  'full-jitter': ({ baseUs, capUs }) =>
    `after up to ${formatDuration(baseUs)} and up to twice as long each time, at most ${formatDuration(capUs)}`,
};

function retryText(retry: RetryPlan | null): string | null {
  if (retry === null) return null;
  if (retry.policy === 'never' || retry.attempts === 0) return 'nothing is tried again';
  const times = retry.attempts === 1 ? 'once' : `${retry.attempts} times`;
  const budget =
    retry.budgetShare === null ? '' : `, at most ${formatRatio(retry.budgetShare)} of first attempts and 10`;
  return `what fails is tried again ${times} ${waits[retry.policy](retry)}${budget}; ${formatRatio(retry.followShare)} wait for Retry-After`;
}

/** What sets the people of an actor apart from the plainest ones; none when nothing does. */
export function crowdTexts(plan: Plan, actor: ActorPlan): readonly string[] {
  const texts = [whoText(plan, actor.who)];
  if (actor.identitiesPerAddress > 1) texts.push(`${actor.identitiesPerAddress} identities share one address`);
  if (actor.masters > 0) texts.push(`its accounts are sub-accounts of ${actor.masters}`);
  texts.push(clockText(actor.clock), retryText(actor.retry));
  if (actor.connection === 'fresh') texts.push('each request has a connection of its own');
  if (actor.symbolZipf > 0) texts.push(`its symbols are skewed by k^-${actor.symbolZipf}`);
  return texts.flatMap((text) => text ?? []);
}
