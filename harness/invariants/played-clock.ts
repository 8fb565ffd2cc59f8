/**
 * Time for limiters that read it from the process: Date, performance, hrtime and timers are played, so a year passes in
 * no time. Immediates and microtasks are left as they are: they are no time. As in Node, a timer of more than
 * 2^31 - 1 ms fires after 1 ms.
 *
 * The clock belongs to the process, so only one may be open at a time.
 */
import { install } from '@sinonjs/fake-timers';
import type { TimeKeeper } from './limiter-clock.js';
import { realTurn } from './real-time.js';

/**
 * Instants at which timers fire in one wait. What is left of the wait passes like the sleep of a machine: each timer
 * fires once more at its end. An interval of 1 ms would else fire 3 x 10^10 times in a year.
 */
const FIRINGS_MAX = 2_000;
const TURN_EVERY = 64;

/** The next timer to fire; the package keeps it, its types do not tell. */
interface Heap {
  readonly timerHeap?: { peek(): { readonly callAt: number } | undefined };
}

export class PlayedClock implements TimeKeeper {
  readonly #clock: ReturnType<typeof install>;
  nowUs: number;
  passedUs = 0;
  isStarved = false;

  constructor(startUs: number) {
    this.nowUs = startUs;
    this.#clock = install({
      now: Math.floor(startUs / 1_000),
      toFake: ['Date', 'performance', 'hrtime', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
      shouldClearNativeTimers: true,
    });
    if (startUs % 1_000 !== 0) this.#clock.tick((startUs % 1_000) / 1_000);
  }

  get shownUs(): number {
    return this.nowUs;
  }

  async goTo(atUs: number): Promise<void> {
    if (atUs <= this.nowUs) return;
    this.passedUs += atUs - this.nowUs;
    let firings = 0;
    for (;;) {
      const next = (this.#clock as Heap).timerHeap?.peek();
      if (next === undefined || next.callAt * 1_000 > atUs) break;
      if (firings === FIRINGS_MAX) {
        this.isStarved = true;
        this.#clock.jump(Math.floor((atUs - this.nowUs) / 1_000));
        break;
      }
      firings += 1;
      this.#tickTo(Math.max(this.nowUs, Math.floor(next.callAt * 1_000)));
      // What a timer starts goes on before the next one fires.
      await null;
      if (firings % TURN_EVERY === 0) await realTurn();
    }
    if (!this.isStarved || this.#clockUs() < atUs) this.#tickTo(atUs);
    this.nowUs = atUs;
    if (firings > 0) await realTurn();
  }

  set(atUs: number): void {
    this.#clock.setSystemTime(Math.floor(atUs / 1_000));
    this.nowUs = atUs;
  }

  nudge(): void {
    this.#clock.tick(0);
  }

  close(): void {
    this.#clock.uninstall();
  }

  #tickTo(atUs: number): void {
    this.#clock.tick((atUs - this.nowUs) / 1_000);
    this.nowUs = atUs;
  }

  #clockUs(): number {
    return this.#clock.now * 1_000;
  }
}
