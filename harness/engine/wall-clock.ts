/**
 * The generator's one clock: monotonic, the same in every thread of the process. Whole microseconds.
 * `performance.now()` is that clock with another zero in each thread, and cheaper to read than `hrtime`: the difference
 * between the two is measured once a thread.
 */
const hrtimeUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** Offset of `performance.now()` from `hrtime`: the tightest of a few tries, so that no pause in between is counted. */
function measureOffsetUs(): number {
  let best = Number.POSITIVE_INFINITY;
  let offsetUs = 0;
  for (let i = 0; i < 16; i++) {
    const before = hrtimeUs();
    const middle = performance.now() * 1000;
    const after = hrtimeUs();
    if (after - before < best) {
      best = after - before;
      offsetUs = before - middle;
    }
  }
  return offsetUs;
}

const offsetUs = measureOffsetUs();

/** Microseconds on the process-wide monotonic clock. */
export function monotonicUs(): number {
  return Math.floor(performance.now() * 1000 + offsetUs);
}

/** The run's own time: zero at the start of the warm-up, negative before it, infinitely so until it is known. */
export class RunClock {
  private startUs = Number.POSITIVE_INFINITY;

  /** @param startUs - the moment of zero on the monotonic clock. */
  start(startUs: number): void {
    this.startUs = startUs;
  }

  nowUs(): number {
    return monotonicUs() - this.startUs;
  }

  toMonotonicUs(runUs: number): number {
    return runUs + this.startUs;
  }
}
