/**
 * Takes the generator's own delay for what it is: a difference of the machine, never a regression of the target.
 *
 * The time from intended to sent has two parts, the generator's own and the wait for a connection; only verdicts tell them
 * apart. Where the own part moved by at least half as much as a latency that holds it, that latency is called changed.
 */
import { durationText } from '../judge/wording.js';
import type { ComparedMetric, Finding } from './comparison.js';

/** The generator's own delay, 99th percentile. */
export interface Delays {
  readonly baselineUs: number;
  readonly runUs: number;
}

const PART_MIN = 0.5;

/** Metrics that hold the delay before a request was sent. */
function holdsDelay(metric: string): boolean {
  return metric.startsWith('latency') || metric.startsWith('dispatchDelay');
}

export function machineDelays(metrics: readonly ComparedMetric[], delays: Delays | null): readonly ComparedMetric[] {
  if (delays === null) return metrics;
  const ownUs = delays.runUs - delays.baselineUs;
  return metrics.map((one) => {
    const { metric, finding, baseline, run, unit } = one;
    if (!holdsDelay(metric) || (finding !== 'worse' && finding !== 'better')) return one;
    if (typeof baseline !== 'number' || typeof run !== 'number') return one;
    // Of a growth there is no time to hold it against: any rise of the generator's own puts it in doubt.
    const movedUs = unit === 'us' ? run - baseline : Math.sign(run - baseline);
    if (!(ownUs * Math.sign(movedUs) >= PART_MIN * Math.abs(movedUs))) return one;
    const because =
      `${one.because}; but the generator's own delay before requests went from ${durationText(delays.baselineUs)} to ` +
      `${durationText(delays.runUs)}: a difference of the machine, which service times do not hold`;
    return { ...one, finding: 'changed' satisfies Finding, because };
  });
}
