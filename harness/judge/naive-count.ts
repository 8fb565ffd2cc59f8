/**
 * What a count by answer time would claim: the usual way to test a limiter, and wrong whenever answers are late or
 * bunched. It stands in the report beside the proof, and decides nothing.
 */
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import { bucketNumbers } from './bucket-numbers.js';

export class NaiveCount {
  /** Cells above the limit at their most; 0 = it would have claimed nothing. */
  excessCells = 0;
  private readonly limit: PolicyLimit;
  private readonly policy: Policy;
  private debtUnits = 0;
  private windowStartUs = Number.NEGATIVE_INFINITY;
  private windowCells = 0;
  private lastUs = 0;
  private readonly recent: { answeredUs: number; cells: number }[] = [];

  constructor(limit: PolicyLimit, policy: Policy) {
    this.limit = limit;
    this.policy = policy;
  }

  add(answeredUs: number, cells: number): void {
    const { limit, policy } = this;
    const capacity = limit.capacity * policy.nodes + policy.slackCells;
    if (limit.family === 'token-bucket') {
      const { cellUnits, usUnits } = bucketNumbers(limit);
      const refilled = usUnits * policy.nodes * (answeredUs - this.lastUs);
      this.debtUnits = Math.max(0, this.debtUnits - refilled) + cells * cellUnits;
      this.lastUs = answeredUs;
      this.claim(Math.ceil(this.debtUnits / cellUnits) - capacity);
      return;
    }
    if (limit.family === 'sliding-log') this.slide(answeredUs, limit.windowUs);
    else if (answeredUs >= this.windowStartUs + limit.windowUs) {
      const isCalendar = limit.anchor === 'calendar';
      this.windowStartUs = isCalendar ? answeredUs - (answeredUs % limit.windowUs) : answeredUs;
      this.windowCells = 0;
    }
    if (limit.family === 'sliding-log') this.recent.push({ answeredUs, cells });
    this.windowCells += cells;
    this.claim(this.windowCells - capacity);
  }

  private slide(nowUs: number, windowUs: number): void {
    while (this.recent.length > 0 && (this.recent[0]?.answeredUs as number) <= nowUs - windowUs) {
      this.windowCells -= this.recent.shift()?.cells as number;
    }
  }

  private claim(excess: number): void {
    this.excessCells = Math.max(this.excessCells, excess);
  }
}
