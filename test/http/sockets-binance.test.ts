import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import { ann } from './gateway-support.js';
import { dialSocket, SocketClient } from './socket-client.js';
import { type PolicyChange, trader, venueStage } from './venue-gateway.js';

const stage = venueStage();
const clients: Client[] = [];

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate();
});

function binance(changes: readonly PolicyChange[] = []): Promise<Gateway> {
  return stage.start('binance', changes);
}

interface RateLimit {
  readonly rateLimitType: string;
  readonly interval: string;
  readonly intervalNum: number;
  readonly limit: number;
  readonly count: number;
}

interface Told {
  readonly id: unknown;
  readonly status: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly msg: string; readonly data?: Readonly<Record<string, number>> };
  readonly rateLimits?: readonly RateLimit[];
}

class Client extends SocketClient {
  call(method: string, params: object = {}): Promise<Told> {
    return this.ask<Told>({ id: 7, method, params });
  }
}

async function dial(gateway: Gateway, path = '/ws-api/v3'): Promise<Client> {
  const { socket } = await dialSocket(gateway, path);
  const client = new Client(socket);
  clients.push(client);
  return client;
}

/** Windows of ten years, as long as there may be, so that none ends within a test: at midnight one of a day does. */
const long: readonly PolicyChange[] = [
  ['window: 1min', 'window: 3650d'],
  ['window: 10s', 'window: 3650d'],
];
const firstHit: PolicyChange = ['anchor: calendar', 'anchor: first-hit'];
const limit = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.5', price: '60000' };

/** Signed by hand, from the venue's document: names in order, `name=value`, joined by `&`. */
function signed(params: Readonly<Record<string, string | number>>, { secret = ann.secret, keyId = ann.keyId } = {}) {
  const all: Readonly<Record<string, string | number>> = { timestamp: Date.now(), ...params, apiKey: keyId };
  const text = Object.keys(all)
    .sort()
    .map((name) => `${name}=${all[name]}`)
    .join('&');
  return { ...all, signature: createHmac('sha256', secret).update(text, 'utf8').digest('hex') };
}

