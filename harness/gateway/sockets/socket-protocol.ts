/** What is spoken on a WebSocket: one file a protocol, on the one server of `socket-server.ts`. */
import type { Connection } from '../connection-ends.js';
import type { SocketBounds } from './socket-bounds.js';

/** The other end of an open connection, as a protocol sees it. */
export interface SocketPeer {
  /** The address that its requests are charged to. */
  readonly ip: string;
  /** Of the URL that was opened. */
  readonly query: URLSearchParams;
  readonly connection: Connection;
  /** Sends a text; nothing happens when the connection has ended. A peer that does not read is cut off. */
  send(text: string): void;
  /** Sends what was handed over before, and ends the connection; nothing that comes later is heard. */
  end(code: CloseCode, reason: string): void;
}

/** Codes of RFC 6455, section 7.4.1, as far as they are used. */
export const CloseCode = {
  goingAway: 1001,
  unsupported: 1003,
  policy: 1008,
  internal: 1011,
  later: 1013,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** Answers one message, at once (undefined) or later. What it throws is a bug, and ends the connection. */
export type Hear = (text: string) => Promise<void> | undefined;

export interface SocketProtocol {
  /** For messages: `Binance WebSocket API`. */
  readonly title: string;
  /** Paths without query that it is spoken on. */
  readonly paths: readonly string[];
  readonly bounds: SocketBounds;
  open(peer: SocketPeer): Hear;
}
