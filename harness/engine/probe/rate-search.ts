/**
 * Which rate is tried next, and what the trials so far come to: up by doubling, down by halving, then between the highest
 * that held and the lowest that was missed. A rate is missed when two trials of it were, since a machine may have been busy
 * with something else in one of them; a 429 is no accident, and counts at once.
 */
import type { LimitedBy, Trial, TrialOutcome } from './capacity.js';

export const RATE_MAX = 1_000_000;
const MISSES = 2;
/** The search ends when the bounds are as near as this, as a share of the lower one. */
const PRECISION = 0.05;

export interface RateBounds {
  /** The highest rate that held and lies below all that were missed; null = none. */
  readonly held: Trial | null;
  /** The last trial of the lowest rate that was missed; null = none was. */
  readonly missed: Trial | null;
}

/** @param missesWanted - Trials that a rate must miss. */
export function boundsOf(trials: readonly Trial[], missesWanted: number = MISSES): RateBounds {
  let missed: Trial | null = null;
  for (const trial of trials) {
    const same = trials.filter(({ ratePerSecond }) => ratePerSecond === trial.ratePerSecond);
    if (!isMissed(same, missesWanted)) continue;
    if (missed === null || trial.ratePerSecond <= missed.ratePerSecond) missed = trial;
  }
  let held: Trial | null = null;
  for (const trial of trials) {
    if (trial.outcome !== 'held' || (missed !== null && trial.ratePerSecond >= missed.ratePerSecond)) continue;
    if (held === null || trial.ratePerSecond > held.ratePerSecond) held = trial;
  }
  return { held, missed };
}

function isMissed(same: readonly Trial[], missesWanted: number): boolean {
  if (same.some(({ outcome }) => outcome === 'held')) return false;
  return same.length >= missesWanted || same.some(({ outcome }) => outcome === 'limited');
}

/**
 * @param startPerSecond - Where to begin, 1 to `RATE_MAX`.
 * @returns whole requests per second, null = nothing more is to be learnt.
 */
export function nextRate(trials: readonly Trial[], startPerSecond: number): number | null {
  const last = trials.at(-1);
  if (last === undefined) return startPerSecond;
  const same = trials.filter(({ ratePerSecond }) => ratePerSecond === last.ratePerSecond);
  if (last.outcome !== 'held' && !isMissed(same, MISSES)) return last.ratePerSecond;
  const { held, missed } = boundsOf(trials);
  if (missed === null) {
    const rate = Math.min(RATE_MAX, last.ratePerSecond * 2);
    return rate === last.ratePerSecond ? null : rate;
  }
  if (held === null) return missed.ratePerSecond <= 1 ? null : Math.floor(missed.ratePerSecond / 2);
  const between = Math.floor((held.ratePerSecond + missed.ratePerSecond) / 2);
  const isNear = missed.ratePerSecond - held.ratePerSecond <= held.ratePerSecond * PRECISION;
  return isNear || between === held.ratePerSecond ? null : between;
}

const limitedBy: Readonly<Record<TrialOutcome, LimitedBy>> = {
  held: 'time',
  slow: 'target',
  limited: 'limiter',
  generator: 'generator',
};

/** What the trials come to when no more are made: a rate that was missed once and not tried again is missed. */
export function searchResult(trials: readonly Trial[]): RateBounds & { readonly limitedBy: LimitedBy } {
  const bounds = boundsOf(trials, 1);
  const isTopped = bounds.missed === null && bounds.held?.ratePerSecond === RATE_MAX;
  return { ...bounds, limitedBy: isTopped ? 'generator' : limitedBy[bounds.missed?.outcome ?? 'held'] };
}
