/** All promises of one key at once, kept exactly: what a right limiter would do. */
import type { LimitNumbers } from '../core/spec.js';
import type { Claims } from './claims.js';
import { type Model, modelOf } from './models/model.js';

export class Promised {
  readonly #models: readonly Model[];
  /** A charge that is taken to be later than it was may then count for less time, not only for more. */
  readonly hasWindows: boolean;

  constructor(claims: Claims) {
    this.hasWindows = claims.promises.some(
      ({ family }) => family === 'fixed-window' || family === 'sliding-counter' || family === 'earned-budget',
    );
    this.#models = claims.promises.map((numbers) =>
      modelOf(claims.nodes === 1 ? numbers : onAnyNode(numbers), claims.deniedRequests === 'charged'),
    );
  }

  /** First instant from `nowUs` on at which `cells` fit everywhere when nobody else asks; Infinity: never. */
  readyAtUs(nowUs: number, cells: number): number {
    let readyUs = nowUs;
    for (const model of this.#models) readyUs = Math.max(readyUs, model.readyAtUs(nowUs, cells));
    return readyUs;
  }

  /** @returns after how many microseconds the cells are served. */
  charge(nowUs: number, cells: number): number {
    let delayUs = 0;
    for (const model of this.#models) delayUs = Math.max(delayUs, model.charge(nowUs, cells));
    return delayUs;
  }

  deny(nowUs: number, cells: number): void {
    for (const model of this.#models) model.deny(nowUs, cells);
  }

  credit(nowUs: number, cells: number): void {
    for (const model of this.#models) model.credit(nowUs, cells);
  }

  release(cells: number): void {
    for (const model of this.#models) model.release(cells);
  }

  remaining(nowUs: number): number {
    return Math.min(...this.#models.map((model) => model.remaining(nowUs)));
  }
}

/**
 * A window that starts at the first hit starts anew on every node, so cells are due for certain only once all that was
 * charged within a window's length fits: that is more than any node's window has of it. The other families count the
 * less the fewer requests they get, whenever these come.
 */
function onAnyNode(numbers: LimitNumbers): LimitNumbers {
  // A trickle on one node may be paid for on another.
  if (numbers.family === 'earned-budget') return { ...numbers, trickleUs: null };
  if (numbers.family !== 'fixed-window' || numbers.anchor !== 'first-hit') return numbers;
  return { family: 'sliding-log', capacity: numbers.capacity, windowUs: numbers.windowUs };
}
