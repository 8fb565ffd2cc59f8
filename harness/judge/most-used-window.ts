/** The most that can have been used of a window, see `most-used.ts`. */
import { ChargeLog } from './charge-log.js';
import type { MostUsed } from './most-used.js';
import { RunningMinimum } from './running-minimum.js';

/**
 * Fixed windows of any phase, and sliding logs: at most what was charged within a window and the grain before.
 */
export class MostUsedWindow implements MostUsed {
  private readonly capacityCells: number;
  private readonly spanUs: number;
  private readonly levels = new RunningMinimum();
  private readonly settled = new ChargeLog();
  private openCells = 0;

  constructor(capacityCells: number, windowUs: number, grainUs: number) {
    this.capacityCells = capacityCells;
    this.spanUs = windowUs + grainUs;
  }

  get entries(): number {
    return this.levels.entries + this.settled.entries;
  }

  send(sentUs: number, cells: number): void {
    this.openCells += cells;
    this.probe(sentUs);
  }

  settle(decidedByUs: number, cells: number): void {
    this.openCells -= cells;
    this.settled.add(decidedByUs, cells);
  }

  probe(sentUs: number): void {
    this.settled.dropUntil(sentUs - this.spanUs);
    this.levels.push(sentUs, this.capacityCells - this.openCells - this.settled.cells);
  }

  hadSince(sinceUs: number, cells: number): boolean {
    return this.levels.since(sinceUs) >= cells;
  }

  forgetBefore(beforeUs: number): void {
    this.levels.forgetBefore(beforeUs);
  }
}
