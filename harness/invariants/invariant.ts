/** What a file in `checks` is: one promise, when it can be asked for, how it is drawn and how it is played. */
import type fc from 'fast-check';
import type { Claims } from './claims.js';
import type { InvariantName, LimiterClock } from './contract.js';
import type { Talk, Talking } from './talk.js';

export interface Played {
  /** When the history starts, whole microseconds since 1970. */
  readonly startUs: number;
}

export interface Invariant<Case extends Played = Played> {
  readonly name: InvariantName;
  /** Limiters that are in use at once. */
  readonly limiters: 1 | 2;
  /** Means something only where every answer comes at the instant at which it was asked for. */
  readonly needsInstants?: true;
  /** Why this contract or clock leaves nothing to ask; null: there is something. */
  because(claims: Claims, clock: LimiterClock): string | null;
  /** What is promised, with the numbers of the contract. */
  formula(claims: Claims): string;
  cases(claims: Claims, clock: LimiterClock): fc.Arbitrary<Case>;
  /** Returns a sentence when the promise is broken. */
  play(one: Case, talk: Talk): Talking;
}
