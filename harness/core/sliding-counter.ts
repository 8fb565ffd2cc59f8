/**
 * Sliding counter: the cells of this window, and those of the one before it by the share of it that still lies within
 * `windowUs`. Windows start at multiples of `windowUs` since 1970. Everything is counted in units of 1/windowUs cell.
 *
 * A counter's `atUs` is the start of its window, `part` its cells; the cells of the window before are kept by slot.
 * What is counted, previous x (W - elapsed) + current x W, is at most capacity x W after a charge, and time only takes
 * from it: at the end of a window current x W becomes previous x W. A cost adds at most capacity x W, so all sums are at
 * most 2 x capacity x W, which `validateSpec` holds below 2^53. (After `Gate.change` the old capacity stands in for one of
 * the two, and it was held to the same.) For the divisions see `TokenBucket`: b x q <= a + b, and both are at most
 * capacity x W.
 *
 * Bound: each window admits at most `capacity`, so a closed interval of w microseconds at most
 * capacity x (ceil(w / W) + 1). Two windows that touch can be filled within less than W; that is the approximation.
 */
import { type Counter, Family } from './family.js';
import { allocate } from './memory.js';
import { NEVER_US, type SlidingCounterNumbers } from './spec.js';

/** Why these numbers can not be counted exactly, or null when they can. */
export function inexactCounterReason({ capacity, windowUs }: Omit<SlidingCounterNumbers, 'family'>): string | null {
  if (2 * capacity * windowUs <= Number.MAX_SAFE_INTEGER) return null;
  return `2 x capacity ${capacity} x ${windowUs} us is above 2^53 - 1, so sums would be rounded`;
}

export class SlidingCounter extends Family {
  readonly costMax: number;
  readonly #windowUs: number;
  /** By slot: cells of the window before that of the counter. */
  readonly #previous: Int32Array;

  // The windows at the instant in hand.
  #startUs = 0;
  #before = 0;
  #current = 0;

  /** @param counterCount - slots and the cold counter. */
  constructor(numbers: SlidingCounterNumbers, counterCount: number, owner: string) {
    super();
    this.costMax = numbers.capacity;
    this.#windowUs = numbers.windowUs;
    this.#previous = new Int32Array(allocate(counterCount * 4, owner));
  }

  retryAtUs(counter: Counter, cost: number, nowUs: number): number {
    this.#roll(counter, nowUs);
    const windowUs = this.#windowUs;
    const room = (this.costMax - this.#current - cost) * windowUs;
    const endUs = this.#startUs + windowUs;
    if (this.#before * (endUs - nowUs) <= room) return nowUs;
    // In this window: the first instant at which before x (end - instant) <= room.
    const leftUs = room < this.#before ? 0 : Math.floor(room / this.#before);
    if (leftUs > 0) return Math.min(endUs - leftUs, NEVER_US);
    // In the next one, where current takes the place of before; after that both are gone.
    const nextRoom = (this.costMax - cost) * windowUs;
    const nextLeftUs = this.#current === 0 ? windowUs : Math.min(windowUs, Math.floor(nextRoom / this.#current));
    return Math.min(endUs + (windowUs - nextLeftUs), NEVER_US);
  }

  charge(counter: Counter, cost: number, nowUs: number): void {
    this.#roll(counter, nowUs);
    counter.atUs = this.#startUs;
    counter.part = this.#current + cost;
    this.#previous[counter.slot] = this.#before;
  }

  remaining(counter: Counter, nowUs: number): number {
    this.#roll(counter, nowUs);
    const weighted = this.#before * (this.#startUs + this.#windowUs - nowUs);
    const cells = Math.floor((this.costMax * this.#windowUs - weighted) / this.#windowUs) - this.#current;
    return Math.max(0, cells);
  }

  idleAtUs(counter: Counter): number {
    if (counter.part > 0) return Math.min(counter.atUs + 2 * this.#windowUs, NEVER_US);
    return (this.#previous[counter.slot] as number) > 0 ? counter.atUs + this.#windowUs : 0;
  }

  override copyKept(from: number, to: number): void {
    this.#previous[to] = this.#previous[from] as number;
  }

  carry(old: Family, { slot }: Counter, _nowUs: number): void {
    if (old instanceof SlidingCounter) this.#previous[slot] = old.#previous[slot] as number;
  }

  /** What time alone has changed. */
  #roll(counter: Counter, nowUs: number): void {
    const startUs = nowUs - (nowUs % this.#windowUs);
    const isSame = counter.atUs === startUs;
    const isNext = counter.atUs + this.#windowUs === startUs;
    this.#startUs = startUs;
    this.#current = isSame ? counter.part : 0;
    this.#before = isSame ? (this.#previous[counter.slot] as number) : isNext ? counter.part : 0;
  }
}
