/** What a move of a metric is called, and why: the one place where noise, trifles and facts are told apart. */
import { actorsOf } from '../judge/scope.js';
import { type MetricName, type MetricRow, metricTable } from '../scenario/metrics.js';
import type { Plan } from '../scenario/plan.js';
import type { ComparedName } from './compared-names.js';
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

type Better = MetricRow['better'];

/** What honest requests want to see less of, though the metric as such has no better side. */
const lowForHonest: ReadonlySet<MetricName> = new Set<MetricName>(['throttled', 'refused', 'banned']);
/** What is worse the more of it abuse gets. */
const lowForAbuse: ReadonlySet<MetricName> = new Set<MetricName>([
  'admitted',
  'admittedRate',
  'admittedShare',
  'goodput',
]);
/** How well abuse is served, and who of it is hurt, is nobody's loss. */
const neitherForAbuse: ReadonlySet<MetricName> = new Set<MetricName>([
  'latency.p50',
  'latency.p99',
  'latency.p999',
  'service.p50',
  'service.p99',
  'dispatchDelay.p99',
  'latencyInflation.p99',
  'retryAmplification',
  'fairness',
  'blastRadius',
]);

/**
 * Which way is the better one: that of the expectations that name it, where they agree; else what the metric means for
 * whom it speaks of.
 */
export function betterOf(
  { subject, metric, wanted }: Omit<ComparedName, 'phase' | 'expectations'>,
  plan: Plan,
): Better {
  const asked = new Set(wanted.map((operator): Better => betterBy[operator]));
  const [first] = asked;
  if (first !== undefined && first !== 'neither' && asked.size === 1) return first;
  const labels = new Set(actorsOf(plan, subject).map((actor) => plan.actors[actor]?.label));
  if (labels.size === 1 && labels.has('legit') && lowForHonest.has(metric)) return 'low';
  if (labels.size === 1 && labels.has('abuse')) {
    if (lowForAbuse.has(metric)) return 'low';
    if (neitherForAbuse.has(metric)) return 'neither';
  }
  return metricTable[metric].better;
}

const betterBy: Readonly<Record<ComparedName['wanted'][number], Better>> = {
  '<=': 'low',
  '<': 'low',
  '>=': 'high',
  '>': 'high',
  '==': 'neither',
};

/** What a move that is beyond noise is called. */
export function directionOf(better: Better, baseline: number, run: number): Finding {
  if (better === 'neither') return 'changed';
  return run > baseline === (better === 'high') ? 'better' : 'worse';
}

/** `run / baseline - 1`; null where that says nothing. */
export function changeOf(baseline: Measured, run: Measured): number | null {
  if (baseline === null || run === null || !(baseline > 0) || !Number.isFinite(baseline + run)) return null;
  return run / baseline - 1;
}

/** A nearer end of an interval is no change: it comes of the arithmetic of floating point, and is printed as 0. */
const CHANGE_GRAIN = 0.0001;

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
  const ends = [-Math.hypot(second[0], first[1]), Math.hypot(second[1], first[0])] as const;
  const [from, to] = ends.map((end) => Math.expm1(move + end)) as [number, number];
  return [grained(from), grained(to)];
}

function grained(change: number): number {
  return Math.abs(change) < CHANGE_GRAIN ? 0 : change;
}

/** Whether no change at all lies within an interval, its ends counted in. */
export function touchesZero(interval: Interval | null): boolean {
  return interval !== null && interval[0] <= 0 && interval[1] >= 0;
}
