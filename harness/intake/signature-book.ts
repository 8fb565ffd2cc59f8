/**
 * Numbers for the signatures of a log, by their digest: 12 bytes of SHA-256, so that nobody who chooses signatures can make
 * two of them look alike, and two of ten million are taken for one with a chance below 10^-15.
 *
 * A table of 64-bit words would take BigInt, which is slow; it is an open-addressed table over three 32-bit words instead.
 */
import { createHash } from 'node:crypto';
import { FloodproofError } from '../errors.js';
import { grouped } from '../trace/line-tally.js';

/** 24 to 48 bytes each. */
const SIGNATURES_MAX = 8_388_608;
const WORDS = 3;
const SLOTS_FIRST = 1024;

export class SignatureBook {
  size = 0;
  readonly #max: number;
  #slots = SLOTS_FIRST;
  #words = new Uint32Array(SLOTS_FIRST * WORDS);
  /** Number of the signature and 1; 0 = the slot is free. */
  #numbers = new Uint32Array(SLOTS_FIRST);

  constructor(max = SIGNATURES_MAX) {
    this.#max = max;
  }

  /** @throws {FloodproofError} FP_LOG_UNREADABLE for more than there may be. */
  of(signature: string): number {
    const digest = createHash('sha256').update(signature).digest();
    const words = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)] as const;
    const slot = this.#find(words);
    const known = this.#numbers[slot] as number;
    if (known > 0) return known - 1;
    if (this.size === this.#max) {
      throw new FloodproofError('FP_LOG_UNREADABLE', `the log has more than ${grouped(this.size)} signatures`, {
        hint: 'judge a shorter stretch of it, or leave "signature" out of the map: replays are not looked for then',
      });
    }
    this.#put(slot, words, ++this.size);
    if (2 * this.size > this.#slots) this.#grow();
    return this.size - 1;
  }

  #find(words: readonly [number, number, number]): number {
    const [first, second, third] = words;
    for (let slot = first & (this.#slots - 1); ; slot = (slot + 1) & (this.#slots - 1)) {
      if (this.#numbers[slot] === 0) return slot;
      const at = slot * WORDS;
      if (this.#words[at] === first && this.#words[at + 1] === second && this.#words[at + 2] === third) return slot;
    }
  }

  #put(slot: number, words: readonly [number, number, number], number: number): void {
    this.#words.set(words, slot * WORDS);
    this.#numbers[slot] = number;
  }

  #grow(): void {
    const oldWords = this.#words;
    const oldNumbers = this.#numbers;
    this.#slots *= 2;
    this.#words = new Uint32Array(this.#slots * WORDS);
    this.#numbers = new Uint32Array(this.#slots);
    for (const [slot, number] of oldNumbers.entries()) {
      if (number === 0) continue;
      const at = slot * WORDS;
      const words = [oldWords[at] as number, oldWords[at + 1] as number, oldWords[at + 2] as number] as const;
      this.#put(this.#find(words), words, number);
    }
  }
}
