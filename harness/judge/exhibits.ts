/**
 * Which requests show that an expectation did not hold, metric by metric. Every one that is shown is of the subject and the
 * phase and really is what the metric counts; metrics that are laws of many requests, as `timingTell` is, show none, and
 * leaks have requests of their own (`leak-report.ts`).
 */
import { Outcome } from '../actors/outcome.js';
import type { MetricName } from '../scenario/metrics.js';
import type { Counters } from './counters.js';
import { Exhibit, SHOWN_MAX } from './exhibit.js';
import { type Exhibitor, ofBlocks, ofEnds, ofRetries, ofRows } from './exhibitor.js';
import { honestOnly } from './identity-measures.js';
import { type JudgedRun, seekerKey } from './judged-run.js';
import type { LatencyKind } from './latency-book.js';
import { bucketOf, LATENCY_US_MAX } from './latency-histogram.js';
import { ofRecovery } from './recovery-exhibit.js';
import type { ReplayAudit } from './replay-audit.js';
import { ofReplays } from './replay-exhibit.js';
import { isBlocked, isWritten, type Row } from './row.js';
import { isDenied, rowClaimOf, type Side } from './row-claims.js';
import { phaseAt, type Selection, selectionOf } from './scope.js';
import { leastServed, mostBlocked, worstBlocked } from './shown-identities.js';

/** What was measured beside what was wanted. */
export interface Miss {
  readonly subject: string;
  readonly metric: MetricName;
  readonly phase: string | null;
  readonly side: Side;
  /** Whether requests of which it can't be told could turn it. */
  readonly isUndecided: boolean;
}

export interface ExhibitParts {
  readonly run: JudgedRun;
  readonly counters: Counters;
  readonly replays: ReplayAudit;
}

interface Asked extends Miss, ExhibitParts {
  readonly selection: Selection;
  readonly isMeant: (row: Row) => boolean;
}

/** @returns null when no single requests show it. */
export function exhibitorOf(parts: ExhibitParts, miss: Miss): Exhibitor | null {
  const { plan } = parts.run;
  const selection = selectionOf(plan, miss.subject, miss.phase);
  const asked: Asked = { ...parts, ...miss, selection, isMeant: isIn(parts.run, selection) };
  const make = ownExhibitors[miss.metric];
  if (make !== undefined) return make(asked);
  const claim = rowClaimOf(miss.metric, miss.side);
  return claim === null ? null : ofRows(asked.isMeant, claim, new Exhibit(miss.isUndecided));
}

function isIn({ plan }: JudgedRun, { actors, phases }: Selection): (row: Row) => boolean {
  const isActor = plan.actors.map((_, index) => actors.includes(index));
  const isPhase = plan.phases.map((_, index) => phases.includes(index));
  return (row) => isActor[row.actor] === true && isPhase[phaseAt(plan.phases, row.intendedUs)] === true;
}

type Make = (asked: Asked) => Exhibitor | null;

/** Only of what was too much: that nobody was hit can be shown by no request. */
function above(make: Make): Make {
  return (asked) => (asked.side === 'above' ? make(asked) : null);
}

const falseBlocks =
  (identitiesOf: typeof mostBlocked): Make =>
  ({ run, selection, isUndecided, isMeant }) => {
    const identities = identitiesOf(run, selection, isUndecided);
    return identities.length === 0 ? null : ofBlocks(isMeant, 'own', new Exhibit(isUndecided, identities));
  };

/** Those that were told to wait longest come first. */
const wrongfulBlocks: Make = ({ isUndecided, isMeant }) =>
  ofBlocks(isMeant, 'shared', new Exhibit(isUndecided), ({ retryAfterMs }) => ({ tier: 0, rank: -retryAfterMs }));

const timeOf: Readonly<Record<LatencyKind, (row: Row) => number | null>> = {
  intended: (row) => (row.outcome === Outcome.admitted ? row.answeredUs - row.intendedUs : null),
  service: (row) => (row.outcome === Outcome.admitted ? row.answeredUs - row.sentUs : null),
  dispatch: (row) => (isWritten(row) ? row.sentUs - row.intendedUs : null),
};

/** The slowest of those at or above the percentile, to the three digits to which it is known. */
const slowest = (kind: LatencyKind, percent: number): Make =>
  above(({ run, selection, isMeant }) => {
    const percentileUs = run.tally.latencies.percentileUs(kind, selection, percent);
    if (percentileUs === null) return null;
    const fromBucket = bucketOf(percentileUs);
    const us = timeOf[kind];
    const claim = (row: Row) => {
      const taken = us(row);
      if (taken === null) return 'no';
      return bucketOf(Math.min(Math.max(taken, 0), LATENCY_US_MAX)) >= fromBucket ? 'yes' : 'no';
    };
    return ofRows(isMeant, claim, new Exhibit(false), (row) => ({ tier: 0, rank: -(us(row) ?? 0) }));
  });

