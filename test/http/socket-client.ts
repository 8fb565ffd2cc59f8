/** A client of JSON over a WebSocket: one message at a time, or as many as there are. */
import { WebSocket } from 'ws';
import type { Gateway } from '../../harness/gateway/gateway.js';

export class SocketClient {
  readonly socket: WebSocket;
  readonly #heard: unknown[] = [];
  readonly #waiting: ((value: unknown) => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const value: unknown = JSON.parse(String(data));
      const next = this.#waiting.shift();
      if (next === undefined) this.#heard.push(value);
      else next(value);
    });
  }

  next<Told>(): Promise<Told> {
    if (this.#heard.length > 0) return Promise.resolve(this.#heard.shift() as Told);
    return new Promise((resolve) => this.#waiting.push(resolve as (value: unknown) => void));
  }

  /** @param message - a text as it is, anything else as JSON. */
  ask<Told>(message: unknown): Promise<Told> {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    return this.next<Told>();
  }

  /** The code with which the connection ends. */
  closed(): Promise<number> {
    return new Promise((resolve) => this.socket.once('close', resolve));
  }
}

export async function dialSocket({ url }: Pick<Gateway, 'url'>, path: string): Promise<SocketClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`);
  const client = new SocketClient(socket);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return client;
}
