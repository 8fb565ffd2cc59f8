/**
 * Convicts windows of constant phase (calendar; one phase for all counters of a limit) that each hold too much, where
 * no interval alone shows it.
 *
 * When more than L cells certainly lie within [x, y], no single window may hold all of them. Let b be the moment at
 * which the target's clock comes to the start of a window, b = k + fraction on our clock. All of them fall into that
 * window if it begins at x or before, which k <= x - g ensures since g >= 1, and if it ends after the last decision,
 * which k + windowUs >= y + 1 ensures. So no window may start with k in [y + 1 - windowUs, x - g]. Where windowUs is no
 * multiple of g, b moves by less than g from window to window, and the end is one less. When such intervals cover the
 * whole circle of phases, each phase is broken by one of them: at least by the smallest excess among them. Of all x for
 * one y the latest that still has more than L cells forbids most. Several nodes may each have their own phase, so the
 * rule is left out for them.
 */
import type { Policy } from '../scenario/plan.js';
import { PhaseCircle } from './phase-circle.js';
import type { SendTimeline } from './send-timeline.js';

export interface PhaseFinding {
  readonly excessCells: number;
  readonly fromUs: number;
  readonly admittedCells: number;
}

export class PhaseRule {
  private readonly windowUs: number;
  private readonly marginUs: number;
  private readonly shared: PhaseCircle;
  private circle: PhaseCircle | null = null;

  /** @param shared - the circle of all counters of the limit. */
  constructor(windowUs: number, { resolutionUs }: Policy, shared: PhaseCircle) {
    this.windowUs = windowUs;
    this.marginUs = resolutionUs + (windowUs % resolutionUs === 0 ? 0 : 1);
    this.shared = shared;
  }

  get entries(): number {
    return this.circle?.entries ?? 0;
  }

  /**
   * Asked after each charge, in the order of their answers.
   *
   * @param allowedCells - what one window may hold.
   * @returns what leaves no phase, at the moment when this counter alone leaves none; else null.
   */
  holdAgainst(timeline: SendTimeline, answeredUs: number, allowedCells: number): PhaseFinding | null {
    const fromUs = timeline.latestStartAbove(allowedCells);
    if (fromUs === null) return null;
    const admittedCells = timeline.foundCells;
    const excess = admittedCells - allowedCells;
    const first = answeredUs + 1 - this.windowUs;
    const last = fromUs - this.marginUs;
    this.shared.forbid(first, last, excess);
    this.circle ??= new PhaseCircle(this.windowUs);
    const wasFull = this.circle.isFull;
    this.circle.forbid(first, last, excess);
    if (wasFull || !this.circle.isFull) return null;
    return { excessCells: this.circle.smallestExcessCells, fromUs, admittedCells };
  }
}
