/** The API keys that a gate knows: secret and account of each. The operator's table; callers can not make it grow. */
import { FloodproofError } from '../errors.js';
import { hashMaster } from './callers.js';
import { HmacKey } from './hmac-key.js';
import type { KeyHash } from './key-hash.js';
import type { AuthSpec } from './spec.js';
import { ID_LENGTH_MAX, isId } from './text-form.js';

export interface KeyHolder {
  readonly hmac: HmacKey;
  /** Hashes of the account and of the key's id, as limits look them up; an account of 0, 0 is none. */
  readonly accountLo: number;
  readonly accountHi: number;
  /** Of the account up to its first slash; 0, 0 where there is none, or nothing before the slash. */
  readonly masterLo: number;
  readonly masterHi: number;
  readonly idLo: number;
  readonly idHi: number;
  /** Small whole number; an id that comes back while a claim of it is remembered has the number that it had. */
  readonly number: number;
}

/** Removed keys kept before the first look for numbers that are free again. */
const RETIRED_MIN = 64;

/** @throws {FloodproofError} FP_KEY_INVALID */
function checkKey(keyId: string, secret: string | Uint8Array, account: string): void {
  // The texts stay out of the message: a secret that was passed in the wrong place must not end up in a log.
  if (!isId(keyId)) throw new FloodproofError('FP_KEY_INVALID', `the key id has a wrong form (length ${keyId.length})`);
  if (secret.length === 0) throw new FloodproofError('FP_KEY_INVALID', `the secret of key ${keyId} is empty`);
  if (account !== '' && !isId(account)) {
    throw new FloodproofError('FP_KEY_INVALID', `the account of key ${keyId} is not 1 to 256 visible ASCII characters`);
  }
}

export class Keyring {
  readonly #form: Pick<AuthSpec, 'hash' | 'text'>;
  readonly #keyHash: KeyHash;
  /** Whether a claim under this number may still be remembered. */
  readonly #isInUse: (number: number) => boolean;
  readonly #holders = new Map<string, KeyHolder>();
  /** Numbers of keys that were removed, by id. At most twice as many as have claims, and a few. */
  readonly #retired = new Map<string, number>();
  readonly #freeNumbers: number[] = [];
  #numberCount = 0;
  #retiredMax = RETIRED_MIN;

  constructor(form: Pick<AuthSpec, 'hash' | 'text'>, keyHash: KeyHash, isInUse: (number: number) => boolean) {
    this.#form = form;
    this.#keyHash = keyHash;
    this.#isInUse = isInUse;
  }

  add(keyId: string, secret: string | Uint8Array, account: string): void {
    checkKey(keyId, secret, account);
    const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret;
    const [accountLo, accountHi] = account === '' ? [0, 0] : this.#hashed(account);
    const [masterLo, masterHi] = hashMaster(this.#keyHash, account) ? [this.#keyHash.lo, this.#keyHash.hi] : [0, 0];
    const [idLo, idHi] = this.#hashed(keyId);
    const hmac = new HmacKey(bytes, this.#form.hash, this.#form.text);
    const hashes = { accountLo, accountHi, masterLo, masterHi, idLo, idHi };
    this.#holders.set(keyId, { hmac, ...hashes, number: this.#numberOf(keyId) });
  }

  remove(keyId: string): boolean {
    const holder = this.#holders.get(keyId);
    if (holder === undefined) return false;
    this.#holders.delete(keyId);
    this.#retired.set(keyId, holder.number);
    if (this.#retired.size > this.#retiredMax) this.#freeRetired();
    return true;
  }

  find(keyId: string): KeyHolder | undefined {
    return this.#holders.get(keyId);
  }

  #hashed(text: string): readonly [lo: number, hi: number] {
    this.#keyHash.ofText(text, ID_LENGTH_MAX);
    return [this.#keyHash.lo, this.#keyHash.hi];
  }

  #numberOf(keyId: string): number {
    const retired = this.#retired.get(keyId);
    this.#retired.delete(keyId);
    const known = this.#holders.get(keyId)?.number ?? retired ?? this.#freeNumbers.pop();
    if (known !== undefined) return known;
    this.#numberCount += 1;
    return this.#numberCount - 1;
  }

  /** Looks at all removed keys once for each time that their count has doubled. */
  #freeRetired(): void {
    for (const [keyId, number] of this.#retired) {
      if (this.#isInUse(number)) continue;
      this.#retired.delete(keyId);
      this.#freeNumbers.push(number);
    }
    this.#retiredMax = RETIRED_MIN + 2 * this.#retired.size;
  }
}