const replays: Make = above(({ run, replays: { timesAccepted }, selection, isUndecided }) =>
  ofReplays({
    timesAccepted,
    showsUnsure: isUndecided,
    counts: (row, { actors }) =>
      selection.phases.includes(phaseAt(run.plan.phases, row.intendedUs)) &&
      actors.some((actor) => selection.actors.includes(actor)),
  }),
);

/** The first request and the first block; of those that were never blocked the first requests. */
const firstBlock: Make = ({ run, selection, isUndecided, isMeant }) => {
  const { tally } = run;
  const firstSentUs = tally.firstSentUs.min(selection);
  const blockedUs = tally.firstBlockedUs.min(selection);
  const unclearUs = isUndecided ? tally.firstUnclearUs.min(selection) : Number.POSITIVE_INFINITY;
  const isNever = blockedUs === Number.POSITIVE_INFINITY && unclearUs === Number.POSITIVE_INFINITY;
  let hasFirst = false;
  let hasBlock = false;
  return ofRows(
    isMeant,
    (row) => {
      if (!isWritten(row)) return 'no';
      if (isNever) return 'yes';
      if (isBlocked(row) && row.answeredUs === blockedUs && !hasBlock) {
        hasBlock = true;
        return 'yes';
      }
      if (row.outcome === Outcome.unclear && row.answeredUs === unclearUs && unclearUs < blockedUs) return 'perhaps';
      if (row.sentUs !== firstSentUs || hasFirst) return 'no';
      hasFirst = true;
      return 'yes';
    },
    new Exhibit(isUndecided),
  );
};

/** First and last admissions before the moment at which the subject was contained. */
const uncontained: Make = above(({ run, counters, subject, phase, selection, isUndecided, isMeant }) => {
  const found = run.seekers.containments.get(seekerKey(subject, phase))?.find(isUndecided);
  if (found === undefined || 'why' in found) return null;
  const untilUs = run.tally.firstSentUs.min(selection) + found.us;
  return ofEnds(
    isMeant,
    (row) => {
      if (row.answeredUs >= untilUs) return 'no';
      if (!counters.ofClass(row.requestClass).some(({ index }) => counters.counterOf(row, index) >= 0)) return 'no';
      if (row.outcome === Outcome.unclear) return 'perhaps';
      return row.outcome === Outcome.admitted ? 'yes' : 'no';
    },
    isUndecided,
    SHOWN_MAX / 2,
  );
});

const recovery: Make = above(({ run, subject, phase, selection, isUndecided }) => {
  const found = run.seekers.recoveries.get(seekerKey(subject, phase))?.find(isUndecided);
  if (found === undefined || 'why' in found) return null;
  return ofRecovery(run, selection, found.us, new Exhibit(isUndecided));
});

/** What the least served were denied. */
const denials =
  (side: Side, onlyHurt: boolean): Make =>
  (asked) => {
    const { run, selection, isUndecided, isMeant } = asked;
    if (asked.side !== side) return null;
    const identities = leastServed(run, selection, { onlyHurt, countsUnsure: isUndecided });
    return identities.length === 0 ? null : ofRows(isMeant, isDenied, new Exhibit(isUndecided, identities));
  };

/** The bans that hold longest, of those that hold beyond the last abuse. */
const remainingBans: Make = above(({ run, selection, isMeant }) => {
  const { plan } = run;
  const ends = plan.actors.flatMap(({ label, active }) => (label === 'abuse' ? active.map(({ endUs }) => endUs) : []));
  const abuseEndUs = Math.max(...ends);
  const honest = honestOnly(run, selection);
  const endOf = (row: Row): number => row.answeredUs + Math.max(0, row.retryAfterMs) * 1000;
  return ofRows(
    (row) => honest.includes(row.actor) && isMeant(row),
    (row) => (row.outcome === Outcome.banned && endOf(row) > abuseEndUs ? 'yes' : 'no'),
    new Exhibit(false),
    (row) => ({ tier: 0, rank: -endOf(row) }),
  );
});

const ownExhibitors: Readonly<Partial<Record<MetricName, Make>>> = {
  falseBlockRate: above(falseBlocks(mostBlocked)),
  'falseBlockRate.worst': above(falseBlocks(worstBlocked)),
  collateral: above(falseBlocks(mostBlocked)),
  wrongfulBlocks: above(wrongfulBlocks),
  replaysAccepted: replays,
  timeToFirstBlock: firstBlock,
  timeToContain: uncontained,
  recovery,
  'latency.p50': slowest('intended', 50),
  'latency.p99': slowest('intended', 99),
  'latency.p999': slowest('intended', 99.9),
  'service.p50': slowest('service', 50),
  'service.p99': slowest('service', 99),
  'dispatchDelay.p99': slowest('dispatch', 99),
  'latencyInflation.p99': slowest('intended', 99),
  retryAfterHonesty: ({ side, isMeant }) =>
    ofRetries(isMeant, side === 'below' ? 'broken' : 'kept', new Exhibit(false)),
  fairness: denials('below', false),
  blastRadius: denials('above', true),
  residualBan: remainingBans,
};
