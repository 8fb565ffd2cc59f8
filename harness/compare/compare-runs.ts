/**
 * Two sides of runs to what differs between them beyond noise.
 *
 * Hundreds of metrics are held side by side, so that one of them would move by chance in every comparison. The chance that
 * any of a comparison is called worse, better or changed while nothing differs is kept below `LEVEL`: half of it is for the
 * metrics that expectations name, half for all others, each divided by Holm's rule. 200 comparisons of equal runs stay
 * silent together with two chances in three at least, and as a rule nearly always, since each test takes the most cautious
 * of three answers (see `shift.ts`).
 */

import { measuredUs, selectionOf } from '../judge/scope.js';
import { type MetricRow, metricTable } from '../scenario/metrics.js';
import { holmAdjusted } from './chances.js';
import { type ComparedName, comparedNames } from './compared-names.js';
import { ComparedSide, type Measured, type RunToCompare } from './compared-run.js';
import type { ComparedMetric, ComparisonDocument } from './comparison.js';
import { betterOf, changeInterval, changeOf, directionOf, matters, touchesZero } from './finding.js';
import { differencesOf } from './likeness.js';
import { type Delays, machineDelays } from './machine-delay.js';
import { chanceAlone, meanOf, type RunSpread, runSpreadOf } from './run-spread.js';
import { shapes } from './shape.js';
import { type Interval, type Pair, type Part, type Shift, shiftOf } from './shift.js';
import { sideNotes } from './side-notes.js';
import { chanceText, factBecause, moveText, regressionText } from './wording.js';

/**
 * The chance that a comparison of equal runs tells of any difference, where what disturbs a run is shorter than an eighth
 * of a phase; what lasts longer is known from several runs alone.
 */
const LEVEL = 0.002;

export interface CompareOptions {
  /** At least one each, of one plan a side. */
  readonly baseline: readonly RunToCompare[];
  readonly run: readonly RunToCompare[];
  /** The least change that matters, as a share: 0.05. */
  readonly least: number;
}

export function compareRuns({ baseline: baselineRuns, run: newRuns, least }: CompareOptions): ComparisonDocument {
  const [firstBaseline, firstRun] = [baselineRuns[0], newRuns[0]];
  if (firstBaseline === undefined || firstRun === undefined) throw new Error('a side has no run');
  const names = comparedNames(firstBaseline.plan, firstRun.plan);
  const baseline = new ComparedSide(baselineRuns, names);
  const run = new ComparedSide(newRuns, names);
  const seen = names.flatMap((name) => lookAt(name, baseline, run) ?? []);
  const chances = new Map<Looked, number>();
  for (const isNamed of [true, false]) {
    const family = seen.filter((one) => one.name.expectations.length > 0 === isNamed && one.chance !== null);
    const adjusted = holmAdjusted(family.map(({ chance }) => chance as number));
    for (const [index, one] of family.entries()) chances.set(one, adjusted[index] as number);
  }
  const found = seen.map((one) => {
    const better = betterOf(one.name, firstRun.plan);
    return compared(one, { adjusted: chances.get(one) ?? null, least, better });
  });
  const metrics = machineDelays(found, delaysOf(baseline, run));
  return {
    schema: 'floodproof/comparison/1',
    scenario: firstRun.plan.name,
    baseline: sideOf(baselineRuns),
    run: sideOf(newRuns),
    metrics,
    regressions: metrics
      .filter((one) => one.finding === 'worse' && one.expectations.length > 0)
      .map((one) => regressionText(one)),
    differences: differencesOf(baselineRuns, newRuns),
    notes: sideNotes(baseline, run, least),
  };
}

/** One metric on both sides. */
interface Looked {
  readonly name: ComparedName;
  /** Of all runs of a side together; null = can't be told. */
  readonly baseline: Measured;
  readonly run: Measured;
  readonly baselineInterval: Interval | null;
  readonly runInterval: Interval | null;
  readonly test: ComparedMetric['test'];
  /** Of a move as far when nothing differs; null = not known. */
  readonly chance: number | null;
  /** Why it is not known, a clause. */
  readonly why: string;
}

/** @returns null when neither side can tell it. */
function lookAt(name: ComparedName, baseline: ComparedSide, run: ComparedSide): Looked | null {
  const [first, second] = [baseline.values(name), run.values(name)];
  const values = [together(first), together(second)] as const;
  if (values[0] === null && values[1] === null) return null;
  const shape = shapes[name.metric];
  const spread = isAllFinite(first) && isAllFinite(second) ? runSpreadOf(first, second) : null;
  const pair = pairOf(name, baseline, run);
  const shift = pair === null ? null : shiftOf(shape, pair);
  const few =
    pair === null
      ? 'rows of it are not there'
      : 'how far it varies between equal runs is told from three runs a side on';
  const told = (values: readonly Measured[], byRuns: Interval | null, within: Interval | null): Interval | null =>
    values.length >= RUNS_FOR_INTERVAL ? byRuns : within;
  return {
    name,
    baseline: values[0],
    run: values[1],
    baselineInterval: told(first, spread?.baselineInterval ?? null, shift?.baseline.interval ?? null),
    runInterval: told(second, spread?.runInterval ?? null, shift?.run.interval ?? null),
    ...chanceOf(shift, spread, spread === null ? null : alone(baseline, run, first, second), few),
  };
}

/** From so many runs a side its interval is that of how they differ. */
const RUNS_FOR_INTERVAL = 3;

