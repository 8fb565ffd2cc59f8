import { setTimeout as wait } from 'node:timers/promises';
import { parseList } from 'structured-headers';
import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import type { Policy } from '../../harness/scenario/plan.js';
import { aBan, aFixedWindow } from '../support/plan-builder.js';
import { ann, bob, bucket, Caller, order, policyOf, signed, startTestGateway } from './gateway-support.js';

let gateway: Gateway | undefined;
let callers: Caller[] = [];

afterEach(async () => {
  await Promise.all(callers.map((caller) => caller.close()));
  await gateway?.close();
  callers = [];
  gateway = undefined;
});

async function open(policy: Policy): Promise<Caller> {
  gateway = await startTestGateway(policy);
  return callerFrom('127.0.0.1');
}

function callerFrom(localAddress: string): Caller {
  const caller = new Caller(gateway?.url ?? '', localAddress);
  callers.push(caller);
  return caller;
}

describe('orders', () => {
  it('are placed, amended and cancelled by their owner', async () => {
    const caller = await open(policyOf());
    const placed = await caller.send(signed(ann, 'POST', '/v1/orders', { ...order, clientOrderId: 'mine' }));
    expect(placed.status).toBe(201);
    expect(placed.json).toMatchObject({ clientOrderId: 'mine', symbol: 'BTC-USDT', price: '10.5', status: 'open' });
    const path = `/v1/orders/${placed.json?.orderId}`;
    const amended = await caller.send(signed(ann, 'PUT', path, { price: '11', quantity: '2' }));
    expect(amended.json).toMatchObject({ price: '11', quantity: '2', status: 'open' });
    const account = await caller.send(signed(ann, 'GET', '/v1/account'));
    expect(account.json).toEqual({ account: 'ann', openOrders: 1 });
    const cancelled = await caller.send(signed(ann, 'DELETE', path));
    expect(cancelled).toMatchObject({ status: 200, json: { status: 'cancelled' } });
    expect((await caller.send(signed(ann, 'GET', '/v1/account'))).json).toEqual({ account: 'ann', openOrders: 0 });
  });

  it('of somebody else look exactly like orders that never were', async () => {
    const caller = await open(policyOf());
    const placed = await caller.send(signed(ann, 'POST', '/v1/orders', order));
    const foreign = await caller.send(signed(bob, 'DELETE', `/v1/orders/${placed.json?.orderId}`));
    const missing = await caller.send(signed(bob, 'DELETE', '/v1/orders/00000000-0000-0000-0000-000000000000'));
    expect(foreign).toMatchObject({ status: 403, reason: 'order-not-yours' });
    expect(foreign.headers['x-gate']).toBe('admitted');
    expect({ ...missing, headers: null }).toEqual({ ...foreign, headers: null });
    const amended = await caller.send(
      signed(bob, 'PUT', `/v1/orders/${placed.json?.orderId}`, { price: '1', quantity: '1' }),
    );
    expect(amended.reason).toBe('order-not-yours');
  });

  it('are at most as many as the gateway keeps for one account', async () => {
    gateway = await startTestGateway(policyOf(), { openOrdersPerAccountMax: 1 });
    const caller = callerFrom('127.0.0.1');
    expect((await caller.send(signed(ann, 'POST', '/v1/orders', order))).status).toBe(201);
    const second = await caller.send(signed(ann, 'POST', '/v1/orders', order));
    expect(second).toMatchObject({ status: 409, reason: 'too-many-open-orders' });
    expect(second.headers['x-gate']).toBe('admitted');
  });

  it.each(['{', '[]', 'null', '', '{"symbol":"BTC-USDT"}'])(
    'with the body %s are bad and were admitted',
    async (body) => {
      const caller = await open(policyOf());
      const answer = await caller.send(signed(ann, 'POST', '/v1/orders', body));
      expect(answer).toMatchObject({ status: 400, reason: 'bad-order' });
      expect(answer.headers['x-gate']).toBe('admitted');
    },
  );
});

