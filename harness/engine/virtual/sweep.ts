/** Plays one plan under many seeds, several at once in threads; results come in the order of the seeds. */
import { Piscina } from 'piscina';
import { FloodproofError } from '../../errors.js';
import type { SeedFailure, SeedResult, SeedTask } from './seed-task.js';

export interface SweepOptions {
  readonly threads: number;
  /** Aborted: no further result comes. */
  readonly stop: AbortSignal;
}

/**
 * @param tasks - taken one by one, a few ahead of the results.
 * @throws {FloodproofError} what prevented a verdict on one of them.
 */
export async function* sweep(
  tasks: Iterable<SeedTask>,
  { threads, stop }: SweepOptions,
): AsyncGenerator<SeedResult, void, undefined> {
  const pool = new Piscina<SeedTask, SeedResult | SeedFailure>({
    filename: new URL('./seed-task.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    // See `play`: a thread that waits in Atomics between tasks holds back its last messages.
    atomics: 'disabled',
  });
  const running: Promise<SeedResult | SeedFailure>[] = [];
  const source = tasks[Symbol.iterator]();
  const startNext = (): void => {
    const next = source.next();
    if (next.done) return;
    const result = pool.run(next.value);
    // It is awaited in its turn, unless an earlier one fails.
    result.catch(() => undefined);
    running.push(result);
  };
  try {
    for (let i = 0; i < 2 * threads; i++) startNext();
    for (let first = running.shift(); first !== undefined && !stop.aborted; first = running.shift()) {
      const result = await untilAborted(first, stop);
      if (result === null) return;
      if ('code' in result) throw new FloodproofError(result.code, result.message, result);
      startNext();
      yield result;
    }
  } finally {
    await pool.destroy();
  }
}

async function untilAborted<T>(work: Promise<T>, stop: AbortSignal): Promise<T | null> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<null>((resolve) => {
    onAbort = () => resolve(null);
    stop.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop.removeEventListener('abort', onAbort);
  }
}
