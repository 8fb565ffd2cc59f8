/**
 * The record of a run while it goes on: one file a worker, made of Arrow IPC streams one after the other. Each append is
 * a whole stream (schema, one record batch, end), so whatever was appended before a crash can be read back, and a last
 * stream that was cut short is dropped.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { RecordBatchReader } from 'apache-arrow';
import { FloodproofError } from '../../errors.js';
import {
  columnNames,
  type ObservationBatch,
  type ObservationColumns,
  type ObservationSource,
} from '../../judge/observation.js';
import { encodeSegment } from './arrow-segment.js';
import { ownStreams } from './own-streams.js';

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

/**
 * The batches of one file in the order of writing; a cut last one is dropped.
 *
 * @throws {FloodproofError} FP_RUN_UNREADABLE at the first stream that is not ours, when those before it were yielded.
 */
export function* readObservationFile(path: string): Generator<ObservationBatch> {
  for (const stream of ownStreams(path)) {
    for (const batch of RecordBatchReader.from(stream)) {
      const columns = Object.fromEntries(
        columnNames.map((name) => [name, batch.getChild(name)?.toArray()]),
      ) as unknown as ObservationColumns;
      yield { rows: batch.numRows, columns };
    }
  }
}

/** A position in one file's batches, for the merge. */
class Cursor {
  readonly batches: Iterator<ObservationBatch>;
  batch: ObservationBatch | undefined;
  row = 0;
  /** Why the file can't be read any further. */
  fault: FloodproofError | null = null;

  constructor(batches: Iterator<ObservationBatch>) {
    this.batches = batches;
    this.advanceBatch();
  }

  get concludedUs(): number {
    return this.batch?.columns.concludedUs[this.row] ?? Number.POSITIVE_INFINITY;
  }

  advanceBatch(): void {
    do {
      this.batch = this.next();
    } while (this.batch !== undefined && this.batch.rows === 0);
    this.row = 0;
  }

  private next(): ObservationBatch | undefined {
    try {
      const next = this.batches.next();
      return next.done ? undefined : next.value;
    } catch (error) {
      if (!(error instanceof FloodproofError)) throw error;
      this.fault = error;
      return undefined;
    }
  }
}

/**
 * Several workers' files as one source, merged by `concludedUs`. Yields runs of rows that stand together in one file,
 * so with one worker the batches pass through uncopied. A file that can't be read any further ends there, and is told when
 * all the others have been read.
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
      if (first?.batch === undefined) break;
      yield takeUntil(first, first.batch, secondUs);
    }
    for (const { fault } of cursors) if (fault !== null) throw fault;
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
