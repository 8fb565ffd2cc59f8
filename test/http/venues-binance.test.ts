import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import type { Policy } from '../../harness/scenario/plan.js';
import { type CcxtExchange, ccxtAt, failureOf, headerOf } from '../support/ccxt-venue.js';
import { ann, bob, keysOf, onlyLimits, startVenue, venuePolicy, withoutRefill } from '../support/venue-gateway.js';

const BTC = 'BTC/USDT';
const published = venuePolicy('binance');
const open: Gateway[] = [];
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
});

async function start(policy: Policy = withoutRefill(published)): Promise<Gateway> {
  const gateway = await startVenue('binance', policy);
  open.push(gateway);
  return gateway;
}

async function trader(gateway: Gateway, keys = keysOf('binance')): Promise<CcxtExchange> {
  const exchange = await ccxtAt(gateway, 'binance', keys);
  await exchange.loadMarkets();
  return exchange;
}

describe('a bot that speaks to Binance through ccxt', () => {
  it('loads markets, with keys and without, and looks at prices', async () => {
    const gateway = await start();
    const stranger = await ccxtAt(gateway, 'binance');
    const markets = await stranger.loadMarkets();
    expect(Object.keys(markets)).toHaveLength(12);
    expect(markets[BTC]).toMatchObject({ id: 'BTCUSDT', active: true, precision: { amount: 0.0001, price: 0.01 } });
    expect(Math.abs((await stranger.fetchTime()) - Date.now())).toBeLessThan(5_000);
    expect(await stranger.fetchTicker(BTC)).toMatchObject({
      symbol: BTC,
      bid: 64_999.99,
      ask: 65_000.01,
      last: 65_000,
    });
    const { bids, asks } = await stranger.fetchOrderBook(BTC, 5);
    expect([bids.length, asks.length, bids[0], asks[0]]).toEqual([5, 5, [64_999.99, 0.5], [65_000.01, 0.5]]);
    await expect(trader(gateway)).resolves.toBeDefined();
    expect(gateway.stats().bugs).toBe(0);
  });

  it('places, lists, finds, amends and cancels a limit order', async () => {
    const exchange = await trader(await start());
    const before = (await exchange.fetchBalance()).USDT;
    const placed = await exchange.createOrder(BTC, 'limit', 'buy', 0.25, 60_000.5);
    expect(placed).toMatchObject({
      symbol: BTC,
      status: 'open',
      side: 'buy',
      price: 60_000.5,
      amount: 0.25,
      filled: 0,
    });
    expect(await exchange.fetchOpenOrders(BTC)).toMatchObject([{ id: placed.id, status: 'open' }]);
    const held = (await exchange.fetchBalance()).USDT;
    expect(held).toEqual({ free: (before?.free ?? 0) - 15_000.125, used: 15_000.125, total: before?.total });
    expect(await exchange.fetchOrder(placed.id, BTC)).toMatchObject({
      id: placed.id,
      clientOrderId: placed.clientOrderId,
    });
    expect(await exchange.cancelOrder(placed.id, BTC)).toMatchObject({ id: placed.id, status: 'canceled' });
    expect(await exchange.fetchOpenOrders(BTC)).toEqual([]);
    expect(await exchange.fetchOrders(BTC)).toMatchObject([{ id: placed.id, status: 'canceled' }]);
    expect((await exchange.fetchBalance()).USDT).toEqual(before);
  });

  it('fills a market order at once, and gives its place among the orders back', async () => {
    const gateway = await start(withoutRefill(onlyLimits(published, ['orders-10s'], { capacity: 1 })));
    const exchange = await trader(gateway);
    for (let count = 1; count <= 3; count++) {
      const filled = await exchange.createOrder(BTC, 'market', 'buy', 0.01);
      expect(filled).toMatchObject({ status: 'closed', filled: 0.01, price: 65_000 });
    }
    expect((await exchange.fetchBalance()).BTC?.total).toBeCloseTo(15_385.03 - 0.03 + 0.03, 0);
    await exchange.createOrder(BTC, 'limit', 'buy', 0.01, 50_000);
    expect(await failureOf(exchange.createOrder(BTC, 'market', 'buy', 0.01))).toContain('"code":-1015');
  });

  it('is told of orders that are gone, of others, too dear, misspelt or of no market', async () => {
    const gateway = await start();
    const exchange = await trader(gateway);
    const stranger = await trader(gateway, keysOf('binance', bob));
    const { id } = await exchange.createOrder(BTC, 'limit', 'sell', 0.5, 70_000);
    expect(await failureOf(stranger.cancelOrder(id, BTC))).toMatch(/^OrderNotFound: .*-2011/);
    await exchange.cancelOrder(id, BTC);
    expect(await failureOf(exchange.cancelOrder(id, BTC))).toMatch(/^OrderNotFound: .*-2011/);
    expect(await failureOf(exchange.fetchOrder('4711', BTC))).toMatch(/^OrderNotFound: .*-2013/);
    const dear = exchange.createOrder(BTC, 'limit', 'buy', 100_000, 60_000);
    expect(await failureOf(dear)).toMatch(/^InsufficientFunds: /);
    const ask = (params: Record<string, string>) => failureOf(exchange.request('order', 'private', 'POST', params));
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '60000' };
    expect(await ask({ ...order, symbol: 'NOSUCH' })).toMatch(/^BadSymbol: /);
    expect(await ask({ ...order, price: '60000.001' })).toMatch(/^InvalidOrder: /);
    expect(await ask({ ...order, quantity: '' })).toContain('"code":-1102');
    expect(await ask({ ...order, side: 'buy' })).toContain('"code":-1117');
    expect(await ask({ ...order, price: '6e4' })).toContain('"code":-1100');
    expect(gateway.stats().bugs).toBe(0);
  });
});

