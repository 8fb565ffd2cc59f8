/**
 * Fixed window: at most `capacity` cells from the start of a window until `windowUs` later.
 *
 * A window starts with a charge: with `calendar` at the last multiple of `windowUs` since 1970, with `first-hit` at
 * the charge itself. So `used` is 0 in a window only when cells came back, which `#credited` remembers; else 0 means that
 * there is no window.
 *
 * Bound: a closed interval of w microseconds meets at most ceil(w / windowUs) + 1 windows of one counter, which do not
 * overlap, and each admits capacity and what it is credited with.
 */
import { type Counter, Family, INT32_MAX } from './family.js';
import { allocate } from './memory.js';
import type { FixedWindowNumbers } from './spec.js';

export class FixedWindow extends Family {
  readonly costMax: number;
  readonly #windowUs: number;
  readonly #isCalendar: boolean;
  /** Cells used after a credit are not below this. */
  readonly #usedMin: number;
  readonly #takesCredit: boolean;
  /** By slot: whether its window was credited, 0 or 1. Null where none ever was. */
  #credited: Uint8Array | null;

  /** @param counterCount - slots and the cold counter. */
  constructor(numbers: FixedWindowNumbers, counterCount: number, owner: string) {
    super();
    this.costMax = numbers.capacity;
    this.#windowUs = numbers.windowUs;
    this.#isCalendar = numbers.anchor === 'calendar';
    this.#takesCredit = numbers.credit !== 'none';
    this.#usedMin = numbers.credit === 'below-zero' ? -INT32_MAX : 0;
    this.#credited = this.#takesCredit ? new Uint8Array(allocate(counterCount, owner)) : null;
  }

  retryAtUs(counter: Counter, cost: number, nowUs: number): number {
    const isOver = this.idleAtUs(counter) <= nowUs;
    return isOver || counter.part + cost <= this.costMax ? nowUs : counter.atUs + this.#windowUs;
  }

  charge(counter: Counter, cost: number, nowUs: number): void {
    if (this.idleAtUs(counter) > nowUs) {
      counter.part = Math.min(counter.part + cost, INT32_MAX);
      return;
    }
    counter.atUs = this.#isCalendar ? nowUs - (nowUs % this.#windowUs) : nowUs;
    counter.part = Math.min(cost, INT32_MAX);
    if (this.#credited !== null) this.#credited[counter.slot] = 0;
  }

  remaining(counter: Counter, nowUs: number): number {
    return this.idleAtUs(counter) > nowUs ? Math.max(0, this.costMax - counter.part) : this.costMax;
  }

  idleAtUs(counter: Counter): number {
    const isRunning = counter.part !== 0 || (this.#credited !== null && this.#credited[counter.slot] === 1);
    return isRunning ? counter.atUs + this.#windowUs : 0;
  }

  /**
   * With `first-hit`, a key that loses its slot goes on in the cold counter's window, which has a phase of its own.
   * Its last window must have ended before that one started: else the key could fill its own window, the rest of the
   * cold one and the next cold one within two microseconds.
   */
  override reusableUntilUs(cold: Counter, nowUs: number): number {
    return this.#isCalendar || this.idleAtUs(cold) <= nowUs ? nowUs : cold.atUs;
  }

  override credit(counter: Counter, cells: number, nowUs: number): boolean {
    if (!this.#takesCredit || this.#credited === null || this.idleAtUs(counter) <= nowUs) return false;
    // Below 0 already when the window was credited under other numbers, before `Gate.change`.
    counter.part = Math.min(counter.part, Math.max(this.#usedMin, counter.part - cells));
    this.#credited[counter.slot] = 1;
    return true;
  }

  /** The cold counter is never credited, so that a slot that starts from it is not either. */
  override copyKept(_from: number, to: number): void {
    if (this.#credited !== null) this.#credited[to] = 0;
  }

  /** The window goes on as it is. What is kept by slot passes over in one piece. */
  carry(old: Family, _counter: Counter, _nowUs: number): void {
    if (old instanceof FixedWindow && old.#credited !== null) this.#credited = old.#credited;
  }
}