describe("Binance's WebSocket API", () => {
  it('answers the time, with the limits that count it', async () => {
    const client = await dial(await binance(long));
    const told = await client.ask<Told>({ id: 'a-1', method: 'time' });
    expect(told).toMatchObject({ id: 'a-1', status: 200 });
    expect(Math.abs(Number(told.result?.serverTime) - Date.now())).toBeLessThan(60_000);
    expect(told.rateLimits).toEqual([
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'DAY', intervalNum: 3650, limit: 6000, count: 1 },
    ]);
  });

  it('places, lists and cancels a signed order', async () => {
    const client = await dial(await binance(long));
    const placed = await client.call('order.place', signed({ ...limit, newClientOrderId: 'mine', recvWindow: 4000 }));
    expect(placed).toMatchObject({ status: 200, result: { symbol: 'BTCUSDT', status: 'NEW', clientOrderId: 'mine' } });
    expect(
      placed.rateLimits?.map(({ rateLimitType, intervalNum, count }) => [rateLimitType, intervalNum, count]),
    ).toEqual([
      ['REQUEST_WEIGHT', 3650, 1],
      ['ORDERS', 3650, 1],
      ['ORDERS', 1, 1],
    ]);
    const { orderId } = placed.result as { orderId: number };
    const open = await client.call('openOrders.status', signed({ symbol: 'BTCUSDT' }));
    expect(open.result).toEqual([expect.objectContaining({ orderId })]);
    const cancelled = await client.call('order.cancel', signed({ symbol: 'BTCUSDT', orderId }));
    expect(cancelled).toMatchObject({ status: 200, result: { status: 'CANCELED', orderId } });
    const again = await client.call('order.cancel', signed({ symbol: 'BTCUSDT', orderId }));
    expect(again).toMatchObject({ status: 400, error: { code: -2011 } });
    const account = await client.call('v3/account.status', signed({}));
    expect(account.result?.balances).toContainEqual(expect.objectContaining({ asset: 'USDT', locked: '0.00000000' }));
  });

  it('signs text beyond ASCII as UTF-8, as the document has it', async () => {
    const client = await dial(await binance());
    const told = await client.call('order.place', signed({ ...limit, symbol: '１２３４５６' }));
    // The signature is right, and the market is not there.
    expect(told).toMatchObject({ status: 400, error: { code: -1121 } });
  });

  it.each([
    { what: 'another secret', params: signed(limit, { secret: 'another' }), status: 400, code: -1022 },
    { what: 'an unknown key', params: signed(limit, { keyId: 'nobody' }), status: 401, code: -2015 },
    { what: 'an old timestamp', params: signed({ ...limit, timestamp: 1 }), status: 400, code: -1021 },
    { what: 'no key', params: { ...signed(limit), apiKey: undefined }, status: 401, code: -2014 },
    { what: 'a window above the longest', params: signed({ ...limit, recvWindow: 60_001 }), status: 400, code: -1131 },
    { what: 'a parameter that is an object', params: { ...signed(limit), more: {} }, status: 400, code: -1102 },
    { what: 'a parameter changed', params: { ...signed(limit), price: '60001' }, status: 400, code: -1022 },
    { what: 'a parameter added', params: { ...signed(limit), icebergQty: '1' }, status: 400, code: -1022 },
  ])('refuses an order with $what', async ({ params, status, code }) => {
    const client = await dial(await binance());
    expect(await client.call('order.place', params)).toMatchObject({ id: 7, status, error: { code } });
  });

  it('refuses what is older than the window it asks for', async () => {
    const client = await dial(await binance());
    const old = Date.now() - 2_000;
    expect(await client.call('order.place', signed({ ...limit, timestamp: old, recvWindow: 1_000 }))).toMatchObject({
      error: { code: -1021 },
    });
    expect(await client.call('order.place', signed({ ...limit, timestamp: old }))).toMatchObject({ status: 200 });
  });

  it('shares weights and orders with the REST API', async () => {
    const gateway = await binance(long);
    const exchange = await trader(gateway, 'binance', { options: { defaultType: 'spot' } });
    const rest = await exchange.request('time', 'public', 'GET');
    expect(rest).toHaveProperty('serverTime');
    const client = await dial(gateway);
    expect((await client.call('ping')).rateLimits?.[0]?.count).toBe(2);
    const { result } = await client.call('order.place', signed(limit));
    const open = (await exchange.request('openOrders', 'private', 'GET', { symbol: 'BTCUSDT' })) as unknown[];
    expect(open).toEqual([expect.objectContaining({ orderId: result?.orderId })]);
    // ping 1, order 1, and 6 for the open orders of a symbol.
    expect(exchange.last_response_headers).toMatchObject({ 'X-Mbx-Used-Weight-3650d': '9' });
  });

  it('meets the weights as 429 with the instant at which to come back, and a ban as 418 that ends the connection', async () => {
    const gateway = await binance([firstHit, ['capacity: 6000', 'capacity: 40'], ['after: 20', 'after: 1']]);
    const client = await dial(gateway);
    await client.call('exchangeInfo');
    await client.call('exchangeInfo');
    const throttled = await client.call('ping');
    expect(throttled).toMatchObject({ status: 429, error: { code: -1003 } });
    const { serverTime = 0, retryAfter = 0 } = throttled.error?.data ?? {};
    // The ban has begun: two minutes.
    expect(retryAfter - serverTime).toBe(120_000);
    const ended = client.closed();
    expect(await client.call('ping')).toMatchObject({ status: 418, error: { code: -1003 } });
    expect(await ended).toBe(1008);
  });

  const flying = 'limits:\n  - { name: flying, match: [time], by: ip, family: concurrency, capacity: 1 }\n';
  const queue =
    'limits:\n  - { name: queue, match: [time], by: ip, family: leaky-queue, capacity: 1, queue: 2, refill: 3 per 1s }\n';
  const kills =
    'limits:\n  - { name: fuse, match: [time], by: ip, family: token-bucket, capacity: 1, refill: 1 per 1h, kill: true }\n';

  it('gives back what a request holds of limits in flight as soon as it is answered', async () => {
    const client = await dial(await binance([['limits:\n', flying]]));
    for (let n = 0; n < 3; n++) expect(await client.call('ping')).toMatchObject({ status: 200 });
  });

  it('lets a request wait for its turn in a queue, and others go before it', async () => {
    const client = await dial(await binance([['limits:\n', queue]]));
    for (const id of [1, 2, 3, 4]) client.socket.send(JSON.stringify({ id, method: 'ping' }));
    client.socket.send(JSON.stringify({ id: 5, method: 'depth', params: { symbol: 'BTCUSDT' } }));
    const told: Told[] = [];
    for (let n = 0; n < 5; n++) told.push(await client.next<Told>());
    expect(told.map(({ id, status }) => [id, status])).toEqual([
      [1, 200],
      [4, 429],
      [5, 200],
      [2, 200],
      [3, 200],
    ]);
  });

  it('ends the connection where a limit says so', async () => {
    const client = await dial(await binance([['limits:\n', kills]]));
    expect(await client.call('ping')).toMatchObject({ status: 200 });
    const ended = client.closed();
    expect(await client.call('ping')).toMatchObject({ status: 429 });
    expect(await ended).toBe(1008);
  });

  it('meets the orders as 429 with -1015', async () => {
    const client = await dial(await binance([firstHit, ['capacity: 50\n', 'capacity: 1\n']]));
    expect(await client.call('order.place', signed(limit))).toMatchObject({ status: 200 });
    expect(await client.call('order.place', signed(limit))).toMatchObject({ status: 429, error: { code: -1015 } });
    expect(await client.call('time')).toMatchObject({ status: 200 });
  });

  it.each([
    { path: '/ws-api/v3?returnRateLimits=false', params: {}, shown: false },
    { path: '/ws-api/v3?returnRateLimits=false', params: { returnRateLimits: true }, shown: true },
    { path: '/ws-api/v3', params: { returnRateLimits: false }, shown: false },
  ])('shows its limits on $path with $params: $shown', async ({ path, params, shown }) => {
    const client = await dial(await binance(), path);
    expect('rateLimits' in (await client.call('time', params))).toBe(shown);
  });

  it.each([
    { text: 'no json', id: null },
    { text: '[]', id: null },
    { text: '{"method":"time"}', id: null },
    { text: '{"id":1.5,"method":"time"}', id: null },
    { text: '{"id":1}', id: null },
    { text: '{"id":1,"method":"time","params":[]}', id: null },
  ])('answers $text with -1135, and goes on', async ({ text, id }) => {
    const client = await dial(await binance());
    expect(await client.ask(text)).toMatchObject({ id, status: 400, error: { code: -1135 } });
    expect(await client.call('no.such.method')).toMatchObject({ id: 7, status: 400, error: { code: -1130 } });
    expect(await client.call('time')).toMatchObject({ status: 200 });
  });

  it('takes lone surrogates for no text that anybody could sign', async () => {
    const client = await dial(await binance());
    const { signature, ...params } = signed(limit);
    const text = JSON.stringify({ id: 7, method: 'order.place', params: { ...params, price: 'X', signature } });
    expect(await client.ask(text.replace('"X"', '"\\ud800"'))).toMatchObject({ status: 400, error: { code: -1102 } });
    expect(await client.ask(text.replace(signature, '\\ud800'))).toMatchObject({ status: 400, error: { code: -1102 } });
  });
});

