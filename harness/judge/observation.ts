/**
 * One line of the record, as columns. The engine writes them, the judge reads them, `observations.parquet` keeps them.
 * All times are whole microseconds since the start of the warm-up on the generator's one monotonic clock.
 */

/** Marks "no such thing" in the u32 columns. */
export const NONE = 0xffffffff;

/**
 * The columns, each an array of the same length. Rows of one file stand in the order in which they were concluded
 * (answered, given up): `concludedUs` never falls within a file.
 */
export interface ObservationColumns {
  /** When the plan wanted it (arrival: fixed by the seed; follow-up: outcome + think time). */
  readonly intendedUs: Float64Array;
  /** When it was signed and handed to the connection pool; 0 = never. `dispatchedUs - intendedUs` is the generator's own delay. */
  readonly dispatchedUs: Float64Array;
  /** Just before the socket write; 0 = never written. `sentUs - dispatchedUs` is waiting for the target. */
  readonly sentUs: Float64Array;
  /** When the whole answer was in; 0 = never. */
  readonly answeredUs: Float64Array;
  /** When the generator was done with it: the answer, the deadline or the failure. */
  readonly concludedUs: Float64Array;
  /** Index into `plan.actors`. */
  readonly actor: Uint16Array;
  /** Index into the run's identities. */
  readonly identity: Uint32Array;
  /** Index into `requestClasses`. */
  readonly requestClass: Uint8Array;
  /** Orders that the request holds at once, 1 to 65,535; 0 reads as 1. A limit charges its cost for each. */
  readonly elements: Uint16Array;
  /** An `IntentKind`. */
  readonly kind: Uint8Array;
  /** An `Outcome`. */
  readonly outcome: Uint8Array;
  /** HTTP status, 0 = none. */
  readonly status: Uint16Array;
  /** Index into `plan.policy.limits` of the limit that the answer named; -1 = none named, -2 = one that is not there. */
  readonly limit: Int16Array;
  /** Index of the address that it came from (subjects of limits by ip); NONE = a log does not tell. */
  readonly ip: Uint32Array;
  /** Index of the account that it was charged to: the key's, or the one that a login tried; NONE = none. */
  readonly account: Uint32Array;
  /** Index of the API key; NONE = unsigned. */
  readonly key: Uint32Array;
  /** Number of the signature: a replay carries that of the request it repeats; NONE = unsigned. */
  readonly signature: Uint32Array;
  /** Retry-After of a refusal, milliseconds, -1 = none. */
  readonly retryAfterMs: Int32Array;
}

/** The type of each column in the order of the file. */
export const observationSchema = {
  intendedUs: 'f64',
  dispatchedUs: 'f64',
  sentUs: 'f64',
  answeredUs: 'f64',
  concludedUs: 'f64',
  actor: 'u16',
  identity: 'u32',
  requestClass: 'u8',
  elements: 'u16',
  kind: 'u8',
  outcome: 'u8',
  status: 'u16',
  limit: 'i16',
  ip: 'u32',
  account: 'u32',
  key: 'u32',
  signature: 'u32',
  retryAfterMs: 'i32',
} as const satisfies Record<keyof ObservationColumns, string>;

/** Some rows of a run. */
export interface ObservationBatch {
  readonly rows: number;
  readonly columns: ObservationColumns;
}

/** Reads a run's rows from the start, merged over its files by `concludedUs`; may be called more than once. */
export type ObservationSource = () => Iterable<ObservationBatch>;

const arrayOf = {
  f64: Float64Array,
  u32: Uint32Array,
  i32: Int32Array,
  u16: Uint16Array,
  i16: Int16Array,
  u8: Uint8Array,
} as const;

export type ColumnName = keyof typeof observationSchema;
export const columnNames = Object.keys(observationSchema) as readonly ColumnName[];

/** Fresh columns of `rows` zeros, all in one piece of memory: a batch is handed from thread to thread as a whole. */
export function createColumns(rows: number): ObservationColumns {
  const sizes = columnNames.map((name) => rows * arrayOf[observationSchema[name]].BYTES_PER_ELEMENT);
  const offsets = columnNames.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + align(size), 0));
  const memory = new ArrayBuffer(sizes.reduce((sum, size) => sum + align(size), 0));
  return Object.fromEntries(
    columnNames.map((name, index) => [name, new arrayOf[observationSchema[name]](memory, offsets[index], rows)]),
  ) as unknown as ObservationColumns;
}

function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** The rows of `columns` from `from` up to and without `to`, sharing their memory. */
export function sliceColumns(columns: ObservationColumns, to: number, from = 0): ObservationColumns {
  return Object.fromEntries(
    columnNames.map((name) => [name, columns[name].subarray(from, to)]),
  ) as unknown as ObservationColumns;
}
