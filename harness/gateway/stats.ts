/** What a gateway has counted since it started. */
export interface GatewayStats {
  /** Everything that was answered, whether the gate was asked or not. */
  readonly requests: number;
  /** Answered without asking the gate: health checks, unknown paths, requests that could not be read. */
  readonly unasked: number;
  /** By name of the decision. */
  readonly decisions: Readonly<Record<string, number>>;
  /** Errors that no caller should be able to cause. */
  readonly bugs: number;
  readonly openOrders: number;
  readonly sessions: number;
  /** Delay of the event loop, the sampling interval of 10 ms included. */
  readonly eventLoopLagMsP99: number;
  readonly eventLoopLagMsMax: number;
  readonly rssBytes: number;
}
