/** Ctrl-C: the first stops the load and lets the run be saved, the second ends the process at once. */
import process from 'node:process';
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
