/**
 * The bounds of the window families, held against what was certainly admitted.
 *
 * As in `bucket-bound.ts`, requests sent at x or later and answered at y or earlier lie within a span of
 * v = y - x + g whole microseconds of the target's clock.
 *
 * Sliding log, L cells in any W (t - W exclusive to t inclusive): a span of v <= k * W - 1 is covered by k such windows
 * that end at its end, so it holds at most k * L. For each k the widest such interval is asked: x = y - k * W + g + 1.
 *
 * Fixed window, whatever the phase and however it moves (windows never overlap, each admits at most L): the window that
 * holds the first reading may have begun before it. Each further one starts after the end of the one before, so the
 * j-th further start is at least (j - 1) * W + 1 behind the first reading, and a span of v <= k * W holds at most k of
 * them: (k + 1) * L.
 *
 * Fixed window of constant phase (calendar; one phase for all counters of the limit): when more than L cells certainly
 * lie within [x, y], no single window may hold all of them. Let b be the moment at which the target's clock comes to
 * the start of a window, b = k + fraction on our clock. All of them fall into that window if it begins at x or before,
 * which k <= x - g ensures since g >= 1, and if it ends after the last decision, which k + windowUs >= y + 1 ensures.
 * So no window may start with k in [y + 1 - windowUs, x - g]. Where windowUs is no multiple of g, b moves by less than
 * g from window to window, and the end is one less. When such intervals cover the whole circle of phases, each phase
 * is broken by one of them: at least by the smallest excess among them. Of all x for one y the latest that still
 * has more than L cells forbids most. Several nodes may each have their own phase, so the rule is left out for them.
 */
import type { FixedWindowLimit, Policy, SlidingLogLimit } from '../scenario/plan.js';
import type { Bound } from './bound.js';
import { PhaseCircle } from './phase-circle.js';
import { SendTimeline } from './send-timeline.js';

/** Intervals up to this many windows long are held against the bound. */
export const WINDOWS_MAX = 16;
/** Above this many entries the oldest sums are kept coarser. */
const ENTRIES_MAX = 65_536;

export class WindowBound implements Bound {
  excessCells = Number.NEGATIVE_INFINITY;
  fromUs = 0;
  admittedCells = 0;
  isByPhase = false;
  private readonly timeline = new SendTimeline();
  private readonly isLog: boolean;
  private readonly windowUs: number;
  private readonly grainUs: number;
  private readonly cellsPerWindow: number;
  private readonly slackCells: number;
  private readonly sharedCircle: PhaseCircle | null;
  private circle: PhaseCircle | null = null;

  constructor(limit: FixedWindowLimit | SlidingLogLimit, policy: Policy, sharedCircle: PhaseCircle | null) {
    this.isLog = limit.family === 'sliding-log';
    this.windowUs = limit.windowUs;
    this.grainUs = policy.resolutionUs;
    this.cellsPerWindow = limit.capacity * policy.nodes;
    this.slackCells = policy.slackCells;
    this.sharedCircle = sharedCircle;
  }

  get entries(): number {
    return this.timeline.entries + (this.circle?.entries ?? 0);
  }

  add(sentUs: number, answeredUs: number, cells: number): void {
    this.timeline.insert(sentUs, cells);
    this.forget(0, answeredUs);
    if (this.timeline.entries > ENTRIES_MAX) this.timeline.thin();
    this.holdAgainstBounds(answeredUs);
    if (this.sharedCircle !== null) this.holdAgainstPhases(answeredUs, this.sharedCircle);
  }

  forget(_oldestPendingUs: number, nowUs: number): void {
    this.timeline.dropBefore(nowUs - WINDOWS_MAX * this.windowUs);
  }

  private holdAgainstBounds(yUs: number): void {
    const { timeline, windowUs, grainUs } = this;
    this.excessCells = Number.NEGATIVE_INFINITY;
    this.isByPhase = false;
    for (let k = 1; k <= WINDOWS_MAX; k++) {
      const xUs = this.isLog ? yUs - k * windowUs + grainUs + 1 : yUs - k * windowUs + grainUs;
      if (xUs > yUs) continue;
      const admitted = xUs <= timeline.firstUs ? timeline.cells : timeline.cellsFrom(xUs);
      const excess = admitted - (this.isLog ? k : k + 1) * this.cellsPerWindow - this.slackCells;
      if (admitted > 0 && excess > this.excessCells) {
        this.excessCells = excess;
        this.fromUs = timeline.firstFromUs(xUs);
        this.admittedCells = admitted;
      }
      // All of it is in: a wider interval holds no more and may hold more.
      if (xUs <= timeline.firstUs) break;
    }
  }

  private holdAgainstPhases(yUs: number, shared: PhaseCircle): void {
    const allowedCells = this.cellsPerWindow + this.slackCells;
    const xUs = this.timeline.latestStartAbove(allowedCells);
    if (xUs === null) return;
    const excess = this.timeline.foundCells - allowedCells;
    const admitted = this.timeline.foundCells;
    const moves = this.windowUs % this.grainUs === 0 ? 0 : 1;
    const from = yUs + 1 - this.windowUs;
    const to = xUs - this.grainUs - moves;
    shared.forbid(from, to, excess);
    this.circle ??= new PhaseCircle(this.windowUs);
    const wasFull = this.circle.isFull;
    this.circle.forbid(from, to, excess);
    if (!wasFull && this.circle.isFull && this.circle.smallestExcessCells > this.excessCells) {
      this.excessCells = this.circle.smallestExcessCells;
      this.fromUs = xUs;
      this.admittedCells = admitted;
      this.isByPhase = true;
    }
  }
}
