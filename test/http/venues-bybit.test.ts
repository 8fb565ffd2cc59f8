import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import { type CcxtExchange, ccxtAt } from '../support/ccxt-venue.js';
import { bob } from './gateway-support.js';
import { ccxtErrors, keysOf, type PolicyChange, trader, venueStage } from './venue-gateway.js';

// Loaded before any test: a rejection that nobody waits for yet would be a failure of its own.
const errors = await ccxtErrors([
  'AuthenticationError',
  'BadRequest',
  'InsufficientFunds',
  'InvalidNonce',
  'InvalidOrder',
  'OrderNotFound',
  'RateLimitExceeded',
]);
const symbol = 'BTC/USDT';
/** As ccxt wants it before it asks for one order of a unified account. */
const acknowledged = { fetchOrder: { acknowledged: true } };
/** Asks for nothing before the request proper. */
const unified = { enableUnifiedAccount: true, enableUnifiedMargin: false, unifiedMarginStatus: 6 };
const spotOnly = { fetchMarkets: { types: ['spot'] } };
const stage = venueStage();

function bybit(changes: readonly PolicyChange[] = []): Promise<Gateway> {
  return stage.start('bybit', changes);
}

describe('ccxt at a gateway in the clothes of Bybit', () => {
  it('loads markets, time, ticker and book without keys', async () => {
    const exchange = await ccxtAt(await bybit(), 'bybit');
    const markets = await exchange.loadMarkets();
    expect(Object.keys(markets)).toHaveLength(12);
    expect(markets[symbol]).toMatchObject({ id: 'BTCUSDT', active: true, precision: { amount: 0.0001, price: 0.01 } });
    expect(Math.abs((await exchange.fetchTime()) - Date.now())).toBeLessThan(60_000);
    expect(await exchange.fetchTicker(symbol)).toMatchObject({ symbol, bid: 64_999.99, ask: 65_000.01, last: 65_000 });
    const { bids, asks } = await exchange.fetchOrderBook(symbol, 5);
    expect([bids.length, asks.length, bids[0], asks[0]]).toEqual([5, 5, [64_999.99, 0.5], [65_000.01, 0.5]]);
  });

  it('places a signed order, finds it, amends it, and cancels it', async () => {
    const exchange = await trader(await bybit(), 'bybit', { options: acknowledged });
    const { id } = await exchange.createOrder(symbol, 'limit', 'buy', 0.5, 60_000, { clientOrderId: 'mine' });
    const wanted = { id, symbol, status: 'open', side: 'buy', type: 'limit', price: 60_000, amount: 0.5, filled: 0 };
    expect(await exchange.fetchOpenOrders(symbol)).toEqual([
      expect.objectContaining({ ...wanted, clientOrderId: 'mine' }),
    ]);
    expect(await exchange.fetchOrder(id, symbol)).toMatchObject(wanted);
    expect((await exchange.fetchBalance()).USDT).toMatchObject({ used: 30_000, total: 1_000_000_000 });
    await exchange.editOrder(id, symbol, 'limit', 'buy', 0.25, 61_000);
    expect(await exchange.fetchOrder(id, symbol)).toMatchObject({ id, price: 61_000, amount: 0.25 });
    await exchange.cancelOrder(id, symbol);
    expect(await exchange.fetchOpenOrders(symbol)).toEqual([]);
    expect(await exchange.fetchOrder(id, symbol)).toMatchObject({ id, status: 'canceled' });
    await expect(exchange.cancelOrder(id, symbol)).rejects.toThrow(errors.OrderNotFound);
    await expect(exchange.fetchOrder('nothing', symbol)).rejects.toThrow(errors.OrderNotFound);
  });

  it('fills market orders of an amount, and of a sum', async () => {
    const exchange = await trader(await bybit(), 'bybit', { options: acknowledged });
    const bought = await exchange.createOrder(symbol, 'market', 'buy', 2);
    expect(await exchange.fetchOrder(bought.id, symbol)).toMatchObject({ status: 'closed', filled: 2, amount: 2 });
    const spent = await exchange.createOrder(symbol, 'market', 'buy', 0, undefined, { cost: 32_503.25 });
    expect(await exchange.fetchOrder(spent.id, symbol)).toMatchObject({ status: 'closed', filled: 0.5 });
    const { USDT, BTC } = await exchange.fetchBalance();
    expect([USDT?.total, BTC?.total]).toEqual([1_000_000_000 - 2.5 * 65_000, 15_385 + 2.5]);
  });

  it('is told in its own classes what is wrong with an order', async () => {
    const gateway = await bybit();
    const exchange = await trader(gateway, 'bybit');
    await expect(exchange.createOrder(symbol, 'limit', 'buy', 20_000, 60_000)).rejects.toThrow(
      errors.InsufficientFunds,
    );
    await exchange.createOrder(symbol, 'limit', 'buy', 1, 60_000, { clientOrderId: 'once' });
    await expect(exchange.createOrder(symbol, 'limit', 'buy', 1, 60_000, { clientOrderId: 'once' })).rejects.toThrow(
      errors.InvalidOrder,
    );
    const other = await trader(gateway, 'bybit', { keys: keysOf('bybit', bob) });
    const { id } = await other.createOrder(symbol, 'limit', 'buy', 1, 60_000);
    await expect(exchange.cancelOrder(id, symbol)).rejects.toThrow(errors.OrderNotFound);
    const order = { category: 'spot', symbol: 'NOSUCH', side: 'Buy', orderType: 'Limit', qty: '1', price: '1' };
    const create = (params: object): Promise<unknown> =>
      exchange.request('v5/order/create', 'private', 'POST', { ...order, ...params });
    await expect(create({})).rejects.toThrow('"retCode":170121');
    await expect(create({ symbol: 'BTCUSDT', side: 'Hold' })).rejects.toThrow(errors.BadRequest);
    const market = { symbol: 'BTCUSDT', orderType: 'Market', price: undefined };
    for (const qty of ['abc', '-1', '1e3', '0']) {
      await expect(create({ ...market, qty })).rejects.toThrow(errors.BadRequest);
    }
    await expect(create({ symbol: 'BTCUSDT', price: '1.001' })).rejects.toThrow('"retCode":170134');
    await expect(create({ symbol: 'BTCUSDT', qty: '0.00001' })).rejects.toThrow('"retCode":170137');
  });

  it.each([{ triggerPrice: 55_000 }, { stopLossPrice: 55_000 }, { takeProfitPrice: 70_000 }, { trailingPercent: 5 }])(
    'places no order that waits for a price: %j',
    async (params) => {
      const exchange = await trader(await bybit(), 'bybit');
      await expect(exchange.createOrder(symbol, 'limit', 'buy', 1, 60_000, params)).rejects.toThrow(errors.BadRequest);
      expect(await exchange.fetchOpenOrders(symbol)).toEqual([]);
      // No condition at all, though its name is there.
      const order = { category: 'spot', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '1', price: '1' };
      const plain = { ...order, orderFilter: 'Order', stopLoss: '0', triggerPrice: '' };
      const placed = await exchange.request('v5/order/create', 'private', 'POST', plain);
      expect(placed).toMatchObject({ retCode: 0 });
      const { orderId } = (placed as { result: { orderId: string } }).result;
      const change = { category: 'spot', symbol: 'BTCUSDT', orderId, price: '2', ...params };
      await expect(exchange.request('v5/order/amend', 'private', 'POST', change)).rejects.toThrow(errors.BadRequest);
    },
  );

  it('hears of wrong secrets, keys and clocks as it does of the venue', async () => {
    const gateway = await bybit();
    const keys = keysOf('bybit');
    const balance = (exchange: CcxtExchange): Promise<unknown> =>
      exchange.request('v5/account/wallet-balance', 'private', 'GET', { accountType: 'UNIFIED' });
    for (const [wrong, code] of [
      [{ ...keys, secret: 'another' }, '"retCode":10004'],
      [{ ...keys, apiKey: 'nobody' }, '"retCode":10003'],
    ] as const) {
      const exchange = await trader(gateway, 'bybit', { keys: wrong });
      await expect(balance(exchange)).rejects.toThrow(errors.AuthenticationError);
      await expect(balance(exchange)).rejects.toThrow(code);
    }
    for (const offMs of [-6_000, 2_000]) {
      const exchange = await trader(gateway, 'bybit');
      exchange.nonce = () => Date.now() + offMs;
      await expect(balance(exchange)).rejects.toThrow(errors.InvalidNonce);
    }
    const patient = await trader(gateway, 'bybit', { options: { recvWindow: 1_000 } });
    patient.nonce = () => Date.now() - 2_000;
    await expect(balance(patient)).rejects.toThrow(errors.InvalidNonce);
  });

  it('meets the limit of an endpoint as RateLimitExceeded in an answer of status 200, with its headers', async () => {
    const exchange = await trader(await bybit([['capacity: 20', 'capacity: 2']]), 'bybit', {
      options: { ...unified, ...spotOnly },
    });
    await exchange.loadMarkets();
    const place = (): Promise<unknown> => exchange.createOrder(symbol, 'limit', 'buy', 1, 60_000);
    await place();
    expect(exchange.last_response_headers).toMatchObject({ 'X-Bapi-Limit': '2', 'X-Bapi-Limit-Status': '1' });
    await place();
    const [refused] = await Promise.allSettled([place()]);
    expect(refused.status === 'rejected' && refused.reason).toBeInstanceOf(errors.RateLimitExceeded);
    expect(String(refused.status === 'rejected' && refused.reason)).toContain('"retCode":10006');
    const { 'X-Bapi-Limit-Reset-Timestamp': resetMs } = exchange.last_response_headers ?? {};
    expect(Number(resetMs)).toBeGreaterThan(Date.now() - 60_000);
    // Cancels have a counter of their own.
    await expect(exchange.cancelOrder('nothing', symbol)).rejects.toThrow(errors.OrderNotFound);
  });

  it('is locked out as an address that sends too much, and stays so', async () => {
    const exchange = await ccxtAt(await bybit([['capacity: 600', 'capacity: 3']]), 'bybit');
    for (let n = 0; n < 3; n++) await exchange.fetchTime();
    await expect(exchange.fetchTime()).rejects.toThrow(errors.RateLimitExceeded);
    await expect(exchange.fetchTime()).rejects.toThrow('403');
  });
});

describe('a gateway in the clothes of Bybit', () => {
  it('tells requests without a signature, and paths that there are not', async () => {
    const { url } = await bybit();
    const get = async (path: string): Promise<unknown> => {
      const answer = await fetch(`${url}${path}`);
      return [answer.status, ((await answer.json()) as { retCode: number }).retCode, answer.headers.get('x-gate')];
    };
    expect(await get('/v5/account/wallet-balance')).toEqual([401, 10007, 'malformed']);
    expect(await get('/v5/nothing')).toEqual([404, 10017, 'unasked']);
    expect(await get('/v5/market/orderbook?category=spot&symbol=BTCUSDT&limit=0')).toEqual([200, 10001, 'admitted']);
    expect(await get('/v5/market/tickers?category=spot&symbol=NOSUCH')).toEqual([200, 170121, 'admitted']);
  });
});