describe('signatures', () => {
  it.each([
    ['body', { body: JSON.stringify({ ...order, quantity: '1000' }) }],
    ['body, by a blank that JSON does not mind', { body: `${JSON.stringify(order)} ` }],
    ['path', { path: '/v1/orders?admin=1' }],
  ])('do not cover another %s', async (_what, change) => {
    const caller = await open(policyOf());
    const answer = await caller.send({ ...signed(ann, 'POST', '/v1/orders', order), ...change });
    expect(answer).toMatchObject({ status: 401, reason: 'bad-signature' });
    expect(answer.headers['x-gate']).toBe('bad-signature');
    expect((await caller.send(signed(ann, 'GET', '/v1/account'))).json).toMatchObject({ openOrders: 0 });
  });

  it('are accepted once', async () => {
    const caller = await open(policyOf());
    const prepared = signed(ann, 'POST', '/v1/orders', order);
    expect((await caller.send(prepared)).status).toBe(201);
    expect(await caller.send(prepared)).toMatchObject({ status: 401, reason: 'replayed' });
    expect((await caller.send(signed(ann, 'GET', '/v1/account'))).json).toMatchObject({ openOrders: 1 });
  });

  it.each([
    [6_000, 'stale'],
    [-60_000, 'from-future'],
  ])('made %d ms ago are %s', async (agoMs, reason) => {
    const caller = await open(policyOf());
    const answer = await caller.send(signed(ann, 'GET', '/v1/account', null, { agoMs }));
    expect(answer).toMatchObject({ status: 401, reason });
  });

  it('of a key that nobody has are of an unknown key', async () => {
    const caller = await open(policyOf());
    const answer = await caller.send(signed({ ...ann, keyId: 'no-such-key' }, 'GET', '/v1/account'));
    expect(answer).toMatchObject({ status: 401, reason: 'unknown-key' });
  });

  it('of one account do not pass for another account', async () => {
    const caller = await open(policyOf());
    const prepared = signed(ann, 'GET', '/v1/account');
    const answer = await caller.send({ ...prepared, headers: { ...prepared.headers, 'x-api-key': bob.keyId } });
    expect(answer).toMatchObject({ status: 401, reason: 'bad-signature' });
  });

  it('are demanded, and a request without one is charged to its address', async () => {
    const caller = await open(
      policyOf([bucket('ip', 'ip', ['account'], { capacity: 1, refillCells: 1, refillPeriodUs: 60_000_000 })]),
    );
    expect(await caller.get('/v1/account')).toMatchObject({ status: 401, reason: 'malformed' });
    expect(await caller.get('/v1/account')).toMatchObject({ status: 429, reason: 'throttled' });
  });

  it('can not stand under bytes that are no text', async () => {
    const caller = await open(policyOf());
    const text = JSON.stringify({ ...order, clientOrderId: '\ufffd' });
    const bytes = Buffer.from(text.replace('\ufffd', '\xff'), 'latin1');
    const prepared = signed(ann, 'POST', '/v1/orders', text);
    expect(await caller.send({ ...prepared, body: bytes })).toMatchObject({ status: 401, reason: 'malformed' });
  });

  it('on a class that needs none count for nothing', async () => {
    const caller = await open(policyOf());
    const answer = await caller.get('/v1/ticker?symbol=BTC-USDT', { 'x-api-key': 'no-such-key', 'x-signature': 'x' });
    expect(answer).toMatchObject({ status: 200, json: { symbol: 'BTC-USDT' } });
  });
});

