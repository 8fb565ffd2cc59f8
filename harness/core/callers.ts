/** Who calls, as the hashes that limits look up: no text is kept. Also the callers that are known by a number. */
import { FloodproofError } from '../errors.js';
import type { KeyHash } from './key-hash.js';
import type { LimitBy } from './spec.js';
import { ID_LENGTH_MAX, IP_LENGTH_MAX } from './text-form.js';

/** Words of one caller: two for each of what limits count by, 0 and 0 for a text that has not the form. */
export const CALLER_WORDS = 8;
export const callerWordOf = { ip: 0, account: 2, key: 4, global: 6 } as const satisfies Record<LimitBy, number>;

const CALLERS_MAX = 10_000_000;
const CALLERS_FIRST = 64;

const lengthMaxOf = { ip: IP_LENGTH_MAX, account: ID_LENGTH_MAX, key: ID_LENGTH_MAX } as const;

/** Writes the hash of a text to the words of the caller that starts at `base`. */
export function writeText(
  words: Int32Array,
  base: number,
  by: keyof typeof lengthMaxOf,
  text: string,
  keyHash: KeyHash,
): void {
  const isFormed = keyHash.ofText(text, lengthMaxOf[by]);
  writeHash(words, base + callerWordOf[by], isFormed ? keyHash.lo : 0, isFormed ? keyHash.hi : 0);
}

export function writeHash(words: Int32Array, at: number, lo: number, hi: number): void {
  words[at] = lo;
  words[at + 1] = hi;
}

/** What all callers share. */
export function writeGlobal(words: Int32Array, base: number, keyHash: KeyHash): void {
  keyHash.ofText('', 0);
  writeHash(words, base + callerWordOf.global, keyHash.lo, keyHash.hi);
}

/** Whether the words say that there was no text of the right form. */
export function isBlank(words: Int32Array, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0;
}

/** Callers by number. */
export class CallerList {
  words = new Int32Array(CALLERS_FIRST * CALLER_WORDS);
  count = 0;
  readonly #keyHash: KeyHash;

  readonly #countMax: number;

  constructor(keyHash: KeyHash, countMax: number = CALLERS_MAX) {
    this.#keyHash = keyHash;
    this.#countMax = countMax;
  }

  /** @throws {FloodproofError} FP_CALLERS_FULL */
  add(ip: string, account: string, keyId: string): number {
    if (this.count >= this.#countMax) {
      throw new FloodproofError('FP_CALLERS_FULL', `${this.#countMax} callers are interned, and no more can be`);
    }
    const base = this.count * CALLER_WORDS;
    if (base === this.words.length) {
      const longer = new Int32Array(Math.min(2 * base, this.#countMax * CALLER_WORDS));
      longer.set(this.words);
      this.words = longer;
    }
    writeText(this.words, base, 'ip', ip, this.#keyHash);
    writeText(this.words, base, 'account', account, this.#keyHash);
    writeText(this.words, base, 'key', keyId, this.#keyHash);
    writeGlobal(this.words, base, this.#keyHash);
    this.count += 1;
    return this.count - 1;
  }

  /** Where the caller's words start. @throws {FloodproofError} FP_CALLER_INVALID */
  baseOf(caller: number): number {
    if (caller >>> 0 === caller && caller < this.count) return caller * CALLER_WORDS;
    throw new FloodproofError('FP_CALLER_INVALID', `there is no caller ${caller}, ${this.count} are interned`);
  }
}
