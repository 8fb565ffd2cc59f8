/**
 * The bounds of a leaky queue, held against what was certainly admitted: `capacity` cells B served at once, up to Q more
 * admitted and waiting for their turn at the rate r.
 *
 * Admission is that of a token bucket of B + Q: see `bucket-bound.ts`. It also holds for what the verifier refused,
 * which took its place in the queue and was answered at once.
 *
 * Service is held to less. Let T be the time at which the debt, a request's own charge included, would be gone:
 * T(i) >= max(T(i - 1), d(i)) + c(i) / r with d(i) its decision. It is served at s(i), the first moment >= d(i) at which
 * the debt is down to B: T(i) <= s(i) + B / r. Take requests served within [p, q], the first of them in the order of
 * decisions being 1, the last n; others in between only make T larger: T(n) - T(1) >= (c(2) + .. + c(n)) / r.
 * - Served at once: s(1) = d(1), so T(1) >= p + c(1) / r, and c(1) + .. + c(n) <= r (T(n) - p) <= B + r (q - p).
 * - After a wait: T(1) = s(1) + B / r >= p + B / r, so c(2) + .. + c(n) <= r (q - p), and all together at most
 *   c(1) + r (q - p).
 * So max(B, dearest request) + r (q - p) cells are served in [p, q] at most, and no cost is above B + Q either, or the
 * request would not have been admitted. Both service and admission of an answered request lie between its send and its
 * answer, so the intervals are the same as for decisions.
 *
 * The span. A target that waits until its clock shows the moment of service is told by readings, y - x + g apart at
 * most. One that starts a timer at the decision is told by true moments, less than y + 1 - x apart; its decision was read
 * up to g too early, so T(1) may be g + 1 earlier than a moment of service says. And a target whose clock goes by whole g
 * may leave off what its wait is beyond a multiple of g (nginx and timers in JavaScript count whole milliseconds), so
 * that a request is served up to g before its turn. All together less than y - x + 2g + 2.
 */
import type { LeakyQueueLimit, Policy } from '../scenario/plan.js';
import type { Bound, ChargeFacts } from './bound.js';
import { BucketBound } from './bucket-bound.js';

const SPAN_US = 2;

export class QueueBound implements Bound {
  excessCells = Number.NEGATIVE_INFINITY;
  fromUs = 0;
  admittedCells = 0;
  readonly isByPhase = false;
  private readonly admission: BucketBound;
  private readonly service: BucketBound;
  private readonly totalCells: number;

  constructor(limit: LeakyQueueLimit, policy: Policy) {
    this.totalCells = limit.capacity + limit.queueCells;
    this.admission = new BucketBound({ ...limit, capacity: this.totalCells }, policy);
    this.service = new BucketBound(limit, policy, 2 * policy.resolutionUs + SPAN_US);
  }

  get entries(): number {
    return this.admission.entries + this.service.entries;
  }

  add(sentUs: number, answeredUs: number, cells: number, oldestPendingUs: number, facts?: ChargeFacts): void {
    this.admission.add(sentUs, answeredUs, cells, oldestPendingUs);
    let worse = this.admission;
    if (facts?.isServed ?? true) {
      this.service.raiseCapacity(Math.min(this.totalCells, facts?.mostCells ?? cells));
      this.service.add(sentUs, answeredUs, cells, oldestPendingUs);
      if (this.service.excessCells > worse.excessCells) worse = this.service;
    }
    this.excessCells = worse.excessCells;
    this.fromUs = worse.fromUs;
    this.admittedCells = worse.admittedCells;
  }

  forget(oldestPendingUs: number): void {
    this.admission.forget(oldestPendingUs);
    this.service.forget(oldestPendingUs);
  }
}
