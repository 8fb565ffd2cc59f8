/**
 * A sliding counter: the last window's cells, weighted by the share of it that still counts, and this window's. All
 * products are at most 2 x capacity x windowUs, which a contract keeps below 2^53.
 */
import type { SlidingCounterNumbers } from '../../core/spec.js';
import { floorDivide } from './whole-division.js';

export class CounterModel {
  readonly #capacity: number;
  readonly #windowUs: number;
  readonly #chargesDenied: boolean;
  #startUs = 0;
  #previous = 0;
  #current = 0;

  constructor(numbers: SlidingCounterNumbers, chargesDenied: boolean) {
    this.#capacity = numbers.capacity;
    this.#windowUs = numbers.windowUs;
    this.#chargesDenied = chargesDenied;
  }

  readyAtUs(nowUs: number, cells: number): number {
    this.#advance(nowUs);
    if (cells > this.#capacity) return Number.POSITIVE_INFINITY;
    const inThisUs = this.#fromUs(this.#previous, this.#capacity - this.#current - cells);
    if (inThisUs < this.#windowUs) return Math.max(nowUs, this.#startUs + inThisUs);
    return this.#startUs + this.#windowUs + this.#fromUs(this.#current, this.#capacity - cells);
  }

  charge(nowUs: number, cells: number): number {
    this.#advance(nowUs);
    this.#current += cells;
    return 0;
  }

  deny(nowUs: number, cells: number): void {
    if (this.#chargesDenied) this.charge(nowUs, cells);
  }

  credit(): void {}

  release(): void {}

  remaining(nowUs: number): number {
    this.#advance(nowUs);
    const counting = this.#previous * (this.#windowUs - (nowUs - this.#startUs));
    const left = this.#capacity * this.#windowUs - counting;
    return left < 0 ? 0 : Math.max(0, floorDivide(left, this.#windowUs) - this.#current);
  }

  /** From which offset in a window on `cells` of the one before weigh no more than `room` cells; windowUs: not in it. */
  #fromUs(cells: number, room: number): number {
    if (room < 0) return this.#windowUs;
    if (cells <= room) return 0;
    return this.#windowUs - floorDivide(room * this.#windowUs, cells);
  }

  #advance(nowUs: number): void {
    const startUs = nowUs - (nowUs % this.#windowUs);
    if (startUs === this.#startUs) return;
    this.#previous = startUs === this.#startUs + this.#windowUs ? this.#current : 0;
    this.#current = 0;
    this.#startUs = startUs;
  }
}
