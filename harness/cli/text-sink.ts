/** Where a long text goes piece by piece: to stdout as fast as its reader reads, or into a file that is whole or not there. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import process from 'node:process';
import { FloodproofError } from '../errors.js';

export interface TextSink {
  /** @returns false when nobody reads any more. @throws {FloodproofError} FP_DISK */
  write(text: string): Promise<boolean>;
  /** @throws {FloodproofError} FP_DISK */
  close(): void;
  /** Leaves nothing of what was written to a file. */
  abandon(): void;
}

/** @param file - null = stdout. @throws {FloodproofError} FP_DISK */
export function openSink(file: string | null): TextSink {
  return file === null ? new StdoutSink() : new FileSink(file);
}

class StdoutSink implements TextSink {
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor() {
    const end = (): void => {
      this.#isOver = true;
      this.#wake();
    };
    // Whoever closes a pipe has read enough; what else went wrong the console tells at the end.
    process.stdout.on('error', end);
    process.stdout.on('close', end);
    process.stdout.on('drain', () => this.#wake());
  }

  async write(text: string): Promise<boolean> {
    if (this.#isOver) return false;
    const drained = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (!process.stdout.write(text)) await drained;
    // An error is told by an event, which needs a turn of the loop.
    else await new Promise((resolve) => setImmediate(resolve));
    return !this.#isOver;
  }

  close(): void {}

  abandon(): void {}
}

class FileSink implements TextSink {
  readonly #file: string;
  readonly #temporary: string;
  readonly #fd: number;

  constructor(file: string) {
    this.#file = file;
    this.#temporary = `${file}.part`;
    try {
      this.#fd = openSync(this.#temporary, 'w');
    } catch (cause) {
      throw this.#error(cause);
    }
  }

  async write(text: string): Promise<boolean> {
    const bytes = Buffer.from(text);
    try {
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(this.#fd, bytes, offset);
    } catch (cause) {
      throw this.#error(cause);
    }
    return true;
  }

  close(): void {
    try {
      fsyncSync(this.#fd);
      closeSync(this.#fd);
      renameSync(this.#temporary, this.#file);
    } catch (cause) {
      rmSync(this.#temporary, { force: true });
      throw this.#error(cause);
    }
  }

  abandon(): void {
    closeSync(this.#fd);
    rmSync(this.#temporary, { force: true });
  }

  #error(cause: unknown): FloodproofError {
    return new FloodproofError('FP_DISK', `cannot write ${this.#file}: ${(cause as Error).message}`, {
      cause,
      hint: 'free some space or choose another file with --out',
    });
  }
}
