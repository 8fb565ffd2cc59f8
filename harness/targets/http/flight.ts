/**
 * One request on its way: what the dispatcher hands to a lane and gets back concluded. It is undici's handler at the
 * same time, so that no second object is made for each request.
 *
 * The handler is of undici 7's inner form (`onConnect` ... `onError`), which the documented one (`onRequestStart` ...) is
 * put on top of: that costs two objects and the parsing of every header for each answer, where two headers are looked at.
 * undici 8 needs Node 22 and has only the documented form.
 */
import type { Client, Dispatcher } from 'undici';
import type { Intent } from '../../actors/actor.js';
import { Outcome } from '../../actors/outcome.js';
import type { AdaptedTarget } from './adapted/adapted-target.js';
import type { Reading } from './adapted/answer-reader.js';
import { isMarked, isOwnFault, outcomeOfError, outcomeOfStatus, readRefusal, retryAfterMsOf } from './answer.js';
import type { HeldBody } from './held-body.js';
import { isHouseAnswer } from './house-answer.js';

/** A body longer than this is not one of a trading API: the answer counts as garbage. */
const BODY_BYTES_MAX = 1 << 20;

/** What reads answers by an adapter. */
export type AnswerParser = Pick<AdaptedTarget, 'read' | 'wantsBody'>;

export interface FlightOwner {
  /** Reads the clock. */
  nowUs(): number;
  /** Called once, when the flight is concluded. */
  concluded(flight: Flight): void;
  /** Index of a limit by its name; -1 = unknown. */
  limitIndex(name: string): number;
  /** This machine, not the target, is why a request could not be sent: the system's error code. */
  ownFault(code: string): void;
  /** Who reads the answers of somebody's own API; null or left out = the actors' own. */
  readonly adapted?: AnswerParser | null;
}

export interface FlightCarrier {
  /** Called after `concluded`. */
  released(flight: Flight): void;
}

export class Flight implements Dispatcher.DispatchHandler {
  readonly intent: Intent;
  readonly intendedUs: number;
  /** 0 = not yet handed over. */
  dispatchedUs = 0;
  /**
   * Right before the socket write, 0 = not written. Of a request whose last byte was held back it is that byte's write when
   * the answer is marked by a gate, which decides on whole requests; else the write of what came before, since a limiter
   * that is known for nothing may have decided on that.
   */
  sentUs = 0;
  answeredUs = 0;
  concludedUs = 0;
  outcome: Outcome = Outcome.aborted;
  status = 0;
  reason = '';
  limit = -1;
  retryAfterMs = -1;
  /** Parsed JSON when the intent wants it. */
  body: unknown = null;
  /** How an adapter has read the answer; null = none has. */
  reading: Reading | null = null;
  signature: number;
  /** The body whose last byte waits for `release`; null = it is not on its way, or nothing is held back. */
  held: HeldBody | null = null;
  /** Whether the moment of a last byte that was to be held back has come. */
  isReleased = false;
  /** The lane's own note: the connection that carries it, and who takes that back. */
  carrier: Client | null = null;
  carriedBy: FlightCarrier | null = null;
  /** The dispatcher's own note: its neighbours among the open flights, earlier and later dispatched. */
  earlier: Flight | null = null;
  later: Flight | null = null;
  private readonly owner: FlightOwner;
  private abort: ((error?: Error) => void) | null = null;
  private gate: string | undefined;
  /** Names and values by turns, kept where an adapter reads them. */
  private headers: readonly Buffer[] = [];
  private chunks: Buffer[] | null = null;
  private bodyBytes = 0;
  private stopOutcome: Outcome | null = null;
  private lastByteUs = 0;

  constructor(owner: FlightOwner, intent: Intent, intendedUs: number, signature: number) {
    this.owner = owner;
    this.intent = intent;
    this.intendedUs = intendedUs;
    this.signature = signature;
  }

  get isConcluded(): boolean {
    return this.concludedUs !== 0;
  }

  /** Whether a connection carries it, so that `stop` can break it off. */
  get isStarted(): boolean {
    return this.abort !== null;
  }

  /** The owner's clock. */
  now(): number {
    return this.owner.nowUs();
  }

  /** Breaks it off and concludes it with `outcome` (deadline, interrupt, a body without end). */
  stop(outcome: Outcome): void {
    if (this.isConcluded) return;
    this.stopOutcome = outcome;
    this.abort?.(new Error('stopped'));
    this.conclude(outcome);
  }

