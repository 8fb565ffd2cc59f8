/** From which starts, gaps and costs the histories of a contract are drawn, so that they meet its edges. */
import { type Claims, capacityOf, fullAfterUs, hasCredit, momentsOf, promisesFamily, upToGrain } from './claims.js';
import { type HistoryShape, Play } from './history.js';

/** 2026-01-05T00:00:00Z: a full week, day and hour begin, as calendar windows of usual lengths do. */
export const PLAIN_START_US = 1_767_571_200_000_000;
/** A real clock is waited for: all gaps of one history together. */
const REAL_SPAN_US_MAX = 2_000_000;

/** Of one history, besides two rows that use up the largest promise by the smallest cost. */
const REQUESTS_MAX = 400;

/** The gaps at which something happens in some promise, and fractions of them, whole grains, above 0, rising. */
export function gapsOf(claims: Claims): number[] {
  const gaps = new Set<number>([claims.grainUs]);
  for (const numbers of claims.promises) {
    for (const us of momentsOf(numbers)) {
      for (const part of [us, Math.floor(us / 2), Math.floor(us / 3), us + Math.floor(us / 2)]) {
        if (part >= 1) gaps.add(upToGrain(part, claims.grainUs));
      }
    }
  }
  return [...gaps].filter((us) => us <= claims.horizonUs / 16).sort((a, b) => a - b);
}

/** Costs at the edges of all promises that the limiter takes. */
export function cellsOf(claims: Claims): number[] {
  const cells = new Set<number>([1]);
  for (const numbers of claims.promises) {
    const capacity = capacityOf(numbers);
    for (const count of [
      capacity,
      capacity - 1,
      numbers.capacity,
      Math.ceil(capacity / 2),
      Math.ceil(capacity / 3),
      2,
    ]) {
      if (count >= 1 && count <= claims.costMax) cells.add(count);
    }
  }
  return [1, 1, 1, ...cells];
}

/** How often in a row, so that costs of one reach the capacity, and not more than some hundred calls. */
function timesOf(claims: Claims): number[] {
  const times = [1, 1, 1, 1, 2, 3];
  for (const numbers of claims.promises) {
    const needed = Math.ceil(capacityOf(numbers) / claims.costMax);
    if (needed > 1 && needed <= 5_000) times.push(needed, needed + 1);
    const byOnes = capacityOf(numbers) + 1;
    if (byOnes <= 64) times.push(byOnes);
  }
  return times;
}

/** Starts in and around the edges of calendar windows. */
export function startsOf(claims: Claims): number[] {
  const starts = [upToGrain(PLAIN_START_US, claims.grainUs)];
  for (const numbers of claims.promises) {
    for (const us of momentsOf(numbers)) {
      for (const part of [Math.floor(us / 2), Math.floor((us * 9) / 10), us - claims.grainUs]) {
        const offsetUs = part - (part % claims.grainUs);
        if (offsetUs > 0 && offsetUs < claims.horizonUs) starts.push(alignedStartUs(claims) + offsetUs);
      }
    }
  }
  return starts;
}

/** The plain start, moved to the next edge of the longest calendar window. */
function alignedStartUs(claims: Claims): number {
  const windows = claims.promises.map((numbers) => ('windowUs' in numbers ? numbers.windowUs : 1));
  const windowUs = Math.max(...windows);
  return upToGrain(PLAIN_START_US - (PLAIN_START_US % windowUs), claims.grainUs);
}

/** The shape that most checks start from. */
export function shapeOf(claims: Claims, isReal: boolean): HistoryShape {
  const plays: number[] = [Play.ask, Play.ask, Play.ask, Play.ask];
  if (promisesFamily(claims, 'concurrency')) plays.push(Play.release, Play.release);
  const gapsUs = gapsOf(claims);
  const longest = Math.max(...gapsUs, claims.grainUs);
  return {
    startsUs: isReal ? [PLAIN_START_US] : startsOf(claims),
    plays,
    gapsUs: isReal ? gapsUs.filter((us) => us <= REAL_SPAN_US_MAX / 2).concat(claims.grainUs) : gapsUs,
    isLoose: true,
    grainUs: claims.grainUs,
    setsUs: gapsUs,
    cells: cellsOf(claims),
    times: timesOf(claims),
    requestsMax: REQUESTS_MAX + 2 * Math.max(...timesOf(claims)),
    lengthMax: isReal ? 12 : 80,
    spanUsMax: isReal ? REAL_SPAN_US_MAX : Math.min(claims.horizonUs, longest * 80),
  };
}

/** With credit as well, where the promises take it and it is known when it came, and to which counter. */
export function withCredit(shape: HistoryShape, claims: Claims, isReal: boolean): HistoryShape {
  const takesCredit = !isReal && claims.nodes === 1 && claims.promises.some(hasCredit);
  return takesCredit ? { ...shape, plays: [...shape.plays, Play.credit] } : shape;
}

/** The wait after which everything is full, in whole grains; null when none is short enough to be played. */
export function fullWaitUs(claims: Claims): number | null {
  const us = Math.max(...claims.promises.map(fullAfterUs));
  return us <= claims.horizonUs / 4 ? upToGrain(us, claims.grainUs) : null;
}
