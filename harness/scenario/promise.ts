/** What a limit promises: the most that it may admit in any interval, as a formula and as a number. */
import { formatDuration } from './durations.js';
import type { Policy, PolicyLimit } from './plan.js';

type LimitOverTime = Exclude<PolicyLimit, { readonly family: 'concurrency' }>;

/**
 * The formula with w for the length of the interval, on one node and without slack. A limit of requests in flight has
 * none: over time it admits any number, but never more than its capacity at once.
 */
export function promiseFormula(limit: PolicyLimit): string {
  const { capacity } = limit;
  switch (limit.family) {
    case 'token-bucket':
    case 'decaying-counter':
      return `${capacity} + ${rateText(limit)} x w`;
    case 'leaky-queue':
      return `${capacity + limit.queueCells} + ${rateText(limit)} x w`;
    case 'fixed-window':
      return `${capacity} x (ceil(w / ${formatDuration(limit.windowUs)}) + 1)`;
    case 'fill-counter':
      return `${capacity} x (ceil(w / ${formatDuration(limit.windowUs)}) + 1) + what fills give back`;
    case 'ratio-monitor':
      return `${capacity} x (ceil(w / ${formatDuration(limit.windowUs)}) + 1) + what fills earn`;
    case 'sliding-log':
      return `${capacity} x (floor(w / ${formatDuration(limit.windowUs)}) + 1)`;
    case 'sliding-counter':
      return `${capacity} + ${capacity} x w / ${formatDuration(limit.windowUs)}`;
    case 'earned-budget': {
      const trickle = limit.trickleUs === null ? '' : ` + (floor(w / ${formatDuration(limit.trickleUs)}) + 1) requests`;
      return `${capacity} + what fills earn${trickle}`;
    }
    case 'concurrency':
      return `${capacity} at any instant`;
  }
}

function rateText(limit: { readonly refillCells: number; readonly refillPeriodUs: number }): string {
  return `${limit.refillCells} per ${formatDuration(limit.refillPeriodUs)}`;
}

/**
 * Cells that one key may be admitted in any closed interval of this length, besides those that fills give back or earn;
 * null when there is no such bound. Whole, and exact up to 2^53; above it, which only windows of microseconds and hundreds of
 * nodes reach, it is rounded. Requests of one element are meant where a budget lets requests through whatever they cost.
 *
 * The grain of the target's clock lengthens the interval; every node counts on its own; the stated slack comes on top.
 */
export function promisedCells(policy: Policy, limit: PolicyLimit, lengthUs: number): number | null {
  if (limit.family === 'concurrency') return null;
  return policy.nodes * cellsOnOneNode(limit, lengthUs + policy.resolutionUs) + policy.slackCells;
}

/**
 * The bound of one counter over a closed interval of `lengthUs`, w for short, at least a microsecond.
 *
 * - Bucket, counter, queue: what was there at the start is at most the capacity (of a queue: with the queue), and
 *   floor(r x w) whole cells come on top. A queue is counted when it admits, not when it serves.
 * - Window: an interval touches at most ceil(w / W) + 1 windows, and each admits L.
 * - Log: the windows (y - W, y], (y - 2W, y - W] ... back from the end of the interval cover it with floor(w / W) + 1,
 *   and each admits L.
 * - Sliding counter: let the interval touch windows 0 to m, C of them admitting C(0) to C(m) inside it, the last
 *   admission at e microseconds after the start of window m. With m = 0 it admits at most L. Otherwise the rule at that
 *   admission says C(m - 1) x (W - e) + C(m) x W <= L x W, so C(m - 1) + C(m) <= L + C(m - 1) x e / W <= L + L x e / W,
 *   and each earlier window admits at most L: in all at most m x L + L x e / W. The interval holds windows 1 to m - 1
 *   whole, e microseconds of window m and at least one of window 0, so (m - 1) x W + e + 1 <= w, which makes
 *   L + L x (w - 1) / W, rounded down since cells are whole. With a grain of a microsecond that is the formula.
 * - Budget: every cell of it is spent once; requests that are let through besides are a trickle apart, so there are at
 *   most floor(w / T) + 1 of them.
 */
function cellsOnOneNode(limit: LimitOverTime, lengthUs: number): number {
  const { capacity } = limit;
  switch (limit.family) {
    case 'token-bucket':
    case 'decaying-counter':
      return capacity + share(limit.refillCells, lengthUs, limit.refillPeriodUs);
    case 'leaky-queue':
      return capacity + limit.queueCells + share(limit.refillCells, lengthUs, limit.refillPeriodUs);
    case 'fixed-window':
    case 'fill-counter':
    case 'ratio-monitor':
      return capacity * (Math.ceil(lengthUs / limit.windowUs) + 1);
    case 'sliding-log':
      return capacity * (Math.floor(lengthUs / limit.windowUs) + 1);
    case 'sliding-counter':
      return capacity + share(capacity, lengthUs - 1, limit.windowUs);
    case 'earned-budget': {
      if (limit.trickleUs === null) return capacity;
      return capacity + (Math.floor(lengthUs / limit.trickleUs) + 1) * costliest(limit);
    }
  }
}

/** floor(cells x lengthUs / periodUs), whose product may be above 2^53. */
function share(cells: number, lengthUs: number, periodUs: number): number {
  return Number((BigInt(cells) * BigInt(lengthUs)) / BigInt(periodUs));
}

/** What one element costs at most, of whatever class and age. */
function costliest(limit: PolicyLimit): number {
  const byClass = limit.costs.map((cost, index) => {
    return cost + Math.max(0, ...(limit.ageCosts[index] ?? []).map(({ cells }) => cells));
  });
  return Math.max(0, ...byClass);
}
