/** What a move of a metric is called, and why: the one place where noise, trifles and facts are told apart. */
import { type MetricName, type MetricRow, metricTable } from '../scenario/metrics.js';
import type { Measured } from './compared-run.js';
import type { Finding } from './comparison.js';
import type { Interval } from './shift.js';

/** Shares of something: 0 to 1. */
const isBounded: ReadonlySet<MetricName> = new Set<MetricName>([
  'errorRate',
  'admittedShare',
  'falseBlockRate',
  'falseBlockRate.worst',
  'timingTell',
  'timingTell.p',
  'retryAfterHonesty',
  'fairness',
  'blastRadius',
]);
/** A tenth of a percentage point. */
const SHARE_MIN = 0.001;
/** Times that differ by less are those of timers. */
const TIME_US_MIN = 100;

/** How large a move must be to matter. */
export function matters(metric: MetricName, baseline: number, run: number, least: number): boolean {
  const move = Math.abs(run - baseline);
  if (move === 0) return false;
  if (isBounded.has(metric)) {
    const smaller = Math.max(Math.min(baseline, 1 - baseline), 0);
    return move >= SHARE_MIN && move >= least * smaller;
  }
  if (metricTable[metric].unit === 'us' && move < TIME_US_MIN) return false;
  return move >= least * Math.abs(baseline);
}

/** What a move that is beyond noise is called. */
export function directionOf(metric: MetricName, baseline: number, run: number): Finding {
  const { better }: MetricRow = metricTable[metric];
  if (better === 'neither') return 'changed';
  return run > baseline === (better === 'high') ? 'better' : 'worse';
}

/** `run / baseline - 1`; null where that says nothing. */
export function changeOf(baseline: Measured, run: Measured): number | null {
  if (baseline === null || run === null || !(baseline > 0) || !Number.isFinite(baseline + run)) return null;
  return run / baseline - 1;
}

/**
 * Of the ratio, from an interval of each side: what either is off counts by its square (G. Zou, A. Donner, "Construction of
 * confidence limits about effect measures", Statistics in Medicine 27, 2008), on the scale of logarithms.
 */
export function changeInterval(
  baseline: { readonly value: number; readonly interval: Interval | null },
  run: { readonly value: number; readonly interval: Interval | null },
): Interval | null {
  if (baseline.interval === null || run.interval === null) return null;
  const all = [baseline.value, run.value, ...baseline.interval, ...run.interval];
  if (!all.every((value) => value > 0 && Number.isFinite(value))) return null;
  const [first, second] = [baseline, run].map(({ value, interval }) => {
    const [from, to] = interval as Interval;
    return [Math.log(value / from), Math.log(to / value)] as const;
  }) as [readonly [number, number], readonly [number, number]];
  const move = Math.log(run.value / baseline.value);
  return [Math.expm1(move - Math.hypot(second[0], first[1])), Math.expm1(move + Math.hypot(second[1], first[0]))];
}
