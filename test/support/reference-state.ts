/** What each family counts, as one thinks of it, in whole numbers without end and with no thought of speed. */
import type {
  EarnedBudgetNumbers,
  FixedWindowNumbers,
  LimitNumbers,
  SlidingCounterNumbers,
  SlidingLogNumbers,
} from '../../harness/core/spec.js';
import { NEVER_US } from '../../harness/core/spec.js';

const CELLS_MAX = 2 ** 31 - 1;

export interface ReferenceState {
  /** A larger cost can never pass. */
  readonly costMax: number;
  /** First instant at which the cost fits if nothing else happens; not after now when it fits now. */
  fitsAtUs(cost: number, nowUs: number): number;
  charge(cost: number, nowUs: number): void;
  remaining(nowUs: number): number;
  /** First instant at which it is as fresh, from now on. */
  fullAtUs(nowUs: number): number;
  delayUs(nowUs: number): number;
  credit(cells: number, nowUs: number): boolean;
  release(cells: number): void;
  /** The same under other numbers of its family. */
  become(numbers: LimitNumbers, nowUs: number): void;
}

/** Most families do nothing of this. */
abstract class PlainState {
  delayUs(_nowUs: number): number {
    return 0;
  }

  credit(_cells: number, _nowUs: number): boolean {
    return false;
  }

  release(_cells: number): void {}
}

/** Token bucket and leaky queue: cells that are missing, in units of 1/period cell, and when that was. */
class BucketState extends PlainState implements ReferenceState {
  #numbers: { capacity: bigint; queue: bigint; refill: bigint; period: bigint };
  #missing = 0n;
  #atUs = 0n;

  constructor(numbers: LimitNumbers) {
    super();
    this.#numbers = BucketState.#read(numbers);
  }

