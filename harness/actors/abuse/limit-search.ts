import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import { Outcome } from '../outcome.js';
import type { Setting } from '../setting.js';

/** The search ends when the two rates are as near as this, as a share of the higher one. */
const NEAR_ENOUGH = 0.03;
/** What is sent in the end, as a share of the highest rate that has passed. */
const HELD_BACK = 0.98;
/** A drain that has lasted as many trials without a throttle shows that the highest rate passes. */
const DRAIN_TRIALS = 10;

/**
 * Finds the rate that one key is let through at, by halving.
 *
 * ```
 * drain: at the highest rate, until each key has been throttled, so that nothing saved up is left
 *   └─ trial: halfway between the two rates for `trialUs` ── a throttle: the rate is the new high one ── drain
 *                                                        └─ none: it is the new low one ── drain
 * hold: just below the low one, when the two are near enough
 * ```
 * Requests alternate strictly over the keys and never follow each other faster than the rate says: a bucket that refills at
 * this rate or above throttles none. An arrival that comes too early is skipped, so the actor's arrivals must be several
 * times as many as the highest rate of all its keys together; fewer make its rates too low, never too high.
 *
 * Only identities that have arrived are used as keys: where the generator has several workers, each searches with its own.
 */
export function createLimitSearch(setting: Setting): Behaviour {
  const params = paramsOf(setting.actor, 'limit-search');
  const search = new LimitSearch(params);
  const orders = new OrderMaker(setting.actor.symbolZipf);
  const keys: Identity[] = [];
  const known = new Set<number>();

  function onArrival(arrived: Identity, nowUs: number): Intent | null {
    if (!known.has(arrived.index)) {
      known.add(arrived.index);
      keys.push(arrived);
      search.useKeys(keys.length, nowUs);
    }
    const tag = search.ask(nowUs);
    const identity = tag === null ? undefined : keys[search.turn % keys.length];
    if (identity === undefined) return null;
    const { number, random } = setting.events.arrival(identity);
    return setting.intent(identity, api.placeOrder(orders.order(random)), { step: `${tag}/${number}` });
  }

  function onOutcome(intent: Intent, { outcome }: Answered, nowUs: number): null {
    const tag = intent.step.slice(0, intent.step.lastIndexOf('/'));
    search.hear(tag, outcome === Outcome.throttled || outcome === Outcome.banned, nowUs);
    return null;
  }

  return { onArrival, onOutcome };
}

/** The search without its requests: when to send, and what to make of the answers. */
class LimitSearch {
  /** Requests sent so far, by which keys take their turns. */
  turn = -1;
  readonly #trialUs: number;
  readonly #highest: number;
  #low: number;
  #high: number;
  #keys = 1;
  #part: 'drain' | 'trial' | 'hold' = 'drain';
  /** Drains and trials so far; answers to an earlier one tell nothing. */
  #round = 0;
  #startedUs = 0;
  #sentUs = Number.NEGATIVE_INFINITY;
  #fromUs = Number.NEGATIVE_INFINITY;
  #throttles = 0;
  #open = 0;

  constructor(params: { readonly lowPerSecond: number; readonly highPerSecond: number; readonly trialUs: number }) {
    this.#low = params.lowPerSecond;
    this.#high = Math.max(params.lowPerSecond, params.highPerSecond);
    this.#highest = this.#high;
    this.#trialUs = params.trialUs;
  }

  /** Another key has come: what the others have shown was at another pace, so the part begins anew. */
  useKeys(keys: number, nowUs: number): void {
    this.#keys = keys;
    if (this.#part !== 'hold') this.#begin('drain', nowUs);
  }

  /** A mark for a request that is sent now, or null when none is due. */
  ask(nowUs: number): string | null {
    if (this.#part === 'drain' && nowUs - this.#startedUs > DRAIN_TRIALS * this.#trialUs) {
      this.#low = this.#high;
      this.#begin('hold', nowUs);
    }
    if (this.#part === 'trial' && nowUs - this.#startedUs > this.#trialUs) {
      // Until the last of them has its answer, the trial is not over.
      if (this.#open > 0) return null;
      this.#low = this.#rate;
      this.#goOn(nowUs);
    }
    if (nowUs < this.#fromUs || nowUs - this.#sentUs < this.#gapUs) return null;
    this.#sentUs = nowUs;
    this.turn += 1;
    this.#open += 1;
    return `${this.#part}/${this.#round}`;
  }

  hear(tag: string, isThrottled: boolean, nowUs: number): void {
    if (tag !== `${this.#part}/${this.#round}`) return;
    this.#open -= 1;
    if (!isThrottled) return;
    this.#throttles += 1;
    if (this.#part === 'drain' && this.#throttles >= this.#keys) this.#begin('trial', nowUs);
    else if (this.#part === 'trial') {
      this.#high = this.#rate;
      this.#goOn(nowUs);
    }
  }

  /** Arrivals per second and key. */
  get #rate(): number {
    if (this.#part === 'drain') return this.#highest;
    return this.#part === 'trial' ? (this.#low + this.#high) / 2 : this.#low * HELD_BACK;
  }

  /** Between two requests, whichever keys they are of. */
  get #gapUs(): number {
    return 1_000_000 / (this.#rate * this.#keys);
  }

  #goOn(nowUs: number): void {
    this.#begin(this.#high - this.#low > NEAR_ENOUGH * this.#high ? 'drain' : 'hold', nowUs);
  }

  #begin(part: 'drain' | 'trial' | 'hold', nowUs: number): void {
    this.#part = part;
    this.#round += 1;
    this.#startedUs = nowUs;
    // The first of the keys has sent last almost a whole turn ago, at the pace before: from then on it has to wait as well.
    this.#fromUs = this.#sentUs + this.#keys * this.#gapUs;
    this.#throttles = 0;
    this.#open = 0;
  }
}
