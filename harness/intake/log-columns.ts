/** Rows of a log as columns in one piece of memory, so that a batch goes to a file and back as it is. */
import type { LogRow } from './log-row.js';

export interface LogColumns {
  readonly memory: ArrayBuffer;
  readonly sentUs: Float64Array;
  readonly concludedUs: Float64Array;
  readonly durationUs: Float64Array;
  readonly identity: Uint32Array;
  readonly ip: Uint32Array;
  readonly account: Uint32Array;
  readonly key: Uint32Array;
  readonly signature: Uint32Array;
  readonly actor: Uint16Array;
  readonly elements: Uint16Array;
  readonly status: Uint16Array;
  readonly limit: Int16Array;
  readonly requestClass: Uint8Array;
  readonly outcome: Uint8Array;
}

/** The widest first: so each column begins where its type wants it, whatever the number of rows. */
const ROW_BYTES = 3 * 8 + 5 * 4 + 4 * 2 + 2;

/** @param rows - a multiple of 8. */
export function logColumns(rows: number): LogColumns {
  const memory = new ArrayBuffer(rows * ROW_BYTES);
  let at = 0;
  const next = (bytes: number): number => {
    const from = at;
    at += bytes * rows;
    return from;
  };
  return {
    memory,
    sentUs: new Float64Array(memory, next(8), rows),
    concludedUs: new Float64Array(memory, next(8), rows),
    durationUs: new Float64Array(memory, next(8), rows),
    identity: new Uint32Array(memory, next(4), rows),
    ip: new Uint32Array(memory, next(4), rows),
    account: new Uint32Array(memory, next(4), rows),
    key: new Uint32Array(memory, next(4), rows),
    signature: new Uint32Array(memory, next(4), rows),
    actor: new Uint16Array(memory, next(2), rows),
    elements: new Uint16Array(memory, next(2), rows),
    status: new Uint16Array(memory, next(2), rows),
    limit: new Int16Array(memory, next(2), rows),
    requestClass: new Uint8Array(memory, next(1), rows),
    outcome: new Uint8Array(memory, next(1), rows),
  };
}

export function putRow(columns: LogColumns, at: number, row: LogRow): void {
  columns.sentUs[at] = row.sentUs;
  columns.concludedUs[at] = row.concludedUs;
  columns.durationUs[at] = row.durationUs;
  columns.identity[at] = row.identity;
  columns.ip[at] = row.ip;
  columns.account[at] = row.account;
  columns.key[at] = row.key;
  columns.signature[at] = row.signature;
  columns.actor[at] = row.actor;
  columns.elements[at] = row.elements;
  columns.status[at] = row.status;
  columns.limit[at] = row.limit;
  columns.requestClass[at] = row.requestClass;
  columns.outcome[at] = row.outcome;
}

/** Copies one row from columns to columns. */
export function moveRow(from: LogColumns, at: number, to: LogColumns, place: number): void {
  to.sentUs[place] = from.sentUs[at] as number;
  to.concludedUs[place] = from.concludedUs[at] as number;
  to.durationUs[place] = from.durationUs[at] as number;
  to.identity[place] = from.identity[at] as number;
  to.ip[place] = from.ip[at] as number;
  to.account[place] = from.account[at] as number;
  to.key[place] = from.key[at] as number;
  to.signature[place] = from.signature[at] as number;
  to.actor[place] = from.actor[at] as number;
  to.elements[place] = from.elements[at] as number;
  to.status[place] = from.status[at] as number;
  to.limit[place] = from.limit[at] as number;
  to.requestClass[place] = from.requestClass[at] as number;
  to.outcome[place] = from.outcome[at] as number;
}

export interface RowSpan {
  readonly from: number;
  readonly rows: number;
}

/** Copies rows that follow each other from columns to columns, which may be the same ones. */
export function moveRows(from: LogColumns, { from: at, rows }: RowSpan, to: LogColumns, place: number): void {
  const until = at + rows;
  to.sentUs.set(from.sentUs.subarray(at, until), place);
  to.concludedUs.set(from.concludedUs.subarray(at, until), place);
  to.durationUs.set(from.durationUs.subarray(at, until), place);
  to.identity.set(from.identity.subarray(at, until), place);
  to.ip.set(from.ip.subarray(at, until), place);
  to.account.set(from.account.subarray(at, until), place);
  to.key.set(from.key.subarray(at, until), place);
  to.signature.set(from.signature.subarray(at, until), place);
  to.actor.set(from.actor.subarray(at, until), place);
  to.elements.set(from.elements.subarray(at, until), place);
  to.status.set(from.status.subarray(at, until), place);
  to.limit.set(from.limit.subarray(at, until), place);
  to.requestClass.set(from.requestClass.subarray(at, until), place);
  to.outcome.set(from.outcome.subarray(at, until), place);
}
