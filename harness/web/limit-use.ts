/** How much of a limit was used. */
import type { LimitSeries } from '../report/page-data.js';

type Cells = Pick<LimitSeries, 'admittedCells' | 'boundCells'>;

/** Cells above the bound, by bin; 0 where there is no bound. */
export function excessOf({ admittedCells, boundCells }: Cells): number[] {
  return admittedCells.map((cells, bin) => Math.max(0, cells - (boundCells[bin] ?? Number.POSITIVE_INFINITY)));
}

/** Highest share of the bound that a bin used, above 1 where it leaked; 0 when nothing was admitted or is bounded. */
export function usedOf({ admittedCells, boundCells }: Cells): number {
  return admittedCells.reduce((most, cells, bin) => {
    const bound = boundCells[bin] ?? null;
    return bound === null || cells === 0 ? most : Math.max(most, cells / bound);
  }, 0);
}

/** A chart of what was admitted is at most so many times as high. */
const HIGHEST = 5;

/** Where a chart is cut off, since what was admitted would be flat below a bound far above it; null = nowhere. */
export function capOf({ admittedCells, boundCells }: Cells): number | null {
  const most = admittedCells.reduce((high, cells) => Math.max(high, cells), 0);
  const bound = boundCells.reduce<number>((high, cells) => Math.max(high, cells ?? 0), 0);
  return most > 0 && bound > most * HIGHEST ? most * HIGHEST : null;
}
