/**
 * Remembers what short texts of a log stand for, by their bytes: most lines repeat what others said, and to make a text of
 * each field only to look it up takes longer than all else that is done with a line.
 *
 * A text has one slot, by its hash, and takes it from whoever had it before: so the memory is fixed, nobody who chooses
 * texts gains more than that they are looked up anew, and what is remembered is compared byte by byte.
 */

/** A longer text is looked up each time. */
const TEXT_BYTES_MAX = 64;

export class ByteMemo {
  /** Tells what a text stands for; the same each time it is asked. */
  readonly of: (text: string) => number;
  readonly #mask: number;
  readonly #texts: Uint8Array;
  /** 0 = the slot is free. */
  readonly #sizes: Uint8Array;
  readonly #numbers: Int32Array;

  /** @param slots - a power of two; each takes 69 bytes. */
  constructor(of: (text: string) => number, slots: number) {
    this.of = of;
    this.#mask = slots - 1;
    this.#texts = new Uint8Array(slots * TEXT_BYTES_MAX);
    this.#sizes = new Uint8Array(slots);
    this.#numbers = new Int32Array(slots);
  }

  /** What the bytes from `start` to just before `end` stand for, taken as latin1. */
  ofBytes(bytes: Buffer, start: number, end: number): number {
    const size = end - start;
    if (size > TEXT_BYTES_MAX || size === 0) return this.of(bytes.toString('latin1', start, end));
    const slot = hashOf(bytes, start, end) & this.#mask;
    if (this.#holds(slot, bytes, start, size)) return this.#numbers[slot] as number;
    const number = this.of(bytes.toString('latin1', start, end));
    const from = slot * TEXT_BYTES_MAX;
    for (let at = 0; at < size; at++) this.#texts[from + at] = bytes[start + at] as number;
    this.#sizes[slot] = size;
    this.#numbers[slot] = number;
    return number;
  }

  #holds(slot: number, bytes: Buffer, start: number, size: number): boolean {
    if (this.#sizes[slot] !== size) return false;
    const texts = this.#texts;
    const from = slot * TEXT_BYTES_MAX;
    for (let at = 0; at < size; at++) if (texts[from + at] !== bytes[start + at]) return false;
    return true;
  }
}

/** FNV-1a, its upper half folded into the lower, since slots are told by the lowest bits. */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}
