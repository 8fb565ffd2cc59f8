import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import type { Policy } from '../../harness/scenario/plan.js';
import { type CcxtExchange, ccxtAt, failureOf } from '../support/ccxt-venue.js';
import { ann, bob, keysOf, onlyLimits, startVenue, venuePolicy, withoutRefill } from '../support/venue-gateway.js';

const BTC = 'BTC/USDT';
const published = venuePolicy('kraken');
const open: Gateway[] = [];
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
});

async function start(policy: Policy): Promise<Gateway> {
  const gateway = await startVenue('kraken', policy);
  open.push(gateway);
  return gateway;
}

/** Its numbers are those of ccxt, which are milliseconds, but never twice the same. */
async function trader(gateway: Gateway, keys = keysOf('kraken')): Promise<CcxtExchange> {
  const exchange = await ccxtAt(gateway, 'kraken', keys);
  const ownNonce = exchange.nonce.bind(exchange);
  let last = 0;
  exchange.nonce = () => {
    last = Math.max(last + 1, ownNonce());
    return last;
  };
  await exchange.loadMarkets();
  return exchange;
}

/** As roomy as it was, and never fuller. */
const still = withoutRefill(published);

describe('a bot that speaks to Kraken through ccxt', () => {
  it('loads markets and looks at prices', async () => {
    const gateway = await start(still);
    const stranger = await ccxtAt(gateway, 'kraken');
    const markets = await stranger.loadMarkets();
    expect(Object.keys(markets)).toHaveLength(12);
    expect(markets[BTC]).toMatchObject({ id: 'XBTUSDT', active: true, precision: { amount: 0.0001, price: 0.01 } });
    expect(markets['DOGE/USDT']).toMatchObject({ id: 'XDGUSDT' });
    expect(Math.abs((await stranger.fetchTime()) - Date.now())).toBeLessThan(5_000);
    expect(await stranger.fetchStatus()).toMatchObject({ status: 'ok' });
    expect(await stranger.fetchTicker(BTC)).toMatchObject({
      symbol: BTC,
      bid: 64_999.99,
      ask: 65_000.01,
      last: 65_000,
    });
    const { bids, asks } = await stranger.fetchOrderBook(BTC, 5);
    expect([bids.length, asks.length, bids[0]?.[0], asks[0]?.[0]]).toEqual([5, 5, 64_999.99, 65_000.01]);
    expect(gateway.stats().bugs).toBe(0);
  });

  it('places, lists, finds, amends and cancels a limit order', async () => {
    const exchange = await trader(await start(still));
    const before = (await exchange.fetchBalance()).USDT;
    const placed = await exchange.createOrder(BTC, 'limit', 'buy', 0.25, 60_000.5);
    expect(placed).toMatchObject({
      id: 'OFLOOD-PROOF-000001',
      symbol: BTC,
      side: 'buy',
      price: 60_000.5,
      amount: 0.25,
    });
    expect(await exchange.fetchOpenOrders(BTC)).toMatchObject([
      { id: placed.id, status: 'open', amount: 0.25, filled: 0 },
    ]);
    const held = (await exchange.fetchBalance()).USDT;
    expect(held).toEqual({ free: (before?.free ?? 0) - 15_000.125, used: 15_000.125, total: before?.total });
    await exchange.editOrder(placed.id, BTC, 'limit', 'buy', 0.5, 59_000);
    expect(await exchange.fetchOrder(placed.id)).toMatchObject({
      id: placed.id,
      status: 'open',
      price: 59_000,
      amount: 0.5,
    });
    await exchange.cancelOrder(placed.id, BTC);
    expect(await exchange.fetchOpenOrders(BTC)).toEqual([]);
    expect(await exchange.fetchClosedOrders(BTC)).toMatchObject([{ id: placed.id, status: 'canceled' }]);
    expect((await exchange.fetchBalance()).USDT).toEqual(before);
    expect(await exchange.createOrder(BTC, 'market', 'sell', 0.01)).toMatchObject({ side: 'sell', type: 'market' });
    const sold = (await exchange.fetchBalance()).USDT;
    expect(sold?.total).toBe((before?.total ?? 0) + 650);
  });

  it('places a batch, cancels by its own name and all at once', async () => {
    const exchange = await trader(await start(still));
    const order = { ordertype: 'limit', type: 'buy', volume: '0.1', price: '50000' };
    const batch = { pair: 'XBTUSDT', orders: [order, { ...order, cl_ord_id: 'mine' }, { ...order, volume: '1e3' }] };
    const answer = exchange.request('AddOrderBatch', 'private', 'POST', batch);
    expect(await failureOf(answer)).toMatch(/^InvalidOrder: .*OFLOOD-PROOF-000002.*EGeneral:Invalid arguments:volume/);
    expect(await exchange.fetchOpenOrders(BTC)).toHaveLength(2);
    await exchange.request('CancelOrder', 'private', 'POST', { cl_ord_id: 'mine' });
    expect(await exchange.fetchOpenOrders(BTC)).toMatchObject([{ id: 'OFLOOD-PROOF-000001' }]);
    expect(await exchange.cancelAllOrders()).toMatchObject([{ info: { result: { count: 1 } } }]);
  });

  it('is told of orders that are gone, of others, too dear, misspelt or of no market', async () => {
    const gateway = await start(still);
    const exchange = await trader(gateway);
    const stranger = await trader(gateway, keysOf('kraken', bob));
    const { id } = await exchange.createOrder(BTC, 'limit', 'sell', 0.5, 70_000);
    expect(await failureOf(stranger.cancelOrder(id, BTC))).toMatch(/^OrderNotFound: .*EOrder:Unknown order/);
    expect(await failureOf(stranger.fetchOrder(id))).toMatch(/^OrderNotFound: /);
    await exchange.cancelOrder(id, BTC);
    expect(await failureOf(exchange.cancelOrder(id, BTC))).toMatch(/^OrderNotFound: .*EOrder:Unknown order/);
    expect(await failureOf(exchange.createOrder(BTC, 'limit', 'buy', 100_000, 60_000))).toMatch(/^InsufficientFunds: /);
    const order = { pair: 'XBTUSDT', type: 'buy', ordertype: 'limit', volume: '1', price: '60000' };
    const ask = (params: Record<string, string>) =>
      failureOf(exchange.request('AddOrder', 'private', 'POST', { ...order, ...params }));
    expect(await ask({ pair: 'NOSUCH' })).toContain('EQuery:Unknown asset pair');
    expect(await ask({ price: '60000.001' })).toMatch(/^InvalidOrder: /);
    expect(await ask({ volume: '0' })).toMatch(/^InvalidOrder: .*EGeneral:Invalid arguments:volume/);
    expect(await ask({ price: 'x' })).toMatch(/^InvalidOrder: .*EGeneral:Invalid arguments:price/);
    expect(await ask({ ordertype: 'iceberg' })).toContain('EGeneral:Invalid arguments:ordertype');
    expect(gateway.stats().bugs).toBe(0);
  });
});

