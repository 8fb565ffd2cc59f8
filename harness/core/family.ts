/** What the families of limits have in common: the arithmetic on one key's counter. */

/** The largest whole number of cells that a counter keeps, and its negative the smallest. */
export const INT32_MAX = 2 ** 31 - 1;

/**
 * The state of one key: two numbers, whose meaning is the family's own. A fresh counter is {0, 0}. A family whose state
 * does not fit in two numbers keeps the rest by `slot`.
 */
export interface Counter {
  /** Whole microseconds: theoretical arrival time, start of the window, last charge or next trickle. */
  atUs: number;
  /** Within 32 bits: numerator of the rest, cells used, spent or in flight; 0 = fresh where there is just this. */
  part: number;
  /** Index of the counter: that of its slot, or the count of slots for the cold counter. */
  slot: number;
}

/**
 * Time given to a family never goes back; the gate sees to that. Costs are 1 to `costMax`.
 * What is defined here is what most families do.
 */
export abstract class Family {
  /** The largest cost that can ever pass. */
  abstract readonly costMax: number;
  /** The first whole microsecond at which `cost` cells fit; `nowUs` when they fit now, `NEVER_US` when time alone does not help. */
  abstract retryAtUs(counter: Counter, cost: number, nowUs: number): number;
  /** Takes cells that fit. Where denied requests count, also cells that do not. */
  abstract charge(counter: Counter, cost: number, nowUs: number): void;
  /** Whole cells left, at least 0. */
  abstract remaining(counter: Counter, nowUs: number): number;
  /** The first whole microsecond at which the counter equals a fresh one, or `NEVER_US`. Charges only move it later. */
  abstract idleAtUs(counter: Counter): number;
  /**
   * Brings a counter of the same family with other numbers, and what `old` keeps by its slot, to these numbers.
   * See `Gate.change`.
   */
  abstract carry(old: Family, counter: Counter, nowUs: number): void;

  /** A key's slot may be given away when its counter was idle at this instant; see `LimitTable`. */
  reusableUntilUs(_cold: Counter, nowUs: number): number {
    return nowUs;
  }

  /** What is kept by slot, from one counter to another. */
  copyKept(_from: number, _to: number): void {}

  /** How long the last charge has to wait for its turn. */
  delayUs(_counter: Counter, _nowUs: number): number {
    return 0;
  }

  /** Whether a key that has no counter yet can be credited. */
  get startsByCredit(): boolean {
    return false;
  }

  /** Whether keys without a slot are served by the cold counter. */
  get hasCold(): boolean {
    return true;
  }

  /** @returns whether the counter took the cells; see `Gate.credit`. */
  credit(_counter: Counter, _cells: number, _nowUs: number): boolean {
    return false;
  }

  /** Gives back what a request held. */
  release(_counter: Counter, _cost: number): void {}
}
