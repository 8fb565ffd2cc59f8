/** How the time of a history is brought to the limiter under test. */
import type { LimiterClock } from './contract.js';
import { PlayedClock } from './played-clock.js';
import { RealClock } from './real-clock.js';

export interface TimeKeeper {
  /** Whole microseconds since 1970, on the scale of the history. */
  readonly nowUs: number;
  /** What the limiter's clock shows; the same where time is played. */
  readonly shownUs: number;
  /** Time that passed since the start, whatever the clock was set to; 0 where time is an argument alone. */
  readonly passedUs: number;
  /** Some timers that should have fired were left out. */
  readonly isStarved: boolean;
  /** Lets time pass until the clock shows `atUs`; an instant that is over already changes nothing. */
  goTo(atUs: number): void | Promise<void>;
  /** Sets the clock, forward or back; no time passes. */
  set(atUs: number): void;
  /** Called while an answer is awaited. */
  nudge(): void;
  /**
   * Lets time pass until the next timer fires, for an answer that waits for a timer set at `sinceUs` or later.
   * @returns false: there is no such timer, and no time has passed.
   */
  passToTimer(sinceUs: number): boolean;
  close(): void;
}

/** Time that is told with every call. */
class ToldClock implements TimeKeeper {
  readonly passedUs = 0;
  readonly isStarved = false;
  nowUs: number;

  constructor(startUs: number) {
    this.nowUs = startUs;
  }

  get shownUs(): number {
    return this.nowUs;
  }

  goTo(atUs: number): void {
    if (atUs > this.nowUs) this.nowUs = atUs;
  }

  set(atUs: number): void {
    this.nowUs = atUs;
  }

  nudge(): void {}

  passToTimer(): boolean {
    return false;
  }

  close(): void {}
}

/** Must be closed, whatever happens in between. */
export function openClock(kind: LimiterClock, startUs: number): TimeKeeper {
  if (kind === 'argument') return new ToldClock(startUs);
  return kind === 'global' ? new PlayedClock(startUs) : new RealClock(startUs);
}
