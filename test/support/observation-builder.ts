/** Hand-made observations: a test writes the fields that it is about, the rest follows from them. */
import { IntentKind, Outcome } from '../../harness/actors/outcome.js';
import {
  type ColumnName,
  columnNames,
  createColumns,
  NONE,
  type ObservationSource,
} from '../../harness/judge/observation.js';

/** Besides those that the gate decided. */
const answeredOutcomes: readonly number[] = [Outcome.serverError, Outcome.garbage, Outcome.denied, Outcome.unclear];

export type Observed = Record<ColumnName, number>;

/**
 * An observation of class 3 (`order.place`) by identity 0, admitted. `sentUs` follows `intendedUs` or the other way
 * round, `answeredUs` is 1 ms later, `concludedUs` follows it; ip, account and key are the identity's number.
 */
export function observed(fields: Partial<Observed>): Observed {
  const identity = fields.identity ?? 0;
  const intendedUs = fields.intendedUs ?? fields.sentUs ?? 0;
  const sentUs = fields.sentUs ?? intendedUs;
  const outcome = fields.outcome ?? Outcome.admitted;
  const hasAnswer = outcome <= Outcome.refused || answeredOutcomes.includes(outcome);
  const answeredUs = fields.answeredUs ?? (hasAnswer ? (fields.concludedUs ?? sentUs + 1000) : 0);
  return {
    intendedUs,
    dispatchedUs: sentUs,
    sentUs,
    answeredUs,
    concludedUs: answeredUs > 0 ? answeredUs : sentUs + 1000,
    actor: 0,
    identity,
    requestClass: 3,
    elements: 1,
    kind: IntentKind.arrival,
    outcome,
    status: 200,
    limit: -1,
    ip: identity,
    account: identity,
    key: identity,
    signature: NONE,
    retryAfterMs: -1,
    ...fields,
  };
}

/** The rows as a run's record: sorted by `concludedUs`, in batches. */
export function sourceOf(rows: readonly Observed[], batchRows = 1000): ObservationSource {
  const sorted = [...rows].sort((a, b) => a.concludedUs - b.concludedUs);
  return function* () {
    for (let start = 0; start < sorted.length; start += batchRows) {
      const part = sorted.slice(start, start + batchRows);
      const columns = createColumns(part.length);
      for (const name of columnNames)
        part.forEach((row, at) => {
          columns[name][at] = row[name];
        });
      yield { rows: part.length, columns };
    }
  };
}
