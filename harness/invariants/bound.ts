/**
 * How many cells a promise lets through in a closed interval of a given length at most.
 *
 * - token bucket: C + r x w, since the debt starts at 0 or above, falls by r, and is never above C after a charge.
 * - leaky queue: the same with the queue's cells on top of C.
 * - fixed window: w touches at most ceil(w / W) + 1 windows wherever they start, of C cells each; an instant one.
 * - sliding log: w is covered by floor(w / W) + 1 half-open windows of length W, of C cells each.
 * - sliding counter: C + C x (w - 1) / W, and C at one instant. With a(i) the cells of window i, and e the offset of the
 *   interval's end in the last window j: a(j) <= C - a(j-1) x (W - e) / W, so a(j-1) + a(j) <= C + C x e / W; each
 *   window between the first and those has C at most and adds W to the length. What lies before window j does so by a
 *   microsecond or more, so e <= w - 1.
 * - a budget and cells in flight have no bound by length alone: `Ledger` follows them step by step.
 *
 * A clock that moves in whole grains shows the limiter just the instants of the history, since these are whole grains
 * too. Where the kit only knows between which instants an answer fell, it passes the longest length that it can be.
 */
import type { LimitNumbers } from '../core/spec.js';
import { capacityOf } from './claims.js';
import { durationWords } from './duration-words.js';
import { ceilDivide, floorDivide } from './models/whole-division.js';

/** @returns whole cells for one node, before any slack; Infinity where length says nothing. */
export function boundCells(numbers: LimitNumbers, lengthUs: number): number {
  switch (numbers.family) {
    case 'token-bucket':
    case 'leaky-queue':
      return capacityOf(numbers) + scaled(lengthUs, numbers.refillCells, numbers.refillPeriodUs);
    case 'fixed-window':
      return numbers.capacity * (ceilDivide(lengthUs, numbers.windowUs) + 1);
    case 'sliding-log':
      return numbers.capacity * (floorDivide(lengthUs, numbers.windowUs) + 1);
    case 'sliding-counter':
      return numbers.capacity + scaled(Math.max(0, lengthUs - 1), numbers.capacity, numbers.windowUs);
    case 'earned-budget':
    case 'concurrency':
      return Number.POSITIVE_INFINITY;
  }
}

/** The bound as a formula with the numbers of the promise. */
export function boundFormula(numbers: LimitNumbers): string {
  switch (numbers.family) {
    case 'token-bucket':
      return `${numbers.capacity} + ${numbers.refillCells} x w / ${durationWords(numbers.refillPeriodUs)}`;
    case 'leaky-queue':
      return `${numbers.capacity} + ${numbers.queueCells} + ${numbers.refillCells} x w / ${durationWords(numbers.refillPeriodUs)}`;
    case 'fixed-window':
      return `${numbers.capacity} x (ceil(w / ${durationWords(numbers.windowUs)}) + 1), and ${numbers.capacity} in each window of one phase`;
    case 'sliding-log':
      return `${numbers.capacity} x (floor(w / ${durationWords(numbers.windowUs)}) + 1)`;
    case 'sliding-counter':
      return `${numbers.capacity} + ${numbers.capacity} x (w - 1 us) / ${durationWords(numbers.windowUs)}`;
    case 'earned-budget':
      return numbers.trickleUs === null
        ? `${numbers.capacity} + earned`
        : `${numbers.capacity} + earned, and one request each ${durationWords(numbers.trickleUs)}`;
    case 'concurrency':
      return `${numbers.capacity} in flight`;
  }
}

/** a x b / c rounded down; the product may be above 2^53. */
function scaled(a: number, b: number, c: number): number {
  const product = a * b;
  return product <= Number.MAX_SAFE_INTEGER ? floorDivide(product, c) : Number((BigInt(a) * BigInt(b)) / BigInt(c));
}
