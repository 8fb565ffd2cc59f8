/**
 * Computes every metric of `harness/scenario/metrics.ts`. The formulas are in that table; here is where they are kept.
 */
import { Outcome } from '../actors/outcome.js';
import type { MetricName } from '../scenario/metrics.js';
import type { TimeFinding } from './containment.js';
import { groupsOf } from './groups.js';
import {
  measureBlastRadius,
  measureCollateral,
  measureFairness,
  measureFalseBlockRate,
  measureResidualBan,
  measureWorstFalseBlockRate,
} from './identity-measures.js';
import { unseenShare } from './interval.js';
import { type JudgedRun, seekerKey } from './judged-run.js';
import type { LatencyKind } from './latency-book.js';
import {
  drawsOf,
  measureInflation,
  measurePercentile,
  measureTimingTell,
  measureTimingTellChance,
  TOO_FEW,
} from './latency-measures.js';
import { measureLeak, measureLeakRatio } from './leak-measures.js';
import { between, exactly, type Measurement, ratioOf, untold, withIntervals } from './measurement.js';
import { drawGroups, type Interval, intervalOf, isSpread, resampledRatios, resampledSums } from './resample.js';
import { measuredUs, type Selection, selectionOf } from './scope.js';

const NOTHING_DUE = 'it had no requests, or all were taken back at the end';
const NO_ANSWERS = 'nothing of it was answered';

type Measure = (run: JudgedRun, selection: Selection, subject: string, phase: string | null) => Measurement;

/** A count to which each request with an unclear answer may belong as well. */
function atLeast(certain: number, unclear: number): Measurement {
  return between(certain, certain, certain + unclear);
}

function outcomes(...counted: readonly Outcome[]): Measure {
  return ({ tally }, selection) =>
    atLeast(
      counted.reduce<number>((sum, outcome) => sum + tally.count(outcome, selection), 0),
      tally.count(Outcome.unclear, selection),
    );
}

function perSecond({ low, high }: Measurement, run: JudgedRun, selection: Selection): Measurement {
  const us = measuredUs(run.plan, selection);
  if (us <= 0) return untold('no time was measured');
  const rate = (low * 1_000_000) / us;
  return between(rate, rate, (high * 1_000_000) / us);
}

function shareOf({ low, high }: Measurement, trials: number, why: string): Measurement {
  return trials > 0 ? between(low / trials, low / trials, high / trials) : untold(why);
}

function percentile(kind: LatencyKind, percent: number): Measure {
  return (run, selection) => measurePercentile(run, selection, kind, percent);
}

/** With intervals of the rate if the unclear answers were none, and if they were. */
const goodput: Measure = (run, selection) => {
  const { good, perhapsGood } = run.tally;
  const rate = perSecond(atLeast(good.sum(selection), perhapsGood.sum(selection)), run, selection);
  const groups = groupsOf(run.plan, selection.actors, run.seed);
  const draws = isSpread(good.byGroup(selection)) ? drawGroups(groups, run.seed) : null;
  if (draws === null || rate.value === null) return withIntervals(rate, null, null, TOO_FEW);
  const seconds = measuredUs(run.plan, selection) / 1_000_000;
  const intervalFor = (counts: Float64Array): Interval | null =>
    intervalOf(resampledSums(draws, counts, groups.length).map((sum) => sum / seconds));
  const certain = good.byGroup(selection);
  const perhaps = perhapsGood.byGroup(selection);
  return withIntervals(rate, intervalFor(certain), intervalFor(certain.map((one, at) => one + (perhaps[at] ?? 0))), '');
};

const admittedShare: Measure = (run, selection, subject, phase) => {
  const { tally } = run;
  const share = shareOf(admitted(run, selection, subject, phase), tally.answered.sum(selection), NO_ANSWERS);
  const answers = tally.answered.byGroup(selection);
  const draws = isSpread(answers) ? drawsOf(run, selection) : null;
  if (draws === null || share.value === null) return withIntervals(share, null, null, TOO_FEW);
  const certain = tally.admitted.byGroup(selection);
  const unclear = tally.unclear.byGroup(selection);
  // Not more identities than that can have been seen.
  const identities = selection.actors.reduce((sum, actor) => sum + (run.plan.actors[actor]?.population ?? 0), 0);
  const unseen = unseenShare(Math.min(identities, tally.answered.sum(selection)));
  const intervalFor = (hits: Float64Array, value: number): Interval | null => {
    if (value === 0) return [0, unseen];
    return value === 1 ? [1 - unseen, 1] : intervalOf(resampledRatios(draws, hits, answers));
  };
  const most = certain.map((one, at) => one + (unclear[at] ?? 0));
  return withIntervals(share, intervalFor(certain, share.low), intervalFor(most, share.high), TOO_FEW);
};

/** An unclear answer may be the server's way to say that it failed. */
const errors: Measure = ({ tally }, selection) =>
  atLeast(tally.errors.sum(selection), tally.count(Outcome.unclear, selection));

