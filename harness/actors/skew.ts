import type { Random } from './actor.js';

/**
 * Picks places 0 to size - 1 by a bounded Zipf law: place k with a chance proportional to (k + 1)^-exponent. An exponent
 * of 0 makes all places alike.
 *
 * By a table of the sums of chances, searched by halving: for sizes up to some thousands.
 */
export class Skew {
  readonly #sums: Float64Array;

  /** @param size - At least 1. @param exponent - At least 0. */
  constructor(size: number, exponent: number) {
    this.#sums = new Float64Array(size);
    let sum = 0;
    for (let place = 0; place < size; place++) {
      sum += (place + 1) ** -exponent;
      this.#sums[place] = sum;
    }
  }

  /** One draw. */
  pick(random: Random): number {
    const last = this.#sums.length - 1;
    const drawn = random.unit() * (this.#sums[last] as number);
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sums[middle] as number) > drawn) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
