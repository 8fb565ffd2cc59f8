/** The few statistics by which arrivals are held to their law. */

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the whole, not of a sample: divided by n. */
export function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length;
}

/** Variance over mean of counts: 1 for a Poisson process, 0 for an even one. */
export function fano(counts: readonly number[]): number {
  return variance(counts) / mean(counts);
}

/** How many times fall into each bin of `binUs` within [fromUs, toUs); a bin that reaches beyond is left out. */
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

/** The law of an exponential time. */
export function exponentialLaw(rate: number): (value: number) => number {
  return (value) => 1 - Math.exp(-rate * value);
}

/** 0 for none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
