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

interface PlayedTimer {
  /** Both in milliseconds since 1970, as the clock showed and will show. */
  readonly createdAt: number;
  readonly callAt: number;
}

/** The timers and the next one to fire; the package keeps them, its types do not tell. */
interface Heap {
  readonly timerHeap?: { readonly timers: readonly PlayedTimer[]; peek(): PlayedTimer | undefined };
}

export class PlayedClock implements TimeKeeper {
  readonly #clock: ReturnType<typeof install>;
  nowUs: number;
  passedUs = 0;
  isStarved = false;
  /** What the last timer has set going is not done yet. */
  #isSettling = false;

  constructor(startUs: number) {
    this.nowUs = startUs;
    this.#clock = install({
      now: Math.floor(startUs / 1_000),
      toFake: ['Date', 'performance', 'hrtime', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
      shouldClearNativeTimers: true,
    });
    if (startUs % 1_000 !== 0) this.#clock.tick(fractionMs(startUs % 1_000));
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

  /** Several callers that wait at once let it pass once, and then each looks whether it has its answer. */
  passToTimer(sinceUs: number): boolean {
    if (this.#isSettling) return true;
    const heap = (this.#clock as Heap).timerHeap;
    const sinceMs = Math.floor(sinceUs / 1_000);
    const next = heap?.timers.some(({ createdAt }) => createdAt >= sinceMs) ? heap.peek() : undefined;
    if (next === undefined) return false;
    const atUs = Math.max(this.nowUs, Math.floor(next.callAt * 1_000));
    this.passedUs += atUs - this.nowUs;
    this.#tickTo(atUs);
    this.#isSettling = true;
    void realTurn().then(() => {
      this.#isSettling = false;
    });
    return true;
  }

  close(): void {
    this.#clock.uninstall();
  }

  #tickTo(atUs: number): void {
    const passedUs = atUs - this.nowUs;
    const partUs = passedUs % 1_000;
    if (passedUs > partUs || partUs === 0) this.#clock.tick((passedUs - partUs) / 1_000);
    if (partUs > 0) this.#clock.tick(fractionMs(partUs));
    this.nowUs = atUs;
  }

  #clockUs(): number {
    return this.#clock.now * 1_000;
  }
}

/** The package rounds a part of a millisecond down to nanoseconds; half a one more keeps the microsecond whole. */
function fractionMs(us: number): number {
  return (us * 1_000 + 0.5) / 1_000_000;
}
