/**
 * How far a metric moved from one side to the other, and how probable a move as far is when nothing differs.
 *
 * Each test is made by groups of identities and by blocks of time, and against the exact law that would hold if requests
 * did not depend on each other; the largest of the three chances counts. So the answer is right where any of the three
 * is, and who pays for it is the power to tell small moves. A sum over clusters is linearized (what it would have been
 * without one of them), and its variance is that of the clusters, with Student's law for their number.
 *
 * Blocks of time are paired by their number, since both runs follow one plan; groups of identities where both sides played
 * the same seeds, so that each group is the same people twice.
 */
import { GROUPS, GROUPS_MIN } from '../judge/groups.js';
import { unseenShare } from '../judge/interval.js';
import { highestUs, LatencyHistogram } from '../judge/latency-histogram.js';
import type { Selection } from '../judge/scope.js';
import { fewChance, fewerHitsChance, type HitCount, studentPoint, studentTail } from './chances.js';
import { BLOCKS, type Clustering, type ClusterTally, clusterings } from './cluster-tally.js';
import type { Shape } from './shape.js';

export interface Part {
  readonly tally: ClusterTally;
  readonly selection: Selection;
  /** Of the selected phases, of one run. */
  readonly seconds: number;
}

export interface Pair {
  readonly baseline: Part;
  readonly run: Part;
  /** Whether both sides played the same people. */
  readonly samePeople: boolean;
}

export type Interval = readonly [number, number];

export interface SideEstimate {
  readonly value: number;
  /** 95 %; null = too few clusters. */
  readonly interval: Interval | null;
}

export interface Shift {
  readonly baseline: SideEstimate;
  readonly run: SideEstimate;
  /** Of a move as far, either way; null = it can't be told. */
  readonly chance: number | null;
  /** Why it can't, a clause; '' else. */
  readonly why: string;
}

/** What a percentile leaves above itself, in answers, when it can be told from. */
const BEYOND_MIN = 10;
const TAIL = 0.025;
/** With fewer one cluster makes most of what is seen, and nothing tells how another in its place would differ. */
const EFFECTIVE_MIN = 4;
const FEW =
  `it needs requests in ${GROUPS_MIN} blocks of time at least, and of identities in ${GROUPS_MIN} groups where the two ` +
  'sides are of other seeds';

/** One cluster's part in an estimate, so that the parts of all add up to its error. */
interface Parts {
  readonly parts: Float64Array;
  readonly clusters: readonly number[];
  /** So many clusters of one size would tell as much as these do: fewer where one of them has most of the requests. */
  readonly effective: number;
}

/** @returns null when there is nothing on a side. */
export function shiftOf(shape: Shape, pair: Pair): Shift | null {
  if (shape.of === 'sum') return sumShift(shape, pair);
  if (shape.of === 'share') return shareShift(shape, pair);
  if (shape.of === 'percentile') return percentileShift(shape, pair);
  return shape.of === 'growth' ? growthShift(shape, pair) : null;
}

function sumShift({ hits, isRate }: Shape & { of: 'sum' }, pair: Pair): Shift {
  const both = [pair.baseline, pair.run] as const;
  const scaleOf = ({ tally, seconds }: Part): number => 1 / (tally.runs * (isRate ? seconds : 1));
  const [first, second] = both.map(({ tally, selection }) => tally.total(selection, [hits])) as [number, number];
  const values = both.map((part, index) => (index === 0 ? first : second) * scaleOf(part)) as [number, number];
  const tests = testsOf(pair, ({ tally, selection, ...part }, by) => {
    const clusters = tally.clusters(by, selection.actors);
    const sums = tally.sums(by, selection, [hits]);
    const mean = clusters.reduce((sum, one) => sum + (sums[one] as number), 0) / clusters.length;
    const scale = scaleOf({ tally, selection, ...part });
    return {
      parts: sums.map((sum, at) => (clusters.includes(at) ? (sum - mean) * scale : 0)),
      clusters,
      effective: clusters.length,
    };
  });
  const trials = first + second;
  const least = values[0] < values[1] ? first : second;
  const share =
    (values[0] < values[1] ? pair.baseline : pair.run).tally.runs / (both[0].tally.runs + both[1].tally.runs);
  const exact = trials === 0 ? 1 : 2 * fewChance({ hits: least, trials }, share);
  return told(values, tests, exact, (value, half) => [Math.max(0, value - half), value + half]);
}

