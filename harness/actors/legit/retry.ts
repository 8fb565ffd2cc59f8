/** How long a client waits before it tries again, by the policy that a plan gives it. */
import type { RetryPlan } from '../../scenario/plan.js';
import type { Random } from '../actor.js';

/**
 * The wait before the next attempt, whole microseconds from the answer.
 *
 * | policy | wait before retry n (from 0) |
 * |---|---|
 * | immediate | 0 |
 * | fixed | base |
 * | exponential | min(cap, base x 2^n): truncated binary exponential backoff (IEEE 802.3), without its randomness, as many clients have it |
 * | full-jitter | uniform from 0 to min(cap, base x 2^n) (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015) |
 *
 * @param attempt - Attempts of the wish before the one that failed.
 * @returns null: it is not tried again.
 */
export function retryWaitUs(plan: RetryPlan, attempt: number, random: Random): number | null {
  if (attempt >= plan.attempts) return null;
  switch (plan.policy) {
    case 'never':
      return null;
    case 'immediate':
      return 0;
    case 'fixed':
      return plan.baseUs;
    case 'exponential':
      return backoffUs(plan, attempt);
    case 'full-jitter':
      return Math.floor(random.unit() * (backoffUs(plan, attempt) + 1));
  }
}

function backoffUs({ baseUs, capUs }: RetryPlan, attempt: number): number {
  return Math.min(capUs, baseUs * 2 ** attempt);
}

/** Retries that an identity has left whatever its share: somebody who has just begun may try again too. */
const FREE_RETRIES = 10;

/**
 * Bounds the retries of each identity to a share of its first attempts and ten on top, over the whole run: when most of
 * what a client asks fails, trying everything again only makes it worse.
 *
 * @see Twitter Finagle, RetryBudget (20 % and 10 a second); Site Reliability Engineering, chapter 21, "Handling Overload"
 * (10 % of a client's requests).
 */
export class RetryBudget {
  readonly #share: number;
  readonly #firsts: Uint32Array;
  readonly #retries: Uint32Array;

  constructor(share: number, population: number) {
    this.#share = share;
    this.#firsts = new Uint32Array(population);
    this.#retries = new Uint32Array(population);
  }

  /** Counts a first attempt. @param place - Which of the actor's identities, from 0. */
  asked(place: number): void {
    this.#firsts[place] = (this.#firsts[place] ?? 0) + 1;
  }

  /** Takes one retry out of the budget; false when there is none left. */
  take(place: number): boolean {
    const retries = this.#retries[place] ?? 0;
    if (retries - FREE_RETRIES >= Math.floor(this.#share * (this.#firsts[place] ?? 0))) return false;
    this.#retries[place] = retries + 1;
    return true;
  }
}
