/**
 * Binance's market streams, after web-socket-streams.md of binance-spot-api-docs: subscriptions and their limits. As prices
 * never move here, a stream has one event, which is sent when it is subscribed to: `<symbol>@bookTicker`. Others are taken and
 * stay silent.
 *
 * No request class stands for a control message, so the gate is not asked; 5 frames a second are the connection's own limit.
 */

import { bookOf, quoteOf } from '../../venue/markets.js';
import { binanceSymbol, marketOfBinance } from '../faces/binance-markets.js';
import type { VenueApi } from '../faces/face.js';
import { binanceStreamBounds } from './socket-bounds.js';
import type { SocketPeer, SocketProtocol } from './socket-protocol.js';

/** Of one connection. */
const STREAMS_MAX = 1_024;
const streamForm = /^[!\w@.-]{1,64}$/;

type Id = string | number | null;

interface Control {
  readonly id: Id;
  readonly method: string;
  readonly params: readonly unknown[];
}

export function binanceStreams(api: VenueApi): SocketProtocol {
  return {
    title: 'Binance market streams',
    paths: ['/ws', '/stream'],
    bounds: binanceStreamBounds,
    open: (peer) => {
      const session = new StreamSession(peer);
      return (text) => {
        api.onUnasked();
        session.hear(text);
        return undefined;
      };
    },
  };
}

class StreamSession {
  readonly #peer: SocketPeer;
  readonly #streams = new Set<string>();
  #isCombined = false;

  constructor(peer: SocketPeer) {
    this.#peer = peer;
  }

  hear(text: string): void {
    const control = readControl(text);
    if (control === null) {
      this.#fail(null, 'Invalid JSON: expected an object with `method`, `id` and, of most methods, `params`');
      return;
    }
    const { id, method, params } = control;
    switch (method) {
      case 'SUBSCRIBE':
        this.#subscribe(id, params);
        return;
      case 'UNSUBSCRIBE':
        this.#unsubscribe(id, params);
        return;
      case 'LIST_SUBSCRIPTIONS':
        this.#answer(id, [...this.#streams]);
        return;
      case 'SET_PROPERTY':
        if (params[0] !== 'combined' || typeof params[1] !== 'boolean') {
          this.#fail(id, 'Invalid request: the property is `combined`, true or false');
          return;
        }
        this.#isCombined = params[1];
        this.#answer(id, null);
        return;
      default:
        this.#fail(id, 'Invalid request: unknown method');
    }
  }

  #unsubscribe(id: Id, params: readonly unknown[]): void {
    const names = params.filter((name) => typeof name === 'string');
    if (names.length < params.length) {
      this.#fail(id, 'Invalid request: `params` must name streams');
      return;
    }
    for (const name of names) this.#streams.delete(name);
    this.#answer(id, null);
  }

  #subscribe(id: Id, params: readonly unknown[]): void {
    const names = params.filter((name): name is string => typeof name === 'string' && streamForm.test(name));
    if (names.length === 0 || names.length < params.length) {
      this.#fail(id, 'Invalid request: `params` must name streams');
      return;
    }
    const added = names.filter((name) => !this.#streams.has(name));
    if (this.#streams.size + added.length > STREAMS_MAX) {
      this.#fail(id, `Too many subscriptions: ${STREAMS_MAX} streams at most`);
      return;
    }
    for (const name of added) this.#streams.add(name);
    this.#answer(id, null);
    for (const name of added) this.#push(name);
  }

  #push(name: string): void {
    const event = bookTicker(name);
    if (event === null) return;
    this.#peer.send(JSON.stringify(this.#isCombined ? { stream: name, data: event } : event));
  }

  #answer(id: Id, result: unknown): void {
    this.#peer.send(JSON.stringify({ result, id }));
  }

  #fail(id: Id, msg: string): void {
    this.#peer.send(JSON.stringify({ error: { code: 2, msg }, id }));
  }
}

/** null for a stream that is none of these, or of a market that there is not. */
function bookTicker(name: string): unknown {
  const [symbol = '', kind] = name.split('@');
  const market =
    kind === 'bookTicker' && symbol === symbol.toLowerCase() ? marketOfBinance(symbol.toUpperCase()) : undefined;
  if (market === undefined) return null;
  const { bid, ask } = quoteOf(market);
  const { bids, asks } = bookOf(market, 1);
  return { u: 1, s: binanceSymbol(market), b: bid, B: bids[0]?.[1], a: ask, A: asks[0]?.[1] };
}

function readControl(text: string): Control | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { id = null, method, params = [] } = value as { id?: unknown; method?: unknown; params?: unknown };
  const isId = id === null || Number.isSafeInteger(id) || (typeof id === 'string' && /^\w{1,36}$/.test(id));
  if (!isId || typeof method !== 'string' || !Array.isArray(params)) return null;
  return { id: id as Id, method, params };
}
