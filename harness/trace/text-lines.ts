/** A text file line by line, however large: what is held of it is one piece and the start of one line. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TraceRefusal } from './faults.js';

const PIECE_BYTES = 1 << 18;
/** Characters of a line at most: what has longer ones is no such text. */
export const LINE_CHARACTERS_MAX = 1 << 20;

export interface TextLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/**
 * The lines of a file in batches, without their ends (LF or CRLF) and without a byte order mark. A last one that no line end
 * follows is a line too.
 *
 * @throws {TraceRefusal} the file can't be read, is packed, is no text, or has a line that is too long.
 */
export async function* textLines(
  file: string,
  encoding: 'utf-8' | 'latin1',
): AsyncGenerator<readonly TextLine[], void, undefined> {
  // A name and not an encoding of Node: its decoder keeps a letter that two pieces share.
  const decoder = new TextDecoder(encoding);
  let rest = '';
  let line = 0;
  let isFirst = true;
  const cut = (text: string): TextLine[] => {
    const lines = text.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARACTERS_MAX) {
      throw new TraceRefusal(
        'FP_TRACE_FORMAT',
        { file, line: line + lines.length + 1 },
        'the line has no end within a million characters',
      );
    }
    return lines.map((raw) => ({ text: raw.endsWith('\r') ? raw.slice(0, -1) : raw, line: ++line }));
  };
  for await (const piece of pieces(file)) {
    if (isFirst) refuseBinary(file, piece);
    isFirst = false;
    yield cut(rest + decoder.decode(piece, { stream: true }));
  }
  rest += decoder.decode();
  if (rest !== '') yield cut(`${rest}\n`);
}

/** The bytes of a file, unpacked where its name ends in .gz. */
async function* pieces(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = createReadStream(file, { highWaterMark: PIECE_BYTES });
  // What fails on the way is thrown by whoever reads the end of the line.
  const stream = file.endsWith('.gz')
    ? pipeline(bytes, createGunzip({ chunkSize: PIECE_BYTES }), () => undefined)
    : bytes;
  try {
    for await (const piece of stream) yield piece as Uint8Array;
  } catch (cause) {
    throw new TraceRefusal('FP_TRACE_FILE', { file }, (cause as Error).message);
  }
}

function refuseBinary(file: string, piece: Uint8Array): void {
  if (piece[0] === 0x1f && piece[1] === 0x8b) {
    const hint = 'let its name end in .gz, or unpack it first: gunzip --keep';
    throw new TraceRefusal('FP_TRACE_FORMAT', { file }, 'the file is packed with gzip', hint);
  }
  if (piece.subarray(0, 4096).includes(0)) {
    const hint = 'traces are text in UTF-8: export the file so (UTF-16 has zero bytes)';
    throw new TraceRefusal('FP_TRACE_FORMAT', { file }, 'the file is no text, or text in UTF-16', hint);
  }
}
