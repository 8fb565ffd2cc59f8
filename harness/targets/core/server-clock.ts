/**
 * The clocks of the server in virtual time. Two of them, as on any machine: a monotonic one, which is only too fast or too
 * slow (`driftPpm`), and a wall clock, which is that and the steps and freezes of the plan. While the wall clock is
 * frozen it stands still; then it goes on from there, behind by as long as it stood, until a step sets it right.
 *
 * Both show microseconds since 1970. A run begins at one fixed instant, so that windows which begin at a full minute or
 * day lie alike in every run.
 */
import type { VirtualWorld } from '../../scenario/plan.js';

/** 2026-01-01T00:00:00Z: what true clocks show at run time 0. */
export const EPOCH_US = 1_767_225_600_000_000;

const MILLION = 1_000_000;
/** A drift has six decimals at most. */
const PARTS_OF_PPM = 1_000_000;

interface Stretch {
  /** Run time from which on it holds. */
  readonly fromUs: number;
  /** What the wall clock shows then. */
  readonly wallUs: number;
  readonly isFrozen: boolean;
}

export class ServerClock {
  /**
   * How far the wall clock falls back behind the monotonic one in the whole run, all falls together (steps back and
   * freezes).
   */
  readonly fallsUs: number;
  private readonly ppm: number;
  /** Parts of a million million that the drift is above whole `ppm`, 0 to 999,999. */
  private readonly finer: number;
  private readonly stretches: readonly Stretch[];
  private current = 0;

  /** @param startUs - run time of the first phase: the world's times count from there. */
  constructor(world: Pick<VirtualWorld, 'driftPpm' | 'steps' | 'freezes'>, startUs: number) {
    const parts = Math.round(world.driftPpm * PARTS_OF_PPM);
    this.ppm = Math.floor(parts / PARTS_OF_PPM);
    this.finer = parts - this.ppm * PARTS_OF_PPM;
    this.stretches = this.stretchesOf(world, startUs);
    let fallsUs = world.steps.reduce((sum, { byUs }) => sum + Math.max(0, -byUs), 0);
    for (const [index, { fromUs, isFrozen }] of this.stretches.entries()) {
      const next = this.stretches[index + 1];
      if (isFrozen && next !== undefined) fallsUs += this.monotonicUs(next.fromUs) - this.monotonicUs(fromUs);
    }
    this.fallsUs = fallsUs;
  }

  /** What the monotonic clock shows. @param runUs - whole, at least 0. */
  monotonicUs(runUs: number): number {
    if (this.ppm === 0 && this.finer === 0) return EPOCH_US + runUs;
    // In parts, so that no product leaves the whole numbers that a double holds: over ten years, at 100,000 ppm, the
    // largest is 3 * 10^8 s times 10^6. What is rounded down first changes nothing of what is rounded down last.
    const seconds = Math.floor(runUs / MILLION);
    const restUs = runUs - seconds * MILLION;
    const millionths = restUs * this.ppm + seconds * this.finer + Math.floor((restUs * this.finer) / PARTS_OF_PPM);
    return EPOCH_US + runUs + seconds * this.ppm + Math.floor(millionths / MILLION);
  }

  /** The first run time at which the monotonic clock shows this. */
  runTimeAt(monotonicUs: number): number {
    let runUs = Math.max(
      0,
      Math.round((monotonicUs - EPOCH_US) / (1 + (this.ppm + this.finer / PARTS_OF_PPM) / MILLION)),
    );
    while (runUs > 0 && this.monotonicUs(runUs - 1) >= monotonicUs) runUs--;
    while (this.monotonicUs(runUs) < monotonicUs) runUs++;
    return runUs;
  }

  /** What the wall clock shows. */
  wallUs(runUs: number): number {
    if (runUs < (this.stretches[this.current] as Stretch).fromUs) this.current = 0;
    while ((this.stretches[this.current + 1]?.fromUs ?? Number.POSITIVE_INFINITY) <= runUs) this.current++;
    return this.wallIn(this.stretches[this.current] as Stretch, runUs);
  }

  private wallIn({ fromUs, wallUs, isFrozen }: Stretch, runUs: number): number {
    return isFrozen ? wallUs : wallUs + this.monotonicUs(runUs) - this.monotonicUs(fromUs);
  }

  /** A stretch from each moment at which a step happens, or a freeze begins or ends. */
  private stretchesOf({ steps, freezes }: Pick<VirtualWorld, 'steps' | 'freezes'>, startUs: number): Stretch[] {
    const moments = new Set([0]);
    for (const { atUs } of steps) moments.add(startUs + atUs);
    for (const { atUs, forUs } of freezes) moments.add(startUs + atUs).add(startUs + atUs + forUs);
    const stretches: Stretch[] = [];
    let last: Stretch | null = null;
    for (const fromUs of [...moments].sort((a, b) => a - b)) {
      const beforeUs: number = last === null ? EPOCH_US : this.wallIn(last, fromUs);
      const stepUs = steps.reduce((sum, { atUs, byUs }) => sum + (startUs + atUs === fromUs ? byUs : 0), 0);
      const isFrozen = freezes.some(({ atUs, forUs }) => startUs + atUs <= fromUs && fromUs < startUs + atUs + forUs);
      last = { fromUs, wallUs: beforeUs + stepUs, isFrozen };
      stretches.push(last);
    }
    return stretches;
  }
}