function shareShift({ hits, trials, isPerOther }: Shape & { of: 'share' }, pair: Pair): Shift | null {
  const both = [pair.baseline, pair.run] as const;
  const counts = both.map(
    ({ tally, selection }): HitCount => ({
      hits: tally.total(selection, [hits]),
      trials: tally.total(selection, [trials]),
    }),
  ) as [HitCount, HitCount];
  if (counts.some((count) => count.trials === 0)) return null;
  const shares = counts.map((count) => count.hits / count.trials) as [number, number];
  const tests = testsOf(pair, ({ tally, selection }, by) => ({
    ...shareParts(tally.sums(by, selection, [hits]), tally.sums(by, selection, [trials])),
  }));
  const unseen = unseenShare(Math.min(...both.map(({ tally, selection }) => tally.identities(selection.actors))));
  const shift = told(shares, tests, exactChance(...counts), (value, half) => {
    // What was never seen, or always, is not certain for that.
    if (value === 0) return [0, unseen];
    return value === 1 ? [1 - unseen, 1] : [Math.max(0, value - half), Math.min(1, value + half)];
  });
  if (!isPerOther) return shift;
  const asked = (value: number): number => 1 / (1 - value);
  const turned = ({ value, interval }: SideEstimate): SideEstimate => ({
    value: asked(value),
    interval: interval === null || interval[1] === 1 ? null : [asked(interval[0]), asked(interval[1])],
  });
  return { ...shift, baseline: turned(shift.baseline), run: turned(shift.run) };
}

/** Two-sided. */
function exactChance(baseline: HitCount, run: HitCount): number {
  const isMore = run.hits * baseline.trials > baseline.hits * run.trials;
  return Math.min(1, 2 * (isMore ? fewerHitsChance(baseline, run) : fewerHitsChance(run, baseline)));
}

/**
 * The share moves by a cluster's part when the cluster is left out (the jackknife): a cluster that has most of the requests
 * lies near the share because it makes it, and not because clusters are alike. How many clusters of one size tell as much
 * is L. Kish's effective sample size ("Survey Sampling", 1965).
 */
function shareParts(hits: Float64Array, trials: Float64Array): Parts {
  const allTrials = trials.reduce((sum, one) => sum + one, 0);
  const share = hits.reduce((sum, one) => sum + one, 0) / allTrials;
  const clusters = [...trials.keys()].filter((at) => (trials[at] as number) > 0);
  const parts = hits.map((hit, at) => {
    const others = allTrials - (trials[at] as number);
    // As many parts as there are clusters: those of clusters of one size are what each adds to the share.
    return others === 0 ? 0 : ((hit - share * (trials[at] as number)) * (1 - 1 / clusters.length)) / others;
  });
  return { parts, clusters, effective: allTrials ** 2 / trials.reduce((sum, one) => sum + one * one, 0) };
}

/**
 * By how many of the one side's answers lie above the other side's percentile, where a known share of its own does: above
 * the baseline's when the run is slower, above the run's when it is faster.
 */
function percentileShift({ kind, percent }: Shape & { of: 'percentile' }, pair: Pair): Shift | null {
  const both = [pair.baseline, pair.run] as const;
  const all = both.map((part) => merged(part, kind)) as [LatencyHistogram, LatencyHistogram];
  const values = all.map((histogram) => histogram.percentileUs(percent));
  const [first, second] = values;
  if (first === null || second === null || first === undefined || second === undefined) return null;
  const thresholdUs = Math.min(first, second);
  const counts = all.map((one): HitCount => ({ hits: above(one, thresholdUs), trials: one.total })) as [
    HitCount,
    HitCount,
  ];
  const exceeding = (part: Part, by: Clustering, us: number): Parts => {
    const histograms = part.tally.histograms(by, kind, part.selection);
    return shareParts(
      Float64Array.from(histograms, (one) => above(one, us)),
      Float64Array.from(histograms, ({ total }) => total),
    );
  };
  const tests = testsOf(pair, (part, by) => exceeding(part, by, thresholdUs));
  const estimates = both.map((part, index): SideEstimate => {
    const value = values[index] as number;
    const histogram = all[index] as LatencyHistogram;
    const half = widest(clusterings.flatMap((by) => halvesOf(exceeding(part, by, value), by)));
    if (half === null || beyondOf(histogram, percent) < BEYOND_MIN) return { value, interval: null };
    const at = (shift: number): number =>
      histogram.percentileUs(Math.min(100, Math.max(0, percent + 100 * shift))) as number;
    return { value, interval: [at(-half), at(half)] };
  }) as [SideEstimate, SideEstimate];
  const shift = { baseline: estimates[0], run: estimates[1] };
  if (first === second) return { ...shift, chance: 1, why: '' };
  const beyond = Math.floor(Math.min(...all.map((one) => beyondOf(one, percent))));
  if (beyond < BEYOND_MIN) {
    const why = `a percentile is told from ${BEYOND_MIN} answers beyond it at least, and there are ${beyond}`;
    return { ...shift, chance: null, why };
  }
  const shares = counts.map(({ hits, trials }) => hits / trials) as [number, number];
  const { chance, why } = told(shares, tests, exactChance(...counts), () => [0, 1]);
  return { ...shift, chance, why };
}

