/**
 * Everybody who takes part in a run, made from plan and seed alone: the same in the generator's workers, in the gateway
 * that must know the honest accounts, and in the judge.
 */
import type { Identity } from './actor.js';

/** An account that exists at the target, with the key that signs for it. */
export interface RegisteredAccount {
  readonly account: string;
  readonly password: string;
  /** '' = no API key. */
  readonly keyId: string;
  readonly secret: string;
}

export interface World {
  readonly identities: readonly Identity[];
  /** Names by index, for messages: subjects of limits by ip, account, key. */
  readonly ips: readonly string[];
  /** Accounts with an identity or a registration. A login may try further names; their indexes follow these and `accountName` spells them. */
  readonly accounts: readonly string[];
  readonly keys: readonly string[];
  /** What the target must know before the run. */
  readonly registered: readonly RegisteredAccount[];
  /** The name of any account index, also of names that do not exist at the target. */
  accountName(index: number): string;
}
