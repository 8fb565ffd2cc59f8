/**
 * What a single request must be like to bear out that a metric is above or below what was wanted, for metrics that count
 * requests one by one. An answer from which it can't be told whether the limits let the request through may be of either
 * kind, as in the metrics themselves (`measures.ts`).
 */
import { IntentKind, Outcome } from '../actors/outcome.js';
import type { MetricName } from '../scenario/metrics.js';
import type { Claim } from './exhibit.js';
import { isAnswered, isError, isWritten, type Row } from './row.js';
import { GOOD_WITHIN_US } from './tally.js';

/** On which side of what was wanted a measured value lies. */
export type Side = 'above' | 'below';

export type RowClaim = (row: Row) => Claim;

function claimed(isSo: boolean): Claim {
  return isSo ? 'yes' : 'no';
}

function endedIn(...outcomes: readonly Outcome[]): RowClaim {
  return ({ outcome }) => (outcome === Outcome.unclear ? 'perhaps' : claimed((outcomes as number[]).includes(outcome)));
}

/** Of what was answered. */
function endedOtherwiseThan(...outcomes: readonly Outcome[]): RowClaim {
  return (row) => {
    if (row.outcome === Outcome.unclear) return 'perhaps';
    return claimed(isAnswered(row) && !(outcomes as number[]).includes(row.outcome));
  };
}

const isAdmitted = endedIn(Outcome.admitted);

/** What the generator took back itself nobody was denied. */
export const isDenied: RowClaim = ({ outcome }) => {
  if (outcome === Outcome.unclear) return 'perhaps';
  return claimed(outcome !== Outcome.admitted && outcome !== Outcome.aborted);
};

const isFailed: RowClaim = (row) => (row.outcome === Outcome.unclear ? 'perhaps' : claimed(isError(row)));

/** Admitted within 1 s of the intended time, as goodput counts it. */
const isGood: RowClaim = (row) => (row.answeredUs - row.intendedUs > GOOD_WITHIN_US ? 'no' : isAdmitted(row));

export const isBad: RowClaim = (row) => {
  if (row.outcome === Outcome.aborted) return 'no';
  const good = isGood(row);
  return good === 'perhaps' ? good : claimed(good === 'no');
};

/** Metrics that are missing here, or on one side, have no requests that show them alone. */
const rowClaims: Readonly<Partial<Record<MetricName, Readonly<Partial<Record<Side, RowClaim>>>>>> = {
  sent: { above: (row) => claimed(isWritten(row)), below: (row) => claimed(!isWritten(row)) },
  admitted: { above: isAdmitted, below: isDenied },
  admittedRate: { above: isAdmitted, below: isDenied },
  admittedShare: { above: isAdmitted, below: endedOtherwiseThan(Outcome.admitted) },
  goodput: { above: isGood, below: isBad },
  throttled: { above: endedIn(Outcome.throttled), below: endedOtherwiseThan(Outcome.throttled) },
  refused: {
    above: endedIn(Outcome.refused, Outcome.denied),
    below: endedOtherwiseThan(Outcome.refused, Outcome.denied),
  },
  banned: { above: endedIn(Outcome.banned), below: endedOtherwiseThan(Outcome.banned) },
  errors: { above: isFailed },
  errorRate: { above: isFailed },
  retryAmplification: { above: (row) => claimed(isWritten(row) && row.kind === IntentKind.retry) },
};

export function rowClaimOf(metric: MetricName, side: Side): RowClaim | null {
  return rowClaims[metric]?.[side] ?? null;
}
