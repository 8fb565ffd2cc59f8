import type { Clock } from './clock.js';
import type { Connection, ConnectionEnds } from './connection-ends.js';

/** `turn`: it is served now. `gone`: its connection has ended before. `full`: too many wait, or it would wait too long. */
export type Waited = 'turn' | 'gone' | 'full';

/**
 * Admitted requests that wait for their turn in a queue, each with a timer of its own, bounded in number and in time.
 * The gate has said how long: here nobody overtakes, since later requests were given later turns.
 */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #ends: ConnectionEnds;
  readonly #waitingMax: number;
  readonly #waitUsMax: number;
  #size = 0;

  constructor(options: { clock: Clock; ends: ConnectionEnds; waitingMax: number; waitMsMax: number }) {
    this.#clock = options.clock;
    this.#ends = options.ends;
    this.#waitingMax = options.waitingMax;
    this.#waitUsMax = options.waitMsMax * 1_000;
  }

  /** Requests that wait now. */
  get size(): number {
    return this.#size;
  }

  /** @param dueUs - When its turn comes, on the line's clock. */
  wait(connection: Connection, dueUs: number): Promise<Waited> {
    if (this.#size >= this.#waitingMax || dueUs - this.#clock.nowUs() > this.#waitUsMax) return Promise.resolve('full');
    if (connection.destroyed) return Promise.resolve('gone');
    this.#size++;
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const leave = (waited: Waited): void => {
        clearTimeout(timer);
        unwatch();
        this.#size--;
        resolve(waited);
      };
      const look = (): void => {
        const leftUs = dueUs - this.#clock.nowUs();
        // A timer may ring up to a millisecond early, and no request is served before its turn.
        if (leftUs <= 0) leave('turn');
        else timer = setTimeout(look, Math.ceil(leftUs / 1_000));
      };
      const unwatch = this.#ends.watch(connection, () => leave('gone'));
      look();
    });
  }
}
