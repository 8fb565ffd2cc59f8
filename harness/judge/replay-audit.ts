/**
 * Counts signatures that were accepted more than once.
 *
 * One bit a signature is remembered for the whole run, in pages, since signatures are numbered one after the other. A
 * memory that forgets them after the freshness window would be smaller, and blind to the worst verifier: one that
 * accepts a replay even when it is stale.
 */
import { Outcome } from '../actors/outcome.js';
import { NONE } from './observation.js';
import { isBlocked, isWritten, type Row } from './row.js';

const PAGE_BITS = 32_768;
/** Signatures accepted more than once that are kept by name, and those that were first accepted from abuse. */
const NAMED_MAX = 65_536;

class SignatureSet {
  private readonly pages = new Map<number, Uint32Array>();

  has(signature: number): boolean {
    const page = this.pages.get(Math.floor(signature / PAGE_BITS));
    const bit = signature % PAGE_BITS;
    return page !== undefined && ((page[bit >> 5] as number) & (1 << (bit & 31))) !== 0;
  }

  add(signature: number): void {
    const number = Math.floor(signature / PAGE_BITS);
    let page = this.pages.get(number);
    if (page === undefined) {
      page = new Uint32Array(PAGE_BITS / 32);
      this.pages.set(number, page);
    }
    const bit = signature % PAGE_BITS;
    page[bit >> 5] = (page[bit >> 5] as number) | (1 << (bit & 31));
  }

  get bytes(): number {
    return this.pages.size * (PAGE_BITS / 8);
  }
}

export interface AcceptedReplay {
  /** Actors whose request was accepted with a signature that was, or had been, accepted for another one. */
  readonly actors: readonly number[];
  readonly isCertain: boolean;
}

export class ReplayAudit {
  /** How often the most repeated signatures were accepted. */
  readonly timesAccepted = new Map<number, number>();
  private readonly accepted = new SignatureSet();
  /** Sent without an answer that tells: perhaps accepted. */
  private readonly perhaps = new SignatureSet();
  private readonly takenByAbuse = new Map<number, number>();
  private readonly isAbuse: (actor: number) => boolean;

  constructor(isAbuse: (actor: number) => boolean) {
    this.isAbuse = isAbuse;
  }

  get bytes(): number {
    return this.accepted.bytes + this.perhaps.bytes;
  }

  /**
   * Says whether this row is an acceptance beyond the first, or may be one. A replay can overtake the request that it
   * copies; it is laid to the abusing actor in either order.
   */
  add(row: Row): AcceptedReplay | null {
    const { signature, actor, outcome } = row;
    if (signature === NONE || !isWritten(row)) return null;
    const wasAccepted = this.accepted.has(signature);
    const wasPerhaps = this.perhaps.has(signature);
    if (outcome === Outcome.admitted) {
      this.accepted.add(signature);
      const replay = wasAccepted || wasPerhaps ? this.replayOf(signature, actor, wasAccepted) : null;
      if (wasAccepted) this.name(signature);
      this.noteAbuse(signature, actor);
      return replay;
    }
    if (isBlocked(row)) return null;
    this.perhaps.add(signature);
    const replay = wasAccepted || wasPerhaps ? this.replayOf(signature, actor, false) : null;
    this.noteAbuse(signature, actor);
    return replay;
  }

  private replayOf(signature: number, actor: number, isCertain: boolean): AcceptedReplay {
    const first = this.takenByAbuse.get(signature);
    return { actors: first === undefined || first === actor ? [actor] : [actor, first], isCertain };
  }

  private name(signature: number): void {
    const times = this.timesAccepted.get(signature);
    if (times !== undefined || this.timesAccepted.size < NAMED_MAX) this.timesAccepted.set(signature, (times ?? 1) + 1);
  }

  private noteAbuse(signature: number, actor: number): void {
    if (this.isAbuse(actor) && !this.takenByAbuse.has(signature) && this.takenByAbuse.size < NAMED_MAX) {
      this.takenByAbuse.set(signature, actor);
    }
  }
}
