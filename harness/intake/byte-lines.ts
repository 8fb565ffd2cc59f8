/** Logs line by line as bytes, however large: what is held of them is one piece and the start of one line. */
import { createReadStream, statSync } from 'node:fs';
import process from 'node:process';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FloodproofError } from '../errors.js';

const PIECE_BYTES = 1 << 18;
/** A line of more bytes is no line of a log. */
const LINE_BYTES_MAX = 1 << 20;
const LF = 10;
const CR = 13;

/** Takes the line that stands in `bytes` from `start` to just before `end`; the bytes are another line's after the call. */
export type LineVisitor = (bytes: Buffer, start: number, end: number, line: number) => void;

/**
 * Visits the lines of one file in their order, numbered from 1, without their ends (LF or CRLF). A last one that no line end
 * follows is a line too. What begins as gzip does is unpacked, whatever its name is; `-` is stdin.
 *
 * @throws {FloodproofError} FP_FILE_UNREADABLE the file is not there, or ends in the middle of its packing;
 *   FP_LOG_UNREADABLE it is no text, or has a line of more than `LINE_BYTES_MAX`.
 */
export async function visitLines(file: string, visit: LineVisitor): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 0;
  let isFirst = true;
  for await (const piece of pieces(file)) {
    if (isFirst) refuseBinary(file, piece);
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    // EF BB BF, a byte order mark.
    let start = isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    isFirst = false;
    for (let at = bytes.indexOf(LF, start); at >= 0; at = bytes.indexOf(LF, start)) {
      line++;
      visit(bytes, start, at > start && bytes[at - 1] === CR ? at - 1 : at, line);
      start = at + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > LINE_BYTES_MAX) {
      throw new FloodproofError('FP_LOG_UNREADABLE', `${file}:${line + 1} has no end within ${LINE_BYTES_MAX} bytes`, {
        hint: 'name the log itself; of a packed file only gzip is known',
      });
    }
  }
  if (rest.length > 0) visit(rest, 0, rest.at(-1) === CR ? rest.length - 1 : rest.length, line + 1);
}

async function* pieces(file: string): AsyncGenerator<Buffer, void, undefined> {
  let source: Readable;
  try {
    if (file !== '-' && statSync(file).isDirectory()) throw new Error('it is a folder');
    source = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: PIECE_BYTES });
  } catch (cause) {
    throw unreadable(file, cause);
  }
  try {
    yield* unpacked(source);
  } catch (cause) {
    throw unreadable(file, cause);
  } finally {
    source.destroy();
  }
}

/** Looks at the first two bytes before it decides: a log that comes by stdin has no name that could tell. */
async function* unpacked(source: Readable): AsyncGenerator<Buffer, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    head = Buffer.concat([head, value as Buffer]);
  }
  const all = async function* (): AsyncGenerator<Buffer, void, undefined> {
    if (head.length > 0) yield head;
    for (;;) {
      const { value, done } = await iterator.next();
      if (done === true) return;
      yield value as Buffer;
    }
  };
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all();
    return;
  }
  // What fails on the way is thrown by whoever reads the end of the line.
  const plain = pipeline(all(), createGunzip({ chunkSize: PIECE_BYTES }), () => undefined);
  for await (const piece of plain) yield piece as Buffer;
}

function unreadable(file: string, cause: unknown): FloodproofError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' ? 'there is no such file' : message;
  return new FloodproofError('FP_FILE_UNREADABLE', `cannot read ${file}: ${reason}`, { cause });
}

function refuseBinary(file: string, piece: Buffer): void {
  if (!piece.subarray(0, 4096).includes(0)) return;
  throw new FloodproofError('FP_LOG_UNREADABLE', `${file} is no text, or text in UTF-16`, {
    hint: 'name a log in ASCII or UTF-8, packed with gzip or not at all',
  });
}
