/**
 * A hash of all decisions of a run in their order: two runs that decided the same have the same, and one whose decisions
 * differ anywhere has another (two 32-bit lanes, so by chance alike with 2^-64). No cryptographic hash: it proves nothing
 * against somebody who wants two runs to look alike.
 *
 * Each number goes in as two 32-bit words, low and high, so times need not fit in 32 bits. A lane takes a word by
 * xor, multiplication with an odd number and a shift that carries high bits down; the lanes are mixed into each other
 * with every word.
 */
const WORD = 2 ** 32;

export class DecisionHash {
  private a = 0x9e3779b9 | 0;
  private b = 0x85ebca6b | 0;

  /** @param value - whole, -2^53 + 1 to 2^53 - 1. */
  add(value: number): void {
    this.take(value | 0);
    this.take(Math.floor(value / WORD) | 0);
  }

  /** 16 hex digits. */
  get text(): string {
    const a = finish(this.a ^ (this.b >>> 16));
    const b = finish(this.b ^ a);
    return hex(a) + hex(b);
  }

  private take(word: number): void {
    const a = Math.imul(this.a ^ word, 0x9e3779b1);
    const b = Math.imul(this.b ^ word, 0x5f356495);
    this.a = a ^ (b >>> 15);
    this.b = b ^ (this.a >>> 13);
  }
}

/** The finaliser of MurmurHash3. */
function finish(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