/** The more cautious of what is seen within runs and between them; what runs tell alone where nothing is seen within. */
function chanceOf(
  shift: Shift | null,
  spread: RunSpread | null,
  byRuns: number | null,
  few: string,
): Pick<Looked, 'test' | 'chance' | 'why'> {
  const [within, between] = [shift?.chance ?? null, spread?.chance ?? null];
  if (within === null) {
    if (byRuns === null) return { test: 'none', chance: null, why: shift?.why || few };
    return { test: 'runs', chance: byRuns, why: '' };
  }
  return {
    test: between !== null && between >= within ? 'runs' : 'resampling',
    chance: Math.max(within, between ?? 0),
    why: '',
  };
}

/** Runs of one seed are the same people over and over: beside another seed they tell as much as one run. */
function alone(
  baseline: ComparedSide,
  run: ComparedSide,
  first: readonly Measured[],
  second: readonly Measured[],
): number | null {
  if (!isAllFinite(first) || !isAllFinite(second)) return null;
  if (String(baseline.seeds) === String(run.seeds)) return chanceAlone(first, second);
  const bySeed = ({ runs }: ComparedSide, values: readonly number[]): readonly number[] =>
    [...new Set(runs.map(({ seed }) => seed))].map((seed) =>
      meanOf(values.filter((_, index) => runs[index]?.seed === seed)),
    );
  return chanceAlone(bySeed(baseline, first), bySeed(run, second));
}

/** The mean; Infinity when it never happened in any, null when any can't tell it. */
function together(values: readonly Measured[]): Measured {
  const told = values.filter((value) => value !== null);
  return told.length < values.length ? null : meanOf(told);
}

function isAllFinite(values: readonly Measured[]): values is readonly number[] {
  return values.every((value) => value !== null && Number.isFinite(value));
}

function pairOf({ subject, metric, phase }: ComparedName, baseline: ComparedSide, run: ComparedSide): Pair | null {
  const partOf = ({ plan, tally }: ComparedSide): Part | null => {
    if (tally === null) return null;
    const selected = selectionOf(plan, subject, phase);
    // Of false blocks the answers of honest requests alone are the trials.
    const actors = selected.actors.filter(
      (actor) => metric !== 'falseBlockRate' || plan.actors[actor]?.label === 'legit',
    );
    const selection = { ...selected, actors };
    return { tally, selection, seconds: measuredUs(plan, selection) / 1_000_000 };
  };
  const [first, second] = [partOf(baseline), partOf(run)];
  if (first === null || second === null) return null;
  return { baseline: first, run: second, samePeople: String(baseline.seeds) === String(run.seeds) };
}

interface Reading {
  readonly adjusted: number | null;
  readonly least: number;
  readonly better: MetricRow['better'];
}

function compared(one: Looked, reading: Reading): ComparedMetric {
  const { name, baseline, run, baselineInterval, runInterval } = one;
  const { unit } = metricTable[name.metric];
  const sides = [
    { value: baseline ?? Number.NaN, interval: baselineInterval },
    { value: run ?? Number.NaN, interval: runInterval },
  ] as const;
  const change = changeInterval(...sides);
  return {
    subject: name.subject,
    metric: name.metric,
    phase: name.phase,
    unit,
    baseline: documented(baseline),
    run: documented(run),
    baselineInterval,
    runInterval,
    change: changeOf(baseline, run),
    changeInterval: change,
    expectations: name.expectations,
    test: one.test,
    ...findingOf(one, reading, change),
  };
}

function documented(value: Measured): number | 'infinite' | null {
  return value === Number.POSITIVE_INFINITY ? 'infinite' : value;
}

function findingOf(
  { name, baseline, run, chance, why }: Looked,
  { adjusted, least, better }: Reading,
  change: Interval | null,
): Pick<ComparedMetric, 'finding' | 'because'> & { readonly test?: 'exact' } {
  if (baseline === null || run === null) {
    return { finding: 'untold', because: `${baseline === null ? 'the baseline' : 'the run'} can't tell it` };
  }
  const { metric } = name;
  if (baseline === run) return { finding: 'same', because: 'equal' };
  if (shapes[metric].of === 'fact' && (baseline === 0 || run === 0)) {
    return { finding: directionOf(better, baseline, run), test: 'exact', because: factBecause(metric, baseline === 0) };
  }
  if (!Number.isFinite(baseline + run)) {
    return { finding: 'untold', because: 'it never happened on one side, and one run does not tell whether by chance' };
  }
  const move = moveText(metric, baseline, run);
  if (!matters(metric, baseline, run, least)) return { finding: 'same', because: `${move}, less than what matters` };
  if (adjusted === null || chance === null) return { finding: 'untold', because: `${move}, and ${why}` };
  if (adjusted > LEVEL / 2) return { finding: 'same', because: `${move}: ${chanceText(chance)}` };
  if (touchesZero(change)) {
    return { finding: 'same', because: `${move}: ${chanceText(chance)}, but the 95 % interval reaches no change` };
  }
  return { finding: directionOf(better, baseline, run), because: `beyond noise: ${chanceText(chance)}` };
}

function delaysOf(baseline: ComparedSide, run: ComparedSide): Delays | null {
  const [first, second] = [baseline.ownDelayUs, run.ownDelayUs];
  return first === null || second === null ? null : { baselineUs: first, runUs: second };
}

function sideOf(runs: readonly RunToCompare[]): ComparisonDocument['baseline'] {
  return {
    folders: runs.map(({ folder }) => folder),
    verdicts: runs.map(({ verdict }) => verdict?.verdict ?? 'none'),
    startedAt:
      runs
        .map(({ verdict }) => verdict?.startedAt ?? '')
        .sort()
        .at(-1) ?? '',
  };
}