describe('a throttled caller', () => {
  const tickers = bucket('ticker-ip', 'ip', ['ticker'], { capacity: 2, refillCells: 1, refillPeriodUs: 1_000_000 });

  it('is told which limit, when to come back, and is admitted then', async () => {
    const caller = await open(policyOf([tickers]));
    const path = '/v1/ticker?symbol=BTC-USDT';
    const first = await caller.get(path);
    expect(parseList(String(first.headers.ratelimit))).toEqual([['ticker-ip', new Map([['r', 1]])]]);
    await caller.get(path);
    const refused = await caller.get(path);
    expect(refused).toMatchObject({ status: 429, error: { reason: 'throttled', limit: 'ticker-ip' } });
    expect(refused.headers).toMatchObject({ 'x-gate': 'throttled', 'retry-after': '1' });
    expect(parseList(String(refused.headers.ratelimit))).toEqual([
      [
        'ticker-ip',
        new Map([
          ['r', 0],
          ['t', 1],
        ]),
      ],
    ]);
    expect(parseList(String(refused.headers['ratelimit-policy']))).toEqual([
      [
        'ticker-ip',
        new Map([
          ['q', 2],
          ['w', 2],
        ]),
      ],
    ]);
    const retryAfterMs = Number(refused.error.retryAfterMs);
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(1000);
    await wait(retryAfterMs);
    expect((await caller.get(path)).status).toBe(200);
  });

  it('of a fixed window is told when the window ends, even while it is admitted', async () => {
    const { name, by, costs } = tickers;
    const window = aFixedWindow({ name, by, costs, capacity: 2, windowUs: 30_000_000, anchor: 'first-hit' });
    const caller = await open(policyOf([window]));
    const answer = await caller.get('/v1/ticker?symbol=BTC-USDT');
    expect(answer.headers.ratelimit).toBe('"ticker-ip";r=1;t=30');
  });

  it('is told never, and no time, when the cost is above the capacity', async () => {
    const never = { ...tickers, costs: tickers.costs.map((cost) => cost * 3) };
    const caller = await open(policyOf([never]));
    const answer = await caller.get('/v1/ticker?symbol=BTC-USDT');
    expect(answer).toMatchObject({ status: 429, reason: 'never' });
    expect(answer.headers['retry-after']).toBeUndefined();
    expect(answer.error.retryAfterMs).toBeUndefined();
  });

  it('who goes on is banned', async () => {
    const caller = await open(
      policyOf([{ ...tickers, capacity: 1, refillPeriodUs: 60_000_000, ban: aBan(1, 60_000_000) }]),
    );
    await caller.get('/v1/ticker?symbol=BTC-USDT');
    expect((await caller.get('/v1/ticker?symbol=BTC-USDT')).reason).toBe('throttled');
    const banned = await caller.get('/v1/ticker?symbol=BTC-USDT');
    expect(banned).toMatchObject({ status: 418, reason: 'banned' });
    expect(Number(banned.headers['retry-after'])).toBeGreaterThan(50);
  });

  it('by key is the key, wherever it comes from', async () => {
    const orders = bucket('orders-key', 'key', ['account'], {
      capacity: 1,
      refillCells: 1,
      refillPeriodUs: 60_000_000,
    });
    await open(policyOf([orders]));
    expect((await callerFrom('127.0.0.7').send(signed(ann, 'GET', '/v1/account'))).status).toBe(200);
    const refused = await callerFrom('127.0.0.8').send(signed(ann, 'GET', '/v1/account'));
    expect(refused).toMatchObject({ status: 429, error: { limit: 'orders-key' } });
    expect((await callerFrom('127.0.0.8').send(signed(bob, 'GET', '/v1/account'))).status).toBe(200);
  });
});

describe('the address of a caller', () => {
  const once = bucket('ip', 'ip', ['ticker'], { capacity: 1, refillCells: 1, refillPeriodUs: 60_000_000 });
  const path = '/v1/ticker?symbol=BTC-USDT';

  it('is that of the socket, whatever X-Forwarded-For says', async () => {
    await open(policyOf([once]));
    const seventh = callerFrom('127.0.0.7');
    expect((await seventh.get(path)).status).toBe(200);
    expect((await seventh.get(path, { 'x-forwarded-for': '9.9.9.9' })).status).toBe(429);
    expect((await callerFrom('127.0.0.8').get(path)).status).toBe(200);
  });

  it('is believed to be the left-most entry by a weak policy', async () => {
    const caller = await open(policyOf([once], { clientIp: { from: 'forwarded-leftmost' } }));
    expect((await caller.get(path, { 'x-forwarded-for': '9.9.9.9' })).status).toBe(200);
    expect((await caller.get(path, { 'x-forwarded-for': '9.9.9.9' })).status).toBe(429);
    expect((await caller.get(path, { 'x-forwarded-for': '9.9.9.8, 9.9.9.9' })).status).toBe(200);
  });

  it('behind a proxy is the entry that the proxy added', async () => {
    const caller = await open(policyOf([once], { clientIp: { from: 'trusted-hop', hops: 1 } }));
    expect((await caller.get(path, { 'x-forwarded-for': '9.9.9.9' })).status).toBe(200);
    expect((await caller.get(path, { 'x-forwarded-for': '1.2.3.4, 9.9.9.9' })).status).toBe(429);
  });
});

