/** The few statistics by which random times and choices are held to their laws. */

import { mean, variance } from '../../harness/bench/arrivals/statistics.js';

export * from '../../harness/bench/arrivals/statistics.js';

/** A distance that a sample of the law passes once in a thousand times (Kolmogorov's limit, 1.95 / sqrt n). */
export function ksBound(size: number): number {
  return 1.95 / Math.sqrt(size);
}

/** Sum of (seen - expected)^2 / expected; what is expected less than five times is put together with its neighbours. */
export function chiSquare(seen: readonly number[], expected: readonly number[]): { value: number; freedom: number } {
  let value = 0;
  let bins = 0;
  let seenSum = 0;
  let expectedSum = 0;
  for (const [i, share] of expected.entries()) {
    seenSum += seen[i] ?? 0;
    expectedSum += share;
    if (expectedSum < 5) continue;
    value += (seenSum - expectedSum) ** 2 / expectedSum;
    bins++;
    seenSum = 0;
    expectedSum = 0;
  }
  return { value, freedom: bins - 1 };
}

/** A chi-square that the law passes once in a thousand times (Wilson and Hilferty). */
export function chiSquareBound(freedom: number): number {
  return freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3;
}

/** Correlation of each value with the next one; about 0 +- 1 / sqrt n where they are independent. */
export function lagCorrelation(values: readonly number[]): number {
  const middle = mean(values);
  const products = values.slice(1).map((value, i) => (value - middle) * ((values[i] as number) - middle));
  return mean(products) / variance(values);
}
