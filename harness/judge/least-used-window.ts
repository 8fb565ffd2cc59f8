/** The least that can have been used of sliding windows, see `least-used.ts`. */
import type { SlidingCounterLimit } from '../scenario/plan.js';
import { assertExact } from './bucket-numbers.js';
import type { LeastUsed } from './least-used.js';
import { SendTimeline } from './send-timeline.js';
import { elapsedPieces } from './sliding-pieces.js';

export class LeastUsedLog implements LeastUsed {
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

  lacking(answeredUs: number, cells: number): number {
    const used = this.timeline.cellsFrom(answeredUs + this.grainUs - this.windowUs + 1);
    return used + cells - this.capacityCells;
  }
}

/**
 * The formula of `most-used-sliding-counter.ts` from below: for e in [a, b], C and T are at least what they are at a,
 * and the sum falls with e, so at least (b * C(a) + (W - b) * T(a)) / W is used; the smallest over all pieces counts.
 */
export class LeastUsedSlidingCounter implements LeastUsed {
  private readonly limit: SlidingCounterLimit;
  private readonly grainUs: number;
  private readonly pieces;
  private readonly timeline = new SendTimeline();

  constructor(limit: SlidingCounterLimit, grainUs: number) {
    this.limit = limit;
    this.grainUs = grainUs;
    this.pieces = elapsedPieces(limit.windowUs);
  }

  get entries(): number {
    return this.timeline.entries;
  }

  send(): void {}

  add(sentUs: number, cells: number, oldestPendingUs: number): void {
    this.timeline.insert(sentUs, cells);
    this.timeline.dropBefore(oldestPendingUs - 2 * this.limit.windowUs);
  }

  lacking(answeredUs: number, cells: number): number {
    const { capacity, windowUs, name } = this.limit;
    const oldUs = answeredUs + this.grainUs;
    assertExact((this.timeline.cells + cells) * windowUs, name);
    let usedUnits = Number.POSITIVE_INFINITY;
    for (const { fromUs, toUs } of this.pieces) {
      const current = this.timeline.cellsFrom(oldUs - fromUs);
      const both = this.timeline.cellsFrom(oldUs - fromUs - windowUs);
      usedUnits = Math.min(usedUnits, toUs * current + (windowUs - toUs) * both);
    }
    return Math.ceil((usedUnits - (capacity - cells) * windowUs) / windowUs);
  }
}
