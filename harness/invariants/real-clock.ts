/** Time that really passes, for limiters with a clock of their own. */
import type { TimeKeeper } from './limiter-clock.js';
import { realNowMs, realWait } from './real-time.js';

export class RealClock implements TimeKeeper {
  readonly isStarved = false;
  readonly #startUs: number;
  readonly #originMs = realNowMs();

  constructor(startUs: number) {
    this.#startUs = startUs;
  }

  /** On the history's own scale: as if the clock had shown its start when it was opened. */
  get nowUs(): number {
    return this.#startUs + this.passedUs;
  }

  get shownUs(): number {
    return Date.now() * 1_000;
  }

  get passedUs(): number {
    return Math.floor((realNowMs() - this.#originMs) * 1_000);
  }

  async goTo(atUs: number): Promise<void> {
    for (let leftUs = atUs - this.nowUs; leftUs > 0; leftUs = atUs - this.nowUs) await realWait(leftUs / 1_000);
  }

  /** A clock of another process can not be set; histories for it do not ask for that. */
  set(): void {}

  nudge(): void {}

  passToTimer(): boolean {
    return false;
  }

  close(): void {}
}
