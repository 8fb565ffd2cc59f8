/** The arrivals of an earlier run as a trace: its record in Arrow's form, `observations.<worker>.arrows`. */
import { closeSync, openSync, readSync } from 'node:fs';
import { type RecordBatch, RecordBatchReader } from 'apache-arrow';
import { IntentKind } from '../actors/outcome.js';
import { TraceRefusal } from './faults.js';
import type { TraceBook } from './trace-book.js';

const observationTimes = ['intendedUs', 'dispatchedUs', 'sentUs', 'answeredUs'] as const;
const observationWho = ['identity', 'ip', 'account', 'key', 'actor'] as const;

export interface ObservationColumnsWanted {
  /** One of `observationTimes`; null = intendedUs. */
  readonly timeColumn: string | null;
  /** One of `observationWho`; null = nobody is told apart. */
  readonly whoColumn: string | null;
}

/**
 * Reads the arrivals of a record into `book`, numbered from 1; follow-ups are left out, as behaviours make their own, and so
 * are requests that never came to the moment that is asked for. Rows stand in the order in which they were concluded, so
 * that they are put in order is no news.
 *
 * @throws {TraceRefusal}
 */
export function readObservations(
  file: string,
  { timeColumn, whoColumn }: ObservationColumnsWanted,
  book: TraceBook,
): void {
  if (file.endsWith('.parquet')) {
    throw new TraceRefusal(
      'FP_TRACE_FORMAT',
      { file },
      'a sealed record (.parquet) cannot be read back',
      'name the .arrows file of a run, or export its column of times as CSV: duckdb -csv -c "SELECT intendedUs FROM \'observations.parquet\'"',
    );
  }
  const time = oneOf(file, observationTimes, timeColumn ?? 'intendedUs');
  const who = whoColumn === null ? null : oneOf(file, observationWho, whoColumn);
  book.stampForm = 'microseconds';
  let row = 0;
  try {
    for (const reader of RecordBatchReader.readAll(pieces(file))) {
      for (const batch of reader) {
        const times = column(file, batch, time);
        const kinds = column(file, batch, 'kind');
        const names = who === null ? null : column(file, batch, who);
        for (let i = 0; i < batch.numRows; i++) {
          row++;
          const atUs = times[i] as number;
          if (kinds[i] !== IntentKind.arrival || (atUs === 0 && time !== 'intendedUs')) continue;
          book.add(row, atUs, names === null ? null : (names[i] as number));
        }
      }
    }
  } catch (cause) {
    if (cause instanceof TraceRefusal) throw cause;
    const { message } = cause as Error;
    // What the reader says of a last piece that a crash has cut; everything before it was read.
    if (row === 0 || !message.startsWith('Expected to read')) {
      throw new TraceRefusal('FP_TRACE_FORMAT', { file }, `the file holds no record of a run: ${message}`);
    }
    book.cut.add(row + 1);
  }
}

const PIECE_BYTES = 1 << 18;

/** The bytes of a file. Read at once and not as a stream, of which the reader would take an error for the end. */
function* pieces(file: string): Generator<Uint8Array> {
  let fd: number | null = null;
  try {
    fd = openSync(file, 'r');
    for (;;) {
      const piece = new Uint8Array(PIECE_BYTES);
      const bytes = readSync(fd, piece);
      if (bytes === 0) return;
      yield piece.subarray(0, bytes);
    }
  } catch (cause) {
    throw new TraceRefusal('FP_TRACE_FILE', { file }, (cause as Error).message);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function oneOf<T extends string>(file: string, known: readonly T[], name: string): T {
  const found = known.find((other) => other === name);
  if (found !== undefined) return found;
  throw new TraceRefusal(
    'FP_TRACE_COLUMN',
    { file },
    `a record has no column "${name}" for this, but ${known.join(', ')}`,
  );
}

function column(file: string, batch: RecordBatch, name: string): ArrayLike<number> {
  const vector = batch.getChild(name);
  if (vector === null) throw new TraceRefusal('FP_TRACE_FORMAT', { file }, `the file has no column ${name}`);
  return vector.toArray() as ArrayLike<number>;
}
