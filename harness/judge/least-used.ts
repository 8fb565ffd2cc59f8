/**
 * The least that can have been used of a counter when a request was decided: what a right throttle is told by.
 *
 * Only requests that were certainly admitted and certainly decided before it count (answered before it was sent), each
 * as early as it can have been, at its send time; and the request itself as late as it can have been, at its answer. An
 * earlier charge comes back earlier, so no assignment leaves more cells. Two readings of the target's clock differ by
 * at most the difference of our times and its grain g. If even so the cells were not there, the throttle was called
 * for.
 *
 * A fixed window from the first hit begins with the first request of a fresh counter: whatever is certainly decided
 * less than a window after the first send is within the first window. Later windows, and those of the calendar, may
 * have begun just before the request: of them nothing is ever certain.
 */
import type { PolicyLimit } from '../scenario/plan.js';
import { type BucketNumbers, bucketNumbers } from './bucket-numbers.js';
import { CertainDebt } from './certain-debt.js';
import { SendTimeline } from './send-timeline.js';

export interface LeastUsed {
  readonly entries: number;
  /** Any request goes out, in the order of the sends. */
  send(sentUs: number): void;
  /**
   * A certain charge was answered, in the order of the answers. `oldestPendingUs` is at most the send time of every
   * later one.
   */
  add(sentUs: number, cells: number, oldestPendingUs: number): void;
  /** Whether `cells` were certainly not there for a request that was sent after all answers that were added. */
  lacked(answeredUs: number, cells: number): boolean;
}

export function createLeastUsed(limit: PolicyLimit, grainUs: number): LeastUsed {
  if (limit.family === 'token-bucket') return new LeastUsedBucket(bucketNumbers(limit), grainUs);
  if (limit.family === 'sliding-log') return new LeastUsedLog(limit.capacity, limit.windowUs, grainUs);
  return new LeastUsedWindow(limit.capacity, limit.anchor === 'first-hit' ? limit.windowUs : 0, grainUs);
}

class LeastUsedBucket implements LeastUsed {
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

  lacked(answeredUs: number, cells: number): boolean {
    const { cellUnits, usUnits, capacityCells } = this.numbers;
    return this.debt.at(answeredUs) - usUnits * this.grainUs > (capacityCells - cells) * cellUnits;
  }
}

class LeastUsedLog implements LeastUsed {
  private readonly capacityCells: number;
  private readonly windowUs: number;
  private readonly grainUs: number;
  private readonly timeline = new SendTimeline();

  constructor(capacityCells: number, windowUs: number, grainUs: number) {
    this.capacityCells = capacityCells;
    this.windowUs = windowUs;
    this.grainUs = grainUs;
  }

  get entries(): number {
    return this.timeline.entries;
  }

  send(): void {}

  add(sentUs: number, cells: number, oldestPendingUs: number): void {
    this.timeline.insert(sentUs, cells);
    this.timeline.dropBefore(oldestPendingUs - this.windowUs);
  }

  lacked(answeredUs: number, cells: number): boolean {
    const used = this.timeline.cellsFrom(answeredUs + this.grainUs - this.windowUs + 1);
    return used + cells > this.capacityCells;
  }
}

class LeastUsedWindow implements LeastUsed {
  readonly entries = 0;
  private readonly capacityCells: number;
  /** 0: where windows begin is never known. */
  private readonly firstWindowUs: number;
  private readonly grainUs: number;
  private firstSentUs = Number.POSITIVE_INFINITY;
  private addedCells = 0;

  constructor(capacityCells: number, firstWindowUs: number, grainUs: number) {
    this.capacityCells = capacityCells;
    this.firstWindowUs = firstWindowUs;
    this.grainUs = grainUs;
  }

  send(sentUs: number): void {
    this.firstSentUs = Math.min(this.firstSentUs, sentUs);
  }

  add(_sentUs: number, cells: number): void {
    this.addedCells += cells;
  }

  lacked(answeredUs: number, cells: number): boolean {
    const isFirstWindow = answeredUs - this.firstSentUs + this.grainUs < this.firstWindowUs;
    return isFirstWindow && this.addedCells + cells > this.capacityCells;
  }
}