describe('limits of Kraken, as ccxt has them', () => {
  it('counts 20 calls of a key, and those of each key apart', async () => {
    const gateway = await start(onlyLimits(still, ['calls-key', 'engine']));
    const exchange = await trader(gateway);
    for (let count = 1; count <= 20; count++) await exchange.fetchOpenOrders();
    expect(await failureOf(exchange.fetchBalance())).toMatch(/^DDoSProtection: .*"EAPI:Rate limit exceeded"/);
    await exchange.createOrder(BTC, 'limit', 'buy', 0.01, 50_000);
    const other = await trader(gateway, keysOf('kraken', bob));
    await expect(other.fetchBalance()).resolves.toBeDefined();
  });

  it('lets nobody place and cancel at once more than twenty times', async () => {
    const exchange = await trader(await start(still));
    const placeAndCancel = async () => {
      const { id } = await exchange.createOrder(BTC, 'limit', 'buy', 0.01, 50_000);
      await exchange.cancelOrder(id, BTC);
    };
    // One for the order and eight for its cancel: 180 is twenty times that.
    for (let count = 1; count <= 20; count++) await placeAndCancel();
    expect(await failureOf(placeAndCancel())).toMatch(/^DDoSProtection: .*"EOrder:Rate limit exceeded"/);
  });

  it('throttles public calls by address', async () => {
    const exchange = await ccxtAt(await start(still), 'kraken');
    for (let count = 1; count <= 15; count++) await exchange.fetchTime();
    expect(await failureOf(exchange.fetchTime())).toMatch(/^DDoSProtection: .*"EGeneral:Too many requests"/);
  });

  it('locks whoever goes on out, where a policy bans', async () => {
    const ban = { afterThrottles: 1, stepsUs: [60_000_000], forgetUs: 0 };
    const exchange = await ccxtAt(await start(onlyLimits(still, ['public-calls'], { capacity: 1, ban })), 'kraken');
    await exchange.fetchTime();
    expect(await failureOf(exchange.fetchTime())).toContain('EGeneral:Too many requests');
    expect(await failureOf(exchange.fetchTime())).toMatch(/^DDoSProtection: .*"EGeneral:Temporary lockout"/);
  });
});

describe('signatures of Kraken, as ccxt makes them', () => {
  it('tells a wrong secret, an unknown key and no key apart', async () => {
    const gateway = await start(still);
    const wrong = await trader(gateway, { apiKey: ann.keyId, secret: Buffer.from('guessed').toString('base64') });
    // ccxt has no class of its own for it.
    expect(await failureOf(wrong.fetchBalance())).toMatch(/^ExchangeError: .*"EAPI:Invalid signature"/);
    const unknown = await trader(gateway, { apiKey: 'nobody', secret: Buffer.from('guessed').toString('base64') });
    expect(await failureOf(unknown.fetchBalance())).toMatch(/^AuthenticationError: .*"EAPI:Invalid key"/);
    const bare = await fetch(`${gateway.url}/0/private/Balance`, { method: 'POST', body: 'nonce=1' });
    expect([bare.status, await bare.json()]).toEqual([200, { error: ['EAPI:Invalid key'] }]);
  });

  it('takes no number twice, and none below the last', async () => {
    const exchange = await trader(await start(still));
    let nonce = Date.now();
    exchange.nonce = () => nonce;
    await exchange.fetchBalance();
    expect(await failureOf(exchange.fetchBalance())).toMatch(/^InvalidNonce: .*"EAPI:Invalid nonce"/);
    nonce -= 1;
    expect(await failureOf(exchange.fetchBalance())).toMatch(/^InvalidNonce: /);
    nonce += 2;
    await expect(exchange.fetchBalance()).resolves.toBeDefined();
  });
});
