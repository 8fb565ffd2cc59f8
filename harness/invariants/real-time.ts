/** The real clock and timers, kept before anything can play them. */
const later = globalThis.setTimeout;
const cancel = globalThis.clearTimeout;
const soon = globalThis.setImmediate;
const clock = globalThis.performance;
const clockNow = clock.now;

/** Milliseconds since the process started; never goes back. */
export function realNowMs(): number {
  return clockNow.call(clock);
}

export function realWait(ms: number): Promise<void> {
  return new Promise((resolve) => later(resolve, ms));
}

/** Lets every callback run that is due now: microtasks, ticks, immediates. */
export function realTurn(): Promise<void> {
  return new Promise((resolve) => soon(resolve));
}

const TURNS_OF_MICROTASKS = 8;
const TURNS = 64;

/**
 * Waits for an answer, `deadlineMs` of real time at most.
 * @param nudge - called again and again while there is none: for a limiter that answers from a timer that is played.
 * @returns null when the answer did not come.
 */
export async function settle<T>(
  promise: PromiseLike<T>,
  deadlineMs: number,
  nudge: () => void,
): Promise<{ readonly value: T } | null> {
  let outcome: { value: T } | { error: unknown } | null = null;
  const settled = Promise.resolve(promise).then(
    (value) => {
      outcome = { value };
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  const seen = (): { value: T } | { error: unknown } | null => outcome;
  for (let turn = 0; turn < TURNS_OF_MICROTASKS && seen() === null; turn += 1) await null;
  for (let turn = 0; turn < TURNS && seen() === null; turn += 1) {
    nudge();
    await realTurn();
  }
  if (seen() === null) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = new Promise<void>((resolve) => {
      timer = later(resolve, deadlineMs);
    });
    await Promise.race([settled, end]);
    cancel(timer);
  }
  const result = seen();
  if (result === null) return null;
  if ('error' in result) throw result.error;
  return result;
}
