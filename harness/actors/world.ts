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

/** Nobody is kept who was not asked for: a world of ten million identities costs no memory by itself. */
export interface World {
  readonly identityCount: number;
  /** Worked out when it is asked for; the same object may be given out again. @param index - 0 to `identityCount` - 1. */
  identity(index: number): Identity;
  readonly ipCount: number;
  /** Accounts with an identity or a registration. A login may try further names; their indexes follow these. */
  readonly accountCount: number;
  readonly keyCount: number;
  /** Names by index, for messages: subjects of limits by ip, account, key. @throws {RangeError} for an index of nobody. */
  ipName(index: number): string;
  keyName(index: number): string;
  /** The name of any account index, also of names that do not exist at the target. */
  accountName(index: number): string;
  /** Whose key it is; null when nobody has this one. */
  holderOf(keyId: string): Identity | null;
  /** The password of an account that the target knows; null when it knows none of this name. */
  passwordOf(account: string): string | null;
  /** What the target must know before the run; worked out anew by each who goes through it. */
  readonly registered: Iterable<RegisteredAccount>;
  /** The leaked list of an actor by its index in the plan, or null when its behaviour has none. */
  leakedList(actor: number): LeakedList | null;
}

/** One after the other: a run may have more of them than fit into memory. */
export function* everybody(world: Pick<World, 'identity' | 'identityCount'>): Generator<Identity, undefined> {
  for (let index = 0; index < world.identityCount; index += 1) yield world.identity(index);
}