/** Answers that a percentile leaves above itself. */
function beyondOf({ total }: LatencyHistogram, percent: number): number {
  return (total * (100 - percent)) / 100;
}

/** The logarithm of the ratio of two percentiles, each with the spread that its interval shows. */
function growthShift({ kind, percent }: Shape & { of: 'growth' }, pair: Pair): Shift | null {
  const sides = [pair.baseline, pair.run].map((part) => {
    const calm = { ...part, selection: { ...part.selection, phases: [0] } };
    const [later, first] = [part, calm].map((one) => percentileShift({ of: 'percentile', kind, percent }, self(one)));
    if (later === null || first === null || later === undefined || first === undefined) return null;
    const growth = later.baseline.value / first.baseline.value;
    const spreads = [later, first].map(({ baseline: { interval } }) => logSpread(interval));
    const isFew = [later, first].some(({ why }) => why !== '') || !spreads.every((one) => one !== null);
    return { growth, variance: isFew ? null : spreads.reduce<number>((sum, one) => sum + (one ?? 0) ** 2, 0) };
  });
  const [first, second] = sides;
  if (!first || !second || !(first.growth > 0 && second.growth > 0)) return null;
  const estimate = ({ growth, variance }: NonNullable<typeof first>): SideEstimate => {
    if (variance === null) return { value: growth, interval: null };
    const half = studentPoint(TAIL, GROWTH_DEGREES) * Math.sqrt(variance);
    return { value: growth, interval: [growth * Math.exp(-half), growth * Math.exp(half)] };
  };
  const isTold = first.variance !== null && second.variance !== null;
  const error = Math.sqrt((first.variance ?? 0) + (second.variance ?? 0));
  const move = Math.abs(Math.log(second.growth / first.growth));
  const chance = move === 0 ? 1 : 2 * studentTail(move / error, GROWTH_DEGREES);
  return {
    baseline: estimate(first),
    run: estimate(second),
    chance: isTold ? chance : null,
    why: isTold ? '' : 'one of its two percentiles is of too few answers',
  };
}

/** Those of blocks of time. */
const GROWTH_DEGREES = BLOCKS - 1;

function self(part: Part): Pair {
  return { baseline: part, run: part, samePeople: false };
}

/** The standard error behind an interval, never too small; null = it has no interval, or reaches down to nothing. */
function logSpread(interval: Interval | null): number | null {
  if (interval === null || interval[0] <= 0) return null;
  return Math.log(interval[1] / interval[0]) / (2 * studentPoint(TAIL, GROUPS - 1));
}

function merged({ tally, selection }: Part, kind: Parameters<ClusterTally['histograms']>[1]): LatencyHistogram {
  const all = new LatencyHistogram();
  for (const one of tally.histograms('time', kind, selection)) all.addAll(one);
  return all;
}

/** How many are longer than the bucket of `us`. */
function above(histogram: LatencyHistogram, us: number): number {
  let count = 0;
  histogram.eachBucket((bucket, more) => {
    if (highestUs(bucket) > us) count += more;
  });
  return count;
}

interface Test {
  /** Standard error of the difference; null = too few clusters. */
  readonly error: number | null;
  readonly degrees: number;
  /** Whether nothing is told without it. */
  readonly isNeeded: boolean;
}

interface Tests {
  readonly made: readonly Test[];
  /** Half of the 95 % interval of each side. */
  readonly halves: readonly [number | null, number | null];
}

/**
 * Other people and another time are what equal runs differ by, so both must be known. Where a side has few identities,
 * the time alone would take each one's own habits for a change; the same people are held against themselves.
 */
