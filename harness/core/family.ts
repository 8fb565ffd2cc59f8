/**
 * What the families of limits have in common. A counter is the state of one key: two numbers, whose meaning is the
 * family's own; a family is the arithmetic on it. A fresh counter is {0, 0}.
 */
export interface Counter {
  /** Token bucket: whole microseconds of the theoretical arrival time. Fixed window: start of the window. */
  atUs: number;
  /** Token bucket: numerator of the rest, 0 to n - 1. Fixed window: cells used, 0 = no window was started. */
  part: number;
}

/** Time given to a family never goes back; the gate sees to that. Costs are 1 to `capacity`. */
export interface Family {
  readonly capacity: number;
  /** The first whole microsecond at which `cost` cells fit; `nowUs` when they fit now. */
  retryAtUs(counter: Counter, cost: number, nowUs: number): number;
  /** Takes cells that fit. */
  charge(counter: Counter, cost: number, nowUs: number): void;
  /** Whole cells left. */
  remaining(counter: Counter, nowUs: number): number;
  /** The first whole microsecond at which the counter equals a fresh one. Charges only move it later. */
  idleAtUs(counter: Counter): number;
  /** A key's slot may be given away when its counter was idle at this instant; see `LimitTable`. */
  reusableUntilUs(cold: Counter, nowUs: number): number;
}
