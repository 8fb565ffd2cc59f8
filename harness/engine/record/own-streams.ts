/**
 * Cuts a file of Arrow streams into those that we wrote, byte for byte as far as their metadata go: the schema, and what is
 * said of each batch (rows, and where each column lies), which follows from the number of its rows alone. A reader of any
 * Arrow takes counts from there, and memory for them, before it looks whether they can be.
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { FloodproofError } from '../../errors.js';
import { createColumns } from '../../judge/observation.js';
import { encodeSegment } from './arrow-segment.js';
import { openAtOnce } from './saved-json.js';

/** Rows of a stream at most; a worker writes some thousands at once. */
const STREAM_ROWS_MAX = 1 << 22;
/** Before each message: a mark and the length of its metadata. */
const PREFIX_BYTES = 8;
/** Where in a batch's message, behind its prefix, the number of its rows stands; the comparison holds it to be right. */
const ROWS_AT = 64;

interface Frame {
  readonly rows: number;
  /** Schema and batch metadata, each with its prefix. */
  readonly head: Buffer;
  /** Of the columns. */
  readonly bodyBytes: number;
  /** The mark of the end. */
  readonly end: Buffer;
}

function frameOf(rows: number): Frame {
  const bytes = encodeSegment(createColumns(rows), rows);
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const schemaBytes = PREFIX_BYTES + whole.readInt32LE(4);
  const headBytes = schemaBytes + PREFIX_BYTES + whole.readInt32LE(schemaBytes + 4);
  // Copies: the columns of zeros need not stay.
  return {
    rows,
    head: Buffer.from(whole.subarray(0, headBytes)),
    bodyBytes: whole.length - PREFIX_BYTES - headBytes,
    end: Buffer.from(whole.subarray(-PREFIX_BYTES)),
  };
}

const oneRow = frameOf(1);
const noRow = frameOf(0);
const schemaBytes = PREFIX_BYTES + oneRow.head.readInt32LE(4);
const rowsAt = schemaBytes + PREFIX_BYTES + ROWS_AT;

/**
 * Every whole stream of the file, each in memory of its own; a last one that is cut off is left out.
 *
 * @throws {FloodproofError} FP_RUN_UNREADABLE when the file can't be read, and at the first stream that is not ours.
 */
export function* ownStreams(path: string): Generator<Uint8Array> {
  const fd = openFile(path);
  try {
    const fileBytes = fstatSync(fd).size;
    let frame = oneRow;
    for (let at = 0; at < fileBytes; ) {
      const left = fileBytes - at;
      const head = readBytes(path, fd, at, Math.min(left, oneRow.head.length));
      const rows = rowsOf(head);
      if (rows === null) {
        if (isBeginning(head)) return;
        throw foreign(path, at);
      }
      if (rows !== frame.rows) {
        // More rows than the file has bytes for were cut off, or never written: no memory is taken for them.
        if (rows * leastRowBytes > left) {
          if (rows <= STREAM_ROWS_MAX) return;
          throw foreign(path, at);
        }
        if (rows > STREAM_ROWS_MAX) throw foreign(path, at);
        frame = rows === 0 ? noRow : frameOf(rows);
      }
      if (!head.subarray(0, frame.head.length).equals(frame.head)) throw foreign(path, at);
      const bytes = frame.head.length + frame.bodyBytes;
      if (left < bytes) return;
      const stream = readBytes(path, fd, at, Math.min(left, bytes + PREFIX_BYTES));
      const end = stream.subarray(bytes);
      if (!end.equals(frame.end.subarray(0, end.length))) throw foreign(path, at);
      yield stream;
      at += bytes + PREFIX_BYTES;
    }
  } finally {
    closeSync(fd);
  }
}

/** A row takes no less of a stream than of the columns without their gaps. */
const leastRowBytes = Object.values(createColumns(1)).reduce((sum, column) => sum + column.BYTES_PER_ELEMENT, 0);

/** null = the head is not whole, or says no number that is one. */
function rowsOf(head: Buffer): number | null {
  if (head.length >= noRow.head.length && head.subarray(0, noRow.head.length).equals(noRow.head)) return 0;
  if (head.length < oneRow.head.length) return null;
  const rows = head.readBigInt64LE(rowsAt);
  return rows > 0n && rows < 1n << 40n ? Number(rows) : null;
}

/** Whether a head of which the rest was cut off may be ours: of what it says of its batch there is too little to tell. */
function isBeginning(head: Buffer): boolean {
  const bytes = Math.min(head.length, schemaBytes);
  return head.length < oneRow.head.length && head.subarray(0, bytes).equals(oneRow.head.subarray(0, bytes));
}

function openFile(path: string): number {
  try {
    return openAtOnce(path);
  } catch (cause) {
    throw new FloodproofError('FP_RUN_UNREADABLE', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws {FloodproofError} FP_RUN_UNREADABLE when the file has become shorter. */
function readBytes(path: string, fd: number, from: number, length: number): Buffer {
  // Of its own, and so aligned: columns are looked at in place.
  const bytes = Buffer.from(new ArrayBuffer(length));
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, bytes, filled, length - filled, from + filled);
    if (count === 0) throw new FloodproofError('FP_RUN_UNREADABLE', `cannot read ${path}: it became shorter`);
    filled += count;
  }
  return bytes;
}

function foreign(path: string, at: number): FloodproofError {
  return new FloodproofError(
    'FP_RUN_UNREADABLE',
    `cannot read ${path} from byte ${at} on: no stream of ours stands there`,
  );
}
