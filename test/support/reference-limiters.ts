/**
 * The limiters of the policy families in their shortest exact form, to hold the judge against. They share no code with
 * `harness/core`: time is whole microseconds, cells are BigInt fractions, and clarity is all.
 */
import type { PolicyLimit } from '../../harness/scenario/plan.js';

export interface ReferenceLimiter {
  /** Whether the cells are there. Times must not fall. */
  fits(nowUs: number, cells: number): boolean;
  /** Takes the cells, there or not. */
  charge(nowUs: number, cells: number): void;
  copy(): ReferenceLimiter;
}

/** Level in units of 1 / refillPeriodUs cells, so that a microsecond refills refillCells units. */
export class ReferenceBucket implements ReferenceLimiter {
  private readonly full: bigint;
  private readonly cell: bigint;
  private readonly refill: bigint;
  private level: bigint;
  private lastUs = 0;

  constructor(capacity: number, refillCells: number, refillPeriodUs: number) {
    this.cell = BigInt(refillPeriodUs);
    this.refill = BigInt(refillCells);
    this.full = BigInt(capacity) * this.cell;
    this.level = this.full;
  }

  fits(nowUs: number, cells: number): boolean {
    this.advance(nowUs);
    return this.level >= BigInt(cells) * this.cell;
  }

  charge(nowUs: number, cells: number): void {
    this.advance(nowUs);
    this.level -= BigInt(cells) * this.cell;
  }

  copy(): ReferenceBucket {
    return Object.assign(Object.create(ReferenceBucket.prototype) as ReferenceBucket, this);
  }

  private advance(nowUs: number): void {
    const filled = this.level + BigInt(nowUs - this.lastUs) * this.refill;
    this.level = filled > this.full ? this.full : filled;
    this.lastUs = nowUs;
  }
}

export class ReferenceFixedWindow implements ReferenceLimiter {
  private readonly capacity: number;
  private readonly windowUs: number;
  /** Calendar windows start at this and every `windowUs` before and after; null: at the first hit. */
  private readonly phaseUs: number | null;
  private startUs = Number.NEGATIVE_INFINITY;
  private used = 0;

  constructor(capacity: number, windowUs: number, phaseUs: number | null) {
    this.capacity = capacity;
    this.windowUs = windowUs;
    this.phaseUs = phaseUs;
  }

  fits(nowUs: number, cells: number): boolean {
    return this.usedAt(nowUs) + cells <= this.capacity;
  }

  charge(nowUs: number, cells: number): void {
    this.used = this.usedAt(nowUs) + cells;
    if (nowUs >= this.startUs + this.windowUs) this.startUs = this.windowStartUs(nowUs);
  }

  copy(): ReferenceFixedWindow {
    return Object.assign(Object.create(ReferenceFixedWindow.prototype) as ReferenceFixedWindow, this);
  }

  private usedAt(nowUs: number): number {
    return nowUs >= this.startUs + this.windowUs ? 0 : this.used;
  }

  private windowStartUs(nowUs: number): number {
    if (this.phaseUs === null) return nowUs;
    return this.phaseUs + Math.floor((nowUs - this.phaseUs) / this.windowUs) * this.windowUs;
  }
}

export class ReferenceSlidingLog implements ReferenceLimiter {
  private readonly capacity: number;
  private readonly windowUs: number;
  private log: readonly { readonly atUs: number; readonly cells: number }[] = [];

  constructor(capacity: number, windowUs: number) {
    this.capacity = capacity;
    this.windowUs = windowUs;
  }

  fits(nowUs: number, cells: number): boolean {
    const used = this.log.filter(({ atUs }) => atUs > nowUs - this.windowUs).reduce((sum, one) => sum + one.cells, 0);
    return used + cells <= this.capacity;
  }

  charge(nowUs: number, cells: number): void {
    this.log = [...this.log.filter(({ atUs }) => atUs > nowUs - this.windowUs), { atUs: nowUs, cells }];
  }

  copy(): ReferenceSlidingLog {
    return Object.assign(Object.create(ReferenceSlidingLog.prototype) as ReferenceSlidingLog, this);
  }
}

/** @param phaseUs - where calendar windows start, on the clock that the limiter is asked with. */
export function referenceLimiter(limit: PolicyLimit, phaseUs = 0): ReferenceLimiter {
  if (limit.family === 'token-bucket') {
    return new ReferenceBucket(limit.capacity, limit.refillCells, limit.refillPeriodUs);
  }
  if (limit.family === 'sliding-log') return new ReferenceSlidingLog(limit.capacity, limit.windowUs);
  return new ReferenceFixedWindow(limit.capacity, limit.windowUs, limit.anchor === 'calendar' ? phaseUs : null);
}
