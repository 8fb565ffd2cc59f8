/**
 * Computes every metric of `harness/scenario/metrics.ts`. The formulas are in that table; here is where they are kept.
 */
import { Outcome } from '../actors/outcome.js';
import type { MetricName } from '../scenario/metrics.js';
import type { TimeFinding } from './containment.js';
import { type IdentityRatio, ratioInterval } from './interval.js';
import { type JudgedRun, seekerKey } from './judged-run.js';
import type { LatencyKind } from './latency-book.js';
import { measureLeak, measureLeakRatio } from './leak-measures.js';
import { between, exactly, type Measurement, ratioOf, untold } from './measurement.js';
import { measuredUs, type Selection, selectionOf } from './scope.js';
import { IdentityCount } from './tally.js';

const NOTHING_DUE = 'it had no requests, or all were taken back at the end';
const NO_ANSWERS = 'nothing of it was answered';
/** An identity with fewer answers is no candidate for the worst. */
const ANSWERS_MIN = 10;

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
  const none = kind === 'dispatch' ? 'it sent nothing' : 'nothing of it was admitted';
  return ({ tally }, selection) => {
    const us = tally.latencies.percentileUs(kind, selection, percent);
    return us === null ? untold(none) : exactly(us);
  };
}

/** An unclear answer may be the server's way to say that it failed. */
const errors: Measure = ({ tally }, selection) =>
  atLeast(tally.errors.sum(selection), tally.count(Outcome.unclear, selection));

const admitted = outcomes(Outcome.admitted);

const errorRate: Measure = (run, selection, subject, phase) => {
  const due = run.tally.due(selection) - run.tally.count(Outcome.aborted, selection);
  return shareOf(errors(run, selection, subject, phase), due, NOTHING_DUE);
};

/** Identities of the selected actors, honest ones only. */
function honestIdentities(run: JudgedRun, selection: Selection): readonly number[] {
  const honest = selection.actors.filter((actor) => run.plan.actors[actor]?.label === 'legit');
  return run.identities.filter(({ actor }) => honest.includes(actor)).map(({ index }) => index);
}

const NO_HONEST_ANSWERS = 'no honest request of it was answered';

const falseBlockRate: Measure = (run, selection) => {
  const { tally } = run;
  const low: IdentityRatio[] = [];
  const high: IdentityRatio[] = [];
  for (const identity of honestIdentities(run, selection)) {
    const trials = tally.ofIdentity(identity, selection.phases, IdentityCount.answered);
    const hits = tally.ofIdentity(identity, selection.phases, IdentityCount.falseBlocks);
    low.push({ hits, trials });
    high.push({ hits: hits + tally.ofIdentity(identity, selection.phases, IdentityCount.unsureBlocks), trials });
  }
  const trials = low.reduce((sum, one) => sum + one.trials, 0);
  if (trials === 0) return untold(NO_HONEST_ANSWERS);
  const rate = (all: readonly IdentityRatio[]): number => all.reduce((sum, one) => sum + one.hits, 0) / trials;
  const intervalLow = ratioInterval(low, run.seed);
  const intervalHigh = rate(high) === rate(low) ? intervalLow : ratioInterval(high, run.seed);
  const intervals = intervalLow === null || intervalHigh === null ? null : { low: intervalLow, high: intervalHigh };
  return { value: rate(low), low: rate(low), high: rate(high), intervals, why: '' };
};

const worstFalseBlockRate: Measure = (run, selection) => {
  const { tally } = run;
  let low: number | null = null;
  let high = 0;
  for (const identity of honestIdentities(run, selection)) {
    const answered = tally.ofIdentity(identity, selection.phases, IdentityCount.answered);
    if (answered < ANSWERS_MIN) continue;
    const hits = tally.ofIdentity(identity, selection.phases, IdentityCount.falseBlocks);
    const unsure = tally.ofIdentity(identity, selection.phases, IdentityCount.unsureBlocks);
    low = Math.max(low ?? 0, hits / answered);
    high = Math.max(high, (hits + unsure) / answered);
  }
  return low === null ? untold(`no honest identity of it had ${ANSWERS_MIN} answers`) : between(low, low, high);
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

const latencyInflation: Measure = (run, selection) => {
  const { latencies } = run.tally;
  const measured = latencies.percentileUs('intended', selection, 99);
  const calm = latencies.percentileUs('intended', { ...selection, phases: [0] }, 99);
  if (measured === null) return untold('nothing of it was admitted');
  if (calm === null || calm === 0) return untold('nothing of it was admitted in the first phase');
  return exactly(measured / calm);
};

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

/** Jain's index, see R. Jain, D. Chiu, W. Hawe, DEC-TR-301 (1984). */
const fairness: Measure = (run, selection) => {
  let identities = 0;
  let sum = 0;
  let squares = 0;
  for (const { index, actor } of run.identities) {
    if (!selection.actors.includes(actor)) continue;
    const asked = run.tally.ofIdentity(index, selection.phases, IdentityCount.asked);
    if (asked === 0) continue;
    const share = run.tally.ofIdentity(index, selection.phases, IdentityCount.admitted) / asked;
    identities++;
    sum += share;
    squares += share * share;
  }
  return ratioOf(sum * sum, identities * squares, 'nothing of it was admitted');
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
  goodput: (run, selection) =>
    perSecond(atLeast(run.tally.good.sum(selection), run.tally.perhapsGood.sum(selection)), run, selection),
  admittedShare: (run, selection, subject, phase) =>
    shareOf(admitted(run, selection, subject, phase), run.tally.answered.sum(selection), NO_ANSWERS),
  falseBlockRate,
  'falseBlockRate.worst': worstFalseBlockRate,
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
  'latencyInflation.p99': latencyInflation,
  retryAfterHonesty,
  fairness,
};

/** @param phase - null = all measured phases. */
export function measure(run: JudgedRun, subject: string, metric: MetricName, phase: string | null): Measurement {
  return measures[metric](run, selectionOf(run.plan, subject, phase), subject, phase);
}
