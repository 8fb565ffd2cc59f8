/**
 * Whether a connection may be opened, and whether it may send one more frame. The counting is a gate's, so that it is as
 * exact and as bounded as that of requests: addresses beyond the table's size share a counter that fails closed.
 */
import { Answer, Decision, type Gate, type GateSpec, type HashSecret, type LimitNumbers } from '../../core/spec.js';
import type { SocketBounds } from './socket-bounds.js';

const CONNECT = 0;
const FRAME = 1;
/** Addresses with a counter of their own. */
const ADDRESSES_MAX = 100_000;

/** `opened`, or whole milliseconds after which another attempt may pass; 0 = nobody knows when. */
export type Attempt = 'opened' | { readonly retryAfterMs: number };

export class SocketLimits {
  readonly #gate: Gate;

  /** @param options.createGate - Of either engine; what is counted here is little. */
  constructor(options: {
    bounds: SocketBounds;
    createGate: (spec: GateSpec, hashSecret: HashSecret) => Gate;
    hashSecret: HashSecret;
    originUs: number;
  }) {
    this.#gate = options.createGate(socketSpec(options.bounds, options.originUs), options.hashSecret);
  }

  /** @param ip - '' = the connection is gone already: it is not opened. */
  open(nowUs: number, ip: string): Attempt {
    if (this.#gate.limit(nowUs, CONNECT, ip, '', '') === Decision.admitted) return 'opened';
    const retryAtUs = this.#gate.answer[Answer.retryAtUs] ?? 0;
    const isKnown = retryAtUs > nowUs && retryAtUs < Number.MAX_SAFE_INTEGER;
    return { retryAfterMs: isKnown ? Math.ceil((retryAtUs - nowUs) / 1_000) : 0 };
  }

  /** A connection that was opened has ended. */
  close(nowUs: number, ip: string): void {
    this.#gate.release(nowUs, CONNECT, ip, '', '');
  }

  /** @param connection - A name that no other connection has. */
  frame(nowUs: number, connection: string): boolean {
    return this.#gate.limit(nowUs, FRAME, '', connection, '') === Decision.admitted;
  }
}

function socketSpec(bounds: SocketBounds, originUs: number): GateSpec {
  const perIp = (name: string, numbers: LimitNumbers) => ({
    name,
    by: ['ip'] as const,
    ipPrefix: { v4: 32, v6: 64 },
    numbers,
    costs: [1, 0],
    ageCosts: [[], []],
    isShadow: false,
    ban: null,
    maxKeys: ADDRESSES_MAX,
  });
  return {
    classes: ['connect', 'frame'],
    auth: null,
    originUs,
    limits: [
      perIp('attempts', {
        family: 'fixed-window',
        capacity: bounds.attemptsMax,
        windowUs: bounds.attemptsWindowMs * 1_000,
        anchor: 'first-hit',
        credit: 'none',
        countsDenied: false,
      }),
      perIp('connections', { family: 'concurrency', capacity: bounds.connectionsPerIpMax }),
      {
        name: 'frames',
        by: ['account'],
        ipPrefix: null,
        numbers: bounds.frames,
        costs: [0, 1],
        ageCosts: [[], []],
        isShadow: false,
        ban: null,
        maxKeys: bounds.connectionsMax,
      },
    ],
  };
}