  static #read(numbers: LimitNumbers): { capacity: bigint; queue: bigint; refill: bigint; period: bigint } {
    if (numbers.family !== 'token-bucket' && numbers.family !== 'leaky-queue') throw new Error('no bucket');
    const queue = numbers.family === 'leaky-queue' ? BigInt(numbers.queueCells) : 0n;
    const [refill, period] = [BigInt(numbers.refillCells), BigInt(numbers.refillPeriodUs)];
    return { capacity: BigInt(numbers.capacity), queue, refill, period };
  }

  get costMax(): number {
    return Number(this.#numbers.capacity + this.#numbers.queue);
  }

  fitsAtUs(cost: number, nowUs: number): number {
    const { period } = this.#numbers;
    return this.#fallenToUs((BigInt(this.costMax) - BigInt(cost)) * period, nowUs);
  }

  charge(cost: number, nowUs: number): void {
    this.#settle(nowUs);
    this.#missing += BigInt(cost) * this.#numbers.period;
  }

  remaining(nowUs: number): number {
    this.#settle(nowUs);
    return this.costMax - Number(ceil(this.#missing, this.#numbers.period));
  }

  fullAtUs(nowUs: number): number {
    return this.#fallenToUs(0n, nowUs);
  }

  override delayUs(nowUs: number): number {
    const { capacity, queue, period } = this.#numbers;
    return queue === 0n ? 0 : this.#fallenToUs(capacity * period, nowUs) - nowUs;
  }

  become(numbers: LimitNumbers, nowUs: number): void {
    this.#settle(nowUs);
    const before = this.#numbers;
    this.#numbers = BucketState.#read(numbers);
    const { refill, period } = this.#numbers;
    const grain = divisor(refill, period);
    const whole = this.#missing / before.period;
    const part = ceil((this.#missing % before.period) * (period / grain), before.period) * grain;
    const all = BigInt(this.costMax) * period;
    const missing = whole * period + part;
    this.#missing = missing < all ? missing : all;
  }

  /** First instant at which no more than this is missing. */
  #fallenToUs(units: bigint, nowUs: number): number {
    this.#settle(nowUs);
    return this.#missing <= units ? nowUs : nowUs + Number(ceil(this.#missing - units, this.#numbers.refill));
  }

  #settle(nowUs: number): void {
    const refilled = (BigInt(nowUs) - this.#atUs) * this.#numbers.refill;
    this.#missing = this.#missing > refilled ? this.#missing - refilled : 0n;
    this.#atUs = BigInt(nowUs);
  }
}

class FixedWindowState extends PlainState implements ReferenceState {
  #numbers: FixedWindowNumbers;
  #window: { readonly endUs: number; used: number } | null = null;

  constructor(numbers: FixedWindowNumbers) {
    super();
    this.#numbers = numbers;
  }

  get costMax(): number {
    return this.#numbers.capacity;
  }

  fitsAtUs(cost: number, nowUs: number): number {
    const window = this.#running(nowUs);
    return window === null || window.used + cost <= this.costMax ? nowUs : window.endUs;
  }

  charge(cost: number, nowUs: number): void {
    const { windowUs, anchor } = this.#numbers;
    const startUs = anchor === 'calendar' ? Math.floor(nowUs / windowUs) * windowUs : nowUs;
    this.#window = this.#running(nowUs) ?? { endUs: startUs + windowUs, used: 0 };
    this.#window.used = Math.min(CELLS_MAX, this.#window.used + cost);
  }

  remaining(nowUs: number): number {
    return Math.max(0, this.costMax - (this.#running(nowUs)?.used ?? 0));
  }

  fullAtUs(nowUs: number): number {
    return this.#running(nowUs)?.endUs ?? nowUs;
  }

  override credit(cells: number, nowUs: number): boolean {
    const window = this.#running(nowUs);
    if (window === null) return false;
    const least = this.#numbers.credit === 'below-zero' ? -CELLS_MAX : 0;
    // What is below that already was earned under other numbers, and stays.
    if (window.used > least) window.used = Math.max(least, window.used - cells);
    return true;
  }

  become(numbers: LimitNumbers): void {
    if (numbers.family === 'fixed-window') this.#numbers = numbers;
  }

  #running(nowUs: number): { readonly endUs: number; used: number } | null {
    return this.#window !== null && nowUs < this.#window.endUs ? this.#window : null;
  }
}

class SlidingLogState extends PlainState implements ReferenceState {
  #numbers: SlidingLogNumbers;
  /** An entry for each cell. */
  #instantsUs: number[] = [];

  constructor(numbers: SlidingLogNumbers) {
    super();
    this.#numbers = numbers;
  }

  get costMax(): number {
    return this.#numbers.capacity;
  }

  fitsAtUs(cost: number, nowUs: number): number {
    const counting = this.#counting(nowUs);
    const excess = counting.length + cost - this.costMax;
    return excess <= 0 ? nowUs : (counting[excess - 1] ?? 0) + this.#numbers.windowUs;
  }

  charge(cost: number, nowUs: number): void {
    this.#instantsUs = [...this.#counting(nowUs), ...new Array<number>(cost).fill(nowUs)];
  }

  remaining(nowUs: number): number {
    return this.costMax - this.#counting(nowUs).length;
  }

  fullAtUs(nowUs: number): number {
    const last = this.#counting(nowUs).at(-1);
    return last === undefined ? nowUs : last + this.#numbers.windowUs;
  }

  become(numbers: LimitNumbers, nowUs: number): void {
    if (numbers.family !== 'sliding-log') return;
    this.#numbers = numbers;
    this.#instantsUs = this.#counting(nowUs).slice(-numbers.capacity);
  }

  #counting(nowUs: number): number[] {
    return this.#instantsUs.filter((atUs) => atUs + this.#numbers.windowUs > nowUs);
  }
}

class SlidingCounterState extends PlainState implements ReferenceState {
  #numbers: SlidingCounterNumbers;
  /** Cells by number of the window since 1970. */
  #cells = new Map<bigint, bigint>();

  constructor(numbers: SlidingCounterNumbers) {
    super();
    this.#numbers = numbers;
  }

  get costMax(): number {
    return this.#numbers.capacity;
  }

  /** What counts only falls while nothing is charged, so that the first instant is found by halving. */
  fitsAtUs(cost: number, nowUs: number): number {
    const windowUs = BigInt(this.#numbers.windowUs);
    const fits = (atUs: bigint): boolean =>
      this.#weighted(atUs) + BigInt(cost) * windowUs <= BigInt(this.costMax) * windowUs;
    let before = BigInt(nowUs) - 1n;
    let fitting = BigInt(nowUs) + 2n * windowUs;
    while (fitting - before > 1n) {
      const middle = (before + fitting) / 2n;
      if (fits(middle)) fitting = middle;
      else before = middle;
    }
    return atMostNever(fitting);
  }

  charge(cost: number, nowUs: number): void {
    const window = BigInt(nowUs) / BigInt(this.#numbers.windowUs);
    this.#cells.set(window, (this.#cells.get(window) ?? 0n) + BigInt(cost));
  }

  remaining(nowUs: number): number {
    const windowUs = BigInt(this.#numbers.windowUs);
    const units = BigInt(this.costMax) * windowUs - this.#weighted(BigInt(nowUs));
    return units < 0n ? 0 : Number(units / windowUs);
  }

  fullAtUs(nowUs: number): number {
    const windowUs = BigInt(this.#numbers.windowUs);
    const ends = [...this.#cells.keys()].map((window) => (window + 2n) * windowUs);
    return ends.reduce((latest, endUs) => Math.max(latest, atMostNever(endUs)), nowUs);
  }

  become(numbers: LimitNumbers): void {
    if (numbers.family === 'sliding-counter') this.#numbers = numbers;
  }

  #weighted(atUs: bigint): bigint {
    const windowUs = BigInt(this.#numbers.windowUs);
    const window = atUs / windowUs;
    const before = (this.#cells.get(window - 1n) ?? 0n) * (windowUs - (atUs % windowUs));
    return before + (this.#cells.get(window) ?? 0n) * windowUs;
  }
}

class EarnedBudgetState extends PlainState implements ReferenceState {
  readonly costMax = CELLS_MAX;
  #numbers: EarnedBudgetNumbers;
  #spent = 0;
  #nextTrickleUs = 0;

  constructor(numbers: EarnedBudgetNumbers) {
    super();
    this.#numbers = numbers;
  }

  fitsAtUs(cost: number, nowUs: number): number {
    if (this.#spent + cost <= this.#numbers.capacity) return nowUs;
    return this.#numbers.trickleUs === null ? NEVER_US : Math.max(nowUs, this.#nextTrickleUs);
  }

  charge(cost: number, nowUs: number): void {
    if (this.#spent + cost <= this.#numbers.capacity) this.#spent += cost;
    else this.#nextTrickleUs = nowUs + (this.#numbers.trickleUs ?? 0);
  }

  remaining(): number {
    return Math.min(CELLS_MAX, Math.max(0, this.#numbers.capacity - this.#spent));
  }

  fullAtUs(nowUs: number): number {
    return this.#spent === 0 ? Math.max(nowUs, this.#nextTrickleUs) : NEVER_US;
  }

  override credit(cells: number): boolean {
    this.#spent = Math.max(-CELLS_MAX, this.#spent - cells);
    return true;
  }

  become(numbers: LimitNumbers): void {
    if (numbers.family === 'earned-budget') this.#numbers = numbers;
  }
}

class ConcurrencyState extends PlainState implements ReferenceState {
  costMax: number;
  #inFlight = 0;

  constructor(capacity: number) {
    super();
    this.costMax = capacity;
  }

  fitsAtUs(cost: number, nowUs: number): number {
    return this.#inFlight + cost <= this.costMax ? nowUs : nowUs + 1;
  }

  charge(cost: number): void {
    this.#inFlight += cost;
  }

  remaining(): number {
    return Math.max(0, this.costMax - this.#inFlight);
  }

  fullAtUs(nowUs: number): number {
    return this.#inFlight === 0 ? nowUs : NEVER_US;
  }

  override release(cells: number): void {
    this.#inFlight = Math.max(0, this.#inFlight - cells);
  }

  become(numbers: LimitNumbers): void {
    this.costMax = numbers.capacity;
  }
}

export function referenceState(numbers: LimitNumbers): ReferenceState {
  switch (numbers.family) {
    case 'token-bucket':
    case 'leaky-queue':
      return new BucketState(numbers);
    case 'fixed-window':
      return new FixedWindowState(numbers);
    case 'sliding-log':
      return new SlidingLogState(numbers);
    case 'sliding-counter':
      return new SlidingCounterState(numbers);
    case 'earned-budget':
      return new EarnedBudgetState(numbers);
    case 'concurrency':
      return new ConcurrencyState(numbers.capacity);
  }
}

function ceil(units: bigint, by: bigint): bigint {
  return (units + by - 1n) / by;
}

function divisor(one: bigint, other: bigint): bigint {
  return other === 0n ? one : divisor(other, one % other);
}

function atMostNever(us: bigint): number {
  return us > BigInt(NEVER_US) ? NEVER_US : Number(us);
}
