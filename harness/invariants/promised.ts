/** All promises of one key at once, kept exactly: what a right limiter would do. */
import type { Claims } from './claims.js';
import { type Model, modelOf } from './models/model.js';

export class Promised {
  readonly #models: readonly Model[];

  constructor(claims: Claims) {
    this.#models = claims.promises.map((numbers) => modelOf(numbers, claims.deniedRequests === 'charged'));
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
