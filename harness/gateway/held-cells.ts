import type { GateSpec } from '../core/spec.js';
import type { Decided, Defence } from '../venue/defence.js';
import type { Answered } from './asked.js';
import type { Clock } from './clock.js';
import type { Connection, ConnectionEnds } from './connection-ends.js';

/** Gives back what requests hold of limits of requests in flight, once each, whatever way they end. */
export class HeldCells {
  readonly #defence: Pick<Defence, 'release'>;
  readonly #clock: Clock;
  readonly #ends: ConnectionEnds;
  /** By class: does any limit count what is in flight? */
  readonly #isHeld: readonly boolean[];

  constructor(options: { spec: GateSpec; defence: Pick<Defence, 'release'>; clock: Clock; ends: ConnectionEnds }) {
    this.#defence = options.defence;
    this.#clock = options.clock;
    this.#ends = options.ends;
    const { classes, limits } = options.spec;
    this.#isHeld = classes.map((_, classId) =>
      limits.some(({ numbers, costs }) => numbers.family === 'concurrency' && (costs[classId] ?? 0) > 0),
    );
  }

  /**
   * Holds the cells of an admitted request until its answer is handed over, or its connection has ended: an answer that
   * waits behind others on the same connection is not told of its end by Node.
   */
  hold(caller: Decided, answer: Answered, connection: Connection): void {
    if (this.#isHeld[caller.classId] !== true) return;
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      unwatch();
      this.#defence.release(this.#clock.nowUs(), caller);
    };
    let unwatch = (): unknown => undefined;
    answer.once('finish', end);
    unwatch = this.#ends.watch(connection, end);
  }
}
