/** Which keys come in which order: the same for every rival, from a seed. */
import { createRandom } from '../../actors/random.js';
import type { BenchRow } from './row.js';

const ZIPF_EXPONENT = 0.99;
const SEED = 20260101;

/** As long as the key ids that exchanges hand out. */
export function keyAt(index: number): string {
  return `caller-${String(index).padStart(25, '0')}`;
}

export function keyList(count: number): string[] {
  return Array.from({ length: count }, (_, index) => keyAt(index));
}

/**
 * Which keys are hot is shuffled, or the hot ones would lie side by side in memory.
 *
 * @param length - a power of two.
 */
export function drawOrder(keys: number, skew: BenchRow['skew'], length: number): Uint32Array {
  const random = createRandom(SEED);
  if (skew === 'uniform') return Uint32Array.from({ length }, () => random.below(keys));
  const ranked = shuffled(keys);
  const reached = new Float64Array(keys);
  let sum = 0;
  for (let rank = 0; rank < keys; rank++) {
    sum += (rank + 1) ** -ZIPF_EXPONENT;
    reached[rank] = sum;
  }
  return Uint32Array.from({ length }, () => ranked[firstAbove(reached, random.unit() * sum)] as number);
}

/** All numbers below `count` once each, in an order from the seed. */
export function shuffled(count: number): Uint32Array {
  const random = createRandom(SEED);
  const numbers = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [numbers[last], numbers[other]] = [numbers[other] as number, numbers[last] as number];
  }
  return numbers;
}

/** Index of the first that is above `value`; `sorted` ends with one that is. */
function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
