/**
 * What is captured, on disk as it comes: a journal of one entry a line, which a crash can cut in its last line only, and out
 * of which the HAR is made at the end, under a name of its own that it gives up only when it is whole.
 */
import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { FloodproofError } from '../errors.js';

export const JOURNAL_ENDING = '.journal';
const PIECE_BYTES = 1 << 18;

export interface Creator {
  readonly name: string;
  readonly version: string;
}

export class HarJournal {
  readonly file: string;
  entries = 0;
  /** Of the journal. */
  bytes = 0;
  readonly #journal: string;
  #fd: number | null;

  /** @throws {FloodproofError} FP_USAGE when the file or a journal of it is there, FP_DISK. */
  constructor(file: string) {
    this.file = file;
    this.#journal = file + JOURNAL_ENDING;
    if (existsSync(file)) throw isThere(file, 'choose another file with --out');
    try {
      this.#fd = openSync(this.#journal, 'wx', 0o600);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
        throw isThere(
          this.#journal,
          'it is left of a capture that was cut: read it with "floodproof record", or remove it',
        );
      }
      throw diskError(this.#journal, cause);
    }
  }

  /** @throws {FloodproofError} FP_DISK; nothing can be appended then any more. */
  append(entry: string): void {
    if (this.#fd === null) return;
    const line = Buffer.from(`${entry}\n`);
    try {
      writeWhole(this.#fd, line);
    } catch (cause) {
      throw diskError(this.#journal, cause);
    }
    this.entries++;
    this.bytes += line.length;
  }

  /** Makes the HAR of the journal, and removes that. Called again it does nothing. @throws {FloodproofError} FP_DISK */
  seal(creator: Creator): void {
    if (this.#fd === null) return;
    closeSync(this.#fd);
    this.#fd = null;
    const part = `${this.file}.part`;
    try {
      const fd = openSync(part, 'w', 0o600);
      try {
        writeWhole(fd, Buffer.from(`{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"entries":[\n`));
        copyEntries(this.#journal, this.bytes, fd);
        writeWhole(fd, Buffer.from(']}}\n'));
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(part, this.file);
      rmSync(this.#journal, { force: true });
    } catch (cause) {
      rmSync(part, { force: true });
      throw diskError(this.file, cause);
    }
  }
}

/** @param bytes - Of whole lines; what a full disk has cut behind them is left out. */
function copyEntries(journal: string, bytes: number, to: number): void {
  const from = openSync(journal, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    let at = 0;
    while (at < bytes) {
      const read = readSync(from, piece, 0, Math.min(PIECE_BYTES, bytes - at), at);
      if (read === 0) return;
      at += read;
      writeWhole(to, withCommas(piece.subarray(0, read), at === bytes));
    }
  } finally {
    closeSync(from);
  }
}

/** Every end of a line but the very last one parts two entries; no entry holds one. */
function withCommas(piece: Buffer, isLast: boolean): Buffer {
  const text = piece.toString('latin1');
  const parted = isLast ? `${text.slice(0, -1).replaceAll('\n', ',\n')}\n` : text.replaceAll('\n', ',\n');
  return Buffer.from(parted, 'latin1');
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

function isThere(file: string, hint: string): FloodproofError {
  return new FloodproofError('FP_USAGE', `${file} is there already`, { hint });
}

function diskError(file: string, cause: unknown): FloodproofError {
  return new FloodproofError('FP_DISK', `cannot write ${file}: ${(cause as Error).message}`, { cause });
}
