/** What the gateway allows one connection and one request; times in whole milliseconds. */
export interface GatewayBounds {
  /** All headers of a request must be in within this; then the connection is closed. */
  readonly headersTimeoutMs: number;
  /** The whole request must be in within this. */
  readonly requestTimeoutMs: number;
  /** How often the two above are looked at. */
  readonly checkIntervalMs: number;
  /** An idle connection is kept this long: longer than an actor of a run ever thinks. */
  readonly keepAliveMs: number;
  readonly headerBytesMax: number;
  readonly bodyBytesMax: number;
  readonly connectionsMax: number;
  readonly openOrdersPerAccountMax: number;
  /** Orders of an account that are filled or cancelled, as far as a venue's clients can still ask for them. */
  readonly closedOrdersPerAccountMax: number;
  readonly sessionsPerAccountMax: number;
  /** Password hashes at once: as many as libuv has threads, since further ones would only wait elsewhere. */
  readonly loginsRunningMax: number;
  readonly loginsWaitingMax: number;
  /** Admitted requests that wait for their turn at once; further ones hear that the gateway is busy. */
  readonly queuedMax: number;
  /** Nobody waits longer for a turn. */
  readonly queuedMsMax: number;
}

export const defaultBounds: GatewayBounds = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  checkIntervalMs: 1_000,
  keepAliveMs: 600_000,
  headerBytesMax: 8 * 1024,
  bodyBytesMax: 16 * 1024,
  connectionsMax: 20_000,
  openOrdersPerAccountMax: 200,
  closedOrdersPerAccountMax: 100,
  sessionsPerAccountMax: 8,
  loginsRunningMax: 4,
  loginsWaitingMax: 256,
  queuedMax: 10_000,
  queuedMsMax: 60_000,
};
