/** Signals. Ctrl-C: the first stops the load and lets the run be saved, the second ends the process at once. */
import process from 'node:process';
import { isatty } from 'node:tty';
import { ExitCode } from '../errors.js';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the signals back to the system. */
  release(): void;
}

export function catchInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  const handle = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    controller.abort();
    onFirst();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}

const STANDARD_STREAMS = [0, 1, 2];

/**
 * SIGHUP, which says two things: somebody asks for files to be read again, or the terminal is gone, and then so is who
 * wanted this process: it ends as it would have without a handler.
 * @returns what gives the signal back to the system.
 */
export function catchHangup(onReload: () => void): () => unknown {
  const terminals = STANDARD_STREAMS.filter((stream) => isatty(stream));
  const release = (): unknown => process.off('SIGHUP', handle);
  const handle = (): void => {
    // A terminal that has hung up is none any more.
    if (terminals.every((stream) => isatty(stream))) {
      onReload();
      return;
    }
    release();
    process.kill(process.pid, 'SIGHUP');
  };
  process.on('SIGHUP', handle);
  return release;
}
