/** Plays the steps of a check against the limiters of one run, and keeps what was asked and answered. */
import type { Consumed, Limiter } from './contract.js';
import type { TimeKeeper } from './limiter-clock.js';
import { settle, type Waiting } from './real-time.js';
import type { Act, Complaint, Step, Talk, Talking } from './talk.js';

/** What a limiter has for answering, real milliseconds. */
export const ANSWER_DEADLINE_MS = 2_000;

/** A limiter that does not behave like one; its message is a sentence for the report. */
export class Misbehaviour extends Error {
  /** It did not answer in time. */
  readonly isStuck: boolean;

  constructor(message: string, isStuck = false) {
    super(message);
    this.isStuck = isStuck;
  }
}

/** One call as it went. */
export interface LoggedCall {
  readonly act: Act;
  readonly who: number;
  readonly key: string;
  readonly cells: number;
  readonly atUs: number;
  /** null: the call has no answer. Text: what went wrong instead. */
  answer: Consumed | string | null;
}

export interface Counts {
  /** Calls of `consume`. */
  operations: number;
  /** Answers have come only once time had passed. */
  isByTimer?: boolean;
}

/** The answer took time, and the check means something only at one instant. */
class Blurred extends Error {}

const refusal: Consumed = { admitted: false };
const done: Consumed = { admitted: true };

export class Player {
  readonly log: LoggedCall[] = [];
  isStuck = false;
  readonly #limiters: readonly Limiter[];
  readonly #clock: TimeKeeper;
  readonly #counts: Counts;

  constructor(limiters: readonly Limiter[], clock: TimeKeeper, counts: Counts) {
    this.#limiters = limiters;
    this.#clock = clock;
    this.#counts = counts;
  }

  /** Goes on without waiting as long as the limiter answers at once. */
  play(talking: Talking, talk: Talk): Complaint | Promise<Complaint> {
    try {
      let next = talking.next();
      while (next.done !== true) {
        const answer = this.perform(next.value, talk);
        if (answer instanceof Promise) return this.#playOn(talking, talk, answer);
        next = talking.next(answer);
      }
      return next.value;
    } catch (error) {
      return complaintOf(error, talk);
    }
  }

