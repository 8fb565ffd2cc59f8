/**
 * The most that can be in flight at each moment, see `most-used.ts`.
 *
 * A request holds its cells from its decision until its end, which is before its answer was sent: at most from its send
 * to its answer. One that was never answered may be held for ever, as far as anybody can tell: the caller has hung up,
 * and the target may not have noticed. Between two sends requests can only end, so the level only rises.
 */
import type { MostUsed } from './most-used.js';
import { RunningMinimum } from './running-minimum.js';

export class MostInFlight implements MostUsed {
  private readonly capacityCells: number;
  private readonly levels = new RunningMinimum();
  private heldCells = 0;

  constructor(capacityCells: number) {
    this.capacityCells = capacityCells;
  }

  get entries(): number {
    return this.levels.entries;
  }

  send(sentUs: number, cells: number): void {
    this.heldCells += cells;
    this.probe(sentUs);
  }

  settle(_decidedByUs: number, cells: number, isOver: boolean): void {
    if (isOver) this.heldCells -= cells;
  }

  probe(sentUs: number): void {
    this.levels.push(sentUs, this.capacityCells - this.heldCells);
  }

  hadSince(sinceUs: number, cells: number): boolean {
    return this.levels.since(sinceUs) >= cells;
  }

  forgetBefore(beforeUs: number): void {
    this.levels.forgetBefore(beforeUs);
  }
}
