/** The bound that the judge holds a limit to, as a formula with w for the length of the interval. */
import { formatDuration } from '../scenario/durations.js';
import type { PolicyLimit } from '../scenario/plan.js';
import { promiseFormula } from '../scenario/promise.js';

/** On one node and without slack: the promise; of a queue also what it may serve, which is less than it may let in. */
export function boundFormula(limit: PolicyLimit): string {
  if (limit.family !== 'leaky-queue') return promiseFormula(limit);
  const served = `${limit.capacity} + ${limit.refillCells} per ${formatDuration(limit.refillPeriodUs)} x w`;
  return `${served} of what it serves and ${promiseFormula(limit)} of what it lets in`;
}
