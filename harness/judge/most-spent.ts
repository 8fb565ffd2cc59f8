/**
 * The most that can have been spent of an earned budget at each moment, see `most-used.ts`.
 *
 * Everything that was or may have been admitted is taken for spent, though the trickle may have let it through for
 * nothing, and nothing for earned. Besides, a request passes at t whatever the budget holds, if the trickle lets one
 * through: certainly so when nothing can have been admitted within the trickle time and the grain before t.
 */
import type { MostUsed } from './most-used.js';
import { RunningMinimum } from './running-minimum.js';

export class MostSpent implements MostUsed {
  private readonly capacityCells: number;
  /** With the grain; null = never. */
  private readonly trickleUs: number | null;
  private readonly levels = new RunningMinimum();
  private spentCells = 0;
  private open = 0;
  private lastDecidedUs = Number.NEGATIVE_INFINITY;

  /** @param trickleUs - null = nothing passes when the budget is spent. */
  constructor(capacityCells: number, trickleUs: number | null, grainUs: number) {
    this.capacityCells = capacityCells;
    this.trickleUs = trickleUs === null ? null : trickleUs + grainUs;
  }

  get entries(): number {
    return this.levels.entries;
  }

  send(sentUs: number, cells: number): void {
    this.spentCells += cells;
    this.open++;
    this.probe(sentUs);
  }

  settle(decidedByUs: number): void {
    this.open--;
    this.lastDecidedUs = decidedByUs;
  }

  probe(sentUs: number): void {
    const { trickleUs } = this;
    const isTrickling = trickleUs !== null && this.open === 0 && sentUs - this.lastDecidedUs >= trickleUs;
    this.levels.push(sentUs, isTrickling ? Number.POSITIVE_INFINITY : this.capacityCells - this.spentCells);
  }

  hadSince(sinceUs: number, cells: number): boolean {
    return this.levels.since(sinceUs) >= cells;
  }

  forgetBefore(beforeUs: number): void {
    this.levels.forgetBefore(beforeUs);
  }
}
