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
/** Where answers are known to wait for timers that are played. */
const TURNS_BY_TIMER = 4;
/** Before time is played on: what waits for another process is not to see its own deadline pass. */
const PATIENCE_MS = 20;
/** Timers that one answer may wait for, one after the other. */
const TIMERS_MAX = 1_000;

/** What is done while an answer is awaited. */
export interface Waiting {
  /** Called again and again at first: for a limiter that answers from a timer of no time. */
  nudge(): void;
  /** Lets played time pass until the next timer; false: none can bring the answer. */
  pass(): boolean;
  /** Earlier answers came only once time had passed. */
  readonly isByTimer: boolean;
}

/**
 * Waits for an answer, `deadlineMs` of real time at most.
 * @returns null when the answer did not come.
 */
export async function settle<T>(
  promise: PromiseLike<T>,
  deadlineMs: number,
  waiting: Waiting,
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
  const turns = waiting.isByTimer ? TURNS_BY_TIMER : TURNS;
  for (let turn = 0; turn < turns && seen() === null; turn += 1) {
    waiting.nudge();
    await realTurn();
  }
  if (seen() === null && !waiting.isByTimer) await soonest(settled, PATIENCE_MS);
  for (let timers = 0; timers < TIMERS_MAX && seen() === null && waiting.pass(); timers += 1) {
    for (let turn = 0; turn < TURNS_BY_TIMER && seen() === null; turn += 1) await realTurn();
  }
  if (seen() === null) await soonest(settled, deadlineMs);
  const result = seen();
  if (result === null) return null;
  if ('error' in result) throw result.error;
  return result;
}

async function soonest(settled: Promise<void>, deadlineMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<void>((resolve) => {
    timer = later(resolve, deadlineMs);
  });
  await Promise.race([settled, end]);
  cancel(timer);
}
