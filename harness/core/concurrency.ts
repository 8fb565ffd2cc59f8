/**
 * Concurrency: at most `capacity` cells in flight. A counter's `part` is what is in flight; time changes nothing.
 *
 * Bound: of one key at most `capacity` cells are in flight at any instant, since the cold counter serves nobody here and
 * a slot is given away only when nothing of its key is in flight.
 */
import { type Counter, Family } from './family.js';
import { type ConcurrencyNumbers, NEVER_US } from './spec.js';

export class Concurrency extends Family {
  readonly costMax: number;

  constructor(numbers: ConcurrencyNumbers) {
    super();
    this.costMax = numbers.capacity;
  }

  /** Nobody knows when a request ends, so it is worth a try at once. */
  retryAtUs(counter: Counter, cost: number, nowUs: number): number {
    return counter.part + cost <= this.costMax ? nowUs : nowUs + 1;
  }

  charge(counter: Counter, cost: number, _nowUs: number): void {
    counter.part += cost;
  }

  remaining(counter: Counter, _nowUs: number): number {
    return Math.max(0, this.costMax - counter.part);
  }

  idleAtUs(counter: Counter): number {
    return counter.part === 0 ? 0 : NEVER_US;
  }

  /** Of what the cold counter holds nobody could say whose it is when it ends. */
  override get hasCold(): boolean {
    return false;
  }

  override release(counter: Counter, cost: number): void {
    counter.part = Math.max(0, counter.part - cost);
  }

  /** What is in flight stays in flight. */
  carry(_old: Family, _counter: Counter, _nowUs: number): void {}
}