const admitted = outcomes(Outcome.admitted);

const errorRate: Measure = (run, selection, subject, phase) => {
  const due = run.tally.due(selection) - run.tally.count(Outcome.aborted, selection);
  return shareOf(errors(run, selection, subject, phase), due, NOTHING_DUE);
};

const wrongfulBlocks: Measure = ({ tally }, selection) => {
  const wrongful = tally.wrongful.sum(selection);
  if (tally.answered.sum(selection) === 0) return untold(NO_ANSWERS);
  return between(wrongful, wrongful, wrongful + tally.unsure.sum(selection));
};

const replaysAccepted: Measure = (run, selection) => {
  const { auth } = run.plan.policy;
  if (auth === null || auth.replay === 'allow') return untold('the policy allows replays');
  if (run.tally.sent.sum(selection) === 0) return untold('it sent nothing');
  const accepted = run.tally.replays.sum(selection);
  return between(accepted, accepted, accepted + run.tally.perhapsReplays.sum(selection));
};

const timeToFirstBlock: Measure = ({ tally }, selection) => {
  const firstSentUs = tally.firstSentUs.min(selection);
  if (firstSentUs === Number.POSITIVE_INFINITY) return untold('it sent nothing');
  const blockedUs = tally.firstBlockedUs.min(selection);
  const soonestUs = Math.min(blockedUs, tally.firstUnclearUs.min(selection));
  return between(blockedUs - firstSentUs, soonestUs - firstSentUs, blockedUs - firstSentUs);
};

function timeOf(finding: TimeFinding | undefined): Measurement {
  if (finding === undefined) return untold('no expectation asked for it');
  return 'why' in finding ? untold(finding.why) : exactly(finding.us);
}

/** The time without the requests that can't be told, and with all of them against the target. */
function timeBetween(find: (countAll: boolean) => TimeFinding | undefined): Measurement {
  const soonest = timeOf(find(false));
  const latest = timeOf(find(true));
  return soonest.value === null || latest.value === null
    ? soonest
    : between(soonest.value, soonest.value, latest.value);
}

const timeToContain: Measure = (run, _selection, subject, phase) =>
  timeBetween((countUnclear) => run.seekers.containments.get(seekerKey(subject, phase))?.find(countUnclear));

const recovery: Measure = (run, _selection, subject, phase) =>
  timeBetween((countUnsure) => run.seekers.recoveries.get(seekerKey(subject, phase))?.find(countUnsure));

const retryAfterHonesty: Measure = ({ plan, tally }, selection) => {
  if (!plan.policy.exclusive || plan.policy.nodes > 1) {
    return untold('others may use the same limits (exclusive: false, or several nodes)');
  }
  const kept = tally.retriesKept.sum(selection);
  return ratioOf(
    kept,
    kept + tally.retriesBroken.sum(selection),
    'nobody came back alone at the time that a Retry-After named',
  );
};

/** Requests, the retries among them, for each that was none. */
const retryAmplification: Measure = ({ tally }, selection) => {
  const sent = tally.sent.sum(selection);
  return ratioOf(sent, sent - tally.retries.sum(selection), 'it sent nothing but retries, or nothing at all');
};

const measures: Readonly<Record<MetricName, Measure>> = {
  sent: ({ tally }, selection) => exactly(tally.sent.sum(selection)),
  admitted,
  throttled: outcomes(Outcome.throttled),
  refused: outcomes(Outcome.refused, Outcome.denied),
  banned: outcomes(Outcome.banned),
  errors,
  admittedRate: (run, selection, subject, phase) => perSecond(admitted(run, selection, subject, phase), run, selection),
  errorRate,
  goodput,
  admittedShare,
  falseBlockRate: measureFalseBlockRate,
  'falseBlockRate.worst': measureWorstFalseBlockRate,
  wrongfulBlocks,
  leak: (run, _selection, subject, phase) => measureLeak(run, subject, phase),
  leakRatio: (run, _selection, subject, phase) => measureLeakRatio(run, subject, phase),
  replaysAccepted,
  timeToFirstBlock,
  timeToContain,
  recovery,
  'latency.p50': percentile('intended', 50),
  'latency.p99': percentile('intended', 99),
  'latency.p999': percentile('intended', 99.9),
  'service.p50': percentile('service', 50),
  'service.p99': percentile('service', 99),
  'dispatchDelay.p99': percentile('dispatch', 99),
  'latencyInflation.p99': measureInflation,
  timingTell: measureTimingTell,
  'timingTell.p': measureTimingTellChance,
  retryAfterHonesty,
  retryAmplification,
  fairness: measureFairness,
  blastRadius: measureBlastRadius,
  collateral: measureCollateral,
  residualBan: measureResidualBan,
};

/** @param phase - null = all measured phases. */
export function measure(run: JudgedRun, subject: string, metric: MetricName, phase: string | null): Measurement {
  return measures[metric](run, selectionOf(run.plan, subject, phase), subject, phase);
}
