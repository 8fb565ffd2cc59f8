/** What a run could have seen, in words: a result that could not have been another one says nothing. */
import type { VerdictDocument } from '../judge/verdict.js';
import { formatCells, formatRatio } from './quantity.js';

export function leakPowerText({ smallestProvableLeak: cells }: VerdictDocument): string {
  return cells === null
    ? 'no limit matched a request, so no leak could have been proved'
    : `a leak of ${formatCells(cells)} or more would have been proved`;
}

/** null where no honest crowd was there to be slowed. */
export function latencyPowerText({ smallestLatencyChange: change }: VerdictDocument): string | null {
  if (change === null) return null;
  // Resamples that are all alike have no spread: what is left is the width of a bucket.
  if (change === 0)
    return 'any growth of the honest p99 under attack that three digits show would have been told from none';
  return `a growth of the honest p99 under attack by ${formatRatio(change)} or more would have been told from none`;
}
