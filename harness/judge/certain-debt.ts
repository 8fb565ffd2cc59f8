/**
 * The debt that a bucket has for certain, if every charge fell as early as it can have: at its send time.
 *
 * A bucket's debt at y is the largest, over all starts x, of what was charged in [x, y] less what came back since x.
 * Charges become known in the order of their answers, but count at their send times, so a start that is worst now may
 * be overtaken by another one when a slow answer comes in. All send times of charges that can still grow are therefore
 * kept.
 *
 * Bounded memory: once no charge sent before m can come in any more, the starts up to m all grow by the same amounts
 * from then on, so the best of them stays the best. They collapse to one number by the bucket's own recursion
 * `debt = max(0, debt - refill) + charge`, which is that maximum computed step by step.
 */
import { assertExact, type BucketNumbers } from './bucket-numbers.js';
import { SendTimeline } from './send-timeline.js';

export class CertainDebt {
  private readonly numbers: BucketNumbers;
  private readonly timeline: SendTimeline;
  /** Debt at `settledUs` of the charges that were collapsed; 0 = they are forgotten. */
  private settledUnits = 0;
  private settledUs = 0;
  private settledStartUs = 0;
  private settledCells = 0;
  /** The start of the worst interval and the cells charged since, after `at`. */
  foundStartUs = 0;
  foundCells = 0;

  constructor(numbers: BucketNumbers) {
    this.numbers = numbers;
    this.timeline = new SendTimeline({ unitsPerCell: numbers.cellUnits, unitsPerUs: numbers.usUnits });
  }

  get entries(): number {
    return this.timeline.entries;
  }

  insert(sentUs: number, cells: number): void {
    this.timeline.insert(sentUs, cells);
    const { cellUnits, usUnits, name } = this.numbers;
    const spanUs = Math.max(0, sentUs - this.timeline.firstUs);
    assertExact(this.settledUnits + cellUnits * this.timeline.cells + usUnits * spanUs, name);
  }

  /** @param oldestPendingUs - no charge that is still to come was sent before this. */
  collapse(oldestPendingUs: number): void {
    const { cellUnits, usUnits } = this.numbers;
    this.timeline.dropBefore(oldestPendingUs, (sentUs, cells) => {
      const left = this.settledUnits - usUnits * (sentUs - this.settledUs);
      if (left <= 0) {
        this.settledStartUs = sentUs;
        this.settledCells = 0;
      }
      this.settledUnits = Math.max(0, left) + cellUnits * cells;
      this.settledCells += cells;
      this.settledUs = sentUs;
    });
  }

  /**
   * The largest certain debt at `yUs` in units, negative when all of it has come back; -Infinity when nothing was
   * charged.
   */
  at(yUs: number): number {
    const { cellUnits, usUnits } = this.numbers;
    const recent = this.timeline.best(yUs);
    const settled =
      this.settledUnits > 0
        ? this.settledUnits + cellUnits * this.timeline.cells - usUnits * (yUs - this.settledUs)
        : Number.NEGATIVE_INFINITY;
    if (settled >= recent) {
      this.foundStartUs = this.settledStartUs;
      this.foundCells = this.settledCells + this.timeline.cells;
      return settled;
    }
    this.foundStartUs = this.timeline.foundStartUs;
    this.foundCells = this.timeline.cellsFrom(this.foundStartUs);
    return recent;
  }
}
