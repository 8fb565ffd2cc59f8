/** When a doctor asks: one request after the other, and of somebody who has agreed to a rate no faster and no longer. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Trial } from './doctor-trials.js';
import { ANSWER_MS_MAX, type Visit, type Visitor } from './doctor-visit.js';

/** From one request to the next at least, where the target's owner was asked: what a small consent allows. */
export const ROUND_MS = 500;
/** Within this all is over, answers too. */
export const ROUNDS_MS_MAX = 60_000;

/** Where time comes from. */
export interface RoundsClock {
  nowMs(): number;
  /** Done after so long, or at once when the signal is aborted. */
  wait(ms: number, stop: AbortSignal): Promise<void>;
}

const realClock: RoundsClock = {
  nowMs: () => performance.now(),
  wait: async (ms, signal) => await wait(ms, undefined, { signal }).catch(() => undefined),
};

export interface RoundsOptions {
  /** Whether somebody has agreed to a rate and a duration. */
  readonly isPaced: boolean;
  readonly stop: AbortSignal;
}

export class Rounds {
  readonly #visitor: Pick<Visitor, 'visit'>;
  readonly #options: RoundsOptions;
  readonly #clock: RoundsClock;
  #beganMs: number | null = null;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(visitor: Pick<Visitor, 'visit'>, options: RoundsOptions, clock: RoundsClock = realClock) {
    this.#visitor = visitor;
    this.#clock = clock;
    this.#options = options;
  }

  /** @returns a visit for each trial, fewer when it was stopped. What there is no time for counts as not answered. */
  async make(trials: readonly Trial[]): Promise<readonly Visit[]> {
    const { isPaced, stop } = this.#options;
    const visits: Visit[] = [];
    for (const trial of trials) {
      if (isPaced) await this.#pause();
      if (stop.aborted) break;
      const nowMs = this.#clock.nowMs();
      this.#beganMs ??= nowMs;
      this.#lastMs = nowMs;
      const leftMs = ROUNDS_MS_MAX - (nowMs - this.#beganMs);
      const answerMsMax = isPaced ? Math.min(ANSWER_MS_MAX, leftMs) : ANSWER_MS_MAX;
      const visit = await this.#visitor.visit(trial, { answerMsMax, stop });
      // One that was cut short says nothing of the target.
      if (stop.aborted && visit.reading === null) break;
      visits.push(visit);
    }
    return visits;
  }

  /** Until the next may be sent, or the stop. */
  async #pause(): Promise<void> {
    const leftMs = this.#lastMs + ROUND_MS - this.#clock.nowMs();
    if (leftMs <= 0) return;
    // A timer may fire a moment early.
    await this.#clock.wait(Math.ceil(leftMs) + 1, this.#options.stop);
  }
}
