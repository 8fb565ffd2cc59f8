/** Told by how runs of one side differ from each other: all that varies is in it. */
import { logChoose, studentPoint, studentTail } from './chances.js';
import { type Interval, welch } from './shift.js';

/**
 * Runs of both sides together, less one for each side: of fewer the spread is known badly. It is no less noise for that, so
 * beside what is seen within runs it counts as if it were of so many.
 */
const DEGREES_MIN = 4;
/**
 * Runs a side with which their spread tells a change by itself. One run beside many is not enough, however alike those are:
 * a ban that outlasts the attack in one run of ten is seen in the sixth run alone in one comparison of seventeen.
 */
const RUNS_ALONE = 3;

export interface RunSpread {
  /** Two-sided; null = neither side has two runs. */
  readonly chance: number | null;
  readonly baselineInterval: Interval | null;
  readonly runInterval: Interval | null;
}

/**
 * Welch's test of the means. A side of one run is taken to vary as the other side does.
 *
 * @param baseline - what each run measured.
 */
export function runSpreadOf(baseline: readonly number[], run: readonly number[]): RunSpread {
  const degrees = baseline.length + run.length - 2;
  const spreads = [spreadOf(baseline), spreadOf(run)] as const;
  const intervals = {
    baselineInterval: spreads[0]?.interval ?? null,
    runInterval: spreads[1]?.interval ?? null,
  };
  const known = spreads[0] ?? spreads[1];
  if (known === null) return { chance: null, ...intervals };
  const move = Math.abs(meanOf(run) - meanOf(baseline));
  if (move === 0) return { chance: 1, ...intervals };
  const [first, second] = [baseline, run].map((values, side) => {
    const { variance, degrees: own } = spreads[side] ?? known;
    return { variance: variance / values.length, degrees: own };
  }) as [MeanVariance, MeanVariance];
  // What is one side's alone has that side's degrees, not twice as many.
  const isBorrowed = spreads.some((spread) => spread === null);
  const { error, degrees: both } = welch(first, second);
  const own = isBorrowed ? known.degrees : both;
  return { chance: 2 * studentTail(move / error, degrees < DEGREES_MIN ? DEGREES_MIN : own), ...intervals };
}

/**
 * Of a metric that nothing is known of within runs. Runs that all gave one value on each side, as times in steps of a tenth
 * of a second do, vary for all that: then the chance is that of so many orders of the runs.
 *
 * @param baseline, run - of each seed one value, where the sides are of other seeds.
 * @returns null when there are too few runs.
 */
export function chanceAlone(baseline: readonly number[], run: readonly number[]): number | null {
  const [first, second] = [baseline.length, run.length];
  if (Math.min(first, second) < RUNS_ALONE) return null;
  const varies = [baseline, run].some((values) => values.some((value) => value !== values[0]));
  if (varies || baseline[0] === run[0]) return runSpreadOf(baseline, run).chance;
  return 2 * Math.exp(-logChoose(first + second, first));
}

interface MeanVariance {
  readonly variance: number;
  readonly degrees: number;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

function spreadOf(values: readonly number[]): (MeanVariance & { readonly interval: Interval }) | null {
  const n = values.length;
  if (n < 2) return null;
  const mean = meanOf(values);
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1);
  const half = studentPoint(0.025, n - 1) * Math.sqrt(variance / n);
  return { variance, degrees: n - 1, interval: [mean - half, mean + half] };
}
