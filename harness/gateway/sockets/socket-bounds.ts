import type { LimitNumbers } from '../../core/spec.js';

/** What a server of WebSockets allows one address and one connection; times in whole milliseconds. */
export interface SocketBounds {
  /** Connections at once, from everywhere. */
  readonly connectionsMax: number;
  /** Connections at once from one address (of IPv6 its first 64 bits). */
  readonly connectionsPerIpMax: number;
  /** Connections that one address may open in a window of `attemptsWindowMs`, which begins with the first. */
  readonly attemptsMax: number;
  readonly attemptsWindowMs: number;
  /** What one connection may send. Messages, pings and pongs all count. Whoever sends more loses the connection. */
  readonly frames: LimitNumbers;
  /** A longer message ends the connection with code 1009. */
  readonly messageBytesMax: number;
  /** Messages of one connection that wait for their answer; one more ends the connection. */
  readonly waitingMax: number;
  /** Bytes that wait because the peer does not read; above it the connection is cut off. */
  readonly unsentBytesMax: number;
  /** The server pings so often. */
  readonly pingEveryMs: number;
  /** A peer that was not heard to answer for so long is cut off; looked at with each ping. */
  readonly pongWithinMs: number;
  /** How old a connection gets. */
  readonly lifeMsMax: number;
}

const DAY_MS = 86_400_000;
const SECOND_US = 1_000_000;

/** No venue publishes these; they keep the server's memory bounded: 10,000 connections with 256 KiB each at worst. */
const own = {
  connectionsMax: 10_000,
  messageBytesMax: 16 * 1024,
  waitingMax: 1_000,
  unsentBytesMax: 256 * 1024,
} as const;

/**
 * Binance's WebSocket API. Of its web-socket-api.md: 300 connections in 5 minutes for each address, a ping every 20 s, a
 * pong within a minute, 24 hours of life. It publishes no limit of frames, since requests have a weight: ours is far above
 * the 6000 a minute of that.
 */
export const binanceApiBounds: SocketBounds = {
  ...own,
  connectionsPerIpMax: 300,
  attemptsMax: 300,
  attemptsWindowMs: 300_000,
  frames: { family: 'token-bucket', capacity: 6_000, refillCells: 1_000, refillPeriodUs: SECOND_US },
  pingEveryMs: 20_000,
  pongWithinMs: 60_000,
  lifeMsMax: DAY_MS,
};

/** Binance's market streams: as the API, but at most 5 frames in a second, pings and pongs too (web-socket-streams.md). */
export const binanceStreamBounds: SocketBounds = {
  ...binanceApiBounds,
  frames: { family: 'sliding-log', capacity: 5, windowUs: SECOND_US },
};

/**
 * Deribit: 32 connections for each address, 200 messages a second with a burst of 300 (a secondary source: the summary of
 * Deribit's documents in api-evangelist/deribit). Attempts and heartbeat are ours, as at Binance.
 */
export const deribitBounds: SocketBounds = {
  ...binanceApiBounds,
  connectionsPerIpMax: 32,
  frames: { family: 'token-bucket', capacity: 300, refillCells: 200, refillPeriodUs: SECOND_US },
};
