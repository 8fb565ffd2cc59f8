/**
 * HalfSipHash: the keyed hash under which a text is looked up. 64 bits of it stand for the text from then on, so that
 * tables hold numbers and no text. 1 round a word and 3 at the end are what hash tables use it with; the rounds are an
 * argument, so that it can be held to the published vectors, which are for 2 and 4.
 *
 * @see J.-P. Aumasson and D. J. Bernstein, SipHash: a fast short-input PRF; halfsiphash.c of their reference code.
 */
import type { HashSecret } from './spec.js';

export interface HashRounds {
  readonly perWord: number;
  readonly atEnd: number;
}

const tableRounds: HashRounds = { perWord: 1, atEnd: 3 };

/** Four words. One is made for each hash; the compiler keeps it in registers, which a field of `KeyHash` would forbid. */
class SipState {
  v0: number;
  v1: number;
  v2: number;
  v3: number;

  constructor(k0: number, k1: number) {
    this.v0 = k0;
    this.v1 = k1 ^ 0xee;
    this.v2 = k0 ^ 0x6c796765;
    this.v3 = k1 ^ 0x74656462;
  }
}

function mix(state: SipState, rounds: number): void {
  let { v0, v1, v2, v3 } = state;
  for (let round = 0; round < rounds; round += 1) {
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
  }
  state.v0 = v0;
  state.v1 = v1;
  state.v2 = v2;
  state.v3 = v3;
}

function absorb(state: SipState, word: number, rounds: number): void {
  state.v3 ^= word;
  mix(state, rounds);
  state.v0 ^= word;
}

/** Below 0 when the character is none of 0x21 to 0x7e. */
function blemish(unit: number): number {
  return (unit - 0x21) | (0x7e - unit);
}

export class KeyHash {
  /** First half of the last hash, a whole number of 32 bits with sign. Never 0 together with `hi`. */
  lo = 0;
  hi = 0;
  readonly #k0: number;
  readonly #k1: number;
  readonly #perWord: number;
  readonly #atEnd: number;

  constructor([k0, k1]: HashSecret, rounds: HashRounds = tableRounds) {
    this.#k0 = k0 | 0;
    this.#k1 = k1 | 0;
    this.#perWord = rounds.perWord;
    this.#atEnd = rounds.atEnd;
  }

  /**
   * Hashes a text and looks at its form in one pass.
   *
   * @returns whether it is 1 to `lengthMax` characters, all visible ASCII (0x21 to 0x7e), so that no two spellings look
   *   alike; when it is not, `lo` and `hi` are of no use, but for '', whose hash serves what is counted globally.
   */
  ofText(text: string, lengthMax: number): boolean {
    const { length } = text;
    if (length > lengthMax) return false;
    const perWord = this.#perWord;
    const state = new SipState(this.#k0, this.#k1);
    const whole = length & ~3;
    let blemishes = 0;
    for (let index = 0; index < whole; index += 4) {
      const a = text.charCodeAt(index);
      const b = text.charCodeAt(index + 1);
      const c = text.charCodeAt(index + 2);
      const d = text.charCodeAt(index + 3);
      blemishes |= blemish(a) | blemish(b) | blemish(c) | blemish(d);
      absorb(state, a | (b << 8) | (c << 16) | (d << 24), perWord);
    }
    let last = length << 24;
    for (let index = whole; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      blemishes |= blemish(unit);
      last |= unit << ((index - whole) * 8);
    }
    absorb(state, last, perWord);
    this.#finish(state);
    return blemishes >= 0 && length > 0;
  }

  /** The same for bytes `start` to `end`; `lo` and `hi` are their hash whatever they are, if there are not too many. */
  ofBytes(bytes: Uint8Array, start: number, end: number, lengthMax: number): boolean {
    const length = end - start;
    if (length > lengthMax) return false;
    const perWord = this.#perWord;
    const state = new SipState(this.#k0, this.#k1);
    let blemishes = 0;
    let word = 0;
    for (let index = 0; index < length; index += 1) {
      const byte = bytes[start + index] as number;
      blemishes |= blemish(byte);
      word |= byte << ((index & 3) * 8);
      if ((index & 3) < 3) continue;
      absorb(state, word, perWord);
      word = 0;
    }
    absorb(state, word | (length << 24), perWord);
    this.#finish(state);
    return blemishes >= 0 && length > 0;
  }

  /** Hashes words, each as its four bytes in little-endian order; at most 63, since the length is kept in one byte. */
  ofWords(words: Int32Array): void {
    const perWord = this.#perWord;
    const state = new SipState(this.#k0, this.#k1);
    for (const word of words) absorb(state, word, perWord);
    absorb(state, words.length << 26, perWord);
    this.#finish(state);
  }

  #finish(state: SipState): void {
    state.v2 ^= 0xee;
    mix(state, this.#atEnd);
    const lo = state.v1 ^ state.v3;
    state.v1 ^= 0xdd;
    mix(state, this.#atEnd);
    const hi = state.v1 ^ state.v3;
    this.lo = lo === 0 && hi === 0 ? 1 : lo;
    this.hi = hi;
  }
}
