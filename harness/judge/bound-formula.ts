/** The bound that the judge holds a limit to, as a formula with w for the length of the interval. */
import type { PolicyLimit } from '../scenario/plan.js';
import { promiseFormula } from '../scenario/promise.js';
import { durationText } from './wording.js';

/** On one node, without slack and without credits. */
export function boundFormula(limit: PolicyLimit): string {
  switch (limit.family) {
    case 'leaky-queue': {
      const refill = `${limit.refillCells} per ${durationText(limit.refillPeriodUs)}`;
      return `${limit.capacity} + ${refill} x w of what was served, and ${limit.queueCells} more of what was let in`;
    }
    case 'sliding-counter':
      return `${limit.capacity} + ${limit.capacity} x w / ${durationText(limit.windowUs)}`;
    case 'earned-budget':
      return limit.trickleUs === null
        ? `${limit.capacity} for the whole run`
        : `${limit.capacity} for the whole run, one request each ${durationText(limit.trickleUs)}`;
    default:
      return promiseFormula(limit);
  }
}
