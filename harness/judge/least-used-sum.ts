/** The least that can have been used where all charges so far count, see `least-used.ts`. */
import type { LeastUsed } from './least-used.js';

/**
 * A fixed window from the first hit begins with the first request of a fresh counter: whatever is certainly decided
 * less than a window after the first send is within the first window. Later windows, and those of the calendar, may
 * have begun just before the request: of them nothing is ever certain.
 */
export class LeastUsedFirstWindow implements LeastUsed {
  readonly entries = 0;
  private readonly capacityCells: number;
  private readonly windowUs: number;
  private readonly grainUs: number;
  private firstSentUs = Number.POSITIVE_INFINITY;
  private addedCells = 0;

  constructor(capacityCells: number, windowUs: number, grainUs: number) {
    this.capacityCells = capacityCells;
    this.windowUs = windowUs;
    this.grainUs = grainUs;
  }

  send(sentUs: number): void {
    this.firstSentUs = Math.min(this.firstSentUs, sentUs);
  }

  add(_sentUs: number, cells: number): void {
    this.addedCells += cells;
  }

  lacking(answeredUs: number, cells: number): number {
    const isFirstWindow = answeredUs - this.firstSentUs + this.grainUs < this.windowUs;
    return isFirstWindow ? this.addedCells + cells - this.capacityCells : 0;
  }
}

/** A budget for life: nothing of it ever comes back but what is earned. */
export class LeastSpent implements LeastUsed {
  readonly entries = 0;
  private readonly capacityCells: number;
  private spentCells = 0;

  constructor(capacityCells: number) {
    this.capacityCells = capacityCells;
  }

  send(): void {}

  add(_sentUs: number, cells: number): void {
    this.spentCells += cells;
  }

  lacking(_answeredUs: number, cells: number): number {
    return this.spentCells + cells - this.capacityCells;
  }
}
