/** The arrivals of an earlier run as a trace: its record in Arrow's form while it goes on, in Parquet's once it is over. */
import { closeSync, openSync, readSync } from 'node:fs';
import { type RecordBatch, RecordBatchReader } from 'apache-arrow';
import { type AsyncBuffer, asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
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

interface Columns {
  readonly time: (typeof observationTimes)[number];
  readonly who: (typeof observationWho)[number] | null;
}

/**
 * Reads the arrivals of a record into `book`, numbered from 1; follow-ups are left out, as behaviours make their own, and so
 * are requests that never came to the moment that is asked for. Rows stand in the order in which they were concluded, so
 * that they are put in order is no news. A file whose name ends in `.parquet` is read as a sealed record.
 *
 * @throws {TraceRefusal}
 */
export async function readObservations(
  file: string,
  { timeColumn, whoColumn }: ObservationColumnsWanted,
  book: TraceBook,
): Promise<void> {
  const columns: Columns = {
    time: oneOf(file, observationTimes, timeColumn ?? 'intendedUs'),
    who: whoColumn === null ? null : oneOf(file, observationWho, whoColumn),
  };
  book.stampForm = 'microseconds';
  if (file.endsWith('.parquet')) await readSealed(file, columns, book);
  else readOpen(file, columns, book);
}

/** Row group by row group, so that memory does not grow with the file. */
async function readSealed(file: string, { time, who }: Columns, book: TraceBook): Promise<void> {
  const buffer = await openSealed(file);
  const wanted = who === null ? [time, 'kind'] : [time, 'kind', who];
  let row = 0;
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const known = new Set(metadata.schema.map(({ name }) => name));
    for (const name of wanted) {
      if (!known.has(name)) throw new TraceRefusal('FP_TRACE_FORMAT', { file }, `the file has no column ${name}`);
    }
    for (const group of metadata.row_groups) {
      const rowEnd = row + Number(group.num_rows);
      const rows = await parquetReadObjects({ file: buffer, metadata, columns: wanted, rowStart: row, rowEnd });
      for (const one of rows) {
        row++;
        addArrival(
          book,
          row,
          time,
          one.kind as number,
          one[time] as number,
          who === null ? null : (one[who] as number),
        );
      }
    }
  } catch (cause) {
    if (cause instanceof TraceRefusal) throw cause;
    throw noRecord(file, cause as Error);
  }
}

async function openSealed(file: string): Promise<AsyncBuffer> {
  try {
    return await asyncBufferFromFile(file);
  } catch (cause) {
    throw new TraceRefusal('FP_TRACE_FILE', { file }, (cause as Error).message);
  }
}

function readOpen(file: string, { time, who }: Columns, book: TraceBook): void {
  let row = 0;
  try {
    for (const reader of RecordBatchReader.readAll(pieces(file))) {
      for (const batch of reader) {
        const times = column(file, batch, time);
        const kinds = column(file, batch, 'kind');
        const names = who === null ? null : column(file, batch, who);
        for (let i = 0; i < batch.numRows; i++) {
          row++;
          addArrival(
            book,
            row,
            time,
            kinds[i] as number,
            times[i] as number,
            names === null ? null : (names[i] as number),
          );
        }
      }
    }
  } catch (cause) {
    if (cause instanceof TraceRefusal) throw cause;
    // What the reader says of a last piece that a crash has cut; everything before it was read.
    if (row === 0 || !(cause as Error).message.startsWith('Expected to read')) throw noRecord(file, cause as Error);
    book.cut.add(row + 1);
  }
}

function addArrival(
  book: TraceBook,
  row: number,
  time: Columns['time'],
  kind: number,
  atUs: number,
  who: number | null,
): void {
  if (kind !== IntentKind.arrival || (atUs === 0 && time !== 'intendedUs')) return;
  book.add(row, atUs, who);
}

function noRecord(file: string, { message }: Error): TraceRefusal {
  return new TraceRefusal('FP_TRACE_FORMAT', { file }, `the file holds no record of a run: ${message}`);
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