  /** Writes the last byte. A flight that no connection has taken yet will be sent whole. */
  release(): void {
    this.isReleased = true;
    if (this.isConcluded || this.held === null) return;
    if (this.sentUs !== 0) this.lastByteUs = this.owner.nowUs();
    this.held.release();
  }

  onConnect(abort: (error?: Error) => void): void {
    this.abort = abort;
    if (this.isConcluded) {
      abort(new Error('stopped'));
      return;
    }
    // Right before the socket write. If undici tries a second connection, the first moment stands: the target may
    // have decided since then.
    if (this.sentUs === 0) this.sentUs = this.owner.nowUs();
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    if (status < 200) return true;
    this.status = status;
    this.gate = headerOf(headers, 'x-gate');
    const adapted = this.owner.adapted ?? null;
    if (adapted !== null) {
      this.headers = headers;
      if (adapted.wantsBody(this.intent, status)) this.chunks = [];
    } else if (status >= 400) {
      this.retryAfterMs = retryAfterMsOf(headerOf(headers, 'retry-after'));
      this.chunks = [];
    } else if (this.intent.wantsBody || !isMarked(this.gate)) this.chunks = [];
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.bodyBytes += chunk.length;
    if (this.bodyBytes > BODY_BYTES_MAX) this.stop(Outcome.garbage);
    else this.chunks?.push(chunk);
    return true;
  }

  onComplete(): void {
    if (this.isConcluded) return;
    this.answeredUs = this.owner.nowUs();
    if (this.lastByteUs !== 0 && this.gate !== undefined) {
      // The time for which it was held back on purpose is no waiting for the target.
      this.dispatchedUs += this.lastByteUs - this.sentUs;
      this.sentUs = this.lastByteUs;
    }
    const text = this.chunks === null ? '' : Buffer.concat(this.chunks).toString('utf8');
    const adapted = this.owner.adapted ?? null;
    if (adapted !== null) {
      this.conclude(this.readAdapted(adapted, text));
      return;
    }
    let outcome = outcomeOfStatus({
      status: this.status,
      gate: this.gate,
      isSigned: this.intent.signed,
    });
    if (this.status >= 400) {
      const refusal = readRefusal(text);
      this.reason = refusal.reason;
      this.limit = refusal.limit === '' ? -1 : this.owner.limitIndex(refusal.limit);
      if (refusal.retryAfterMs >= 0) this.retryAfterMs = refusal.retryAfterMs;
      if (outcome === Outcome.throttled && refusal.reason === 'never') outcome = Outcome.never;
    } else if (outcome === Outcome.admitted && !isMarked(this.gate) && !isHouseAnswer(this.intent, text)) {
      outcome = Outcome.unclear;
    }
    if (this.intent.wantsBody && text !== '') this.body = parseJson(text);
    this.conclude(outcome);
  }

  private readAdapted(adapted: AnswerParser, text: string): Outcome {
    const header = (name: string): string | undefined => headerOf(this.headers, name);
    const reading = adapted.read(this.intent, { status: this.status, header, text });
    this.limit = reading.limit === '' ? -1 : this.owner.limitIndex(reading.limit);
    this.retryAfterMs = reading.retryAfterMs;
    if (this.intent.wantsBody) this.body = reading.body;
    this.reading = reading;
    return reading.outcome;
  }

  onError(error: Error): void {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!this.isConcluded && isOwnFault(code)) this.owner.ownFault(code);
    this.conclude(this.stopOutcome ?? outcomeOfError(error, this.sentUs !== 0));
  }

  private conclude(outcome: Outcome): void {
    if (this.isConcluded) return;
    this.outcome = outcome;
    this.concludedUs = this.owner.nowUs();
    this.chunks = null;
    try {
      this.owner.concluded(this);
    } catch (bug) {
      // undici would take it for a failure of the request and keep it to itself.
      queueMicrotask(() => {
        throw bug;
      });
    } finally {
      this.carriedBy?.released(this);
    }
  }
}

/**
 * The value of a header among names and values by turns, undefined when there is none.
 * @param name - lower-case.
 */
function headerOf(headers: readonly Buffer[], name: string): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const candidate = headers[i] as Buffer;
    if (candidate.length !== name.length || candidate.toString('latin1').toLowerCase() !== name) continue;
    return (headers[i + 1] as Buffer).toString('latin1');
  }
  return undefined;
}

/** Null for what is not JSON: behaviours read it as an unknown value either way. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
