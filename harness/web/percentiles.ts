/** The percentiles that the page tells of an actor: which of them its requests carry, and how exactly. */
import type { ActorResult, LatencySeries } from '../report/page-data.js';
import { percentileOf } from './histogram.js';

export const percentiles: readonly number[] = [50, 75, 90, 95, 99, 99.9, 99.99, 100];

/** A percentile that leaves fewer requests above itself says nothing that the longest one doesn't: as in a comparison. */
const BEYOND_MIN = 10;

/** What stands in the place of a percentile that is not told. */
export const TOO_FEW = `fewer than ${BEYOND_MIN} requests took longer than that: too few to tell it`;

/** Whether `count` requests leave enough above the percentile to tell it; the longest of all always is. */
export function carries(count: number, percent: number): boolean {
  if (percent === 100) return count > 0;
  // In whole hundredths of a percent, since 100 - 99.9 is no 0.1 in binary fractions.
  const above = 10_000 - Math.round(percent * 100);
  return count * above >= BEYOND_MIN * 10_000;
}

/** What the verdict tells exactly, by percent. */
export type ExactFigures = ReadonlyMap<number, number>;

export function exactFigures({ latencyMs: { p50, p99, p999 } }: ActorResult): ExactFigures {
  const figures: (readonly [number, number | null])[] = [
    [50, p50],
    [99, p99],
    [99.9, p999],
  ];
  return new Map(figures.flatMap(([percent, ms]) => (ms === null ? [] : [[percent, ms]])));
}

/**
 * The latency that `percent` of the requests did not exceed, in milliseconds: the verdict's own figure where it has one, else
 * the upper edge of a bucket at most 3 % wide, and never above an exact one of a higher percentile.
 *
 * @returns null when too few requests carry it.
 */
export function toldPercentile(
  histogram: LatencySeries['histogram'],
  percent: number,
  exact: ExactFigures,
): number | null {
  const count = histogram.counts.reduce((sum, one) => sum + one, 0);
  const estimate = percentileOf(histogram, percent);
  if (estimate === null || !carries(count, percent)) return null;
  const figure = exact.get(percent);
  if (figure !== undefined) return figure;
  let least = estimate;
  for (const [other, ms] of exact) if (other > percent) least = Math.min(least, ms);
  return least;
}
