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
 * them: (k + 1) * L. A window that counts denied requests too admits no more than one that does not.
 *
 * Fixed window with credits (fill counter, ratio monitor): a window admits at most L and what is given to it. Whatever
 * is given to any of the windows of the interval was given by y at the latest, on each node at most the sum C of all
 * that can have been given by then: (k + 1) * L + C. The same C is added to what one window may hold by its phase.
 */
import type {
  FillCounterLimit,
  FixedWindowLimit,
  Policy,
  RatioMonitorLimit,
  SlidingLogLimit,
} from '../scenario/plan.js';
import type { Bound, ChargeFacts } from './bound.js';
import type { PhaseCircle } from './phase-circle.js';
import { PhaseRule } from './phase-rule.js';
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
  private readonly nodes: number;
  private readonly cellsPerWindow: number;
  private readonly slackCells: number;
  private readonly phases: PhaseRule | null;

  constructor(
    limit: FixedWindowLimit | FillCounterLimit | RatioMonitorLimit | SlidingLogLimit,
    policy: Policy,
    circle: PhaseCircle | null,
  ) {
    this.isLog = limit.family === 'sliding-log';
    this.windowUs = limit.windowUs;
    this.grainUs = policy.resolutionUs;
    this.nodes = policy.nodes;
    this.cellsPerWindow = limit.capacity * policy.nodes;
    this.slackCells = policy.slackCells;
    this.phases = circle === null ? null : new PhaseRule(limit.windowUs, policy, circle);
  }

  get entries(): number {
    return this.timeline.entries + (this.phases?.entries ?? 0);
  }

  add(sentUs: number, answeredUs: number, cells: number, _oldestPendingUs: number, facts?: ChargeFacts): void {
    this.timeline.insert(sentUs, cells);
    this.forget(0, answeredUs);
    if (this.timeline.entries > ENTRIES_MAX) this.timeline.thin();
    const aboveCells = this.slackCells + (facts?.creditCells ?? 0) * this.nodes;
    this.holdAgainstBounds(answeredUs, aboveCells);
    const found = this.phases?.holdAgainst(this.timeline, answeredUs, this.cellsPerWindow + aboveCells) ?? null;
    if (found === null || found.excessCells <= this.excessCells) return;
    this.excessCells = found.excessCells;
    this.fromUs = found.fromUs;
    this.admittedCells = found.admittedCells;
    this.isByPhase = true;
  }

  forget(_oldestPendingUs: number, nowUs: number): void {
    this.timeline.dropBefore(nowUs - WINDOWS_MAX * this.windowUs);
  }

  private holdAgainstBounds(yUs: number, aboveCells: number): void {
    const { timeline, windowUs, grainUs } = this;
    this.excessCells = Number.NEGATIVE_INFINITY;
    this.isByPhase = false;
    for (let k = 1; k <= WINDOWS_MAX; k++) {
      const xUs = this.isLog ? yUs - k * windowUs + grainUs + 1 : yUs - k * windowUs + grainUs;
      if (xUs > yUs) continue;
      const admitted = xUs <= timeline.firstUs ? timeline.cells : timeline.cellsFrom(xUs);
      const excess = admitted - (this.isLog ? k : k + 1) * this.cellsPerWindow - aboveCells;
      if (admitted > 0 && excess > this.excessCells) {
        this.excessCells = excess;
        this.fromUs = timeline.firstFromUs(xUs);
        this.admittedCells = admitted;
      }
      // All of it is in: a wider interval holds no more and may hold more.
      if (xUs <= timeline.firstUs) break;
    }
  }
}
