/** A set of counters of a policy's limits: one bit each. */
import { IndexSet } from './index-set.js';

export class CounterSet {
  private readonly sets: readonly IndexSet[];

  constructor(limits: number) {
    this.sets = Array.from({ length: limits }, () => new IndexSet());
  }

  has(limitIndex: number, counter: number): boolean {
    return (this.sets[limitIndex] as IndexSet).has(counter);
  }

  /** @returns whether it was not in the set before. */
  add(limitIndex: number, counter: number): boolean {
    return (this.sets[limitIndex] as IndexSet).add(counter);
  }

  sizeOf(limitIndex: number): number {
    return (this.sets[limitIndex] as IndexSet).size;
  }
}