describe("Binance's market streams", () => {
  it('take subscriptions, tell them, and send what there is', async () => {
    const client = await dial(await binance(), '/ws');
    const name = 'btcusdt@bookTicker';
    expect(await client.ask({ id: 1, method: 'SUBSCRIBE', params: [name, 'btcusdt@trade'] })).toEqual({
      id: 1,
      result: null,
    });
    expect(await client.next()).toEqual({ u: 1, s: 'BTCUSDT', b: '64999.99', B: '0.5000', a: '65000.01', A: '0.5000' });
    expect(await client.ask({ id: 2, method: 'UNSUBSCRIBE', params: ['btcusdt@trade'] })).toEqual({
      id: 2,
      result: null,
    });
    expect(await client.ask({ id: 3, method: 'LIST_SUBSCRIPTIONS' })).toEqual({ id: 3, result: [name] });
  });

  it('end a connection that sends six messages in a second', async () => {
    const client = await dial(await binance(), '/stream');
    const ended = client.closed();
    for (let id = 1; id <= 6; id++) client.socket.send(JSON.stringify({ id, method: 'LIST_SUBSCRIPTIONS' }));
    for (let id = 1; id <= 5; id++) expect(await client.next()).toEqual({ id, result: [] });
    expect(await ended).toBe(1008);
  });

  it.each([
    { what: 'no JSON', text: 'no json' },
    { what: 'no streams', text: '{"id":1,"method":"SUBSCRIBE","params":[]}' },
    { what: 'a stream that is no text', text: '{"id":1,"method":"SUBSCRIBE","params":[1]}' },
    { what: 'an end of a stream that is no text', text: '{"id":1,"method":"UNSUBSCRIBE","params":[{"toString":1}]}' },
    { what: 'an unknown method', text: '{"id":1,"method":"SING"}' },
    { what: 'one stream too many', text: JSON.stringify({ id: 1, method: 'SUBSCRIBE', params: names(1_025) }) },
  ])('say what is wrong with $what', async ({ text }) => {
    const client = await dial(await binance(), '/ws');
    expect(await client.ask(text)).toHaveProperty('error.msg');
    expect(await client.ask({ id: 2, method: 'LIST_SUBSCRIPTIONS' })).toEqual({ id: 2, result: [] });
  });
});

function names(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `s${n}`);
}
