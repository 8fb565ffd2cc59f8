/**
 * The record of a run while it goes on: one file a worker, made of Arrow IPC streams one after the other. Each append is
 * a whole stream (schema, one record batch, end), so whatever was appended before a crash can be read back, and a last
 * stream that was cut short is dropped.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import {
  type DataType,
  Field,
  Float64,
  Int16,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchReader,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Uint8,
  Uint16,
  Uint32,
} from 'apache-arrow';
import { FloodproofError } from '../../errors.js';
import {
  columnNames,
  type ObservationBatch,
  type ObservationColumns,
  type ObservationSource,
  observationSchema,
  sliceColumns,
} from '../../judge/observation.js';

const arrowTypes: Record<string, () => DataType> = {
  f64: () => new Float64(),
  u32: () => new Uint32(),
  i32: () => new Int32(),
  u16: () => new Uint16(),
  i16: () => new Int16(),
  u8: () => new Uint8(),
};

const schema = new Schema(
  columnNames.map((name) => new Field(name, (arrowTypes[observationSchema[name]] as () => DataType)(), false)),
);

/** Bytes of one whole Arrow IPC stream that holds the first `rows` rows. */
export function encodeSegment(columns: ObservationColumns, rows: number): Uint8Array {
  const cut = sliceColumns(columns, rows);
  const children = schema.fields.map((field) =>
    makeData({ type: field.type, length: rows, data: cut[field.name as keyof ObservationColumns] }),
  );
  const data = makeData({ type: new Struct(schema.fields), length: rows, children });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'stream');
}

/** Appends segments to one file. A write that fails (full disk) throws FP_DISK and leaves what was whole before readable. */
export class ObservationFile {
  readonly path: string;
  private readonly fd: number;

  constructor(path: string) {
    this.path = path;
    try {
      this.fd = openSync(path, 'wx');
    } catch (cause) {
      throw new FloodproofError('FP_DISK', `cannot create ${path}: ${(cause as Error).message}`, { cause });
    }
  }

  append(columns: ObservationColumns, rows: number): void {
    const bytes = encodeSegment(columns, rows);
    let offset = 0;
    try {
      while (offset < bytes.length) offset += writeSync(this.fd, bytes, offset);
    } catch (cause) {
      throw new FloodproofError('FP_DISK', `cannot write ${this.path}: ${(cause as Error).message}`, { cause });
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}

const CHUNK_BYTES = 1 << 18;

function* readChunks(path: string): Generator<Uint8Array> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (cause) {
    throw new FloodproofError('FP_RUN_UNREADABLE', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const length = readSync(fd, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(fd);
  }
}

/** The batches of one file in the order of writing; a cut last one is dropped. */
export function* readObservationFile(path: string): Generator<ObservationBatch> {
  try {
    for (const reader of RecordBatchReader.readAll(readChunks(path))) {
      for (const batch of reader) {
        const columns = Object.fromEntries(
          columnNames.map((name) => [name, batch.getChild(name)?.toArray()]),
        ) as unknown as ObservationColumns;
        yield { rows: batch.numRows, columns };
      }
    }
  } catch (cause) {
    if (cause instanceof FloodproofError) throw cause;
    // The reader says "Expected to read N bytes" for a stream that a crash has cut: everything before it was yielded.
    if (!(cause instanceof Error) || !cause.message.startsWith('Expected to read')) throw cause;
  }
}

/** A position in one file's batches, for the merge. */
class Cursor {
  readonly batches: Iterator<ObservationBatch>;
  batch: ObservationBatch | undefined;
  row = 0;

  constructor(batches: Iterator<ObservationBatch>) {
    this.batches = batches;
    this.advanceBatch();
  }

  get concludedUs(): number {
    return this.batch?.columns.concludedUs[this.row] ?? Number.POSITIVE_INFINITY;
  }

  advanceBatch(): void {
    do {
      const next = this.batches.next();
      this.batch = next.done ? undefined : next.value;
    } while (this.batch !== undefined && this.batch.rows === 0);
    this.row = 0;
  }
}

/**
 * Several workers' files as one source, merged by `concludedUs`. Yields runs of rows that stand together in one file,
 * so with one worker the batches pass through uncopied.
 */
export function mergedObservations(paths: readonly string[]): ObservationSource {
  return function* merge() {
    const cursors = paths.map((path) => new Cursor(readObservationFile(path)));
    for (;;) {
      let first: Cursor | undefined;
      let secondUs = Number.POSITIVE_INFINITY;
      for (const cursor of cursors) {
        if (cursor.batch === undefined) continue;
        if (first === undefined || cursor.concludedUs < first.concludedUs) {
          if (first !== undefined) secondUs = Math.min(secondUs, first.concludedUs);
          first = cursor;
        } else {
          secondUs = Math.min(secondUs, cursor.concludedUs);
        }
      }
      if (first?.batch === undefined) return;
      yield takeUntil(first, first.batch, secondUs);
    }
  };
}

/** The rows of `cursor` up to the first one concluded after `limitUs`, at least one. */
function takeUntil(cursor: Cursor, batch: ObservationBatch, limitUs: number): ObservationBatch {
  const times = batch.columns.concludedUs;
  const start = cursor.row;
  let end = start + 1;
  while (end < batch.rows && (times[end] as number) <= limitUs) end++;
  if (end === batch.rows) cursor.advanceBatch();
  else cursor.row = end;
  if (start === 0 && end === batch.rows) return batch;
  const columns = Object.fromEntries(
    columnNames.map((name) => [name, batch.columns[name].subarray(start, end)]),
  ) as unknown as ObservationColumns;
  return { rows: end - start, columns };
}
