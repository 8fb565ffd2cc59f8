/** How a limiter under test comes into being and ends; what goes wrong is a `Misbehaviour`. */
import type { Limiter, LimiterAdapter } from './contract.js';
import type { TimeKeeper } from './limiter-clock.js';
import { ANSWER_DEADLINE_MS, Misbehaviour } from './player.js';
import { settle } from './real-time.js';

/** One that is made at once is not waited for. */
export function makeLimiter(adapter: LimiterAdapter, clock: TimeKeeper): Limiter | Promise<Limiter> {
  try {
    const made = adapter.create();
    return isThenable(made) ? within(made, clock, 'create').then(known) : known(made);
  } catch (error) {
    throw asMisbehaviour(error, 'create');
  }
}

export async function closeLimiter(limiter: Limiter, clock: TimeKeeper): Promise<void> {
  try {
    const closing = limiter.close?.();
    if (isThenable(closing)) await within(closing, clock, 'close');
  } catch (error) {
    throw asMisbehaviour(error, 'close');
  }
}

async function within<T>(promise: PromiseLike<T>, clock: TimeKeeper, what: string): Promise<T> {
  try {
    const sinceUs = clock.nowUs;
    const settled = await settle(promise, ANSWER_DEADLINE_MS, {
      nudge: () => clock.nudge(),
      pass: () => clock.passToTimer(sinceUs),
      isByTimer: false,
    });
    if (settled !== null) return settled.value;
  } catch (error) {
    throw asMisbehaviour(error, what);
  }
  throw new Misbehaviour(`${what} did not answer within ${ANSWER_DEADLINE_MS / 1_000} s`, true);
}

function known(made: unknown): Limiter {
  const consume = (made as Partial<Limiter> | null | undefined)?.consume;
  if (typeof consume === 'function') return made as Limiter;
  throw new Misbehaviour('create made something that has no method consume');
}

function asMisbehaviour(error: unknown, what: string): Misbehaviour {
  if (error instanceof Misbehaviour) return error;
  return new Misbehaviour(`${what} threw "${error instanceof Error ? error.message : String(error)}"`);
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | null | undefined)?.then === 'function';
}
