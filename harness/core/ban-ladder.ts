/**
 * The bans of one limit, by slot: when each ends, and how many a key had.
 *
 * Memory: 8 bytes a slot, and one more where there are several steps.
 */
import { allocate } from './memory.js';
import type { BanSpec } from './spec.js';

export class BanLadder {
  readonly afterThrottles: number;
  readonly #stepsUs: readonly number[];
  readonly #forgetUs: number;
  /**
   * A ban ends at this very microsecond; 0 = nobody was banned here. Who takes a slot finds its bans forgotten, since it
   * is not given away before.
   */
  readonly #untilUs: Float64Array;
  /** Bans so far, at most as many as there are steps; null where all bans are alike. */
  readonly #levels: Uint8Array | null;

  constructor(spec: BanSpec, slotCount: number, owner: string) {
    this.afterThrottles = spec.afterThrottles;
    this.#stepsUs = spec.stepsUs;
    this.#forgetUs = spec.forgetUs;
    this.#untilUs = new Float64Array(allocate(slotCount * 8, owner));
    this.#levels = spec.stepsUs.length > 1 ? new Uint8Array(allocate(slotCount, owner)) : null;
  }

  untilUs(slot: number): number {
    return this.#untilUs[slot] as number;
  }

  /** The instant from which on the slot's key equals one that was never banned. */
  forgottenAtUs(slot: number): number {
    const untilUs = this.#untilUs[slot] as number;
    return this.#levels === null || untilUs === 0 ? untilUs : untilUs + this.#forgetUs;
  }

  /** Bans the key. @returns the end of the ban. */
  give(slot: number, nowUs: number): number {
    const level = this.forgottenAtUs(slot) <= nowUs ? 0 : this.#levelOf(slot);
    const stepCount = this.#stepsUs.length;
    const untilUs = nowUs + (this.#stepsUs[Math.min(level, stepCount - 1)] as number);
    this.#untilUs[slot] = untilUs;
    if (this.#levels !== null) this.#levels[slot] = Math.min(level + 1, stepCount);
    return untilUs;
  }

  /**
   * Takes over what another ladder knows of a slot; see `Gate.change`. What is forgotten by now stays so under the new
   * rule, since the slot may have passed to another key and back.
   */
  carry(old: BanLadder, slot: number, nowUs: number): void {
    if (old.forgottenAtUs(slot) <= nowUs) return;
    this.#untilUs[slot] = old.untilUs(slot);
    if (this.#levels !== null) this.#levels[slot] = Math.min(old.#levelOf(slot), this.#stepsUs.length);
  }

  #levelOf(slot: number): number {
    if (this.#levels !== null) return this.#levels[slot] as number;
    return this.untilUs(slot) > 0 ? 1 : 0;
  }
}
