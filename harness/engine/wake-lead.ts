/**
 * How long before a moment the generator wants to be woken, so as to wait for the rest awake. A thread that sleeps on an
 * idle machine wakes late: some 50 us on a core that stays up, 1 to 3 ms on one that has gone to rest (measured on a
 * virtual machine of two cores). How late it is here is learned from each alarm.
 */

/** Waiting awake takes a core: for no longer than this before a moment. */
const LEAD_US_MAX = 2_500;
/** It rises quickly and falls slowly, so that it stays near the latest of the usual alarms. */
const RISE = 1 / 4;
const FALL = 1 / 64;

export class WakeLead {
  private leadUs = 0;

  /** Whole microseconds, 0 to 2,500. */
  get us(): number {
    return Math.round(this.leadUs);
  }

  /** @param latenessUs - how long after its moment an alarm has rung; below 0 counts as 0. */
  learn(latenessUs: number): void {
    const late = Math.min(LEAD_US_MAX, Math.max(0, latenessUs));
    this.leadUs += (late - this.leadUs) * (late > this.leadUs ? RISE : FALL);
  }
}
