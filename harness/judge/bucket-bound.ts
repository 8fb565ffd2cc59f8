/**
 * The bound of a token bucket, held against what was certainly admitted. A decaying counter is one seen from below.
 *
 * Promise: whatever is admitted within any span of the target's clock of length v is at most capacity + rate * v, on
 * each node; so at most nodes * (capacity + rate * v) + slack in all.
 *
 * Why a conviction is sound. Take requests sent at x or later and answered at y or earlier (x, y whole microseconds as
 * the generator rounds them down). Their decisions fell in [x, y + 1). The target's clock has the grain g and stands
 * still in between, so two of its readings differ by less than y + 1 - x + g, and being whole by at most y - x + g. All
 * these requests thus lie within a span of v = y - x + g of the target's clock, wherever exactly they were decided. If
 * they cost more than the bound of that span, every possible order and moment of decisions breaks the promise.
 *
 * In whole units (`cellUnits` a cell, `usUnits` a microsecond) it is broken if, for some x,
 * `cells * cellUnits - nodes * usUnits * (y - x) > (nodes * capacity + slack) * cellUnits + nodes * usUnits * g`.
 * The left side is the certain debt of one bucket that refills nodes times as fast.
 *
 * Other families whose bound is a straight line over v use it too, with a span that is a little longer or shorter.
 */
import type { Policy } from '../scenario/plan.js';
import type { Bound } from './bound.js';
import { assertExact, bucketNumbers, type Refill } from './bucket-numbers.js';
import { CertainDebt } from './certain-debt.js';

export class BucketBound implements Bound {
  excessCells = Number.NEGATIVE_INFINITY;
  fromUs = 0;
  admittedCells = 0;
  readonly isByPhase = false;
  private readonly debt: CertainDebt;
  private readonly name: string;
  private readonly cellUnits: number;
  private readonly nodes: number;
  private capacity: number;
  private boundUnits: number;

  /** @param spanUs - what the span of the target's clock is longer than y - x. */
  constructor(refill: Refill, policy: Policy, spanUs = policy.resolutionUs) {
    const { nodes, slackCells } = policy;
    const one = bucketNumbers(refill);
    const numbers = {
      ...one,
      usUnits: one.usUnits * nodes,
      capacityCells: one.capacityCells * nodes + slackCells,
    };
    this.name = refill.name;
    this.nodes = nodes;
    this.capacity = refill.capacity;
    this.cellUnits = numbers.cellUnits;
    this.boundUnits = numbers.capacityCells * numbers.cellUnits + numbers.usUnits * spanUs;
    assertExact(this.boundUnits, refill.name);
    this.debt = new CertainDebt(numbers);
  }

  get entries(): number {
    return this.debt.entries;
  }

  /** From now on the bound holds with at least this capacity. */
  raiseCapacity(cells: number): void {
    if (cells <= this.capacity) return;
    this.boundUnits += (cells - this.capacity) * this.nodes * this.cellUnits;
    this.capacity = cells;
    assertExact(this.boundUnits, this.name);
  }

  add(sentUs: number, answeredUs: number, cells: number, oldestPendingUs: number): void {
    this.debt.collapse(oldestPendingUs);
    this.debt.insert(sentUs, cells);
    const overUnits = this.debt.at(answeredUs) - this.boundUnits;
    // A right bucket admits whole cells, so at most the bound rounded down: what is above it is a cell too many.
    // (+ 0 makes a plain zero of a negative one.)
    this.excessCells = Math.ceil(overUnits / this.cellUnits) + 0;
    this.fromUs = this.debt.foundStartUs;
    this.admittedCells = this.debt.foundCells;
  }

  forget(oldestPendingUs: number): void {
    this.debt.collapse(oldestPendingUs);
  }
}