describe('limits of Binance, as ccxt has them', () => {
  it('weighs requests by address and bans whoever goes on', async () => {
    const gateway = await start();
    const exchange = await trader(gateway);
    const weight = () => Number(headerOf(exchange, 'x-mbx-used-weight'));
    await exchange.fetchTime();
    const before = weight();
    await exchange.fetchOpenOrders(BTC);
    expect(weight() - before).toBe(6);
    exchange.options.warnOnFetchOpenOrdersWithoutSymbol = false;
    await exchange.fetchOpenOrders();
    expect(weight() - before).toBe(86);
    await exchange.fetchOrderBook(BTC, 1000);
    expect(weight() - before).toBe(136);
    await exchange.fetchBalance();
    expect(weight() - before).toBe(156);
    const refusals: string[] = [];
    for (let count = 0; count < 100 && refusals.length < 22; count++) {
      const failure = await failureOf(exchange.fetchOpenOrders());
      if (failure !== 'no failure') refusals.push(failure);
    }
    expect(refusals.filter((one) => !one.startsWith('DDoSProtection: '))).toEqual([]);
    expect(weight()).toBe(before + 156 + 80 * Math.floor((6000 - before - 156) / 80));
    expect(refusals[0]).toContain(
      '429 Too Many Requests {"code":-1003,"msg":"Too much request weight used; current limit',
    );
    expect(refusals[21]).toMatch(
      /418 .*"code":-1003,"msg":"Way too much request weight used; IP banned until \d{13}\./,
    );
    // Until the ban is over, or the window where that is later.
    expect(Number(headerOf(exchange, 'retry-after'))).toBeGreaterThanOrEqual(120);
  });

  it('counts orders by account, whatever the key weighs', async () => {
    const gateway = await start(withoutRefill(onlyLimits(published, ['orders-10s', 'request-weight'], {})));
    const exchange = await trader(gateway);
    for (let count = 1; count <= 50; count++) await exchange.createOrder(BTC, 'limit', 'buy', 0.01, 50_000);
    const refused = await failureOf(exchange.createOrder(BTC, 'limit', 'buy', 0.01, 50_000));
    // Binance answers -1015 with 429, and ccxt goes by the status first.
    expect(refused).toMatch(
      /^DDoSProtection: .*"code":-1015,"msg":"Too many new orders; current limit is 50 orders per/,
    );
    const other = await trader(gateway, keysOf('binance', bob));
    await expect(other.createOrder(BTC, 'limit', 'buy', 0.01, 50_000)).resolves.toMatchObject({ status: 'open' });
    await expect(exchange.fetchOpenOrders(BTC)).resolves.toHaveLength(50);
  });

  it('tells both counts under the names that the venue gives them', async () => {
    const exchange = await trader(await start(published));
    await exchange.createOrder(BTC, 'limit', 'buy', 0.01, 50_000);
    const counts = ['x-mbx-used-weight', 'x-mbx-used-weight-1m', 'x-mbx-order-count-10s', 'x-mbx-order-count-1d'];
    for (const name of counts) expect(headerOf(exchange, name)).toMatch(/^[1-9]\d*$/);
    expect(headerOf(exchange, 'x-mbx-order-count-10s')).toBe('1');
  });
});

describe('signatures of Binance, as ccxt makes them', () => {
  it('a wrong secret, an unknown key and no key at all are errors of authentication', async () => {
    const gateway = await start();
    const wrong = await trader(gateway, { apiKey: ann.keyId, secret: 'guessed' });
    expect(await failureOf(wrong.fetchBalance())).toMatch(/^AuthenticationError: .*"code":-1022/);
    const unknown = await trader(gateway, { apiKey: 'nobody', secret: 'guessed' });
    expect(await failureOf(unknown.fetchBalance())).toMatch(/^AuthenticationError: .*"code":-2015/);
    const bare = await fetch(`${gateway.url}/api/v3/account?timestamp=1`);
    expect([bare.status, await bare.json()]).toEqual([401, { code: -2014, msg: 'API-key format invalid.' }]);
    const unsigned = await fetch(`${gateway.url}/api/v3/account?timestamp=1`, {
      headers: { 'x-mbx-apikey': ann.keyId },
    });
    expect(await unsigned.json()).toMatchObject({ code: -1102, msg: expect.stringContaining("'signature'") });
  });

  it('a clock that is late or early is an invalid nonce', async () => {
    const exchange = await trader(await start());
    const now = exchange.milliseconds.bind(exchange);
    exchange.nonce = () => now() - 11_000;
    expect(await failureOf(exchange.fetchBalance())).toMatch(/^InvalidNonce: .*outside of the recvWindow/);
    exchange.nonce = () => now() + 3_000;
    expect(await failureOf(exchange.fetchBalance())).toMatch(/^InvalidNonce: .*1000ms ahead of the server's time/);
    exchange.nonce = () => now();
    await expect(exchange.fetchBalance()).resolves.toBeDefined();
  });
});

describe('what Binance does not have', () => {
  it('is a path that nobody knows, and charges nobody', async () => {
    const gateway = await start();
    const gone = await fetch(`${gateway.url}/v1/ticker?symbol=BTC-USDT`);
    expect([gone.status, gone.headers.get('x-gate'), gone.headers.get('x-mbx-used-weight')]).toEqual([
      404,
      'unasked',
      null,
    ]);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });
});
