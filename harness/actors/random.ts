/**
 * Seeded randomness. Each actor, identity and purpose draws from a stream of its own, whose seed is derived by name:
 * adding an actor, or drawing once more for one purpose, moves nobody else's numbers.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { Random } from './actor.js';
import { naturalLog } from './elementary.js';

const WORD = 2 ** 32;
/** Ends a label. Above every UTF-16 code unit, so that ('ab', 'c') and ('a', 'bc') differ. */
const TEXT_END = 0x10000;
const NUMBER_END = 0x10001;

/**
 * A stream for `seed`, the same on every machine: whole-number arithmetic, and a logarithm of our own.
 *
 * @param seed - Whole number, 0 to 2^53 - 1. Two seeds never share a start.
 */
export function createRandom(seed: number): Random {
  return new Stream(seed);
}

/** A class and not three closures: one is made for each event of a run. */
class Stream implements Random {
  readonly #generator: ReturnType<typeof xoroshiro128plusFromState>;

  constructor(seed: number) {
    this.#generator = xoroshiro128plusFromState(startState(seed));
  }

  unit(): number {
    return uniformFloat64(this.#generator);
  }

  below(bound: number): number {
    return uniformInt(this.#generator, 0, bound - 1);
  }

  exponential(): number {
    return -naturalLog(1 - uniformFloat64(this.#generator));
  }
}

/**
 * The seed of the stream that `labels` name, 0 to 2^53 - 1.
 *
 * Two 32-bit lanes with different multipliers, mixed into each other at the end (the shape of cyrb53).
 * Not a cryptographic hash: it separates streams, it hides nothing.
 *
 * @param labels - Texts, or whole numbers from 0 to 2^53 - 1.
 */
export function deriveSeed(seed: number, ...labels: readonly (string | number)[]): number {
  let a = 0xdeadbeef ^ (seed % WORD);
  let b = 0x41c6ce57 ^ Math.floor(seed / WORD);
  const take = (unit: number): void => {
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
    // Carries high bits down, which multiplication alone never does.
    a ^= b >>> 15;
    b ^= a >>> 13;
  };
  for (const label of labels) {
    if (typeof label === 'number') {
      take((label % WORD) | 0);
      take(Math.floor(label / WORD));
      take(NUMBER_END);
    } else {
      for (let i = 0; i < label.length; i++) take(label.charCodeAt(i));
      take(TEXT_END);
    }
  }
  const low = mix(a ^ (b >>> 16));
  const high = mix(b ^ low);
  return (high >>> 11) * WORD + (low >>> 0);
}

/** 128 bits of state: the first two words alone tell the seed, the others keep the state from ever being all zero. */
function startState(seed: number): readonly number[] {
  const low = (seed % WORD) | 0;
  const high = Math.floor(seed / WORD) | 0;
  const first = mix(low + 0x9e3779b9);
  const second = mix(high ^ first);
  return [first, second, mix(low ^ ~second), mix(high + 0x3c6ef372)];
}

/** The finaliser of MurmurHash3: a bijection of 32-bit words in which every input bit moves every output bit. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
