import { createHmac } from 'node:crypto';
import { request as send } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import type { Policy } from '../../harness/scenario/plan.js';
import { type CcxtExchange, ccxtAt, failureOf } from '../support/ccxt-venue.js';
import { ann, bob, keysOf, onlyLimits, startVenue, venuePolicy, withoutRefill } from '../support/venue-gateway.js';

const BTC = 'BTC/USDT';
const still = withoutRefill(venuePolicy('deribit'));
const open: Gateway[] = [];
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
});

async function start(policy: Policy = still): Promise<Gateway> {
  const gateway = await startVenue('deribit', policy);
  open.push(gateway);
  return gateway;
}

async function trader(gateway: Gateway, keys = keysOf('deribit')): Promise<CcxtExchange> {
  const exchange = await ccxtAt(gateway, 'deribit', keys);
  // In one millisecond ccxt signs two like requests alike, and the second is a replay: its numbers go on here.
  let nonce = 0;
  exchange.nonce = () => ++nonce;
  await exchange.loadMarkets();
  return exchange;
}

describe('a bot that speaks to Deribit through ccxt', () => {
  it('loads markets and looks at prices', async () => {
    const gateway = await start();
    const stranger = await ccxtAt(gateway, 'deribit');
    const markets = await stranger.loadMarkets();
    expect(Object.keys(markets)).toHaveLength(12);
    expect(markets[BTC]).toMatchObject({ id: 'BTC_USDT', active: true, precision: { amount: 0.0001, price: 0.01 } });
    expect(Math.abs((await stranger.fetchTime()) - Date.now())).toBeLessThan(5_000);
    expect(await stranger.fetchStatus()).toMatchObject({ status: 'ok' });
    expect(await stranger.fetchTicker(BTC)).toMatchObject({
      symbol: BTC,
      bid: 64_999.99,
      ask: 65_000.01,
      last: 65_000,
    });
    const { bids, asks } = await stranger.fetchOrderBook(BTC, 3);
    expect([bids.length, asks.length, bids[0], asks[0]]).toEqual([3, 3, [64_999.99, 0.5], [65_000.01, 0.5]]);
    expect(gateway.stats().bugs).toBe(0);
  });

  it('places, lists, finds, edits and cancels a limit order', async () => {
    const exchange = await trader(await start());
    const before = (await exchange.fetchBalance()).USDT;
    const placed = await exchange.createOrder(BTC, 'limit', 'buy', 0.25, 60_000.5);
    expect(placed).toMatchObject({
      id: 'USDT-1000001',
      symbol: BTC,
      status: 'open',
      side: 'buy',
      amount: 0.25,
      filled: 0,
    });
    expect(await exchange.fetchOpenOrders(BTC)).toMatchObject([{ id: placed.id, price: 60_000.5, status: 'open' }]);
    const held = (await exchange.fetchBalance()).USDT;
    expect(held).toEqual({ free: (before?.free ?? 0) - 15_000.125, used: 15_000.125, total: before?.total });
    const edited = await exchange.editOrder(placed.id, BTC, 'limit', 'buy', 0.5, 59_000);
    expect(edited).toMatchObject({ id: placed.id, price: 59_000, amount: 0.5 });
    expect(await exchange.fetchOrder(placed.id, BTC)).toMatchObject({ price: 59_000, status: 'open' });
    expect(await exchange.cancelOrder(placed.id, BTC)).toMatchObject({ id: placed.id, status: 'canceled' });
    expect(await exchange.fetchOpenOrders(BTC)).toEqual([]);
    expect(await exchange.fetchClosedOrders(BTC)).toMatchObject([{ id: placed.id, status: 'canceled' }]);
    expect((await exchange.fetchBalance()).USDT).toEqual(before);
    const sold = await exchange.createOrder(BTC, 'market', 'sell', 0.01);
    expect(sold).toMatchObject({ status: 'closed', filled: 0.01 });
    expect((await exchange.fetchBalance()).USDT?.total).toBe((before?.total ?? 0) + 650);
    await exchange.createOrder(BTC, 'limit', 'buy', 0.25, 60_000);
    expect(await exchange.cancelAllOrders()).toMatchObject([{ info: { result: 1 } }]);
  });

  it('is told of orders that are gone, of others, too dear, misspelt or of no market', async () => {
    const gateway = await start();
    const exchange = await trader(gateway);
    const stranger = await trader(gateway, keysOf('deribit', bob));
    const { id } = await exchange.createOrder(BTC, 'limit', 'sell', 0.5, 70_000);
    expect(await failureOf(stranger.cancelOrder(id, BTC))).toMatch(/^OrderNotFound: .*10004.*order_not_found/);
    await exchange.cancelOrder(id, BTC);
    expect(await failureOf(exchange.cancelOrder(id, BTC))).toMatch(/^OrderNotFound: .*10010.*already_closed/);
    expect(await failureOf(exchange.cancelOrder('USDT-1', BTC))).toMatch(/^OrderNotFound: .*10004/);
    expect(await failureOf(exchange.createOrder(BTC, 'limit', 'buy', 100_000, 60_000))).toMatch(
      /^InsufficientFunds: .*10009.*not_enough_funds/,
    );
    const order = { instrument_name: 'BTC_USDT', amount: '1', type: 'limit', price: '60000' };
    const ask = (params: Record<string, string>) =>
      failureOf(exchange.request('buy', 'private', 'GET', { ...order, ...params }));
    expect(await ask({ instrument_name: 'NOSUCH' })).toContain('"code":13020');
    expect(await ask({ price: '60000.001' })).toMatch(/^InvalidOrder: .*"code":10043/);
    expect(await ask({ amount: '-1' })).toMatch(/^InvalidOrder: .*"code":10021/);
    expect(await ask({ price: 'x' })).toMatch(/^InvalidOrder: .*"code":10023/);
    expect(await ask({ type: 'stop_limit' })).toMatch(/^BadRequest: .*"code":-32602/);
    expect(gateway.stats().bugs).toBe(0);
  });
});

