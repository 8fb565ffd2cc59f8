/** The least that can have been used of a bucket, see `least-used.ts`. */
import type { BucketNumbers } from './bucket-numbers.js';
import { CertainDebt } from './certain-debt.js';
import type { LeastUsed } from './least-used.js';

export class LeastUsedBucket implements LeastUsed {
  private readonly numbers: BucketNumbers;
  private readonly grainUs: number;
  private readonly debt: CertainDebt;

  constructor(numbers: BucketNumbers, grainUs: number) {
    this.numbers = numbers;
    this.grainUs = grainUs;
    this.debt = new CertainDebt(numbers);
  }

  get entries(): number {
    return this.debt.entries;
  }

  send(): void {}

  add(sentUs: number, cells: number, oldestPendingUs: number): void {
    this.debt.collapse(oldestPendingUs);
    this.debt.insert(sentUs, cells);
  }

  lacking(answeredUs: number, cells: number): number {
    const { cellUnits, usUnits, capacityCells } = this.numbers;
    const owed = Math.max(0, this.debt.at(answeredUs) - usUnits * this.grainUs);
    return Math.ceil((owed - (capacityCells - cells) * cellUnits) / cellUnits);
  }
}
