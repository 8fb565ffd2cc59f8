import { performance } from 'node:perf_hooks';
import type { Clock } from '../gateway/clock.js';

/** The wall clock is looked at no more often than this. */
const LOOK_EVERY_US = 1_000_000;
/** A wall clock that is ahead by more than this was set, or the machine was asleep. */
const AHEAD_US_MAX = 1_000_000;

export interface TimeSources {
  /** Milliseconds since some instant; it only ever rises. */
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970; it may be set. */
  readonly wallMs: () => number;
}

const systemTime: TimeSources = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };

/**
 * Starts the clock of a service that runs for months: it starts at the wall clock, never goes back, and goes on by the
 * monotonic clock.
 *
 * Where the wall clock turns out to be ahead by more than a second it is followed forward, within a second: the monotonic
 * clock stands still while a machine sleeps, and signatures of right clocks would be from the future for ever. Where it is
 * set back it is not followed, or a signature that was used would be fresh again.
 */
export function startServiceClock({ monotonicMs, wallMs }: TimeSources = systemTime): Clock {
  const originUs = Math.floor(wallMs() * 1_000);
  const startedMs = monotonicMs();
  let aheadUs = 0;
  let lookAtUs = LOOK_EVERY_US;
  return {
    originUs,
    nowUs: () => {
      const passedUs = Math.floor((monotonicMs() - startedMs) * 1_000);
      if (passedUs >= lookAtUs) {
        lookAtUs = passedUs + LOOK_EVERY_US;
        const missedUs = Math.floor(wallMs() * 1_000) - (originUs + passedUs + aheadUs);
        if (missedUs > AHEAD_US_MAX) aheadUs += missedUs;
      }
      return originUs + passedUs + aheadUs;
    },
  };
}
