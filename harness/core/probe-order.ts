/**
 * In which order the slots of a table are searched for a key. Slots lie in lines of four, so that a few of them cost
 * one access to memory. A small table is searched in full, line after line from where the key starts; of a large one a
 * key can reach 32 lines: eight pairs of neighbours, since processors fetch two lines nearly as fast as one, and then
 * sixteen lines one by one. All are spread by its hash anew, so that keys that start together part at once, and no key
 * comes back to the same few lines. (With a step that stays the same, one key in two thousand had a step so close to a
 * simple share of a small table that it reached a handful of lines, and found no slot there.)
 *
 * Of 20 million keys each in tables of 104 to 1000 keys, as full as they may be, all found a slot in this order; with
 * pairs to the end one in two million did not.
 */
export const SLOTS_PER_LINE = 4;
const TURNS_MAX = 32;
/** Turns that go from a line to its neighbour. */
const PAIRED_TURNS = 16;
/** Both odd; the first spreads numbers of turns over all bits, the second carries low bits to high ones. */
const TURN_FACTOR = 0x9e3779b9;
const SPREAD_FACTOR = 0x85ebca6b;

/** A quarter more slots than keys, so that nearly all keys find one in their reach when the table is as full as it may be. */
export function slotCountOf(maxKeys: number): number {
  return Math.floor((maxKeys * 5) / 4);
}

export class ProbeOrder {
  /** Lines that a key can reach. */
  readonly turns: number;
  readonly #lineCount: number;
  readonly #isSmall: boolean;

  constructor(slotCount: number) {
    this.#lineCount = Math.ceil(slotCount / SLOTS_PER_LINE);
    this.#isSmall = this.#lineCount <= TURNS_MAX;
    this.turns = Math.min(this.#lineCount, TURNS_MAX);
  }

  /** Index of the line that is searched in this turn; the last line of a table may be shorter than the others. */
  lineAt(lo: number, hi: number, turn: number): number {
    if (this.#isSmall) {
      const line = this.#reduce(hi) + turn;
      return line < this.#lineCount ? line : line - this.#lineCount;
    }
    const first = turn < PAIRED_TURNS ? turn & ~1 : turn;
    const line = this.#reduce(first === 0 ? hi : hi + Math.imul(lo ^ Math.imul(first, TURN_FACTOR), SPREAD_FACTOR));
    const neighbour = line ^ 1;
    return first === turn || neighbour >= this.#lineCount ? line : neighbour;
  }

  /** A word of the hash to a line: multiplied and shifted, which needs no power of two. Below 2^53 all along, so exact. */
  #reduce(word: number): number {
    return (((word >>> 1) * this.#lineCount) / 2 ** 31) | 0;
  }
}
