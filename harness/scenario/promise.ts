/** What a limit promises: the most that it may admit in any interval, as a formula and as a number. */
import { formatDuration } from './durations.js';
import type { Policy, PolicyLimit } from './plan.js';

/** The formula with w for the length of the interval, on one node and without slack. */
export function promiseFormula(limit: PolicyLimit): string {
  const { capacity } = limit;
  if (limit.family === 'token-bucket') {
    return `${capacity} + ${limit.refillCells} per ${formatDuration(limit.refillPeriodUs)} x w`;
  }
  const windows = `w / ${formatDuration(limit.windowUs)}`;
  // An interval touches one window more than fit into it; the log's own window moves with it.
  return limit.family === 'sliding-log'
    ? `${capacity} x (floor(${windows}) + 1)`
    : `${capacity} x (ceil(${windows}) + 1)`;
}

/**
 * Cells that one key may be admitted in any closed interval of this length. Exact: whole numbers below 2^53 for every
 * policy that loads and every length up to a day.
 *
 * The grain of the target's clock lengthens the interval; every node counts on its own; the stated slack comes on top.
 */
export function promisedCells(policy: Policy, limit: PolicyLimit, lengthUs: number): number {
  const seenUs = lengthUs + policy.resolutionUs;
  return policy.nodes * cellsOnOneNode(limit, seenUs) + policy.slackCells;
}

function cellsOnOneNode(limit: PolicyLimit, lengthUs: number): number {
  if (limit.family === 'token-bucket') {
    const refilled = (BigInt(limit.refillCells) * BigInt(lengthUs)) / BigInt(limit.refillPeriodUs);
    return limit.capacity + Number(refilled);
  }
  const whole = Math.floor(lengthUs / limit.windowUs);
  if (limit.family === 'sliding-log') return limit.capacity * (whole + 1);
  const touched = lengthUs % limit.windowUs === 0 ? whole : whole + 1;
  return limit.capacity * (touched + 1);
}
