/** Sends trials one after the other, and keeps what was answered. */
import { Outcome, outcomeNames } from '../../actors/outcome.js';
import { monotonicUs } from '../../engine/wall-clock.js';
import type { AdaptedTarget } from '../../targets/http/adapted/adapted-target.js';
import type { Reading } from '../../targets/http/adapted/answer-reader.js';
import { Flight, type FlightOwner } from '../../targets/http/flight.js';
import { FlightSender, type SenderOptions } from '../../targets/http/sender.js';
import type { Trial } from './doctor-trials.js';

/** So long an answer is waited for at most. */
export const ANSWER_MS_MAX = 10_000;

export interface Visit {
  readonly trial: Trial;
  readonly outcome: Outcome;
  readonly status: number;
  /** null = there was no whole answer. */
  readonly reading: Reading | null;
  readonly orderId: string | null;
  readonly text: string;
  readonly location: string | null;
  /** The Date of the answer, milliseconds since 1970; null = none. And between which moments here it was given. */
  readonly dateMs: number | null;
  readonly sentMs: number;
  readonly answeredMs: number;
}

/** When a visit ends without an answer. */
export interface VisitEnd {
  readonly answerMsMax: number;
  readonly stop: AbortSignal;
}

/** There was no time left for it. */
function unmade(trial: Trial): Visit {
  const nowMs = Date.now();
  return {
    ...{ trial, outcome: Outcome.timeout, status: 0, reading: null, orderId: null, text: '', location: null },
    ...{ dateMs: null, sentMs: nowMs, answeredMs: nowMs },
  };
}

export class Visitor {
  readonly #sender: FlightSender;
  readonly #adapted: AdaptedTarget;
  #broken: unknown = null;

  constructor(adapted: AdaptedTarget, options: Omit<SenderOptions, 'adapted' | 'onBroken'>) {
    this.#adapted = adapted;
    this.#sender = new FlightSender({
      ...options,
      adapted,
      onBroken: (error) => {
        this.#broken = error;
      },
    });
  }

  /**
   * @param until.answerMsMax - So long the answer is waited for; not above 0: it is not asked for at all.
   * @param until.stop - Aborted: the answer is not waited for any more.
   * @throws {FloodproofError} what keeps the request from being made.
   */
  async visit(trial: Trial, { answerMsMax, stop }: VisitEnd): Promise<Visit> {
    if (answerMsMax <= 0) return unmade(trial);
    const seen: { text: string; location: string | null; date: string | null } = {
      text: '',
      location: null,
      date: null,
    };
    const startUs = monotonicUs();
    const flight = await new Promise<Flight>((resolve) => {
      const owner: FlightOwner = {
        nowUs: () => monotonicUs() - startUs + 1,
        concluded: (one) => {
          clearTimeout(deadline);
          stop.removeEventListener('abort', giveUp);
          resolve(one);
        },
        limitIndex: () => -1,
        ownFault: () => undefined,
        adapted: {
          wantsBody: () => true,
          read: (intent, answer) => {
            seen.text = answer.text;
            seen.location = answer.header('location') ?? null;
            seen.date = answer.header('date') ?? null;
            return this.#adapted.read(intent, answer);
          },
        },
      };
      const one = new Flight(owner, trial.intent, 0, 0);
      const giveUp = (): void => {
        if (one.isStarted) one.stop(Outcome.timeout);
        else this.#sender.abandon(one, Outcome.timeout);
      };
      const deadline = setTimeout(giveUp, answerMsMax);
      stop.addEventListener('abort', giveUp, { once: true });
      this.#sender.send(one);
      // Told in a microtask, and then nothing else would end it.
      queueMicrotask(() => queueMicrotask(() => this.#broken !== null && this.#sender.abandon(one, Outcome.aborted)));
    });
    if (this.#broken !== null) throw this.#broken;
    const answeredMs = Date.now();
    const { orderId = null } = (flight.body ?? {}) as { orderId?: string | null };
    const dateMs = Date.parse(seen.date ?? '');
    return {
      trial,
      outcome: flight.outcome,
      status: flight.status,
      reading: flight.reading,
      orderId,
      text: seen.text,
      location: seen.location,
      dateMs: Number.isNaN(dateMs) ? null : dateMs,
      sentMs: answeredMs - Math.ceil((flight.concludedUs - flight.sentUs) / 1000) - 1,
      answeredMs,
    };
  }

  async close(): Promise<void> {
    await this.#sender.close();
  }
}

/**
 * How far the target's clock is ahead, in milliseconds, as all answers together bracket it: a Date is the whole second in
 * which the answer was made, somewhere between sending and answer. null = no answer had a Date.
 */
export function clockBracket(visits: readonly Visit[]): { readonly fromMs: number; readonly toMs: number } | null {
  const dated = visits.flatMap(({ dateMs, sentMs, answeredMs }) =>
    dateMs === null ? [] : [{ dateMs, sentMs, answeredMs }],
  );
  if (dated.length === 0) return null;
  return {
    fromMs: Math.max(...dated.map(({ dateMs, answeredMs }) => dateMs - answeredMs)),
    toMs: Math.min(...dated.map(({ dateMs, sentMs }) => dateMs + 999 - sentMs)),
  };
}

export function outcomeName(outcome: Outcome): string {
  return outcomeNames[outcome] ?? String(outcome);
}
