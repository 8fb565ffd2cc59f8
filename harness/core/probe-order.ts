/**
 * In which order the slots of a table are searched for a key. Slots lie in lines of four, so that a few of them cost
 * one access to memory. A small table is searched in full, line after line from where the key starts; of a large one a
 * key can reach 32 lines: pairs of neighbours, since processors fetch two lines nearly as fast as one, and the pairs
 * spread by its hash, so that keys that start together part soon.
 */
export const SLOTS_PER_LINE = 4;
const TURNS_MAX = 32;

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
    const line = this.#reduce(hi + Math.imul(turn >> 1, lo | 1));
    const neighbour = line ^ 1;
    return (turn & 1) === 0 || neighbour >= this.#lineCount ? line : neighbour;
  }

  /** A word of the hash to a line: multiplied and shifted, which needs no power of two. Below 2^53 all along, so exact. */
  #reduce(word: number): number {
    return (((word >>> 1) * this.#lineCount) / 2 ** 31) | 0;
  }
}
