/**
 * What a limiter let through, held against what its promise can have let through at most. A promise is broken when an
 * interval, or the windows that the history itself lays down, have more cells than they may.
 */
import type { FixedWindowNumbers, LimitNumbers } from '../core/spec.js';
import { boundCells } from './bound.js';
import { type Claims, hasCredit } from './claims.js';
import { durationWords } from './duration-words.js';

/** Cells of one key, rising by `sentUs`; below 0: given back by credit or release. */
export interface Entry {
  /** The decision fell between these two; equal where time is played. */
  readonly sentUs: number;
  readonly answeredUs: number;
  readonly cells: number;
  readonly kind: 'admitted' | 'credit' | 'release' | 'denied';
}

/** @returns a sentence for the first promise that is broken; null: none is. */
export function overdrawn(claims: Claims, entries: readonly Entry[]): string | null {
  for (const numbers of claims.promises) {
    const fault = promiseOverdrawn(claims, numbers, entries);
    if (fault !== null) return fault;
  }
  return null;
}

function promiseOverdrawn(claims: Claims, numbers: LimitNumbers, entries: readonly Entry[]): string | null {
  if (numbers.family === 'concurrency') return tooManyInFlight(claims, numbers.capacity, entries);
  if (numbers.family === 'earned-budget') return budgetOverspent(claims, numbers, entries);
  const fault = intervalOverfull(claims, numbers, entries);
  if (fault !== null || numbers.family !== 'fixed-window') return fault;
  return windowsOverfull(claims, numbers, entries);
}

/** Every interval from one admission to a later one. */
function intervalOverfull(claims: Claims, numbers: LimitNumbers, entries: readonly Entry[]): string | null {
  const sums = momentsOf(entries, hasCredit(numbers));
  for (let to = 0; to < sums.length; to += 1) {
    const { answeredUs, sentUs, given } = sums[to] as Moment;
    const widerUs = answeredUs === sentUs ? 0 : claims.grainUs;
    let cells = 0;
    for (let from = to; from >= 0; from -= 1) {
      const moment = sums[from] as Moment;
      cells += moment.cells;
      if (cells <= numbers.capacity) continue;
      const lengthUs = answeredUs - moment.sentUs + widerUs;
      const most = claims.nodes * boundCells(numbers, lengthUs) + claims.slackCells + given;
      if (cells > most) return `${cells} cells passed within ${durationWords(lengthUs)}, where at most ${most} may`;
    }
  }
  return null;
}

interface Moment {
  readonly sentUs: number;
  readonly answeredUs: number;
  /** Admitted then. */
  cells: number;
  /** Credit until then: it may have passed on top, and where cells are earned in a later interval. */
  given: number;
}

/** What was admitted at the same time, together. */
function momentsOf(entries: readonly Entry[], takesCredit: boolean): Moment[] {
  const moments: Moment[] = [];
  let given = 0;
  for (const { kind, sentUs, answeredUs, cells } of entries) {
    if (kind === 'credit' && takesCredit) given -= cells;
    if (kind !== 'admitted') continue;
    const last = moments.at(-1);
    if (last?.sentUs === sentUs && last.answeredUs === answeredUs) {
      last.cells += cells;
      last.given = given;
    } else {
      moments.push({ sentUs, answeredUs, cells, given });
    }
  }
  return moments;
}

/**
 * Windows of a known start. First hit: the history itself lays them down. Calendar: of all phases some one must explain
 * what was seen; it can be moved on until a window starts at an admission, so only these phases are tried.
 */
function windowsOverfull(claims: Claims, numbers: FixedWindowNumbers, entries: readonly Entry[]): string | null {
  if (claims.nodes > 1 || entries.some((entry) => entry.sentUs !== entry.answeredUs)) return null;
  if (numbers.anchor === 'first-hit') {
    return claims.promises.length > 1 ? null : firstHitOverfull(claims, numbers, entries);
  }
  let fault: string | null = null;
  const admitted = entries.filter(({ kind }) => kind === 'admitted');
  for (const phaseUs of new Set(admitted.map(({ sentUs }) => sentUs % numbers.windowUs))) {
    fault = phaseOverfull(claims, numbers, entries, phaseUs);
    if (fault === null) return null;
  }
  return fault;
}

