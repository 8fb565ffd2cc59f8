/** Metrics of time that requests took: percentiles with their intervals, their growth under attack, what they give away. */

import { GROUPS_MIN, groupsOf } from './groups.js';
import type { JudgedRun } from './judged-run.js';
import { ksChance, ksDistance } from './kolmogorov.js';
import type { LatencyKind } from './latency-book.js';
import { exactly, type Measurement, untold, withIntervals } from './measurement.js';
import { type Draws, drawGroups, type Interval, intervalOf, isSpread, resampledPercentiles } from './resample.js';
import type { Selection } from './scope.js';

export const TOO_FEW = `an interval needs answers of identities in ${GROUPS_MIN} groups, and it has fewer`;
const NOTHING_ADMITTED = 'nothing of it was admitted';
/** Logins of each kind that a difference can be told from. */
const LOGINS_MIN = 8;

/** The draws for a subject; null when it has too few identities. */
export function drawsOf(run: JudgedRun, { actors }: Selection): Draws | null {
  return drawGroups(groupsOf(run.plan, actors, run.seed), run.seed);
}

export function measurePercentile(
  run: JudgedRun,
  selection: Selection,
  kind: LatencyKind,
  percent: number,
): Measurement {
  const { latencies } = run.tally;
  const us = latencies.percentileUs(kind, selection, percent);
  if (us === null) return untold(kind === 'dispatch' ? 'it sent nothing' : NOTHING_ADMITTED);
  const groups = latencies.byGroup(kind, selection);
  const draws = isSpread(groups.map(({ total }) => total)) ? drawsOf(run, selection) : null;
  const interval = draws === null ? null : intervalOf(resampledPercentiles(draws, groups, percent));
  return withIntervals(exactly(us), holding(interval, us), holding(interval, us), TOO_FEW);
}

/** p99 of the selection over p99 of the first phase. */
export function measureInflation(run: JudgedRun, selection: Selection): Measurement {
  const calmOnly = { ...selection, phases: [0] };
  const { latencies } = run.tally;
  const measured = latencies.percentileUs('intended', selection, 99);
  const calm = latencies.percentileUs('intended', calmOnly, 99);
  if (measured === null) return untold(NOTHING_ADMITTED);
  if (calm === null || calm === 0) return untold('nothing of it was admitted in the first phase');
  const interval = intervalOf(resampledInflation(run, selection) ?? []);
  const ratio = measured / calm;
  return withIntervals(exactly(ratio), holding(interval, ratio), holding(interval, ratio), TOO_FEW);
}

/** Resample by resample, the same people in both phases; null when there are too few of them. */
export function resampledInflation(run: JudgedRun, selection: Selection): readonly number[] | null {
  const { latencies } = run.tally;
  const later = latencies.byGroup('intended', selection);
  const calm = latencies.byGroup('intended', { ...selection, phases: [0] });
  if (![later, calm].every((groups) => isSpread(groups.map(({ total }) => total)))) return null;
  const draws = drawsOf(run, selection);
  if (draws === null) return null;
  const laterUs = resampledPercentiles(draws, later, 99);
  const calmUs = resampledPercentiles(draws, calm, 99);
  return [...laterUs]
    .map((us, at) => us / (calmUs[at] as number))
    .filter((ratio) => Number.isFinite(ratio) && ratio > 0);
}

/** Of few groups the middle 95 % can miss the value itself by the width of a step: then it is widened to hold it. */
function holding(interval: Interval | null, value: number): Interval | null {
  return interval === null ? null : [Math.min(interval[0], value), Math.max(interval[1], value)];
}

interface Tell {
  readonly distance: number;
  readonly chance: number;
}

function tellOf(run: JudgedRun, selection: Selection): Tell | string {
  const { known, unknown } = run.tally.loginTimes(selection);
  if (known.total < LOGINS_MIN || unknown.total < LOGINS_MIN) {
    return (
      `it needs ${LOGINS_MIN} admitted logins of each kind, and had ${known.total} to registered accounts and ` +
      `${unknown.total} under names that are not`
    );
  }
  const distance = ksDistance(known, unknown);
  return { distance, chance: ksChance(distance, known.total, unknown.total) };
}

export function measureTimingTell(run: JudgedRun, selection: Selection): Measurement {
  const tell = tellOf(run, selection);
  return typeof tell === 'string' ? untold(tell) : exactly(tell.distance);
}

export function measureTimingTellChance(run: JudgedRun, selection: Selection): Measurement {
  const tell = tellOf(run, selection);
  return typeof tell === 'string' ? untold(tell) : exactly(tell.chance);
}
