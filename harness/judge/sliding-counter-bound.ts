/**
 * The bounds of a sliding counter, held against what was certainly admitted: windows of W at one constant phase, where a
 * request at e microseconds into its window passes only if previous * (W - e) / W + current, its own cost included, is
 * at most L.
 *
 * Any span of v microseconds of the target's clock, v at least 1, holds at most L + L * (v - 1) / W cells: see
 * `cellsOnOneNode` in `harness/scenario/promise.ts`. It is reached when the first window was filled in its last microsecond
 * and v is at most W, so nothing lower is sound for every phase.
 *
 * With v = y - x + g (see `bucket-bound.ts`) that is a token bucket of L that refills L per W, over a span one shorter.
 *
 * Since no window holds more than L and the phase is constant, `phase-rule.ts` holds for it as well.
 */
import type { Policy, SlidingCounterLimit } from '../scenario/plan.js';
import type { Bound } from './bound.js';
import { BucketBound } from './bucket-bound.js';
import type { PhaseCircle } from './phase-circle.js';
import { PhaseRule } from './phase-rule.js';
import { SendTimeline } from './send-timeline.js';

/** Above this many entries the oldest sums are kept coarser. */
const ENTRIES_MAX = 65_536;

export class SlidingCounterBound implements Bound {
  excessCells = Number.NEGATIVE_INFINITY;
  fromUs = 0;
  admittedCells = 0;
  isByPhase = false;
  private readonly line: BucketBound;
  private readonly windowUs: number;
  private readonly allowedCells: number;
  private readonly timeline = new SendTimeline();
  private readonly phases: PhaseRule | null;

  constructor(limit: SlidingCounterLimit, policy: Policy, circle: PhaseCircle | null) {
    const { name, capacity, windowUs } = limit;
    this.line = new BucketBound(
      { name, capacity, refillCells: capacity, refillPeriodUs: windowUs },
      policy,
      policy.resolutionUs - 1,
    );
    this.windowUs = windowUs;
    this.allowedCells = capacity + policy.slackCells;
    this.phases = circle === null ? null : new PhaseRule(windowUs, policy, circle);
  }

  get entries(): number {
    return this.line.entries + this.timeline.entries + (this.phases?.entries ?? 0);
  }

  add(sentUs: number, answeredUs: number, cells: number, oldestPendingUs: number): void {
    this.line.add(sentUs, answeredUs, cells, oldestPendingUs);
    this.excessCells = this.line.excessCells;
    this.fromUs = this.line.fromUs;
    this.admittedCells = this.line.admittedCells;
    this.isByPhase = false;
    if (this.phases === null) return;
    this.timeline.insert(sentUs, cells);
    this.timeline.dropBefore(answeredUs - this.windowUs);
    if (this.timeline.entries > ENTRIES_MAX) this.timeline.thin();
    const found = this.phases.holdAgainst(this.timeline, answeredUs, this.allowedCells);
    if (found === null || found.excessCells <= this.excessCells) return;
    this.excessCells = found.excessCells;
    this.fromUs = found.fromUs;
    this.admittedCells = found.admittedCells;
    this.isByPhase = true;
  }

  forget(oldestPendingUs: number, nowUs: number): void {
    this.line.forget(oldestPendingUs);
    this.timeline.dropBefore(nowUs - this.windowUs);
  }
}
