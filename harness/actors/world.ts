/**
 * Everybody who takes part in a run, made from plan and seed alone: the same in the generator's workers, in the gateway
 * that must know the honest accounts, and in the judge.
 */
import type { Identity } from './actor.js';

/** Marks "no such thing" among the indexes: an identity without account or key, a request that charges no account. */
export const NO_INDEX = 0xffffffff;

/** An account that exists at the target, with the key that signs for it. */
export interface RegisteredAccount {
  readonly account: string;
  readonly password: string;
  /** '' = no API key. */
  readonly keyId: string;
  readonly secret: string;
}

/** One line of a leaked list: a name and a password that may or may not log in. */
export interface LeakedPair {
  readonly accountIndex: number;
  readonly username: string;
  readonly password: string;
}

/** What an attacker holds. Pairs are worked out when asked for: a list of millions costs no memory. */
export interface LeakedList {
  readonly size: number;
  /** @param position - 0 to size - 1. */
  pair(position: number): LeakedPair;
}

export interface World {
  readonly identities: readonly Identity[];
  readonly identityCount: number;
  /** Worked out when it is asked for; the same object may be given out again. @param index - 0 to `identityCount` - 1. */
  identity(index: number): Identity;
  /** Names by index, for messages: subjects of limits by ip, account, key. */
  readonly ips: readonly string[];
  /** Accounts with an identity or a registration. A login may try further names; their indexes follow these and `accountName` spells them. */
  readonly accounts: readonly string[];
  readonly keys: readonly string[];
  /** What the target must know before the run. */
  readonly registered: readonly RegisteredAccount[];
  /** The name of any account index, also of names that do not exist at the target. */
  accountName(index: number): string;
  /** The leaked list of an actor by its index in the plan, or null when its behaviour has none. */
  leakedList(actor: number): LeakedList | null;
}
