/**
 * The most that can be in flight at each moment, see `most-used.ts`.
 *
 * A request holds its cells from its decision until its answer is out: at most from its send to its answer, and the
 * grain of the target's clock longer, since a target that is told of the end of its own answer may learn of it just after
 * the caller. One that was never answered may be held for ever, as far as anybody can tell: the caller has hung up, and
 * the target may not have noticed. Between two sends requests can only end, so the level only rises.
 */
import { ChargeLog } from './charge-log.js';
import type { MostUsed } from './most-used.js';
import { RunningMinimum } from './running-minimum.js';

export class MostInFlight implements MostUsed {
  private readonly capacityCells: number;
  private readonly levels = new RunningMinimum();
  private readonly graceUs: number;
  private readonly ended = new ChargeLog();
  private openCells = 0;

  constructor(capacityCells: number, grainUs: number) {
    this.capacityCells = capacityCells;
    this.graceUs = grainUs;
  }

  get entries(): number {
    return this.levels.entries + this.ended.entries;
  }

  send(sentUs: number, cells: number): void {
    this.openCells += cells;
    this.probe(sentUs);
  }

  settle(decidedByUs: number, cells: number, isOver: boolean): void {
    if (!isOver) return;
    this.openCells -= cells;
    this.ended.add(decidedByUs, cells);
  }

  probe(sentUs: number): void {
    this.ended.dropUntil(sentUs - this.graceUs - 1);
    this.levels.push(sentUs, this.capacityCells - this.openCells - this.ended.cells);
  }

  hadSince(sinceUs: number, cells: number): boolean {
    return this.levels.since(sinceUs) >= cells;
  }

  forgetBefore(beforeUs: number): void {
    this.levels.forgetBefore(beforeUs);
  }
}
