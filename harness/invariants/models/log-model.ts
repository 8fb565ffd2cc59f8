/** A sliding log: every charge counts from its instant until just before a window later. */
import type { SlidingLogNumbers } from '../../core/spec.js';

export class LogModel {
  readonly #capacity: number;
  readonly #windowUs: number;
  readonly #chargesDenied: boolean;
  readonly #instantsUs: number[] = [];
  readonly #cells: number[] = [];
  #used = 0;
  /** Charges before it have left the window. */
  #first = 0;

  constructor(numbers: SlidingLogNumbers, chargesDenied: boolean) {
    this.#capacity = numbers.capacity;
    this.#windowUs = numbers.windowUs;
    this.#chargesDenied = chargesDenied;
  }

  readyAtUs(nowUs: number, cells: number): number {
    this.#advance(nowUs);
    if (cells > this.#capacity) return Number.POSITIVE_INFINITY;
    let used = this.#used;
    if (used + cells <= this.#capacity) return nowUs;
    let index = this.#first;
    for (; used + cells > this.#capacity; index += 1) used -= this.#cells[index] as number;
    return (this.#instantsUs[index - 1] as number) + this.#windowUs;
  }

  charge(nowUs: number, cells: number): number {
    this.#advance(nowUs);
    this.#instantsUs.push(nowUs);
    this.#cells.push(cells);
    this.#used += cells;
    return 0;
  }

  deny(nowUs: number, cells: number): void {
    if (this.#chargesDenied) this.charge(nowUs, cells);
  }

  credit(): void {}

  release(): void {}

  remaining(nowUs: number): number {
    this.#advance(nowUs);
    return Math.max(0, this.#capacity - this.#used);
  }

  #advance(nowUs: number): void {
    while (this.#first < this.#cells.length && (this.#instantsUs[this.#first] as number) + this.#windowUs <= nowUs) {
      this.#used -= this.#cells[this.#first] as number;
      this.#first += 1;
    }
  }
}
