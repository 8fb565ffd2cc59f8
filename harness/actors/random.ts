/**
 * Seeded randomness. Each actor, identity and purpose draws from a stream of its own, whose seed is derived by name:
 * adding an actor, or drawing once more for one purpose, moves nobody else's numbers.
 *
 * A stream is made for each event of a run, and of millions of them most give a handful of numbers. So a start costs a few
 * nanoseconds: four words made of the seed, no table and no rounds to warm up. Words of 32 bits throughout, in which the
 * language's arithmetic is exact, so the same numbers come everywhere.
 */
import type { Random } from './actor.js';
import { naturalLog } from './elementary.js';

const WORD = 2 ** 32;
const FROM_WORD = 2 ** -32;
/** A draw of [0, 1) has 27 upper bits and 26 lower ones. Constants by name: code that is not optimised yet works powers out anew. */
const LOWER_PARTS = 2 ** 26;
const UNIT_GRAIN = 2 ** -53;
/** A word times this is below 2^53, so exact. */
const PRODUCT_BOUND_MAX = 2 ** 21;
/** Ends a text. Above every UTF-16 code unit, so that ('ab', 'c') and ('a', 'bc') differ. */
const TEXT_END = 0x10000;
/** Added to the upper word of a number, so that no number is part of a text. */
const NUMBER = 0x1000000;

/**
 * A stream for `seed`, the same on every machine: whole-number arithmetic, and a logarithm of our own.
 *
 * @param seed - Whole number, 0 to 2^53 - 1. Two seeds never share a start.
 */
export function createRandom(seed: number): Random {
  return new Stream(seed);
}

/**
 * xoshiro128**: 128 bits of state, period 2^128 - 1, words of 32 bits without a weak bit among them (the lowest bits of
 * xoroshiro128+ are).
 *
 * @see D. Blackman and S. Vigna, Scrambled linear pseudorandom number generators (2021); xoshiro128starstar.c.
 */
class Stream implements Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** The first two words alone tell the seed, the others keep the state from ever being all zero. */
  constructor(seed: number) {
    const low = seed | 0;
    const high = (seed * FROM_WORD) | 0;
    const first = mix(low + 0x9e3779b9);
    const second = mix(high ^ first);
    this.#a = first;
    this.#b = second;
    this.#c = mix(low ^ ~second);
    this.#d = mix(high + 0x3c6ef372);
  }

  unit(): number {
    const upper = this.#word() >>> 5;
    return (upper * LOWER_PARTS + (this.#word() >>> 6)) * UNIT_GRAIN;
  }

  /**
   * The word as a share of all words, times the bound. Of the words that give one number there may be one too many; those
   * with the lowest remainders are drawn again, so that all numbers come equally often.
   *
   * @see D. Lemire, Fast random integer generation in an interval (2019).
   */
  below(bound: number): number {
    if (bound > PRODUCT_BOUND_MAX) return this.#belowLarge(bound);
    let product = (this.#word() >>> 0) * bound;
    if (product >>> 0 < bound) {
      const surplus = WORD % bound;
      while (product >>> 0 < surplus) product = (this.#word() >>> 0) * bound;
    }
    return (product * FROM_WORD) | 0;
  }

  /** What lies above the last whole multiple of the bound is drawn again. */
  #belowLarge(bound: number): number {
    const end = WORD - (WORD % bound);
    let word = this.#word() >>> 0;
    while (word >= end) word = this.#word() >>> 0;
    return word % bound;
  }

  exponential(): number {
    return -naturalLog(1 - this.unit());
  }

  #word(): number {
    const a = this.#a;
    const b = this.#b;
    const c = this.#c ^ a;
    const d = this.#d ^ b;
    const fivefold = Math.imul(b, 5);
    this.#a = a ^ d;
    this.#b = b ^ c;
    this.#c = c ^ (b << 9);
    this.#d = (d << 11) | (d >>> 21);
    return Math.imul((fivefold << 7) | (fivefold >>> 25), 9);
  }
}

/**
 * The seed of the stream that `labels` name, 0 to 2^53 - 1.
 *
 * Not a cryptographic hash: it separates streams, it hides nothing. A number costs a few nanoseconds, a text about one for
 * each of its characters.
 *
 * @param labels - Texts, or whole numbers from 0 to 2^53 - 1.
 */
export function deriveSeed(seed: number, ...labels: readonly (string | number)[]): number {
  const lanes = new Lanes(seed);
  for (const label of labels) {
    if (typeof label === 'number') {
      lanes.take(label | 0, NUMBER + ((label * FROM_WORD) | 0));
    } else {
      for (let at = 0; at < label.length; at += 1) lanes.take(label.charCodeAt(at), 0);
      lanes.take(TEXT_END, 0);
    }
  }
  return lanes.seed();
}

/** Two 32-bit lanes with different multipliers, mixed into each other at the end (the shape of cyrb53). */
class Lanes {
  #a: number;
  #b: number;

  constructor(seed: number) {
    this.#a = 0xdeadbeef ^ seed;
    this.#b = 0x41c6ce57 ^ (seed * FROM_WORD);
  }

  /** Takes in 64 bits: both multipliers are odd and each step can be undone, so no two of them leave the same lanes. */
  take(low: number, high: number): void {
    const a = Math.imul(this.#a ^ low, 0x9e3779b1);
    const b = Math.imul(this.#b ^ high ^ low, 0x5f356495);
    // Carries high bits down, which multiplication alone never does.
    this.#a = a ^ (b >>> 15);
    this.#b = b ^ (this.#a >>> 13);
  }

  seed(): number {
    const low = mix(this.#a ^ (this.#b >>> 16));
    const high = mix(this.#b ^ low);
    return (high >>> 11) * WORD + (low >>> 0);
  }
}

/** The finaliser of MurmurHash3: a bijection of 32-bit words in which every input bit moves every output bit. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