describe('limits of Deribit, as ccxt has them', () => {
  it('lets a hundred requests of an account through at once, and twenty to the matching engine', async () => {
    const exchange = await trader(await start(onlyLimits(still, ['credits', 'matching-engine'])));
    for (let count = 1; count <= 20; count++) await exchange.createOrder(BTC, 'limit', 'buy', 0.01, 50_000);
    const order = exchange.createOrder(BTC, 'limit', 'buy', 0.01, 50_000);
    expect(await failureOf(order)).toMatch(/^DDoSProtection: .*"code":10028,"message":"too_many_requests"/);
    for (let count = 1; count <= 100; count++) await exchange.fetchOpenOrders(BTC);
    expect(await failureOf(exchange.fetchBalance())).toMatch(/^DDoSProtection: .*"code":10028/);
  });

  it('throttles public calls by address', async () => {
    const exchange = await ccxtAt(await start(onlyLimits(still, ['public-ip'], { capacity: 1000 })), 'deribit');
    await exchange.fetchTime();
    await exchange.fetchTime();
    expect(await failureOf(exchange.fetchTime())).toMatch(/^DDoSProtection: .*"code":10028/);
  });

  it('ends the session of whoever is above them', async () => {
    const { port } = await start(onlyLimits(still, ['public-ip'], { capacity: 500 }));
    const ask = () =>
      new Promise<string>((resolve, reject) => {
        const sent = send({ host: '127.0.0.1', port, path: '/api/v2/public/get_time' }, (answer) => {
          answer.resume();
          answer.once('end', () => resolve(`${answer.statusCode} ${answer.headers.connection}`));
        });
        sent.setHeader('connection', 'keep-alive');
        sent.once('error', reject);
        sent.end();
      });
    expect([await ask(), await ask()]).toEqual(['200 keep-alive', '429 close']);
  });
});

describe('signatures of Deribit, as ccxt makes them', () => {
  it('a wrong secret, an unknown key and a clock that is off are errors of authentication', async () => {
    const gateway = await start();
    const wrong = await trader(gateway, { apiKey: ann.keyId, secret: 'guessed' });
    expect(await failureOf(wrong.fetchBalance())).toMatch(/^AuthenticationError: .*"code":13004/);
    const unknown = await trader(gateway, { apiKey: 'nobody', secret: 'guessed' });
    expect(await failureOf(unknown.fetchBalance())).toMatch(/^AuthenticationError: .*"code":13004/);
    const exchange = await trader(gateway);
    const now = exchange.milliseconds.bind(exchange);
    exchange.milliseconds = () => now() - 70_000;
    expect(await failureOf(exchange.fetchBalance())).toMatch(/^AuthenticationError: .*"code":13009.*too far off/);
    const bare = await fetch(`${gateway.url}/api/v2/private/get_positions`);
    expect([bare.status, await bare.json()]).toMatchObject([401, { error: { code: 13_009, message: 'unauthorized' } }]);
  });

  it('a request is taken once', async () => {
    const exchange = await trader(await start());
    const nowMs = exchange.milliseconds();
    exchange.milliseconds = () => nowMs;
    exchange.nonce = () => 7;
    await exchange.fetchBalance();
    expect(await failureOf(exchange.fetchBalance())).toMatch(/^AuthenticationError: .*"code":13009.*nonce was used/);
  });
});

describe('JSON-RPC in a body', () => {
  it('is answered with its id, signed like any other request', async () => {
    const gateway = await start();
    const post = async (method: string, params: unknown, headers: (body: string) => Record<string, string>) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 42, method, params });
      const answer = await fetch(`${gateway.url}/api/v2/${method}`, { method: 'POST', body, headers: headers(body) });
      return await answer.json();
    };
    const asked = { instrument_name: 'ETH_USDT' };
    expect(await post('public/ticker', asked, () => ({}))).toMatchObject({ id: 42, result: { last_price: 3200 } });
    const signature = (body: string) => {
      const timestamp = Date.now();
      const text = `${timestamp}\n1\nPOST\n/api/v2/private/buy\n${body}\n`;
      const sig = createHmac('sha256', ann.secret).update(text).digest('hex');
      return { authorization: `deri-hmac-sha256 id=${ann.keyId},ts=${timestamp},sig=${sig},nonce=1` };
    };
    const order = { ...asked, amount: 0.5, price: 3000, type: 'limit', label: 'mine' };
    const placed = await post('private/buy', order, signature);
    expect(placed).toMatchObject({
      id: 42,
      result: { order: { price: 3000, amount: 0.5, label: 'mine' }, trades: [] },
    });
    const unknown = await fetch(`${gateway.url}/api/v2/private/withdraw`);
    expect(await unknown.json()).toMatchObject({ error: { code: -32_601, message: 'Method not found' } });
  });
});
