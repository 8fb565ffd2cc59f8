/**
 * A token bucket as the debt that it still has to refill, and with a queue the same bucket with the queue's cells on top.
 *
 * With n/p the reduced fraction of the refill, debt is counted in units of which a cell has p and a microsecond refills
 * n. A fit is debt + cost x p <= (capacity + queue) x p. The sums stay below 2^53 for limiters that keep their bound;
 * for those that do not, the debt becomes Infinity, and nothing is due to them any more.
 */
import { ceilDivide, floorDivide, greatestDivisor } from './whole-division.js';

interface BucketNumbers {
  readonly capacity: number;
  readonly queueCells: number;
  readonly refillCells: number;
  readonly refillPeriodUs: number;
}

export class BucketModel {
  readonly #cellUnits: number;
  readonly #refillUnits: number;
  readonly #servedUnits: number;
  readonly #fullUnits: number;
  readonly #chargesDenied: boolean;
  #debtUnits = 0;
  #lastUs = 0;

  constructor(numbers: BucketNumbers, chargesDenied: boolean) {
    const divisor = greatestDivisor(numbers.refillCells, numbers.refillPeriodUs);
    this.#refillUnits = numbers.refillCells / divisor;
    this.#cellUnits = numbers.refillPeriodUs / divisor;
    this.#servedUnits = numbers.capacity * this.#cellUnits;
    this.#fullUnits = (numbers.capacity + numbers.queueCells) * this.#cellUnits;
    this.#chargesDenied = chargesDenied;
  }

  readyAtUs(nowUs: number, cells: number): number {
    this.#advance(nowUs);
    const costUnits = cells * this.#cellUnits;
    if (costUnits > this.#fullUnits || this.#debtUnits === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    const excess = this.#debtUnits + costUnits - this.#fullUnits;
    return excess <= 0 ? nowUs : nowUs + ceilDivide(excess, this.#refillUnits);
  }

  charge(nowUs: number, cells: number): number {
    this.#advance(nowUs);
    this.#debtUnits += cells * this.#cellUnits;
    if (this.#debtUnits > Number.MAX_SAFE_INTEGER) this.#debtUnits = Number.POSITIVE_INFINITY;
    const waiting = this.#debtUnits - this.#servedUnits;
    return waiting <= 0 ? 0 : ceilDivide(Math.min(waiting, Number.MAX_SAFE_INTEGER), this.#refillUnits);
  }

  deny(nowUs: number, cells: number): void {
    if (this.#chargesDenied) this.charge(nowUs, cells);
  }

  credit(): void {}

  release(): void {}

  remaining(nowUs: number): number {
    this.#advance(nowUs);
    return Math.max(0, floorDivide(Math.max(0, this.#fullUnits - this.#debtUnits), this.#cellUnits));
  }

  #advance(nowUs: number): void {
    const passedUs = nowUs - this.#lastUs;
    this.#lastUs = nowUs;
    if (this.#debtUnits === Number.POSITIVE_INFINITY) return;
    // The product is taken only where it is below the debt, so it is exact.
    const isPaid = passedUs >= ceilDivide(this.#debtUnits, this.#refillUnits);
    this.#debtUnits = isPaid ? 0 : this.#debtUnits - passedUs * this.#refillUnits;
  }
}