function testsOf(pair: Pair, partsOf: (part: Part, by: Clustering) => Parts): Tests {
  const halves: (number | null)[][] = [[], []];
  const made = clusterings.flatMap((by): Test[] => {
    const baseline = partsOf(pair.baseline, by);
    const run = partsOf(pair.run, by);
    halves[0]?.push(...halvesOf(baseline, by));
    halves[1]?.push(...halvesOf(run, by));
    if (by === 'identities') {
      if (pair.samePeople) return [{ ...pairedError(baseline, run), isNeeded: false }];
      return [{ ...othersError(baseline, run), isNeeded: true }];
    }
    const longer = pairedError(inPairs(baseline), inPairs(run));
    return [
      { ...pairedError(baseline, run), isNeeded: true },
      { ...longer, isNeeded: false },
    ];
  });
  return { made, halves: [widest(halves[0] ?? []), widest(halves[1] ?? [])] };
}

/**
 * Two blocks that follow each other as one: what lasts longer than a block moves both, and they then vary more than two
 * blocks that do not depend on each other. The larger of the two errors counts.
 */
function inPairs({ parts, clusters, effective }: Parts): Parts {
  const pairs = new Float64Array(BLOCKS / 2);
  for (let block = 0; block < BLOCKS; block++) {
    pairs[block >> 1] = (pairs[block >> 1] as number) + (parts[block] as number);
  }
  const kept = [...new Set(clusters.map((block) => block >> 1))];
  return { parts: pairs, clusters: kept, effective: Math.min(effective, kept.length) };
}

function othersError(baseline: Parts, run: Parts): Pick<Test, 'error' | 'degrees'> {
  if (!isMany(baseline) || !isMany(run)) return { error: null, degrees: 0 };
  return welch(varianceOf(baseline), varianceOf(run));
}

function pairedError(baseline: Parts, run: Parts): Pick<Test, 'error' | 'degrees'> {
  const clusters = [...new Set([...baseline.clusters, ...run.clusters])];
  const parts = run.parts.map((part, at) => part - (baseline.parts[at] as number));
  const effective = Math.min(baseline.effective, run.effective);
  const both = { parts, clusters, effective };
  if (!isMany(both)) return { error: null, degrees: 0 };
  const { variance, degrees } = varianceOf(both);
  return { error: Math.sqrt(variance), degrees };
}

interface Variance {
  readonly variance: number;
  readonly degrees: number;
}

function isMany({ clusters, effective }: Parts): boolean {
  return clusters.length >= GROUPS_MIN && effective >= EFFECTIVE_MIN;
}

function varianceOf({ parts, clusters, effective }: Parts): Variance {
  const n = clusters.length;
  const squares = parts.reduce((sum, part) => sum + part * part, 0);
  return { variance: (squares * n) / (n - 1), degrees: effective - 1 };
}

/** Degrees of freedom by F. Satterthwaite and B. Welch: of a variance that is nearly all of one side, that side's. */
export function welch(first: Variance, second: Variance): { readonly error: number; readonly degrees: number } {
  const variance = first.variance + second.variance;
  if (variance === 0) return { error: 0, degrees: first.degrees + second.degrees };
  const parts = first.variance ** 2 / first.degrees + second.variance ** 2 / second.degrees;
  return { error: Math.sqrt(variance), degrees: variance ** 2 / parts };
}

function halfOf(parts: Parts): number | null {
  if (!isMany(parts)) return null;
  const { variance, degrees } = varianceOf(parts);
  return studentPoint(TAIL, degrees) * Math.sqrt(variance);
}

function halvesOf(parts: Parts, by: Clustering): readonly (number | null)[] {
  return by === 'time' ? [halfOf(parts), halfOf(inPairs(parts))] : [halfOf(parts)];
}

function widest(halves: readonly (number | null)[]): number | null {
  const known = halves.filter((half) => half !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function told(
  values: readonly [number, number],
  { made, halves }: Tests,
  exact: number,
  around: (value: number, half: number) => Interval,
): Shift {
  const estimate = (side: 0 | 1): SideEstimate => {
    const half = halves[side];
    return { value: values[side], interval: half === null ? null : around(values[side], half) };
  };
  const isTold = made.every(({ error, isNeeded }) => error !== null || !isNeeded);
  const move = Math.abs(values[1] - values[0]);
  const chances = made.flatMap(({ error, degrees }) => {
    if (error === null) return [];
    return move === 0 ? 1 : 2 * studentTail(move / error, degrees);
  });
  return {
    baseline: estimate(0),
    run: estimate(1),
    chance: isTold ? Math.min(1, Math.max(exact, ...chances)) : null,
    why: isTold ? '' : FEW,
  };
}
