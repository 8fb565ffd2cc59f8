/**
 * One observation as a value, and the walk over all of them. The judge walks over the rows more than once and keeps
 * none that it does not need: a row lives as long as somebody waits for its answer.
 */
import { Outcome } from '../actors/outcome.js';
import type { ObservationColumns, ObservationSource } from './observation.js';

/** As the limit of an answer that names none; below it are those that the policy does not have, which only a log can name. */
export const UNNAMED = -1;

export interface Row {
  readonly intendedUs: number;
  readonly sentUs: number;
  readonly answeredUs: number;
  readonly concludedUs: number;
  readonly actor: number;
  readonly identity: number;
  readonly requestClass: number;
  /** At least 1. */
  readonly elements: number;
  /** An `IntentKind`. */
  readonly kind: number;
  readonly outcome: number;
  readonly limit: number;
  readonly ip: number;
  readonly account: number;
  readonly key: number;
  readonly signature: number;
  readonly retryAfterMs: number;
}

/**
 * Whether any of it can have reached the target. An answer proves it; without one the socket write must have begun.
 * Rows that were never written charge nothing and prove nothing.
 */
export function isWritten(row: Row): boolean {
  return isAnswered(row) || row.sentUs > 0;
}

/** Whether the answer said no: throttled, never, banned, refused or denied. */
export function isBlocked(row: Row): boolean {
  return (row.outcome >= Outcome.throttled && row.outcome <= Outcome.refused) || row.outcome === Outcome.denied;
}

/** Whether the target answered, be it in words from which the limits' decision can't be told: it decided before. */
export function isAnswered(row: Row): boolean {
  return row.outcome <= Outcome.refused || row.outcome === Outcome.denied || row.outcome === Outcome.unclear;
}

/** A failure, as the metric `errors` counts them. Taken back by the generator itself is none. */
export function isError(row: Row): boolean {
  return row.outcome >= Outcome.timeout && row.outcome <= Outcome.unsent;
}

type MutableRow = { -readonly [Field in keyof Row]: Row[Field] };

function readRow(columns: ObservationColumns, index: number): MutableRow {
  return {
    intendedUs: columns.intendedUs[index] as number,
    sentUs: columns.sentUs[index] as number,
    answeredUs: columns.answeredUs[index] as number,
    concludedUs: columns.concludedUs[index] as number,
    actor: columns.actor[index] as number,
    identity: columns.identity[index] as number,
    requestClass: columns.requestClass[index] as number,
    elements: Math.max(1, columns.elements[index] as number),
    kind: columns.kind[index] as number,
    outcome: columns.outcome[index] as number,
    limit: columns.limit[index] as number,
    ip: columns.ip[index] as number,
    account: columns.account[index] as number,
    key: columns.key[index] as number,
    signature: columns.signature[index] as number,
    retryAfterMs: columns.retryAfterMs[index] as number,
  };
}

function readInto(row: MutableRow, columns: ObservationColumns, index: number): void {
  row.intendedUs = columns.intendedUs[index] as number;
  row.sentUs = columns.sentUs[index] as number;
  row.answeredUs = columns.answeredUs[index] as number;
  row.concludedUs = columns.concludedUs[index] as number;
  row.actor = columns.actor[index] as number;
  row.identity = columns.identity[index] as number;
  row.requestClass = columns.requestClass[index] as number;
  row.elements = Math.max(1, columns.elements[index] as number);
  row.kind = columns.kind[index] as number;
  row.outcome = columns.outcome[index] as number;
  row.limit = columns.limit[index] as number;
  row.ip = columns.ip[index] as number;
  row.account = columns.account[index] as number;
  row.key = columns.key[index] as number;
  row.signature = columns.signature[index] as number;
  row.retryAfterMs = columns.retryAfterMs[index] as number;
}

/**
 * Visits every row in the order of `concludedUs`.
 *
 * @param keeps - whether a visitor keeps rows; when none does, all are read into one object, which is faster.
 * @throws Error when the source breaks its contract (rows out of order, an answer before its request): a verdict over
 * such a record would be worth nothing.
 */
export function forEachRow(source: ObservationSource, visit: (row: Row) => void, keeps = true): void {
  let shared: MutableRow | null = null;
  let lastUs = Number.NEGATIVE_INFINITY;
  for (const batch of source()) {
    for (let index = 0; index < batch.rows; index++) {
      if (shared === null || keeps) shared = readRow(batch.columns, index);
      else readInto(shared, batch.columns, index);
      const row = shared;
      if (!(row.concludedUs >= lastUs)) {
        throw new Error(`observations must be sorted by concludedUs: ${row.concludedUs} came after ${lastUs}`);
      }
      if (row.sentUs > row.concludedUs || row.answeredUs > row.concludedUs) {
        throw new Error(`an observation was sent at ${row.sentUs} and concluded before that, at ${row.concludedUs}`);
      }
      lastUs = row.concludedUs;
      visit(row);
    }
  }
}
