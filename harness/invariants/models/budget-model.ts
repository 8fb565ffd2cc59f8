/** A budget for life that credit adds to, and one request each `trickleUs` that passes without it. */
import type { EarnedBudgetNumbers } from '../../core/spec.js';

const NET_MIN = -(2 ** 31 - 1);

export class BudgetModel {
  readonly #capacity: number;
  readonly #trickleUs: number | null;
  #net = 0;
  #nextTrickleUs = 0;

  constructor(numbers: EarnedBudgetNumbers) {
    this.#capacity = numbers.capacity;
    this.#trickleUs = numbers.trickleUs;
  }

  readyAtUs(nowUs: number, cells: number): number {
    if (this.#net + cells <= this.#capacity) return nowUs;
    return this.#trickleUs === null ? Number.POSITIVE_INFINITY : Math.max(nowUs, this.#nextTrickleUs);
  }

  charge(nowUs: number, cells: number): number {
    if (this.#trickleUs === null || this.#net + cells <= this.#capacity) this.#net += cells;
    else this.#nextTrickleUs = nowUs + this.#trickleUs;
    return 0;
  }

  deny(): void {}

  credit(_nowUs: number, cells: number): void {
    this.#net = Math.max(NET_MIN, this.#net - cells);
  }

  release(): void {}

  remaining(): number {
    return Math.min(2 ** 31 - 1, Math.max(0, this.#capacity - this.#net));
  }
}
