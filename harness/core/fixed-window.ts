/**
 * Fixed window: at most `capacity` cells from the start of a window until `windowUs` later.
 *
 * A window starts with a charge: with `calendar` at the last multiple of `windowUs` since 1970, with `first-hit` at
 * the charge itself. So `used` is never 0 in a window, and 0 means that there is none.
 */
import type { Counter, Family } from './family.js';
import type { FixedWindowNumbers } from './spec.js';

export class FixedWindow implements Family {
  readonly capacity: number;
  readonly #windowUs: number;
  readonly #isCalendar: boolean;

  constructor(numbers: FixedWindowNumbers) {
    this.capacity = numbers.capacity;
    this.#windowUs = numbers.windowUs;
    this.#isCalendar = numbers.anchor === 'calendar';
  }

  retryAtUs(counter: Counter, cost: number, nowUs: number): number {
    return cost <= this.remaining(counter, nowUs) ? nowUs : counter.atUs + this.#windowUs;
  }

  charge(counter: Counter, cost: number, nowUs: number): void {
    if (this.idleAtUs(counter) > nowUs) {
      counter.part += cost;
      return;
    }
    counter.atUs = this.#isCalendar ? nowUs - (nowUs % this.#windowUs) : nowUs;
    counter.part = cost;
  }

  remaining(counter: Counter, nowUs: number): number {
    return this.idleAtUs(counter) > nowUs ? this.capacity - counter.part : this.capacity;
  }

  idleAtUs(counter: Counter): number {
    return counter.part === 0 ? 0 : counter.atUs + this.#windowUs;
  }

  /**
   * With `first-hit`, a key that loses its slot goes on in the cold counter's window, which has a phase of its own.
   * Its last window must have ended before that one started: else the key could fill its own window, the rest of the
   * cold one and the next cold one within two microseconds.
   */
  reusableUntilUs(cold: Counter, nowUs: number): number {
    return this.#isCalendar || this.idleAtUs(cold) <= nowUs ? nowUs : cold.atUs;
  }
}
