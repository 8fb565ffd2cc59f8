/** Sums, rates and peaks of values by bin. */
import type { SeriesDocument } from '../report/page-data.js';

type Bins = Pick<SeriesDocument, 'fromMs' | 'binMs' | 'firstBin'>;

/** Requests per second out of requests per bin. */
export function perSecond(counts: readonly number[], binMs: number): number[] {
  return counts.map((count) => (count * 1_000) / binMs);
}

/** Highest value and its place; null when there is none above 0. */
export function peakOf(
  values: readonly (number | null)[],
  at: readonly number[],
): { value: number; at: number } | null {
  let peak: { value: number; at: number } | null = null;
  for (const [index, value] of values.entries()) {
    if (value !== null && value > (peak?.value ?? 0)) peak = { value, at: at[index] ?? 0 };
  }
  return peak;
}

/** Leaves out what lies in the warm-up, beside figures of which it is no part. */
export function withinPhases(values: readonly (number | null)[], at: readonly number[]): (number | null)[] {
  return values.map((value, index) => ((at[index] ?? 0) < 0 ? null : value));
}

export function sumOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** Values of another run's bins at the middles of this run's, whatever the length of its bins. */
export function atSameTimes(
  values: readonly (number | null)[],
  { fromMs, binMs, firstBin }: Bins,
  at: readonly number[],
): (number | null)[] {
  return at.map((ms) => values[Math.floor((ms - fromMs) / binMs) - firstBin] ?? null);
}
