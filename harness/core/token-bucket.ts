/**
 * Token bucket as the generic cell rate algorithm, exact.
 *
 * n cells per p microseconds is the reduced fraction refillCells/refillPeriodUs. A bucket is one instant, the
 * theoretical arrival time TAT at which it is full again, kept as whole microseconds and a numerator over n. At `now`
 * the debt is TAT - now in units of 1/n microsecond; a cell costs p units; `cost` cells fit iff
 * debt + cost x p <= capacity x p. An admitted debt never exceeds capacity x p, so every sum below stays within
 * 2 x capacity x p, which `inexactReason` holds below 2^53.
 *
 * Divisions round down with `Math.floor(a / b)`, which is exact here and takes a fifth of the time of `%`: unless b
 * divides a, the true quotient lies 1/b or more below the next whole number q, and rounding can only reach q from half
 * a unit in its last place, at most q x 2^-53. That is less than 1/b as long as b x q, which is at most a + b, is below
 * 2^53. All that is divided below is at most capacity x p, and so are the divisors p; a divisor n is at most 29,000.
 *
 * Bound: any closed interval of w microseconds admits at most capacity + w x n / p cells. The first charge in it leaves a
 * debt of at least its own cells; each microsecond pays n units, and after the last charge the debt is at most
 * capacity x p. So all cells x p <= capacity x p + w x n.
 *
 * @see ITU-T I.371 annex A (generic cell rate algorithm).
 */
import { type Counter, Family } from './family.js';
import { ceilScaled } from './scaled.js';
import type { TokenBucketNumbers } from './spec.js';

/** Largest n: the native engine keeps TAT in 64 bits of 1/n microsecond over ten years. */
const REDUCED_CELLS_MAX = 29_000;

/** What a bucket is made of, whichever family it serves. */
export type BucketNumbers = Omit<TokenBucketNumbers, 'family'>;

export function reducedRate(numbers: BucketNumbers): { cells: number; periodUs: number } {
  let divisor = numbers.refillCells;
  let rest = numbers.refillPeriodUs % divisor;
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return { cells: numbers.refillCells / divisor, periodUs: numbers.refillPeriodUs / divisor };
}

/** Why these numbers can not be counted exactly, or null when they can. */
export function inexactReason(numbers: BucketNumbers): string | null {
  const { cells, periodUs } = reducedRate(numbers);
  if (cells > REDUCED_CELLS_MAX) {
    return `a refill of ${cells} cells per ${periodUs} us (reduced) needs a finer grain than 1/${REDUCED_CELLS_MAX} us to be exact over ten years`;
  }
  if (2 * numbers.capacity * periodUs > Number.MAX_SAFE_INTEGER) {
    return `2 x capacity ${numbers.capacity} x ${periodUs} us (reduced period) is above 2^53 - 1, so sums would be rounded`;
  }
  return null;
}

export class TokenBucket extends Family {
  readonly costMax: number;
  /** n of the comment above. */
  readonly #cells: number;
  /** p of the comment above: units that one cell costs. */
  readonly #periodUs: number;
  readonly #capacityUnits: number;

  constructor(numbers: BucketNumbers) {
    super();
    const { cells, periodUs } = reducedRate(numbers);
    this.costMax = numbers.capacity;
    this.#cells = cells;
    this.#periodUs = periodUs;
    this.#capacityUnits = numbers.capacity * periodUs;
  }

  retryAtUs(counter: Counter, cost: number, nowUs: number): number {
    const excess = this.#debt(counter, nowUs) + cost * this.#periodUs - this.#capacityUnits;
    return excess <= 0 ? nowUs : nowUs + ceilDivide(excess, this.#cells);
  }

  charge(counter: Counter, cost: number, nowUs: number): void {
    this.#owe(counter, this.#debt(counter, nowUs) + cost * this.#periodUs, nowUs);
  }

  remaining(counter: Counter, nowUs: number): number {
    return this.costMax - ceilDivide(this.#debt(counter, nowUs), this.#periodUs);
  }

  idleAtUs(counter: Counter): number {
    return counter.part === 0 ? counter.atUs : counter.atUs + 1;
  }

  /** Whole cells stay as they are, the rest of one is rounded up; nothing is owed beyond the capacity. */
  carry(old: Family, counter: Counter, nowUs: number): void {
    if (!(old instanceof TokenBucket)) return;
    const owed = old.#debt(counter, nowUs);
    const cells = Math.floor(owed / old.#periodUs);
    const rest = owed - cells * old.#periodUs;
    const isFull = cells >= this.costMax;
    const units = isFull
      ? this.#capacityUnits
      : cells * this.#periodUs + ceilScaled(rest, this.#periodUs, old.#periodUs);
    this.#owe(counter, units, nowUs);
  }

  #debt(counter: Counter, nowUs: number): number {
    return counter.atUs < nowUs ? 0 : (counter.atUs - nowUs) * this.#cells + counter.part;
  }

  #owe(counter: Counter, units: number, nowUs: number): void {
    const wholeUs = Math.floor(units / this.#cells);
    counter.atUs = nowUs + wholeUs;
    counter.part = units - wholeUs * this.#cells;
  }
}

function ceilDivide(units: number, divisor: number): number {
  const quotient = Math.floor(units / divisor);
  return quotient * divisor === units ? quotient : quotient + 1;
}
