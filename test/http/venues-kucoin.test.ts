import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import { ccxtAt } from '../support/ccxt-venue.js';
import { ann, bob } from './gateway-support.js';
import { ccxtErrors, keysOf, type PolicyChange, trader, venueStage } from './venue-gateway.js';

// Loaded before any test: a rejection that nobody waits for yet would be a failure of its own.
const errors = await ccxtErrors([
  'AuthenticationError',
  'BadRequest',
  'BadSymbol',
  'ExchangeError',
  'InsufficientFunds',
  'InvalidNonce',
  'OrderNotFound',
  'RateLimitExceeded',
]);
const symbol = 'BTC/USDT';
const stage = venueStage();

function kucoin(changes: readonly PolicyChange[] = []): Promise<Gateway> {
  return stage.start('kucoin', changes);
}

describe('ccxt at a gateway in the clothes of KuCoin', () => {
  it('loads markets, time, ticker and book without keys', async () => {
    const gateway = await kucoin();
    const exchange = await ccxtAt(gateway, 'kucoin');
    const markets = await exchange.loadMarkets();
    expect(Object.keys(markets)).toHaveLength(12);
    expect(markets[symbol]).toMatchObject({ id: 'BTC-USDT', active: true, precision: { amount: 0.0001, price: 0.01 } });
    expect(Math.abs((await exchange.fetchTime()) - Date.now())).toBeLessThan(60_000);
    expect(await exchange.fetchTicker(symbol)).toMatchObject({ symbol, bid: 64_999.99, ask: 65_000.01, last: 65_000 });
    const { bids, asks } = await exchange.fetchOrderBook(symbol, 20);
    expect([bids.length, asks.length, bids[0], asks[0]]).toEqual([20, 20, [64_999.99, 0.5], [65_000.01, 0.5]]);
  });

  it('places a signed order, finds it, and cancels it', async () => {
    const exchange = await trader(await kucoin(), 'kucoin');
    const { id } = await exchange.createOrder(symbol, 'limit', 'buy', 0.5, 60_000, { clientOid: 'mine' });
    const wanted = { id, symbol, status: 'open', side: 'buy', type: 'limit', price: 60_000, amount: 0.5, filled: 0 };
    expect(await exchange.fetchOpenOrders(symbol)).toEqual([
      expect.objectContaining({ ...wanted, clientOrderId: 'mine' }),
    ]);
    expect(await exchange.fetchOrder(id, symbol)).toMatchObject(wanted);
    expect((await exchange.fetchBalance()).USDT).toMatchObject({
      free: 999_970_000,
      used: 30_000,
      total: 1_000_000_000,
    });
    await exchange.cancelOrder(id, symbol);
    expect(await exchange.fetchOpenOrders(symbol)).toEqual([]);
    expect(await exchange.fetchOrder(id, symbol)).toMatchObject({ id, status: 'canceled' });
    expect(await exchange.fetchClosedOrders(symbol)).toEqual([expect.objectContaining({ id, status: 'canceled' })]);
    await expect(exchange.cancelOrder(id, symbol)).rejects.toThrow(errors.OrderNotFound);
    await expect(exchange.fetchOrder('0123', symbol)).rejects.toThrow(errors.OrderNotFound);
  });

  it('cancels an order by the name that the caller gave it', async () => {
    const exchange = await trader(await kucoin(), 'kucoin');
    await exchange.createOrder(symbol, 'limit', 'sell', 1, 70_000, { clientOid: 'a-name' });
    await exchange.cancelOrder('', symbol, { clientOid: 'a-name' });
    expect(await exchange.fetchOpenOrders(symbol)).toEqual([]);
  });

  it('fills market orders of an amount, and of a sum', async () => {
    const exchange = await trader(await kucoin(), 'kucoin');
    const bought = await exchange.createOrder(symbol, 'market', 'buy', 2);
    expect(await exchange.fetchOrder(bought.id, symbol)).toMatchObject({ status: 'closed', filled: 2, amount: 2 });
    const spent = await exchange.createOrder(symbol, 'market', 'buy', 0, undefined, { cost: 32_503.25 });
    // 32503.25 / 65000 = 0.50005, of which whole lots are 0.5.
    expect(await exchange.fetchOrder(spent.id, symbol)).toMatchObject({ status: 'closed', filled: 0.5 });
    const { USDT, BTC } = await exchange.fetchBalance();
    expect([USDT?.total, BTC?.total]).toEqual([1_000_000_000 - 2.5 * 65_000, 15_385 + 2.5]);
  });

  it('is told in its own classes what is wrong with an order', async () => {
    const exchange = await trader(await kucoin(), 'kucoin');
    await expect(exchange.createOrder(symbol, 'limit', 'buy', 20_000, 60_000)).rejects.toThrow(
      errors.InsufficientFunds,
    );
    const other = await trader(stage.gateways[0] as Gateway, 'kucoin', { keys: keysOf('kucoin', bob) });
    const { id } = await other.createOrder(symbol, 'limit', 'buy', 1, 60_000);
    await expect(exchange.cancelOrder(id, symbol)).rejects.toThrow(errors.OrderNotFound);
    const order = { symbol: 'NO-SUCH', side: 'buy', type: 'limit', size: '1', price: '1' };
    await expect(exchange.request('orders', 'private', 'POST', order)).rejects.toThrow(errors.BadSymbol);
    await expect(
      exchange.request('orders', 'private', 'POST', { ...order, symbol: 'BTC-USDT', side: 'hold' }),
    ).rejects.toThrow(errors.BadRequest);
    expect(await exchange.fetchOpenOrders(symbol)).toEqual([]);
  });

  it('hears of wrong secrets, passphrases, keys and clocks as it does of the venue', async () => {
    const gateway = await kucoin();
    const keys = keysOf('kucoin');
    for (const [wrong, code] of [
      [{ ...keys, secret: 'another' }, '400005'],
      [{ ...keys, password: 'another' }, '400005'],
      [{ ...keys, apiKey: 'nobody' }, '400003'],
    ] as const) {
      const exchange = await trader(gateway, 'kucoin', { keys: wrong, options: { uta: false, hf: false } });
      await expect(exchange.request('accounts', 'private', 'GET')).rejects.toThrow(errors.AuthenticationError);
      await expect(exchange.request('accounts', 'private', 'GET')).rejects.toThrow(code);
    }
    for (const offMs of [-6_000, 6_000]) {
      const exchange = await trader(gateway, 'kucoin');
      exchange.nonce = () => Date.now() + offMs;
      await expect(exchange.request('accounts', 'private', 'GET')).rejects.toThrow(errors.InvalidNonce);
    }
  });

  it('is told of its pool in headers, and over it 429000, for which ccxt has no class', async () => {
    const exchange = await trader(await kucoin([['capacity: 4000', 'capacity: 6']]), 'kucoin', {
      options: { uta: false, hf: false },
    });
    await exchange.loadMarkets();
    await exchange.fetchOpenOrders(symbol);
    expect(exchange.last_response_headers).toMatchObject({
      'Gw-Ratelimit-Limit': '6',
      'Gw-Ratelimit-Remaining': '4',
      'Gw-Ratelimit-Reset': expect.stringMatching(/^(?:2\d{4}|30000)$/),
    });
    await exchange.fetchOpenOrders(symbol);
    await exchange.fetchOpenOrders(symbol);
    const refused = exchange.createOrder(symbol, 'limit', 'buy', 1, 60_000);
    await expect(refused).rejects.toThrow(errors.ExchangeError);
    await expect(refused).rejects.not.toThrow(errors.RateLimitExceeded);
    await expect(refused).rejects.toThrow('"code":"429000"');
    // Another pool: not touched.
    await exchange.fetchBalance();
  });
});

describe('a gateway in the clothes of KuCoin', () => {
  it('names what is missing in a request, and paths that there are not', async () => {
    const { url } = await kucoin();
    const get = async (path: string): Promise<[number, string, string | null]> => {
      const answer = await fetch(`${url}${path}`);
      return [answer.status, ((await answer.json()) as { code: string }).code, answer.headers.get('x-gate')];
    };
    expect(await get('/api/v1/accounts')).toEqual([401, '400001', 'malformed']);
    expect(await get('/api/v9/nothing')).toEqual([404, '404000', 'unasked']);
    expect(await get('/api/v1/market/stats?symbol=NO-SUCH')).toEqual([400, '400100', 'admitted']);
    expect(ann.keyId).toBe(keysOf('kucoin').apiKey);
  });
});
