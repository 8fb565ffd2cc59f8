/** A fixed window: what was used since it started. */
import type { FixedWindowNumbers } from '../../core/spec.js';

const USED_MAX = 2 ** 31 - 1;

export class WindowModel {
  readonly #numbers: FixedWindowNumbers;
  readonly #countsDenied: boolean;
  /** Infinity below: no window is running. */
  #startUs = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(numbers: FixedWindowNumbers, countsDenied: boolean) {
    this.#numbers = numbers;
    this.#countsDenied = countsDenied;
  }

  readyAtUs(nowUs: number, cells: number): number {
    if (cells <= this.#left(nowUs)) return nowUs;
    return cells <= this.#numbers.capacity ? this.#startUs + this.#numbers.windowUs : Number.POSITIVE_INFINITY;
  }

  charge(nowUs: number, cells: number): number {
    if (!this.#isRunning(nowUs)) {
      this.#startUs = this.#numbers.anchor === 'calendar' ? nowUs - (nowUs % this.#numbers.windowUs) : nowUs;
      this.#used = 0;
    }
    this.#used += cells;
    return 0;
  }

  deny(nowUs: number, cells: number): void {
    if (!this.#countsDenied) return;
    this.charge(nowUs, cells);
    this.#used = Math.min(this.#used, USED_MAX);
  }

  credit(nowUs: number, cells: number): void {
    if (this.#numbers.credit === 'none' || !this.#isRunning(nowUs)) return;
    const least = this.#numbers.credit === 'to-zero' ? 0 : -USED_MAX;
    this.#used = Math.max(least, this.#used - cells);
  }

  release(): void {}

  remaining(nowUs: number): number {
    return Math.max(0, this.#left(nowUs));
  }

  #left(nowUs: number): number {
    return this.#isRunning(nowUs) ? this.#numbers.capacity - this.#used : this.#numbers.capacity;
  }

  #isRunning(nowUs: number): boolean {
    return nowUs < this.#startUs + this.#numbers.windowUs;
  }
}
