import type { Socket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../clock.js';
import type { SocketBounds } from './socket-bounds.js';
import type { SocketLimits } from './socket-limits.js';
import { CloseCode, type Hear, type SocketPeer, type SocketProtocol } from './socket-protocol.js';

/** What came over a connection is text, or the connection ends. */
type Frame = { readonly data: RawData; readonly isBinary: boolean };

/** One open connection: counts what comes, asks after the peer, bounds what waits, and hands messages to the protocol. */
export class SocketSession implements SocketPeer {
  readonly ip: string;
  readonly query: URLSearchParams;
  readonly connection: Socket;
  readonly #name: string;
  readonly #socket: WebSocket;
  readonly #bounds: SocketBounds;
  readonly #limits: SocketLimits;
  readonly #clock: Clock;
  readonly #onBug: (error: Error) => void;
  readonly #hear: Hear;
  readonly #openedUs: number;
  /** When the peer answered a ping, or opened the connection. */
  #heardUs: number;
  #waiting = 0;
  #isEnding = false;

  constructor(options: {
    /** Of this connection alone. */
    name: string;
    ip: string;
    query: URLSearchParams;
    socket: WebSocket;
    connection: Socket;
    protocol: SocketProtocol;
    limits: SocketLimits;
    clock: Clock;
    onBug: (error: Error) => void;
  }) {
    const { socket, protocol, clock } = options;
    this.ip = options.ip;
    this.query = options.query;
    this.connection = options.connection;
    this.#name = options.name;
    this.#socket = socket;
    this.#bounds = protocol.bounds;
    this.#limits = options.limits;
    this.#clock = clock;
    this.#onBug = options.onBug;
    this.#openedUs = clock.nowUs();
    this.#heardUs = this.#openedUs;
    this.#hear = protocol.open(this);
    socket.on('message', (data, isBinary) => this.#receive({ data, isBinary }));
    socket.on('ping', (data) => {
      if (this.#counts()) socket.pong(data, false, () => undefined);
      this.#cutSlowReader();
    });
    socket.on('pong', () => {
      if (this.#counts()) this.#heardUs = clock.nowUs();
    });
    // Broken frames and messages that are too long: ws has closed the connection with its code already.
    socket.on('error', () => undefined);
    const heartbeat = setInterval(() => this.#beat(), protocol.bounds.pingEveryMs);
    heartbeat.unref();
    socket.once('close', () => clearInterval(heartbeat));
  }

  send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(text, { compress: false }, () => undefined);
    this.#cutSlowReader();
  }

  end(code: CloseCode, reason: string): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#socket.close(code, reason);
  }

  #receive({ data, isBinary }: Frame): void {
    if (!this.#counts()) return;
    if (isBinary) {
      this.end(CloseCode.unsupported, 'text frames only');
      return;
    }
    if (this.#waiting >= this.#bounds.waitingMax) {
      this.end(CloseCode.later, 'too many requests wait for their answer');
      return;
    }
    // ws has checked that a text frame is UTF-8.
    const answering = this.#answer(textOf(data));
    if (answering === null) return;
    this.#waiting += 1;
    answering
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#waiting -= 1;
      });
  }

  /** @returns null when it was answered at once. */
  #answer(text: string): Promise<void> | null {
    try {
      return this.#hear(text) ?? null;
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  /** Whether a frame is still heard. */
  #counts(): boolean {
    if (this.#isEnding) return false;
    if (this.#limits.frame(this.#clock.nowUs(), this.#name)) return true;
    this.end(CloseCode.policy, 'too many messages');
    return false;
  }

  #beat(): void {
    const nowUs = this.#clock.nowUs();
    if (nowUs - this.#heardUs >= this.#bounds.pongWithinMs * 1_000) {
      this.#socket.terminate();
    } else if (nowUs - this.#openedUs >= this.#bounds.lifeMsMax * 1_000) {
      this.end(CloseCode.goingAway, 'the connection is too old');
    } else if (this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.ping(undefined, false, () => undefined);
    }
  }

  #cutSlowReader(): void {
    if (this.#socket.bufferedAmount > this.#bounds.unsentBytesMax) this.#socket.terminate();
  }

  #fail(error: unknown): void {
    this.#onBug(error instanceof Error ? error : new Error(String(error)));
    this.end(CloseCode.internal, 'internal error');
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