  async #playOn(talking: Talking, talk: Talk, first: Promise<Consumed>): Promise<Complaint> {
    try {
      let next = talking.next(await first);
      while (next.done !== true) {
        const answer = this.perform(next.value, talk);
        next = talking.next(answer instanceof Promise ? await answer : answer);
      }
      return next.value;
    } catch (error) {
      return complaintOf(error, talk);
    }
  }

  perform(step: Step, talk: Talk): Consumed | Promise<Consumed> {
    if (step.act === 'set') {
      this.#clock.set(step.atUs);
      this.log.push({ act: 'set', who: 0, key: '', cells: 0, atUs: step.atUs, answer: null });
      return done;
    }
    const waiting = this.#clock.goTo(step.atUs);
    return waiting === undefined ? this.#start(step, talk) : waiting.then(() => this.#start(step, talk));
  }

  #start(step: Step, talk: Talk): Consumed | Promise<Consumed> {
    talk.sentUs = this.#clock.nowUs;
    talk.answeredUs = talk.sentUs;
    return step.act === 'crowd' ? this.#crowd(step, talk) : this.#call(step, talk);
  }

  /** The first caller asks at once and shows whether answers are promises. */
  #crowd(step: Step, talk: Talk): Consumed | Promise<Consumed> {
    const lags = step.lags;
    const call = { ...step, act: 'consume' } as const;
    talk.crowdAnswers = null;
    const first = this.#call(call, talk);
    if (!(first instanceof Promise)) return done;
    const others = lags.slice(1).map(async (lag) => {
      for (let turn = 0; turn < lag; turn += 1) await null;
      return this.#call(call, talk);
    });
    // All are waited for, also when one misbehaves, so that none goes on after the clock is put back.
    return Promise.allSettled([first, ...others]).then((results) => {
      const answers: Consumed[] = [];
      for (const result of results) {
        if (result.status === 'rejected') throw result.reason;
        answers.push(result.value);
      }
      talk.crowdAnswers = answers;
      return done;
    });
  }

  #call(step: Step, talk: Talk): Consumed | Promise<Consumed> {
    const { act, who, key, cells } = step;
    const { nowUs, shownUs } = this.#clock;
    const limiter = this.#limiters[who] as Limiter;
    const entry: LoggedCall = { act, who, key, cells, atUs: nowUs, answer: null };
    this.log.push(entry);
    try {
      if (act === 'release' || act === 'credit') {
        const given = limiter[act]?.(key, cells, shownUs);
        return isPromise(given) ? this.#await(given, entry, talk) : done;
      }
      this.#counts.operations += 1;
      const answer = limiter.consume(key, cells, shownUs);
      return isPromise(answer) ? this.#await(answer, entry, talk) : this.#close(answer as Consumed, entry, talk);
    } catch (error) {
      return thrown(error, entry);
    }
  }

  async #await(promise: PromiseLike<unknown>, entry: LoggedCall, talk: Talk): Promise<Consumed> {
    let settled: { readonly value: unknown } | null;
    try {
      settled = await settle(promise, ANSWER_DEADLINE_MS, this.#waiting(entry.atUs));
    } catch (error) {
      return thrown(error, entry);
    }
    talk.answeredUs = this.#clock.nowUs;
    if (talk.clock === 'global' && talk.answeredUs !== talk.sentUs) {
      this.#counts.isByTimer = true;
      talk.isLate = true;
      if (settled !== null && talk.needsInstants) throw new Blurred();
    }
    if (settled === null) {
      entry.answer = 'no answer';
      this.isStuck = true;
      throw new Misbehaviour(`${entry.act} did not answer within ${ANSWER_DEADLINE_MS / 1_000} s`, true);
    }
    if (entry.act === 'release' || entry.act === 'credit') return done;
    return this.#close(settled.value as Consumed, entry, talk);
  }

  #waiting(sinceUs: number): Waiting {
    return {
      nudge: () => this.#clock.nudge(),
      pass: () => this.#clock.passToTimer(sinceUs),
      isByTimer: this.#counts.isByTimer === true,
    };
  }

  #close(answer: Consumed, entry: LoggedCall, talk: Talk): Consumed {
    entry.answer = answer;
    talk.passedUs = this.#clock.passedUs;
    talk.isStarved = this.#clock.isStarved;
    const nonsense = nonsenseOf(answer);
    if (nonsense === null) return answer;
    // What is told of a cost that makes no sense may make none; whether it passed is all.
    if (entry.act === 'try' && typeof answer?.admitted === 'boolean') return { admitted: answer.admitted };
    entry.answer = nonsense;
    throw new Misbehaviour(`consume ${nonsense}`);
  }
}

function thrown(error: unknown, entry: LoggedCall): Consumed {
  if (error instanceof Misbehaviour) throw error;
  const text = error instanceof Error ? error.message : String(error);
  entry.answer = `threw "${text}"`;
  if (entry.act === 'try') return refusal;
  throw new Misbehaviour(`${entry.act} threw "${text}"`);
}

/** What is wrong with the form of an answer; null: nothing. */
function nonsenseOf(answer: Consumed): string | null {
  if (typeof answer !== 'object' || answer === null) return `answered ${String(answer)} instead of a decision`;
  const { admitted, retryAfterUs, remaining, delayUs } = answer;
  if (typeof admitted !== 'boolean') return `answered "admitted: ${String(admitted)}", which is neither true nor false`;
  if (retryAfterUs !== undefined && !(typeof retryAfterUs === 'number' && retryAfterUs >= 0)) {
    return `answered "retryAfterUs: ${String(retryAfterUs)}", which is no time from now on`;
  }
  if (remaining !== undefined && !(Number.isSafeInteger(remaining) && remaining >= 0)) {
    return `answered "remaining: ${String(remaining)}", which is no number of cells`;
  }
  if (delayUs !== undefined && !(typeof delayUs === 'number' && delayUs >= 0 && delayUs < Number.POSITIVE_INFINITY)) {
    return `answered "delayUs: ${String(delayUs)}", which is no time from now on`;
  }
  return null;
}

function complaintOf(error: unknown, talk: Talk): Complaint {
  if (error instanceof Blurred) {
    talk.dropped = 'its answers take time, so at which instant it decides is not seen';
    return null;
  }
  if (error instanceof Misbehaviour) return error.message;
  throw error;
}

function isPromise(value: unknown): value is PromiseLike<never> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<never>).then === 'function';
}
