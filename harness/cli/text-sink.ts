/** Where a long text goes piece by piece: to stdout as fast as its reader reads, or into a file that is whole or not there. */
import { closeSync, fsyncSync, renameSync, rmSync, writeSync } from 'node:fs';
import process from 'node:process';
import { openPart, partName } from '../engine/record/part-file.js';
import { FloodproofError } from '../errors.js';
import { shownResult } from './console.js';

export interface TextSink {
  /** @returns false when nobody reads any more. @throws {FloodproofError} FP_DISK */
  write(text: string): Promise<boolean>;
  /** @throws {FloodproofError} FP_DISK */
  close(): void;
  /** Leaves nothing of what was written to a file. */
  abandon(): void;
}

/** Those by which a person ends a command. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

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
    if (!process.stdout.write(shownResult(text))) await drained;
    // An error is told by an event, which needs a turn of the loop.
    else await new Promise((resolve) => setImmediate(resolve));
    return !this.#isOver;
  }

  close(): void {}

  abandon(): void {}
}

class FileSink implements TextSink {
  readonly #file: string;
  readonly #fd: number;
  /** Ctrl-C while it is written: what is there is no report, and goes. */
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.abandon();
    process.kill(process.pid, signal);
  };

  constructor(file: string) {
    this.#file = file;
    try {
      this.#fd = openPart(file);
    } catch (cause) {
      throw this.#error(cause);
    }
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  async write(text: string): Promise<boolean> {
    const bytes = Buffer.from(text);
    try {
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(this.#fd, bytes, offset);
    } catch (cause) {
      throw this.#error(cause);
    }
    // A signal is told in a turn of the loop.
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }

  close(): void {
    this.#release();
    try {
      fsyncSync(this.#fd);
      closeSync(this.#fd);
      renameSync(partName(this.#file), this.#file);
    } catch (cause) {
      rmSync(partName(this.#file), { force: true });
      throw this.#error(cause);
    }
  }

  abandon(): void {
    this.#release();
    closeSync(this.#fd);
    rmSync(partName(this.#file), { force: true });
  }

  #release(): void {
    for (const signal of signals) process.off(signal, this.#onSignal);
  }

  #error(cause: unknown): FloodproofError {
    return new FloodproofError('FP_DISK', `cannot write ${this.#file}: ${(cause as Error).message}`, {
      cause,
      hint: 'free some space or choose another file with --out',
    });
  }
}
