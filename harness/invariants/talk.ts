/**
 * How a check talks to the limiters under test: it yields one step after the other and is given the answer to each. So
 * the same check plays a limiter that answers at once, one that promises to, and one whose clock has to be played.
 */
import type { Claims } from './claims.js';
import type { Consumed, Limiter, LimiterClock } from './contract.js';

/** One sentence on what went wrong; null: nothing did. */
export type Complaint = string | null;
export type Talking = Generator<Step, Complaint, Consumed>;

export type Act = 'consume' | 'try' | 'release' | 'credit' | 'set' | 'crowd';

/** One object serves all steps of a talk. */
export interface Step {
  /**
   * `try`: a consume that may throw instead of refusing. `set`: the clock is set, no time passes. `crowd`: as many
   * callers as there are `lags` consume without waiting for one another.
   */
  act: Act;
  /** 0 or 1. */
  who: number;
  key: string;
  cells: number;
  atUs: number;
  /** Of `crowd`: after how many turns of microtasks each caller asks. */
  lags: readonly number[];
}

export class Talk {
  readonly claims: Claims;
  readonly clock: LimiterClock;
  readonly limiters: readonly Limiter[];
  /** The answer came at some moment between these two; equal where time is played. */
  sentUs = 0;
  answeredUs = 0;
  /** Time that really passed since the start, which setting the clock does not change; 0 when time is an argument. */
  passedUs = 0;
  /** What a crowd was answered; null: the limiter answers at once, so that no two calls can be under way. */
  crowdAnswers: readonly Consumed[] | null = null;
  /** Why there was nothing to ask, where only the limiter itself could show that; null: there was. */
  unasked: string | null = null;
  /** Why this history alone says nothing; null: it does. */
  dropped: string | null = null;
  /** Some answer came only once played time had passed: when it was decided is not known to the instant. */
  isLate = false;
  /** The check means something only where every answer comes at the instant at which it was asked for. */
  readonly needsInstants: boolean;
  /** Timers were left out, so nothing can be said of what the limiter should have given. */
  isStarved = false;
  /** Instants at which something is asked before this are in the past. */
  readonly startUs: number;
  readonly #step: Step = { act: 'consume', who: 0, key: 'a', cells: 1, atUs: 0, lags: [] };

  constructor(
    claims: Claims,
    clock: LimiterClock,
    limiters: readonly Limiter[],
    { startUs, needsInstants = false }: { readonly startUs: number; readonly needsInstants?: boolean },
  ) {
    this.claims = claims;
    this.clock = clock;
    this.limiters = limiters;
    this.startUs = startUs;
    this.needsInstants = needsInstants;
  }

  consume(atUs: number, cells: number, key = 'a', who = 0): Step {
    return this.#next('consume', atUs, cells, key, who);
  }

  /** For costs that a limiter may answer by an exception. */
  attempt(atUs: number, cells: number, key = 'a', who = 0): Step {
    return this.#next('try', atUs, cells, key, who);
  }

  release(atUs: number, cells: number, key = 'a', who = 0): Step {
    return this.#next('release', atUs, cells, key, who);
  }

  credit(atUs: number, cells: number, key = 'a', who = 0): Step {
    return this.#next('credit', atUs, cells, key, who);
  }

  crowd(atUs: number, cells: number, lags: readonly number[], key = 'a', who = 0): Step {
    const step = this.#next('crowd', atUs, cells, key, who);
    step.lags = lags;
    return step;
  }

  setClock(atUs: number): Step {
    return this.#next('set', atUs, 0, '', 0);
  }

  /** Counters in memory now, as the limiter says; null when it does not. */
  size(who = 0): number | null {
    return this.limiters[who]?.size?.() ?? null;
  }

  #next(act: Act, atUs: number, cells: number, key: string, who: number): Step {
    const step = this.#step;
    step.act = act;
    step.atUs = atUs;
    step.cells = cells;
    step.key = key;
    step.who = who;
    return step;
  }
}
