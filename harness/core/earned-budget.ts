/**
 * Earned budget: cells for life, more by credit, and a trickle when they are used up.
 *
 * A counter's `part` is net = spent - earned, `atUs` the instant from which on the next request may trickle through.
 *
 * Bound: up to any instant a key spends at most capacity and what it earned by then, since net is at most `capacity`
 * after each charge. Beside these there are requests that trickle through, `trickleUs` apart: at most
 * floor(w / trickleUs) + 1 in a closed interval of w microseconds, whatever they cost.
 */
import { type Counter, Family, INT32_MAX } from './family.js';
import { type EarnedBudgetNumbers, NEVER_US } from './spec.js';

export class EarnedBudget extends Family {
  /** A cost above the capacity trickles through, or waits for credit. */
  readonly costMax = INT32_MAX;
  readonly #capacity: number;
  readonly #trickleUs: number | null;

  constructor(numbers: EarnedBudgetNumbers) {
    super();
    this.#capacity = numbers.capacity;
    this.#trickleUs = numbers.trickleUs;
  }

  retryAtUs(counter: Counter, cost: number, nowUs: number): number {
    if (counter.part + cost <= this.#capacity) return nowUs;
    return this.#trickleUs === null ? NEVER_US : Math.max(nowUs, counter.atUs);
  }

  charge(counter: Counter, cost: number, nowUs: number): void {
    if (counter.part + cost <= this.#capacity) counter.part += cost;
    else if (this.#trickleUs !== null) counter.atUs = nowUs + this.#trickleUs;
  }

  remaining(counter: Counter, _nowUs: number): number {
    return Math.min(INT32_MAX, Math.max(0, this.#capacity - counter.part));
  }

  idleAtUs(counter: Counter): number {
    return counter.part === 0 ? counter.atUs : NEVER_US;
  }

  override get startsByCredit(): boolean {
    return true;
  }

  override credit(counter: Counter, cells: number, _nowUs: number): boolean {
    counter.part = Math.max(-INT32_MAX, counter.part - cells);
    return true;
  }

  /** What is spent and earned stays, and so does the instant of the next trickle. */
  carry(_old: Family, _counter: Counter, _nowUs: number): void {}
}
