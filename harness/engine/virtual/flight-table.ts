/**
 * The requests of a virtual run that are not over: a slot each, its facts in columns. A slot is free again when its
 * request is concluded and no event is about it any more.
 */
import type { Intent } from '../../actors/actor.js';
import type { Decided } from '../../venue/defence.js';

/** How far a request has come. */
export const Stage = {
  free: 0,
  /** Wanted, and to be sent later. */
  planned: 1,
  /** On its way to the server. */
  onWay: 2,
  /** At the server, and not yet answered. */
  atServer: 3,
  /** Answered, or nothing will come of it at the server any more. */
  left: 4,
} as const;

const LENGTH = 1024;
/** So many requests can be open at once that their slots fit in an event. */
const SLOTS_MAX = 2 ** 27 - 1;

export class FlightTable {
  intents: (Intent | null)[] = [];
  /** Whom it was decided for, while that is still needed. */
  decided: (Decided | null)[] = [];
  reasons: string[] = [];
  bodies: unknown[] = [];
  intendedUs = new Float64Array(LENGTH);
  sentUs = new Float64Array(LENGTH);
  deadlineUs = new Float64Array(LENGTH);
  ageUs = new Float64Array(LENGTH);
  /** Number of the request in the order of launches. */
  numbers = new Float64Array(LENGTH);
  /** What the request has for a number that must rise. */
  rising = new Float64Array(LENGTH);
  signature = new Uint32Array(LENGTH);
  retryAfterMs = new Int32Array(LENGTH);
  status = new Uint16Array(LENGTH);
  limit = new Int16Array(LENGTH);
  outcome = new Uint8Array(LENGTH);
  stage = new Uint8Array(LENGTH);
  /** Whether the client is done with it. */
  isConcluded = new Uint8Array(LENGTH);
  /** Whether an event waits that gives it up at its deadline. */
  hasTimeout = new Uint8Array(LENGTH);
  /** The server's life in which it came there: what a restart has not seen is lost. */
  life = new Uint32Array(LENGTH);
  /** Events that are still to come about it. */
  pending = new Uint16Array(LENGTH);
  private freed = new Int32Array(LENGTH);
  private freedCount = 0;

  /** Slots that were ever in use: 0 to this - 1. */
  used = 0;

  /** A slot for a request that is wanted at `intendedUs`. */
  take(intent: Intent, intendedUs: number): number {
    let slot: number;
    if (this.freedCount > 0) {
      slot = this.freed[--this.freedCount] as number;
    } else {
      slot = this.used++;
      if (slot > SLOTS_MAX) throw new RangeError(`more than ${SLOTS_MAX} requests at once`);
      if (slot === this.stage.length) this.grow();
    }
    this.intents[slot] = intent;
    this.decided[slot] = null;
    this.bodies[slot] = null;
    this.reasons[slot] = '';
    this.intendedUs[slot] = intendedUs;
    this.sentUs[slot] = 0;
    this.retryAfterMs[slot] = -1;
    this.status[slot] = 0;
    this.limit[slot] = -1;
    this.isConcluded[slot] = 0;
    this.hasTimeout[slot] = 0;
    this.pending[slot] = 0;
    this.stage[slot] = Stage.planned;
    return slot;
  }

  /** Gives the slot back when nothing is to come any more. */
  release(slot: number): void {
    if (this.pending[slot] !== 0 || this.isConcluded[slot] === 0) return;
    this.stage[slot] = Stage.free;
    this.intents[slot] = null;
    this.decided[slot] = null;
    this.bodies[slot] = null;
    if (this.freedCount === this.freed.length) this.freed = longer(this.freed);
    this.freed[this.freedCount++] = slot;
  }

  private grow(): void {
    this.intendedUs = longer(this.intendedUs);
    this.sentUs = longer(this.sentUs);
    this.deadlineUs = longer(this.deadlineUs);
    this.ageUs = longer(this.ageUs);
    this.numbers = longer(this.numbers);
    this.rising = longer(this.rising);
    this.signature = longer(this.signature);
    this.retryAfterMs = longer(this.retryAfterMs);
    this.status = longer(this.status);
    this.limit = longer(this.limit);
    this.outcome = longer(this.outcome);
    this.stage = longer(this.stage);
    this.isConcluded = longer(this.isConcluded);
    this.hasTimeout = longer(this.hasTimeout);
    this.life = longer(this.life);
    this.pending = longer(this.pending);
  }
}

type Column = Float64Array | Uint32Array | Int32Array | Uint16Array | Int16Array | Uint8Array;

function longer<T extends Column>(column: T): T {
  const make = column.constructor as new (length: number) => T;
  const twice = new make(2 * column.length);
  twice.set(column);
  return twice;
}
