/** ccxt's WebSocket clients, unmodified, at a gateway in the venue's clothes. Nothing else can be reached: see `socketUrl`. */
import { afterEach, expect, it } from 'vitest';
import type { FaceName } from '../../harness/gateway/faces/face.js';
import type { CcxtExchange, CcxtOrder } from '../support/ccxt-venue.js';
import { keysOf, venueStage } from './venue-gateway.js';

const stage = venueStage();
const exchanges: ProExchange[] = [];

interface ProExchange extends CcxtExchange {
  client(url: string): unknown;
  loadHttpProxyAgent(): Promise<unknown>;
  createOrderWs(symbol: string, type: string, side: string, amount: number, price: number): Promise<CcxtOrder>;
  cancelOrderWs(id: string, symbol: string): Promise<CcxtOrder>;
  fetchOpenOrdersWs(symbol: string): Promise<CcxtOrder[]>;
  fetchBalanceWs(): Promise<{ readonly info: { readonly balances: readonly unknown[] } }>;
  authenticate(): Promise<unknown>;
}

afterEach(async () => {
  for (const exchange of exchanges.splice(0)) await exchange.close();
});

async function pro(venue: FaceName, keys = keysOf(venue)): Promise<ProExchange> {
  const gateway = await stage.start(venue);
  const file = new URL(`../../node_modules/ccxt/js/src/pro/${venue}.js`, import.meta.url);
  const module = (await import(file.href)) as { readonly default: new (config: object) => ProExchange };
  const exchange = new module.default({ ...keys, enableRateLimit: false, timeout: 20_000 });
  exchanges.push(exchange);
  // It wants this once before it opens a WebSocket without TLS; no proxy is used.
  await exchange.loadHttpProxyAgent();
  exchange.urls.api = movedTo(gateway.url, exchange.urls.api);
  const fetch = exchange.fetch.bind(exchange);
  exchange.fetch = (url, ...rest) => {
    if (!url.startsWith(`${gateway.url}/`)) throw new Error(`${venue} wanted to reach ${url}`);
    return fetch(url, ...rest);
  };
  const client = exchange.client.bind(exchange);
  exchange.client = (url) => {
    if (!url.startsWith(`${socketUrl(gateway.url)}/`)) throw new Error(`${venue} wanted to reach ${url}`);
    return client(url);
  };
  return exchange;
}

function socketUrl(url: string): string {
  return url.replace('http', 'ws');
}

/** Every address in a tree of them, with its host replaced; paths stay. */
function movedTo(url: string, tree: unknown): unknown {
  if (typeof tree === 'string') {
    return tree.replace(/^(http|ws)s?:\/\/[^/]+/, (_all, kind) => (kind === 'ws' ? socketUrl(url) : url));
  }
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, movedTo(url, value)]));
}

it('ccxt places, lists and cancels orders over the WebSocket API of Binance', async () => {
  const exchange = await pro('binance');
  const symbol = 'BTC/USDT';
  await exchange.loadMarkets();
  const { id } = await exchange.createOrderWs(symbol, 'limit', 'buy', 0.5, 60_000);
  expect(await exchange.fetchOpenOrdersWs(symbol)).toEqual([
    expect.objectContaining({ id, status: 'open', price: 60_000 }),
  ]);
  // ccxt reads no balances of a spot account out of this answer; it keeps them as they came.
  const { info } = await exchange.fetchBalanceWs();
  expect(info.balances).toContainEqual(expect.objectContaining({ asset: 'USDT', locked: '30000.00000000' }));
  expect(await exchange.cancelOrderWs(id, symbol)).toMatchObject({ id, status: 'canceled' });
  expect(await exchange.fetchOpenOrders(symbol)).toEqual([]);
});

it('ccxt is refused over the WebSocket API of Binance under a wrong secret', async () => {
  const exchange = await pro('binance', { ...keysOf('binance'), secret: 'another' });
  await exchange.loadMarkets();
  await expect(exchange.fetchBalanceWs()).rejects.toThrow('Signature for this request is not valid');
});

it('ccxt opens a session at Deribit, and not with a wrong secret', async () => {
  const exchange = await pro('deribit');
  expect(await exchange.authenticate()).toMatchObject({ result: { token_type: 'bearer' } });
  const wrong = await pro('deribit', { ...keysOf('deribit'), secret: 'another' });
  await expect(wrong.authenticate()).rejects.toThrow('"code":13004');
});
