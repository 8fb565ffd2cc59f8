/**
 * Sliding log: each charge is remembered for `windowUs`, so that no window of that length holds more than `capacity`.
 *
 * A counter's `atUs` is its last charge, `part` is 1 once there was one. The charges lie in a ring of `capacity` entries
 * for each slot: the cells of those that count are at most `capacity` together and at least one each, so they find room.
 * Memory: 12 bytes x capacity + 12 for each counter, had in one piece and touched only as it is used; what a slot has
 * touched serves its next owner.
 *
 * Bound: any closed interval of w microseconds admits at most capacity x (floor(w / windowUs) + 1) cells: it is cut into
 * so many parts shorter than `windowUs`, and what was charged in one of them still counted at the last charge there.
 */
import { type Counter, Family } from './family.js';
import { allocate } from './memory.js';
import type { SlidingLogNumbers } from './spec.js';

const ENTRY_BYTES = 12;

/** Bytes of the entries of so many slots. */
export function logBytes(slotCount: number, capacity: number): number {
  return slotCount * capacity * ENTRY_BYTES;
}

// Of each ring: where its oldest entry is, how many there are, and their cells.
const HEAD_WORDS = 3;
const COUNT = 1;
const USED = 2;

export class SlidingLog extends Family {
  readonly costMax: number;
  readonly #windowUs: number;
  readonly #instantsUs: Float64Array;
  readonly #cells: Int32Array;
  readonly #heads: Int32Array;

  /** @param counterCount - slots and the cold counter. */
  constructor(numbers: SlidingLogNumbers, counterCount: number, owner: string) {
    super();
    this.costMax = numbers.capacity;
    this.#windowUs = numbers.windowUs;
    this.#instantsUs = new Float64Array(allocate(counterCount * numbers.capacity * 8, owner));
    this.#cells = new Int32Array(allocate(counterCount * numbers.capacity * 4, owner));
    this.#heads = new Int32Array(allocate(counterCount * HEAD_WORDS * 4, owner));
  }

  retryAtUs(counter: Counter, cost: number, nowUs: number): number {
    const { slot } = counter;
    let excess = this.#usedAt(slot, nowUs) + cost - this.costMax;
    if (excess <= 0) return nowUs;
    let at = slot * this.costMax + this.#head(slot, 0);
    for (;;) {
      excess -= this.#cells[at] as number;
      if (excess <= 0) return (this.#instantsUs[at] as number) + this.#windowUs;
      at = this.#next(slot, at);
    }
  }

  charge(counter: Counter, cost: number, nowUs: number): void {
    this.#usedAt(counter.slot, nowUs);
    this.#append(counter.slot, nowUs, cost);
    counter.atUs = nowUs;
    counter.part = 1;
  }

  remaining(counter: Counter, nowUs: number): number {
    return this.costMax - this.#usedAt(counter.slot, nowUs);
  }

  idleAtUs(counter: Counter): number {
    return counter.part === 0 ? 0 : counter.atUs + this.#windowUs;
  }

  override copyKept(from: number, to: number): void {
    this.#clear(to);
    this.#appendFrom(this, from, to, 0);
  }

  /** Keeps the latest cells, at most the capacity: the oldest go first, the last of those in part. */
  carry(old: Family, counter: Counter, nowUs: number): void {
    if (!(old instanceof SlidingLog)) return;
    const excess = old.#usedAt(counter.slot, nowUs) - this.costMax;
    this.#appendFrom(old, counter.slot, counter.slot, Math.max(0, excess));
  }

  /** Appends all of a log but its `skipped` oldest cells. */
  #appendFrom(log: SlidingLog, from: number, to: number, skipped: number): void {
    let at = from * log.costMax + log.#head(from, 0);
    let left = skipped;
    for (let count = log.#head(from, COUNT); count > 0; count -= 1) {
      const cells = log.#cells[at] as number;
      if (cells > left) this.#append(to, log.#instantsUs[at] as number, cells - left);
      left = Math.max(0, left - cells);
      at = log.#next(from, at);
    }
  }

  /** Cells that count; forgets those that do not any more, which nobody can see. */
  #usedAt(slot: number, nowUs: number): number {
    const head = slot * HEAD_WORDS;
    let at = slot * this.costMax + this.#head(slot, 0);
    let count = this.#head(slot, COUNT);
    let used = this.#head(slot, USED);
    while (count > 0 && (this.#instantsUs[at] as number) + this.#windowUs <= nowUs) {
      used -= this.#cells[at] as number;
      count -= 1;
      at = this.#next(slot, at);
    }
    this.#heads[head] = at - slot * this.costMax;
    this.#heads[head + COUNT] = count;
    this.#heads[head + USED] = used;
    return used;
  }

  /** Charges of one instant are one entry. */
  #append(slot: number, atUs: number, cells: number): void {
    const head = slot * HEAD_WORDS;
    const first = slot * this.costMax;
    const oldest = this.#head(slot, 0);
    const count = this.#head(slot, COUNT);
    const last = first + ((oldest + count - 1) % this.costMax);
    this.#heads[head + USED] = this.#head(slot, USED) + cells;
    if (count > 0 && this.#instantsUs[last] === atUs) {
      this.#cells[last] = (this.#cells[last] as number) + cells;
      return;
    }
    const end = first + ((oldest + count) % this.costMax);
    this.#instantsUs[end] = atUs;
    this.#cells[end] = cells;
    this.#heads[head + COUNT] = count + 1;
  }

  #clear(slot: number): void {
    this.#heads.fill(0, slot * HEAD_WORDS, (slot + 1) * HEAD_WORDS);
  }

  #head(slot: number, word: number): number {
    return this.#heads[slot * HEAD_WORDS + word] as number;
  }

  /** The entry after this one in the slot's ring. */
  #next(slot: number, at: number): number {
    return at + 1 < (slot + 1) * this.costMax ? at + 1 : slot * this.costMax;
  }
}
