import type { Random } from '../actor.js';
import { exponential, exponentialLessOneOver, logOnePlusOver, naturalLog } from '../elementary.js';

/**
 * Draws places 0 to `count` - 1, place k with a chance proportional to (k + 1)^-exponent: the bounded Zipf law, exactly, in
 * O(1) time and memory however many places there are.
 *
 * By rejection-inversion (Hormann and Derflinger, Rejection-inversion to generate variates from monotone discrete distributions,
 * 1996): a point under the curve x^-exponent, which is integrated and inverted in closed form, is rounded to a place and
 * kept when it lies within the place's own share of the area. Fewer than one of eight points is thrown away.
 */
export class BoundedZipf {
  readonly #count: number;
  readonly #exponent: number;
  readonly #areaFrom: number;
  readonly #areaTo: number;
  /** A point so little below its place is kept without a look at the area. */
  readonly #surelyWithin: number;

  /**
   * @param count - Whole number, 1 to 2^32.
   * @param exponent - At least 0; 0 = all places alike.
   */
  constructor(count: number, exponent: number) {
    this.#count = count;
    this.#exponent = exponent;
    this.#areaFrom = this.#area(1.5) - 1;
    this.#areaTo = this.#area(count + 0.5);
    this.#surelyWithin = 2 - this.#placeOfArea(this.#area(2.5) - this.#weight(2));
  }

  draw(random: Random): number {
    if (this.#count === 1) return 0;
    for (;;) {
      const area = this.#areaTo + random.unit() * (this.#areaFrom - this.#areaTo);
      const x = this.#placeOfArea(area);
      const place = Math.min(this.#count, Math.max(1, Math.floor(x + 0.5)));
      if (place - x <= this.#surelyWithin || area >= this.#area(place + 0.5) - this.#weight(place)) return place - 1;
    }
  }

  /** x^-exponent. */
  #weight(x: number): number {
    return exponential(-this.#exponent * naturalLog(x));
  }

  /** The integral of the curve from 1 to x: (x^(1 - exponent) - 1) / (1 - exponent), log x where the exponent is 1. */
  #area(x: number): number {
    const log = naturalLog(x);
    return exponentialLessOneOver((1 - this.#exponent) * log) * log;
  }

  /** The x up to which the integral is `area`. */
  #placeOfArea(area: number): number {
    // Rounding may lead a hair below -1, where the curve has no such area.
    const power = Math.max(-1, area * (1 - this.#exponent));
    if (power === -1) return Number.MAX_VALUE;
    return exponential(logOnePlusOver(power) * area);
  }
}
