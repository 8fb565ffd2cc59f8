import type { EventEmitter } from 'node:events';

/** What is known of a connection here. */
export type Connection = EventEmitter & { readonly destroyed: boolean };

/**
 * Says when a connection has ended, to as many as want to know: requests of one connection may follow each other before
 * any is answered, so one listener is kept for all of them. Nothing is kept of a connection that has ended.
 */
export class ConnectionEnds {
  readonly #waiting = new WeakMap<Connection, Set<() => void>>();

  /**
   * @param onEnd - Called once, at once when the connection is gone already.
   * @returns what takes `onEnd` back.
   */
  watch(connection: Connection, onEnd: () => void): () => void {
    if (connection.destroyed) {
      onEnd();
      return () => undefined;
    }
    const waiting = this.#waitingOn(connection);
    waiting.add(onEnd);
    return () => waiting.delete(onEnd);
  }

  #waitingOn(connection: Connection): Set<() => void> {
    const known = this.#waiting.get(connection);
    if (known !== undefined) return known;
    const waiting = new Set<() => void>();
    this.#waiting.set(connection, waiting);
    connection.once('close', () => {
      this.#waiting.delete(connection);
      for (const onEnd of waiting) onEnd();
    });
    return waiting;
  }
}
