/** A comparison in plain words. */
import { metricText, plainNumber } from '../judge/wording.js';
import { type MetricName, metricTable } from '../scenario/metrics.js';
import type { ComparedMetric } from './comparison.js';
import { changeOf } from './finding.js';

/** `legit.latency.p99 in attack`. */
function metricName({ subject, metric, phase }: Pick<ComparedMetric, 'subject' | 'metric' | 'phase'>): string {
  return `${subject}.${metric}${phase === null ? '' : ` in ${phase}`}`;
}

/** `+20.1 %`, `-3 %`. */
function percentText(change: number): string {
  return `${change > 0 ? '+' : ''}${plainNumber(Number((change * 100).toPrecision(3)))} %`;
}

/** `20 ms -> 24 ms (+20 %)`. @param baseline, run - finite, in the metric's unit. */
export function moveText(metric: MetricName, baseline: number, run: number): string {
  const { unit } = metricTable[metric];
  const change = changeOf(baseline, run);
  const moved = `${metricText(baseline, unit)} -> ${metricText(run, unit)}`;
  return change === null ? moved : `${moved} (${percentText(change)})`;
}

/** How often equal runs differ as far. */
export function chanceText(chance: number): string {
  if (chance >= 0.95) return 'equal runs differ as far nearly always';
  if (chance >= 0.1) return `equal runs differ as far in ${Math.round(chance * 100)} of 100`;
  const times = 1 / chance;
  if (!(times < 1e9)) return 'equal runs never differ as far';
  const rounded = Number(times.toPrecision(2));
  return `equal runs differ as far once in at least ${String(Math.round(rounded)).replace(/\B(?=(?:\d{3})+$)/g, ',')}`;
}

export function factBecause(metric: MetricName, isNew: boolean): string {
  const what = metric === 'leak' ? 'a leak' : metric === 'wrongfulBlocks' ? 'a wrongful block' : 'an accepted replay';
  return isNew
    ? `${what} is proved, and the baseline had none: no noise explains one`
    : `the baseline had ${what}, and the run has none`;
}

export function regressionText(one: ComparedMetric): string {
  const { metric, baseline, run, expectations } = one;
  const moved =
    typeof baseline === 'number' && typeof run === 'number' ? `: ${moveText(metric as MetricName, baseline, run)}` : '';
  return `${metricName(one)}${moved}, of which the plan expects ${expectations.map((text) => `"${text}"`).join(' and ')}`;
}
