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
  /** Gives cells back, or lets them be earned. */
  credit?(nowUs: number, cells: number): void;
  /** When the last request that was charged is served; absent = at once. */
  servedUs?(): number;
  /** Ends a request. */
  release?(cells: number): void;
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

  /** What is missing, in units of 1 / refillPeriodUs cells. */
  protected get owed(): bigint {
    return this.full - this.level;
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

/** A bucket that also holds a queue: what is owed above `capacity` waits until it is not. */
export class ReferenceQueue extends ReferenceBucket {
  private readonly served: (owed: bigint, nowUs: number) => number;
  private servedAtUs = 0;

  constructor(capacity: number, queueCells: number, refillCells: number, refillPeriodUs: number) {
    super(capacity + queueCells, refillCells, refillPeriodUs);
    const atOnce = BigInt(capacity) * BigInt(refillPeriodUs);
    const refill = BigInt(refillCells);
    this.served = (owed, nowUs) => (owed <= atOnce ? nowUs : nowUs + Number((owed - atOnce + refill - 1n) / refill));
  }

  override charge(nowUs: number, cells: number): void {
    super.charge(nowUs, cells);
    this.servedAtUs = this.served(this.owed, nowUs);
  }

  servedUs(): number {
    return this.servedAtUs;
  }

  override copy(): ReferenceQueue {
    return Object.assign(Object.create(ReferenceQueue.prototype) as ReferenceQueue, this);
  }
}

export class ReferenceFixedWindow implements ReferenceLimiter {
  private readonly capacity: number;
  private readonly windowUs: number;
  /** Calendar windows start at this and every `windowUs` before and after; null: at the first hit. */
  private readonly phaseUs: number | null;
  private readonly creditFloor: number;
  private startUs = Number.NEGATIVE_INFINITY;
  private used = 0;

  /** @param creditFloor - how far credits can bring down what is used. */
  constructor(capacity: number, windowUs: number, phaseUs: number | null, creditFloor = 0) {
    this.creditFloor = creditFloor;
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

  /** Into a window that runs; none is begun for it. */
  credit(nowUs: number, cells: number): void {
    if (nowUs < this.startUs + this.windowUs) this.used = Math.max(this.creditFloor, this.used - cells);
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

/** Two windows at multiples of `windowUs` from `phaseUs`, the last one weighted by what is left of it. */
export class ReferenceSlidingCounter implements ReferenceLimiter {
  private readonly capacity: number;
  private readonly windowUs: number;
  private readonly phaseUs: number;
  private cellsByWindow: readonly (readonly [number, number])[] = [];

  constructor(capacity: number, windowUs: number, phaseUs: number) {
    this.capacity = capacity;
    this.windowUs = windowUs;
    this.phaseUs = phaseUs;
  }

  fits(nowUs: number, cells: number): boolean {
    const window = this.windowOf(nowUs);
    const left = this.windowUs - (nowUs - this.phaseUs - window * this.windowUs);
    const units = this.usedIn(window - 1) * left + (this.usedIn(window) + cells) * this.windowUs;
    return units <= this.capacity * this.windowUs;
  }

  charge(nowUs: number, cells: number): void {
    const window = this.windowOf(nowUs);
    const others = this.cellsByWindow.filter(([number]) => number === window - 1);
    this.cellsByWindow = [...others, [window, this.usedIn(window) + cells]];
  }

  copy(): ReferenceSlidingCounter {
    return Object.assign(Object.create(ReferenceSlidingCounter.prototype) as ReferenceSlidingCounter, this);
  }

  private windowOf(nowUs: number): number {
    return Math.floor((nowUs - this.phaseUs) / this.windowUs);
  }

  private usedIn(window: number): number {
    return this.cellsByWindow.find(([number]) => number === window)?.[1] ?? 0;
  }
}

export class ReferenceBudget implements ReferenceLimiter {
  private readonly trickleUs: number | null;
  private left: number;
  private nextTrickleUs = Number.NEGATIVE_INFINITY;

  constructor(capacity: number, trickleUs: number | null) {
    this.left = capacity;
    this.trickleUs = trickleUs;
  }

  fits(nowUs: number, cells: number): boolean {
    return cells <= this.left || (this.trickleUs !== null && nowUs >= this.nextTrickleUs);
  }

  charge(nowUs: number, cells: number): void {
    if (cells <= this.left || this.trickleUs === null) this.left -= cells;
    else this.nextTrickleUs = nowUs + this.trickleUs;
  }

  credit(_nowUs: number, cells: number): void {
    this.left += cells;
  }

  copy(): ReferenceBudget {
    return Object.assign(Object.create(ReferenceBudget.prototype) as ReferenceBudget, this);
  }
}

class ReferenceConcurrency implements ReferenceLimiter {
  private readonly capacity: number;
  private held = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  fits(_nowUs: number, cells: number): boolean {
    return this.held + cells <= this.capacity;
  }

  charge(_nowUs: number, cells: number): void {
    this.held += cells;
  }

  release(cells: number): void {
    this.held -= cells;
  }

  copy(): ReferenceConcurrency {
    return Object.assign(Object.create(ReferenceConcurrency.prototype) as ReferenceConcurrency, this);
  }
}

/** @param phaseUs - where calendar windows start, on the clock that the limiter is asked with. */
export function referenceLimiter(limit: PolicyLimit, phaseUs = 0): ReferenceLimiter {
  switch (limit.family) {
    case 'token-bucket':
    case 'decaying-counter':
      return new ReferenceBucket(limit.capacity, limit.refillCells, limit.refillPeriodUs);
    case 'leaky-queue':
      return new ReferenceQueue(limit.capacity, limit.queueCells, limit.refillCells, limit.refillPeriodUs);
    case 'sliding-log':
      return new ReferenceSlidingLog(limit.capacity, limit.windowUs);
    case 'sliding-counter':
      return new ReferenceSlidingCounter(limit.capacity, limit.windowUs, phaseUs);
    case 'earned-budget':
      return new ReferenceBudget(limit.capacity, limit.trickleUs);
    case 'concurrency':
      return new ReferenceConcurrency(limit.capacity);
    default: {
      const floor = limit.family === 'ratio-monitor' ? Number.NEGATIVE_INFINITY : 0;
      const phase = limit.anchor === 'calendar' ? phaseUs : null;
      return new ReferenceFixedWindow(limit.capacity, limit.windowUs, phase, floor);
    }
  }
}
