/**
 * How an honest client takes "no": as the plan's retry policy says, and where a plan says nothing, it waits as long as it
 * is told, or a little longer each time it is told nothing.
 */
import type { RetryPlan } from '../../scenario/plan.js';
import type { Answered, FollowUp, Intent, Random } from '../actor.js';
import { IntentKind, Outcome } from '../outcome.js';
import type { Setting } from '../setting.js';
import { RetryBudget, retryWaitUs } from './retry.js';

/** Nobody waits longer than this for an answer to one wish; a Retry-After beyond it makes a client give up. */
export const waitUsMax = 60_000_000;
const UNTOLD_WAIT_US = 1_000_000;
const BACKOFF_US = 250_000;
/** Lateness after Retry-After at most, as a share of it: clients that were told the same do not come back at once. */
const JITTER_SHARE = 0.1;

/** What honest clients do whose plan has no retry policy. */
export interface Habit {
  /** Share of identities that come back after a throttle at all. */
  readonly followRetryAfterShare: number;
  /** Attempts of one wish after the first. */
  readonly retries: number;
}

/** Of honest clients in general, where a behaviour has no parameter for it. */
const usualHabit: Habit = { followRetryAfterShare: 0.9, retries: 1 };

/** Whether an outcome may be another one when the same is asked later: a throttle or a failure. */
export function mayPass(outcome: Outcome): boolean {
  switch (outcome) {
    case Outcome.throttled:
    case Outcome.timeout:
    case Outcome.reset:
    case Outcome.unconnected:
    case Outcome.garbage:
    case Outcome.serverError:
      return true;
    default:
      return false;
  }
}

/** The patience of one actor's identities; every behaviour of honest clients asks it after each outcome. */
export class Patience {
  readonly #setting: Setting;
  readonly #plan: RetryPlan | null;
  readonly #habit: Habit;
  readonly #budget: RetryBudget | null;

  constructor(setting: Setting, habit: Habit = usualHabit) {
    const { retry, population } = setting.actor;
    this.#setting = setting;
    this.#plan = retry;
    this.#habit = habit;
    this.#budget = retry === null || retry.budgetShare === null ? null : new RetryBudget(retry.budgetShare, population);
  }

  /**
   * The same intent again after a throttle or a failure, or null when the client gives up or the outcome calls for
   * nothing. Requests that were never sent or were taken back are not tried again.
   *
   * @param uncounted - Attempts of the intent that were no retries (a password that was typed anew).
   */
  after(intent: Intent, answered: Answered, uncounted = 0): FollowUp | null {
    const attempt = intent.attempt - uncounted;
    if (attempt === 0) this.#budget?.asked(this.#setting.events.place(intent.identity));
    if (!mayPass(answered.outcome)) return null;
    const waitUs = this.#waitUs(intent, answered, attempt);
    if (waitUs === null) return null;
    if (this.#budget?.take(this.#setting.events.place(intent.identity)) === false) return null;
    return { intent: { ...intent, kind: IntentKind.retry, attempt: intent.attempt + 1 }, afterUs: Math.ceil(waitUs) };
  }

  #waitUs(intent: Intent, answered: Answered, attempt: number): number | null {
    const { events } = this.#setting;
    const random = events.outcome(intent);
    const follows = events.trait(intent.identity, 'follows-retry-after').unit();
    if (this.#plan !== null) {
      const ownUs = retryWaitUs(this.#plan, attempt, random);
      const toldUs = follows < this.#plan.followShare ? Math.max(0, answered.retryAfterMs) * 1_000 : 0;
      return ownUs === null || toldUs > waitUsMax ? null : toldUs + ownUs;
    }
    if (attempt >= this.#habit.retries) return null;
    const waitUs = habitualWaitUs(answered, attempt, follows < this.#habit.followRetryAfterShare, random);
    return waitUs === null || waitUs > waitUsMax ? null : waitUs;
  }
}

/** Never earlier than Retry-After says. */
function habitualWaitUs(answered: Answered, attempt: number, follows: boolean, random: Random): number | null {
  if (answered.outcome === Outcome.throttled) {
    if (!follows) return null;
    const toldUs = answered.retryAfterMs >= 0 ? answered.retryAfterMs * 1_000 : UNTOLD_WAIT_US;
    return toldUs * (1 + JITTER_SHARE * random.unit());
  }
  // Half of the pause is jitter, so that clients which failed together do not return together.
  return BACKOFF_US * 2 ** attempt * (0.5 + random.unit());
}
