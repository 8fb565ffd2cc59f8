/**
 * The most that can have been used of a sliding counter at each moment, see `most-used.ts`.
 *
 * Let the moment be e microseconds into its window, P cells of the window before and C of this one: P * (W - e) / W + C
 * are used. With T = P + C that is (e * C + (W - e) * T) / W. A charge counts in C if it is at most e old, in T if it is
 * at most e + W old; by the target's clock it can be g younger than by ours. A later charge counts in both or in none
 * more than it did, so charging as late as possible uses most, and a later moment less, as T >= C and as charges drop out.
 *
 * Where the windows begin is unknown, so the largest over all e counts. For e in [a, b], C and T are at most what they
 * are at b, and as T >= C the sum falls with e: at most (a * C(b) + (W - a) * T(b)) / W. Sixteen such pieces are asked.
 */
import type { SlidingCounterLimit } from '../scenario/plan.js';
import { assertExact } from './bucket-numbers.js';
import { ChargeLog } from './charge-log.js';
import type { MostUsed } from './most-used.js';
import { RunningMinimum } from './running-minimum.js';
import { elapsedPieces } from './sliding-pieces.js';

export class MostUsedSlidingCounter implements MostUsed {
  private readonly limit: SlidingCounterLimit;
  private readonly grainUs: number;
  private readonly pieces;
  private readonly levels = new RunningMinimum();
  private readonly settled = new ChargeLog();
  private openCells = 0;

  constructor(limit: SlidingCounterLimit, grainUs: number) {
    this.limit = limit;
    this.grainUs = grainUs;
    this.pieces = elapsedPieces(limit.windowUs);
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
    const { capacity, windowUs, name } = this.limit;
    const { settled, openCells } = this;
    const youngUs = sentUs - this.grainUs;
    settled.dropUntil(youngUs - 2 * windowUs);
    assertExact((openCells + settled.cells) * windowUs, name);
    let usedUnits = 0;
    for (const { fromUs, toUs } of this.pieces) {
      const current = openCells + settled.since(youngUs - toUs);
      const both = openCells + settled.since(youngUs - toUs - windowUs);
      usedUnits = Math.max(usedUnits, fromUs * current + (windowUs - fromUs) * both);
    }
    this.levels.push(sentUs, capacity * windowUs - usedUnits);
  }

  hadSince(sinceUs: number, cells: number): boolean {
    return this.levels.since(sinceUs) >= cells * this.limit.windowUs;
  }

  forgetBefore(beforeUs: number): void {
    this.levels.forgetBefore(beforeUs);
  }
}
