/** The few statistics by which random times and choices are held to their laws. */

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the whole, not of a sample: divided by n. */
export function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

/** Variance over mean of counts: 1 for a Poisson process, 0 for an even one. */
export function fano(counts: readonly number[]): number {
  return variance(counts) / mean(counts);
}

/** How many times fall into each bin of `binUs` within [fromUs, toUs). */
export function countsOf(timesUs: Iterable<number>, span: { fromUs: number; toUs: number; binUs: number }): number[] {
  const counts = Array.from({ length: Math.floor((span.toUs - span.fromUs) / span.binUs) }, () => 0);
  for (const atUs of timesUs) {
    const bin = Math.floor((atUs - span.fromUs) / span.binUs);
    if (counts[bin] !== undefined) counts[bin]++;
  }
  return counts;
}

/** Gaps from one time to the next. */
export function gapsOf(timesUs: readonly number[]): number[] {
  return timesUs.slice(1).map((atUs, i) => atUs - (timesUs[i] as number));
}

/** The largest distance between the sample's distribution and the law (Kolmogorov-Smirnov). */
export function ksDistance(sample: readonly number[], law: (value: number) => number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted.reduce((worst, value, i) => {
    const expected = law(value);
    return Math.max(worst, expected - i / sorted.length, (i + 1) / sorted.length - expected);
  }, 0);
}

/** A distance that a sample of the law passes once in a thousand times (Kolmogorov's limit, 1.95 / sqrt n). */
export function ksBound(size: number): number {
  return 1.95 / Math.sqrt(size);
}

/** The law of an exponential time. */
export function exponentialLaw(ratePer: number): (value: number) => number {
  return (value) => 1 - Math.exp(-ratePer * value);
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
