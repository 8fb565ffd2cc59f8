/** One key's counter and ban as one thinks of them, in whole numbers without end; see `ReferenceGate`. */
import type { LimitSpec } from '../../harness/core/spec.js';

export class ReferenceCounter {
  readonly capacity: number;
  readonly #limit: LimitSpec;
  /** Token bucket: cells that are missing, in units of 1/period cell, and when that was. */
  #missing = 0n;
  #atUs = 0n;
  /** Fixed window: its start and the cells used in it. */
  #startUs = 0;
  #used = 0;
  #strikes = 0;
  #bannedUntilUs = 0;

  constructor(limit: LimitSpec) {
    this.#limit = limit;
    this.capacity = limit.numbers.capacity;
  }

  /** First instant at which it is full. */
  fullAtUs(nowUs: number): number {
    const { numbers } = this.#limit;
    this.#settle(nowUs);
    if (numbers.family === 'token-bucket') return nowUs + ceil(this.#missing, BigInt(numbers.refillCells));
    return this.#used === 0 ? nowUs : this.#startUs + numbers.windowUs;
  }

  remaining(nowUs: number): number {
    const { numbers } = this.#limit;
    this.#settle(nowUs);
    if (numbers.family !== 'token-bucket') return this.capacity - this.#used;
    return this.capacity - ceil(this.#missing, BigInt(numbers.refillPeriodUs));
  }

  /** First instant at which the cost fits and no ban holds; not after now when that is now. */
  retryAtUs(cost: number, nowUs: number): number {
    return Math.max(this.#fitsAtUs(cost, nowUs), this.#bannedUntilUs);
  }

  isBanned(nowUs: number): boolean {
    return this.#bannedUntilUs > nowUs;
  }

  strike(nowUs: number): void {
    const { ban } = this.#limit;
    if (ban === null) return;
    this.#strikes += 1;
    if (this.#strikes < ban.afterThrottles) return;
    this.#strikes = 0;
    this.#bannedUntilUs = nowUs + ban.forUs;
  }

  admit(cost: number, nowUs: number): void {
    this.#strikes = 0;
    this.#charge(cost, nowUs);
  }

  /** Of a request that the verifier refuses. */
  chargeRefused(cost: number, nowUs: number): void {
    if (this.fullAtUs(nowUs) <= nowUs) this.#strikes = 0;
    this.#charge(cost, nowUs);
  }

  #fitsAtUs(cost: number, nowUs: number): number {
    const { numbers } = this.#limit;
    this.#settle(nowUs);
    if (numbers.family === 'token-bucket') {
      const period = BigInt(numbers.refillPeriodUs);
      const lacking = this.#missing + BigInt(cost) * period - BigInt(numbers.capacity) * period;
      return lacking <= 0n ? nowUs : nowUs + ceil(lacking, BigInt(numbers.refillCells));
    }
    return cost <= this.capacity - this.#used ? nowUs : this.#startUs + numbers.windowUs;
  }

  #charge(cost: number, nowUs: number): void {
    const { numbers } = this.#limit;
    this.#settle(nowUs);
    if (numbers.family === 'token-bucket') {
      this.#missing += BigInt(cost) * BigInt(numbers.refillPeriodUs);
      return;
    }
    if (this.#used === 0) {
      this.#startUs = numbers.anchor === 'calendar' ? Math.floor(nowUs / numbers.windowUs) * numbers.windowUs : nowUs;
    }
    this.#used += cost;
  }

  /** What time alone has changed. */
  #settle(nowUs: number): void {
    const { numbers } = this.#limit;
    if (numbers.family === 'token-bucket') {
      const refilled = (BigInt(nowUs) - this.#atUs) * BigInt(numbers.refillCells);
      this.#missing = this.#missing > refilled ? this.#missing - refilled : 0n;
      this.#atUs = BigInt(nowUs);
    } else if (nowUs >= this.#startUs + numbers.windowUs) {
      this.#used = 0;
    }
  }
}

function ceil(units: bigint, divisor: bigint): number {
  return Number((units + divisor - 1n) / divisor);
}
