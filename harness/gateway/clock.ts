import { performance } from 'node:perf_hooks';

/** The one clock of a gateway: it starts at the wall clock and only ever moves forward from there. */
export interface Clock {
  /** When the clock was started, whole microseconds since 1970. */
  readonly originUs: number;
  /** Whole microseconds since 1970; never less than any earlier answer. */
  nowUs(): number;
}

/**
 * Starts a clock at the wall clock's present time. After that the wall clock is not asked again: when somebody sets it
 * back, no signature becomes fresh again and no bucket refills twice.
 *
 * `performance.now` reads the same monotonic clock as `process.hrtime` and allocates nothing.
 */
export function startClock(): Clock {
  const originUs = Date.now() * 1000;
  const startedMs = performance.now();
  return {
    originUs,
    nowUs: () => originUs + Math.floor((performance.now() - startedMs) * 1000),
  };
}