describe('a login', () => {
  const login = bucket('login-account', 'account', ['login'], {
    capacity: 2,
    refillCells: 1,
    refillPeriodUs: 60_000_000,
  });

  it('with the right password opens a session, each time another', async () => {
    const caller = await open(policyOf());
    const first = await caller.login('ann', ann.password);
    const second = await caller.login('ann', ann.password);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.json?.token).toMatch(/^[\w-]{32}$/);
    expect(second.json?.token).not.toBe(first.json?.token);
    expect(gateway?.stats().sessions).toBe(2);
  });

  it('with a wrong password or name was admitted and gets the same answer', async () => {
    const caller = await open(policyOf());
    const password = await caller.login('ann', 'wrong');
    const name = await caller.login('nobody', ann.password);
    expect(password).toMatchObject({ status: 401, reason: 'bad-credentials' });
    expect(password.headers['x-gate']).toBe('admitted');
    expect(name.json).toEqual(password.json);
  });

  it('is charged to the account that it tries', async () => {
    const caller = await open(policyOf([login]));
    await caller.login('ann', 'wrong');
    await caller.login('ann', 'wrong');
    expect(await caller.login('ann', ann.password)).toMatchObject({ status: 429, error: { limit: 'login-account' } });
    expect((await caller.login('bob', bob.password)).status).toBe(200);
  });

  it.each([
    '{',
    '[]',
    '{"username":"ann"}',
    '{"username":["ann"],"password":"x"}',
    '{"username":"a b","password":"x"}',
  ])('that can not be read is bad, was admitted, and is charged all the same: %s', async (body) => {
    const caller = await open(policyOf([login]));
    for (let attempt = 0; attempt < 2; attempt++) {
      const answer = await caller.post('/v1/login', body);
      expect(answer).toMatchObject({ status: 400, reason: 'bad-login' });
      expect(answer.headers['x-gate']).toBe('admitted');
    }
    expect((await caller.post('/v1/login', body)).status).toBe(429);
  });

  it('is told that the gateway is busy when too many wait', async () => {
    gateway = await startTestGateway(policyOf([], { password: { scryptN: 16_384, scryptR: 8, scryptP: 1 } }), {
      loginsRunningMax: 1,
      loginsWaitingMax: 0,
    });
    const caller = callerFrom('127.0.0.1');
    const answers = await Promise.all(Array.from({ length: 4 }, () => caller.login('ann', ann.password)));
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    const busy = answers.find(({ status }) => status === 503);
    expect(busy?.reason).toBe('busy');
    expect(busy?.headers['x-gate']).toBe('admitted');
  });
});

describe('a policy without authentication', () => {
  it('lets everybody trade in one nameless account', async () => {
    const caller = await open(policyOf([], { auth: null }));
    const placed = await caller.post('/v1/orders', order);
    expect(placed.status).toBe(201);
    expect(
      (await caller.send({ method: 'DELETE', path: `/v1/orders/${placed.json?.orderId}`, headers: {}, body: null }))
        .status,
    ).toBe(200);
  });
});

describe('the numbers of the gateway', () => {
  it('count every decision by its name, and what never came to the gate', async () => {
    const caller = await open(policyOf());
    await caller.get('/v1/ticker?symbol=BTC-USDT');
    await caller.get('/v1/ticker?symbol=nonsense');
    await caller.get('/v1/account');
    await caller.get('/healthz');
    const stats = gateway?.stats();
    expect(stats).toMatchObject({ requests: 4, unasked: 1, bugs: 0, openOrders: 0 });
    expect(stats?.decisions).toMatchObject({ admitted: 2, malformed: 1, throttled: 0 });
    expect(stats?.rssBytes).toBeGreaterThan(0);
  });
});
