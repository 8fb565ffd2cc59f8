import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import { type CcxtExchange, ccxtAt } from '../support/ccxt-venue.js';
import { bob } from './gateway-support.js';
import { ccxtErrors, keysOf, type PolicyChange, trader, venueStage } from './venue-gateway.js';

// Loaded before any test: a rejection that nobody waits for yet would be a failure of its own.
const errors = await ccxtErrors([
  'AuthenticationError',
  'BadRequest',
  'BadSymbol',
  'ExchangeError',
  'InsufficientFunds',
  'InvalidNonce',
  'InvalidOrder',
  'OrderNotFound',
  'RateLimitExceeded',
]);
const symbol = 'BTC/USDT';
const spotOnly = { fetchMarkets: { types: ['spot'] } };
const stage = venueStage();

function okx(changes: readonly PolicyChange[] = []): Promise<Gateway> {
  return stage.start('okx', changes);
}

function batch(exchange: CcxtExchange, orders: readonly object[]): Promise<unknown> {
  // Copies: ccxt writes names of its own into the orders that it is given.
  const copies = orders.map((order) => ({ ...order }));
  return exchange.request('trade/batch-orders', 'private', 'POST', copies as never);
}

const limit = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', px: '60000', sz: '0.1' };

describe('ccxt at a gateway in the clothes of OKX', () => {
  it('loads markets, time, ticker and book without keys', async () => {
    const exchange = await ccxtAt(await okx(), 'okx');
    const markets = await exchange.loadMarkets();
    expect(Object.keys(markets)).toHaveLength(12);
    expect(markets[symbol]).toMatchObject({ id: 'BTC-USDT', active: true, precision: { amount: 0.0001, price: 0.01 } });
    expect(Math.abs((await exchange.fetchTime()) - Date.now())).toBeLessThan(60_000);
    expect(await exchange.fetchTicker(symbol)).toMatchObject({ symbol, bid: 64_999.99, ask: 65_000.01, last: 65_000 });
    const { bids, asks } = await exchange.fetchOrderBook(symbol, 5);
    expect([bids.length, asks.length]).toEqual([5, 5]);
    expect([bids[0]?.slice(0, 2), asks[0]?.slice(0, 2)]).toEqual([
      [64_999.99, 0.5],
      [65_000.01, 0.5],
    ]);
  });

  it('places a signed order, finds it, amends it, and cancels it', async () => {
    const exchange = await trader(await okx(), 'okx');
    const { id } = await exchange.createOrder(symbol, 'limit', 'buy', 0.5, 60_000, { clientOrderId: 'mine' });
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
    await exchange.editOrder(id, symbol, 'limit', 'buy', 0.25, 61_000);
    expect(await exchange.fetchOrder(id, symbol)).toMatchObject({ id, price: 61_000, amount: 0.25 });
    await exchange.cancelOrder(id, symbol);
    expect(await exchange.fetchOpenOrders(symbol)).toEqual([]);
    expect(await exchange.fetchOrder(id, symbol)).toMatchObject({ id, status: 'canceled' });
    await expect(exchange.cancelOrder(id, symbol)).rejects.toThrow(errors.OrderNotFound);
    await expect(exchange.fetchOrder('123', symbol)).rejects.toThrow(errors.OrderNotFound);
  });

  it('fills market orders of an amount, and of a sum', async () => {
    const exchange = await trader(await okx(), 'okx');
    const bought = await exchange.createOrder(symbol, 'market', 'buy', 2);
    expect(await exchange.fetchOrder(bought.id, symbol)).toMatchObject({ status: 'closed', filled: 2, amount: 2 });
    const spent = await exchange.createOrder(symbol, 'market', 'buy', 32_503.25, undefined, { tgtCcy: 'quote_ccy' });
    expect(await exchange.fetchOrder(spent.id, symbol)).toMatchObject({ status: 'closed', filled: 0.5 });
    const { USDT, BTC } = await exchange.fetchBalance();
    expect([USDT?.total, BTC?.total]).toEqual([1_000_000_000 - 2.5 * 65_000, 15_385 + 2.5]);
  });

  it('places of a batch what can be placed, and is told of each', async () => {
    const exchange = await trader(await okx(), 'okx');
    const answer = await batch(exchange, [limit, { ...limit, instId: 'NO-SUCH' }, { ...limit, sz: '20000' }, limit]);
    const { code, data } = answer as { code: string; data: { sCode: string }[] };
    expect([code, data.map(({ sCode }) => sCode)]).toEqual(['2', ['0', '51001', '51008', '0']]);
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(2);
    await expect(batch(exchange, [{ ...limit, instId: 'NO-SUCH' }])).rejects.toThrow(errors.BadSymbol);
    await expect(
      batch(
        exchange,
        Array.from({ length: 21 }, () => limit),
      ),
    ).rejects.toThrow('"code":"51111"');
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(2);
  });

  it('is told in its own classes what is wrong with an order', async () => {
    const gateway = await okx();
    const exchange = await trader(gateway, 'okx');
    await expect(exchange.createOrder(symbol, 'limit', 'buy', 20_000, 60_000)).rejects.toThrow(
      errors.InsufficientFunds,
    );
    await exchange.createOrder(symbol, 'limit', 'buy', 1, 60_000, { clientOrderId: 'once' });
    await expect(exchange.createOrder(symbol, 'limit', 'buy', 1, 60_000, { clientOrderId: 'once' })).rejects.toThrow(
      errors.InvalidOrder,
    );
    const other = await trader(gateway, 'okx', { keys: keysOf('okx', bob) });
    const { id } = await other.createOrder(symbol, 'limit', 'buy', 1, 60_000);
    await expect(exchange.cancelOrder(id, symbol)).rejects.toThrow(errors.OrderNotFound);
    await expect(batch(exchange, [{ ...limit, side: 'hold' }])).rejects.toThrow(errors.BadRequest);
    await expect(batch(exchange, [{ ...limit, px: '1.001' }])).rejects.toThrow('"sCode":"51000"');
    await expect(batch(exchange, [{ ...limit, sz: '0.00001' }])).rejects.toThrow('"sCode":"51121"');
  });

  it('hears of wrong secrets, passphrases, keys and clocks as it does of the venue', async () => {
    const gateway = await okx();
    const keys = keysOf('okx');
    const balance = (exchange: CcxtExchange): Promise<unknown> => exchange.request('account/balance', 'private', 'GET');
    for (const [wrong, code] of [
      [{ ...keys, secret: 'another' }, '"code":"50113"'],
      [{ ...keys, password: 'another' }, '"code":"50113"'],
      [{ ...keys, apiKey: 'nobody' }, '"code":"50111"'],
    ] as const) {
      const exchange = await trader(gateway, 'okx', { keys: wrong });
      await expect(balance(exchange)).rejects.toThrow(errors.AuthenticationError);
      await expect(balance(exchange)).rejects.toThrow(code);
    }
    for (const offMs of [-31_000, 31_000]) {
      const exchange = await trader(gateway, 'okx');
      exchange.nonce = () => Date.now() + offMs;
      await expect(balance(exchange)).rejects.toThrow(errors.InvalidNonce);
    }
  });

  it('meets the limit of an endpoint as RateLimitExceeded, each order of a batch counted', async () => {
    const exchange = await trader(await okx([['capacity: 300', 'capacity: 3']]), 'okx', { options: spotOnly });
    await batch(exchange, [limit, limit]);
    await expect(batch(exchange, [limit, limit])).rejects.toThrow(errors.RateLimitExceeded);
    await batch(exchange, [limit]);
    await expect(exchange.createOrder(symbol, 'limit', 'buy', 1, 60_000)).rejects.toThrow('"code":"50011"');
    // Balances have a counter of their own.
    await exchange.fetchBalance();
  });

  it('meets the limit of the sub-account as 50061, for which ccxt has no class of its own', async () => {
    const exchange = await trader(await okx([['capacity: 1000', 'capacity: 1']]), 'okx', { options: spotOnly });
    await exchange.createOrder(symbol, 'limit', 'buy', 1, 60_000);
    const [refused] = await Promise.allSettled([exchange.createOrder(symbol, 'limit', 'buy', 1, 60_000)]);
    const reason: unknown = refused.status === 'rejected' && refused.reason;
    expect(reason).toBeInstanceOf(errors.ExchangeError);
    expect(String(reason)).toContain('"code":"50061"');
  });
});

describe('a gateway in the clothes of OKX', () => {
  it('names the header that is missing, and paths that there are not', async () => {
    const { url } = await okx();
    const get = async (path: string, headers: Record<string, string> = {}): Promise<unknown> => {
      const answer = await fetch(`${url}${path}`, { headers });
      return [answer.status, ((await answer.json()) as { code: string }).code, answer.headers.get('x-gate')];
    };
    const key = { 'ok-access-key': 'a' };
    const sign = { ...key, 'ok-access-passphrase': 'b', 'ok-access-sign': 'c' };
    expect(await get('/api/v5/account/balance')).toEqual([401, '50103', 'malformed']);
    expect(await get('/api/v5/account/balance', key)).toEqual([401, '50104', 'malformed']);
    expect(await get('/api/v5/account/balance', sign)).toEqual([401, '50107', 'malformed']);
    expect(await get('/api/v5/account/balance', { ...sign, 'ok-access-timestamp': '1' })).toEqual([
      401,
      '50112',
      'malformed',
    ]);
    expect(await get('/api/v5/nothing')).toEqual([404, '404', 'unasked']);
    expect(await get('/api/v5/market/books?instId=NO-SUCH')).toEqual([200, '51001', 'admitted']);
  });
});
