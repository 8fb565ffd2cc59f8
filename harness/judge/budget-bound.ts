/**
 * The bound of an earned budget, held against what was certainly admitted: `capacity` cells for life and what was
 * earned, and when they are used up one request each trickle time, whatever it costs.
 *
 * What the budget pays for in the whole run is at most capacity + C, with C all that can have been earned by the end of
 * the interval, on each node. Requests that the trickle lets through are at least the trickle time apart in readings of
 * the node's clock, so a span of v holds at most v / trickle + 1 of them. Left out of the sum of the least costs, each
 * takes away at most D, the dearest of these costs in the run. So the least costs within a span sum up to at most
 * capacity + C + D + D * v / trickle, and a budget with a trickle is a token bucket of capacity + D that refills D per
 * trickle time, with C on top.
 *
 * Without a trickle the interval is the run, and the bound capacity + C.
 */
import type { EarnedBudgetLimit, Policy } from '../scenario/plan.js';
import type { Bound, ChargeFacts } from './bound.js';
import { BucketBound } from './bucket-bound.js';
import { assertExact } from './bucket-numbers.js';

export class BudgetBound implements Bound {
  excessCells = Number.NEGATIVE_INFINITY;
  fromUs = Number.POSITIVE_INFINITY;
  admittedCells = 0;
  readonly isByPhase = false;
  private readonly name: string;
  private readonly nodes: number;
  private readonly lifeCells: number;
  private readonly trickled: BucketBound | null;
  private spentCells = 0;
  private firstSentUs = Number.POSITIVE_INFINITY;

  constructor(limit: EarnedBudgetLimit, policy: Policy, dearestCells: number) {
    const { name, capacity, trickleUs } = limit;
    this.name = name;
    this.nodes = policy.nodes;
    this.lifeCells = capacity * policy.nodes + policy.slackCells;
    this.trickled =
      trickleUs === null
        ? null
        : new BucketBound(
            { name, capacity: capacity + dearestCells, refillCells: dearestCells, refillPeriodUs: trickleUs },
            policy,
          );
  }

  get entries(): number {
    return this.trickled?.entries ?? 0;
  }

  add(sentUs: number, answeredUs: number, cells: number, oldestPendingUs: number, facts?: ChargeFacts): void {
    const earnedCells = (facts?.creditCells ?? 0) * this.nodes;
    if (this.trickled !== null) {
      this.trickled.add(sentUs, answeredUs, cells, oldestPendingUs);
      this.excessCells = this.trickled.excessCells - earnedCells;
      this.fromUs = this.trickled.fromUs;
      this.admittedCells = this.trickled.admittedCells;
      return;
    }
    this.spentCells += cells;
    assertExact(this.spentCells, this.name);
    this.firstSentUs = Math.min(this.firstSentUs, sentUs);
    this.excessCells = this.spentCells - this.lifeCells - earnedCells;
    this.fromUs = this.firstSentUs;
    this.admittedCells = this.spentCells;
  }

  forget(oldestPendingUs: number): void {
    this.trickled?.forget(oldestPendingUs);
  }
}