function firstHitOverfull(claims: Claims, numbers: FixedWindowNumbers, entries: readonly Entry[]): string | null {
  let startUs = Number.NEGATIVE_INFINITY;
  let used = 0;
  for (const entry of entries) {
    const isOver = entry.sentUs >= startUs + numbers.windowUs;
    if (entry.kind === 'credit') {
      if (!isOver) used = credited(numbers, used, entry.cells);
      continue;
    }
    if (entry.kind === 'denied' && !numbers.countsDenied) continue;
    if (isOver) [startUs, used] = [entry.sentUs, 0];
    if (entry.kind !== 'admitted') continue;
    used += entry.cells;
    if (used > numbers.capacity + claims.slackCells) return windowFault(used, startUs, numbers, entries);
  }
  return null;
}

function phaseOverfull(
  claims: Claims,
  numbers: FixedWindowNumbers,
  entries: readonly Entry[],
  phaseUs: number,
): string | null {
  let window = Number.NaN;
  let used = 0;
  for (const entry of entries) {
    const at = Math.floor((entry.sentUs - phaseUs) / numbers.windowUs);
    if (at !== window) [window, used] = [at, 0];
    if (entry.kind === 'credit') used = credited(numbers, used, entry.cells);
    if (entry.kind !== 'admitted') continue;
    used += entry.cells;
    if (used > numbers.capacity + claims.slackCells) {
      return windowFault(used, at * numbers.windowUs + phaseUs, numbers, entries);
    }
  }
  return null;
}

/** A credit is a negative number of cells. */
function credited(numbers: FixedWindowNumbers, used: number, cells: number): number {
  return numbers.credit === 'to-zero' ? Math.max(Math.min(0, used), used + cells) : used + cells;
}

function windowFault(used: number, startUs: number, numbers: FixedWindowNumbers, entries: readonly Entry[]): string {
  const fromUs = startUs - (entries[0]?.sentUs ?? 0);
  const window = `the window of ${durationWords(numbers.windowUs)} from ${durationWords(fromUs)} on`;
  return `${used} cells passed in ${window}, which has ${numbers.capacity}`;
}

function tooManyInFlight(claims: Claims, capacity: number, entries: readonly Entry[]): string | null {
  const most = claims.nodes * capacity + claims.slackCells;
  let inFlight = 0;
  for (const { kind, cells } of entries) {
    if (kind !== 'admitted' && kind !== 'release') continue;
    inFlight = Math.max(0, inFlight + cells);
    if (inFlight > most) return `${inFlight} cells in flight, where at most ${most} may be`;
  }
  return null;
}

/**
 * Requests that the budget does not cover must lie a trickle apart. Those that it covers may have been trickles too, so
 * a request is held against the budget only: when it is above, it was a trickle.
 */
function budgetOverspent(
  claims: Claims,
  numbers: { readonly capacity: number; readonly trickleUs: number | null },
  entries: readonly Entry[],
): string | null {
  let net = 0;
  let lastUs = Number.NEGATIVE_INFINITY;
  const most = claims.nodes * numbers.capacity + claims.slackCells;
  for (const { kind, cells, sentUs, answeredUs } of entries) {
    if (kind === 'credit') net += cells;
    if (kind !== 'admitted') continue;
    if (net + cells <= most) {
      net += cells;
      continue;
    }
    if (numbers.trickleUs === null) return `${net + cells} cells of a budget of ${most}`;
    if (claims.nodes === 1 && answeredUs < lastUs + numbers.trickleUs) {
      return `a request beyond the budget of ${most} cells, ${durationWords(answeredUs - lastUs)} after another one`;
    }
    lastUs = sentUs;
  }
  return null;
}
