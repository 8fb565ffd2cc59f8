/**
 * ccxt itself, unmodified, as a bot's author uses it, with the addresses of the venue's API replaced by that of a gateway on
 * this machine. Its own throttle is off, so that the venue's is met. Whatever is not sent to that gateway throws before
 * anything is looked up or connected. Never its sandbox mode: that would put the venue's test network back.
 */
import type { FaceName } from '../../harness/gateway/faces/face.js';
import type { Gateway } from '../../harness/gateway/gateway.js';

type Row = Readonly<Record<string, unknown>>;

/** What tests call of an exchange; ccxt's own types describe every venue at once. */
export interface CcxtExchange {
  urls: { api: unknown };
  options: Record<string, unknown>;
  /** Of all that ccxt sends. */
  fetch(url: string, ...rest: readonly unknown[]): Promise<unknown>;
  enableRateLimit: boolean;
  readonly has: Row;
  readonly markets: Readonly<Record<string, CcxtMarket>>;
  readonly last_response_headers: Readonly<Record<string, string>> | undefined;
  milliseconds(): number;
  microseconds(): number;
  nonce(): number;
  loadMarkets(): Promise<Readonly<Record<string, CcxtMarket>>>;
  fetchTime(): Promise<number>;
  fetchStatus(): Promise<Row>;
  fetchTicker(
    symbol: string,
  ): Promise<{ readonly symbol: string; readonly bid: number; readonly ask: number; readonly last: number }>;
  fetchOrderBook(symbol: string, limit?: number): Promise<{ readonly bids: number[][]; readonly asks: number[][] }>;
  fetchBalance(): Promise<
    Readonly<Record<string, { readonly free: number; readonly used: number; readonly total: number }>>
  >;
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: number,
    price?: number,
    params?: Row,
  ): Promise<CcxtOrder>;
  editOrder(id: string, symbol: string, type: string, side: string, amount: number, price?: number): Promise<CcxtOrder>;
  cancelOrder(id: string, symbol?: string, params?: Row): Promise<CcxtOrder>;
  cancelAllOrders(symbol?: string): Promise<unknown>;
  createOrders(orders: readonly CcxtWish[]): Promise<CcxtOrder[]>;
  cancelOrders(ids: readonly string[], symbol?: string): Promise<unknown[]>;
  createMarketBuyOrderWithCost(symbol: string, cost: number): Promise<CcxtOrder>;
  fetchCanceledOrders(symbol?: string): Promise<CcxtOrder[]>;
  fetchTickers(symbols?: readonly string[], params?: Row): Promise<Readonly<Record<string, { readonly last: number }>>>;
  fetchOrder(id: string, symbol?: string): Promise<CcxtOrder>;
  fetchOpenOrders(symbol?: string): Promise<CcxtOrder[]>;
  fetchClosedOrders(symbol?: string): Promise<CcxtOrder[]>;
  fetchOrders(symbol?: string): Promise<CcxtOrder[]>;
  /** Any endpoint, signed as ccxt signs it. */
  request(path: string, api: string | readonly string[], method: string, params?: Row): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface CcxtMarket {
  readonly symbol: string;
  readonly id: string;
  readonly active: boolean;
  readonly precision: { readonly amount: number; readonly price: number };
}

export interface CcxtWish {
  readonly symbol: string;
  readonly type: string;
  readonly side: string;
  readonly amount: number;
  readonly price?: number;
}

export interface CcxtOrder {
  readonly id: string;
  readonly symbol: string;
  readonly status: string | undefined;
  readonly side: string | undefined;
  readonly type: string | undefined;
  readonly price: number | undefined;
  readonly amount: number | undefined;
  readonly filled: number | undefined;
  readonly clientOrderId: string | undefined;
}

export interface CcxtKeys {
  readonly apiKey?: string;
  readonly secret?: string;
  /** Passphrase. */
  readonly password?: string;
}

/** One of ccxt's error classes, by name: `DDoSProtection`. */
export async function ccxtError(name: string): Promise<new (message?: string) => Error> {
  const file = new URL('../../node_modules/ccxt/js/src/base/errors.js', import.meta.url);
  const errors = (await import(file.href)) as {
    readonly default: Readonly<Record<string, new (message?: string) => Error>>;
  };
  const found = errors.default[name];
  if (found === undefined) throw new Error(`ccxt has no error class ${name}`);
  return found;
}

/** The class and the words of ccxt's error that a call ends with: `DDoSProtection: binance 429 ...`. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return `${error.constructor.name}: ${error.message}`;
    throw error;
  }
  return 'no failure';
}

/** A header of the last answer, by its lower-case name; '' when it was not there. */
export function headerOf(exchange: CcxtExchange, name: string): string {
  const headers = Object.entries(exchange.last_response_headers ?? {});
  return headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? '';
}

/** @param options - ccxt's own, such as `{ options: { defaultType: 'spot' } }`. */
export async function ccxtAt(
  gateway: Pick<Gateway, 'url'>,
  venue: FaceName,
  keys: CcxtKeys = {},
  options: Row = {},
): Promise<CcxtExchange> {
  // The package's door loads more than a hundred venues; one file is enough.
  const file = new URL(`../../node_modules/ccxt/js/src/${venue}.js`, import.meta.url);
  const module = (await import(file.href)) as { readonly default: new (config: Row) => CcxtExchange };
  const exchange = new module.default({ ...keys, enableRateLimit: false, timeout: 20_000, ...options });
  exchange.urls.api = movedTo(gateway.url, exchange.urls.api);
  const fetch = exchange.fetch.bind(exchange);
  exchange.fetch = (url, ...rest) => {
    if (!url.startsWith(`${gateway.url}/`)) throw new Error(`${venue} wanted to reach ${url}`);
    return fetch(url, ...rest);
  };
  return exchange;
}

/** Every address in a tree of them, with its host replaced; paths stay. */
function movedTo(url: string, tree: unknown): unknown {
  if (typeof tree === 'string') return tree.replace(/^(?:https?|wss?):\/\/[^/]+/, url);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, movedTo(url, value)]));
}
