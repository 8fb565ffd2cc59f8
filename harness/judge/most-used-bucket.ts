/** The most that can have been used of a bucket, see `most-used.ts`. */
import { assertExact, type BucketNumbers } from './bucket-numbers.js';
import type { MostUsed } from './most-used.js';
import { RunningMinimum } from './running-minimum.js';

export class MostUsedBucket implements MostUsed {
  private readonly numbers: BucketNumbers;
  private readonly grainUnits: number;
  private readonly levels = new RunningMinimum();
  /** Debt just after the last settled charge. */
  private debtUnits = 0;
  private debtUs = Number.NEGATIVE_INFINITY;
  private openCells = 0;

  constructor(numbers: BucketNumbers, grainUs: number) {
    this.numbers = numbers;
    this.grainUnits = numbers.usUnits * grainUs;
  }

  get entries(): number {
    return this.levels.entries;
  }

  send(sentUs: number, cells: number): void {
    this.openCells += cells;
    assertExact(this.debtUnits + this.openCells * this.numbers.cellUnits, this.numbers.name);
    this.probe(sentUs);
  }

  settle(decidedByUs: number, cells: number): void {
    const { cellUnits, usUnits } = this.numbers;
    this.debtUnits = Math.max(0, this.debtUnits - usUnits * (decidedByUs - this.debtUs)) + cells * cellUnits;
    this.debtUs = decidedByUs;
    this.openCells -= cells;
  }

  probe(sentUs: number): void {
    const { cellUnits, usUnits, capacityCells } = this.numbers;
    // The grain delays the refill of what was charged before; what is charged at this moment has had none, and a bucket
    // that was never charged owes nothing.
    const owed = Math.max(0, this.debtUnits - usUnits * (sentUs - this.debtUs) + this.grainUnits);
    this.levels.push(sentUs, (capacityCells - this.openCells) * cellUnits - owed);
  }

  hadSince(sinceUs: number, cells: number): boolean {
    return this.levels.since(sinceUs) >= cells * this.numbers.cellUnits;
  }

  forgetBefore(beforeUs: number): void {
    this.levels.forgetBefore(beforeUs);
  }
}
