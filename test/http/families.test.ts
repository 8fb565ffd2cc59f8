/** Every family of limits, and what a limit does besides refusing, as a caller of the gateway sees it. */
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseList } from 'structured-headers';
import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import type { PolicyLimit } from '../../harness/scenario/plan.js';
import { requestClasses } from '../../harness/scenario/plan.js';
import {
  aBan,
  aConcurrency,
  aDecayingCounter,
  aFillCounter,
  aFixedWindow,
  aLeakyQueue,
  anEarnedBudget,
  aRatioMonitor,
  aSlidingCounter,
  aSlidingLog,
  aTokenBucket,
  creditsMax,
} from '../support/plan-builder.js';
import {
  type Answer,
  ann,
  bob,
  Caller,
  costsOf,
  order,
  policyOf,
  signed,
  startTestGateway,
} from './gateway-support.js';

const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;
const orders = costsOf(['order.place']);
const market = { symbol: 'BTC-USDT', side: 'buy', type: 'market', quantity: '1' };
const ticker = '/v1/ticker?symbol=BTC-USDT';

let gateway: Gateway | undefined;
let callers: Caller[] = [];

afterEach(async () => {
  await Promise.all(callers.map((caller) => caller.close()));
  await gateway?.close();
  callers = [];
  gateway = undefined;
});

async function open(...limits: readonly PolicyLimit[]): Promise<Caller> {
  gateway = await startTestGateway(policyOf(limits));
  return caller();
}

function caller(): Caller {
  const made = new Caller(gateway?.url ?? '');
  callers.push(made);
  return made;
}

function place(from: Caller, what: unknown = order, by = ann): Promise<Answer> {
  return from.send(signed(by, 'POST', '/v1/orders', what));
}

function cancel(from: Caller, orderId: unknown, by = ann): Promise<Answer> {
  return from.send(signed(by, 'DELETE', `/v1/orders/${orderId}`));
}

/** Cells left in the limit that decided. */
function left(answer: Answer): unknown {
  return parseList(String(answer.headers.ratelimit))[0]?.[1].get('r');
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await wait(5);
}

describe('a queue', () => {
  // A published burst: twenty requests in close succession at 10/s; ten are processed, five wait, five are refused.
  // Here the cells come back too slowly to be seen, so that a busy machine does not change the numbers.
  it('serves ten of a burst of twenty, lets five wait and refuses five', async () => {
    const limit = aLeakyQueue({ costs: orders, capacity: 10, queueCells: 5, refillPeriodUs: 100_000_000 });
    const burst = await open(limit);
    const impatient = new Caller(gateway?.url ?? '');
    const first = await Promise.all(Array.from({ length: 10 }, () => place(burst)));
    expect(first.map(({ status }) => status)).toEqual(Array(10).fill(201));
    const answers: number[] = [];
    const waiting = Array.from({ length: 5 }, () =>
      place(impatient).then(
        ({ status }) => answers.push(status),
        () => null,
      ),
    );
    await until(async () => gateway?.stats().decisions.admitted === 15);
    const last = await Promise.all(Array.from({ length: 5 }, () => place(burst)));
    expect(last.map(({ status, reason }) => `${status} ${reason}`)).toEqual(Array(5).fill('429 throttled'));
    expect((await burst.send(signed(ann, 'GET', '/v1/account'))).json).toMatchObject({ openOrders: 10 });
    await impatient.close();
    await Promise.all(waiting);
    expect(answers).toEqual([]);
  });

  it('tells whoever would wait too long, or be one too many, that it is busy', async () => {
    const limit = aLeakyQueue({
      costs: orders,
      capacity: 1,
      queueCells: 9,
      refillCells: 1,
      refillPeriodUs: 20_000_000,
    });
    gateway = await startTestGateway(policyOf([limit]), { queuedMsMax: 30_000, queuedMax: 1 });
    const impatient = new Caller(gateway.url);
    const from = caller();
    await place(from);
    const unanswered = place(impatient).catch(() => null);
    await until(async () => gateway?.stats().decisions.admitted === 2);
    const refused = await place(from);
    expect(refused).toMatchObject({ status: 503, reason: 'busy' });
    expect(refused.headers['x-gate']).toBeUndefined();
    await impatient.close();
    expect(await unanswered).toBeNull();
    // There is room now, but its turn comes in a minute.
    expect(await place(from)).toMatchObject({ status: 503, reason: 'busy' });
  });

  it('serves in turn, and not before', async () => {
    const from = await open(
      aLeakyQueue({ costs: orders, capacity: 1, queueCells: 2, refillCells: 1, refillPeriodUs: 150_000 }),
    );
    const startedMs = performance.now();
    const served: string[] = [];
    const send = async (name: string): Promise<void> => {
      expect(await place(from)).toMatchObject({ status: 201, json: { status: 'open' } });
      served.push(name);
    };
    await send('first');
    const second = send('second');
    await until(async () => gateway?.stats().decisions.admitted === 2);
    await Promise.all([second, send('third')]);
    expect(served).toEqual(['first', 'second', 'third']);
    expect(performance.now() - startedMs).toBeGreaterThan(299);
  });

  it('forgets who has gone', async () => {
    const from = await open(
      aLeakyQueue({ costs: orders, capacity: 1, queueCells: 5, refillCells: 1, refillPeriodUs: 2_000_000 }),
    );
    const impatient = new Caller(gateway?.url ?? '');
    await place(from);
    const unanswered = place(impatient).catch(() => null);
    await until(async () => gateway?.stats().decisions.admitted === 2);
    await impatient.close();
    expect(await unanswered).toBeNull();
    expect((await from.send(signed(ann, 'GET', '/v1/account'))).json).toMatchObject({ openOrders: 1 });
    // What it was charged stays, and the next one waits behind it.
    expect(await place(from)).toMatchObject({ status: 201 });
    expect((await from.send(signed(ann, 'GET', '/v1/account'))).json).toMatchObject({ openOrders: 2 });
    expect(gateway?.stats().bugs).toBe(0);
  });
});

describe('a limit of requests in flight', () => {
  const flying = aConcurrency({ name: 'flying', capacity: 2, costs: costsOf(['account', 'order.place']) });
  const account = () => signed(ann, 'GET', '/v1/account');

  it('holds cells until the answer, whatever it says, and no longer', async () => {
    const from = await open({ ...flying, capacity: 1 });
    for (let i = 0; i < 3; i++) {
      expect(await place(from, '{')).toMatchObject({ status: 400 });
      expect(await from.send(account())).toMatchObject({ status: 200 });
    }
  });

  it('gives back what ended connections have held', async () => {
    const queue = aLeakyQueue({
      costs: orders,
      capacity: 1,
      queueCells: 5,
      refillCells: 1,
      refillPeriodUs: 20_000_000,
    });
    const from = await open(flying, queue);
    const impatient = [new Caller(gateway?.url ?? ''), new Caller(gateway?.url ?? '')];
    await place(from);
    const unanswered = impatient.map((one) => place(one).catch(() => null));
    await until(async () => gateway?.stats().decisions.admitted === 3);
    expect(await from.send(account())).toMatchObject({ status: 429, error: { reason: 'throttled', limit: 'flying' } });
    await impatient[0]?.close();
    await until(async () => (await from.send(account())).status === 200);
    await impatient[1]?.close();
    await Promise.all(unanswered);
    const [one, other] = await Promise.all([from.send(account()), from.send(account())]);
    expect([one.status, other.status]).toEqual([200, 200]);
  });

  it('names its unit', async () => {
    const from = await open(flying);
    const answer = await from.send(account());
    expect(answer.headers['ratelimit-policy']).toBe('"flying";q=2;qu="concurrent-requests"');
    expect(left(answer)).toBe(1);
  });
});

describe('a ladder of bans', () => {
  it('lasts longer the next time', async () => {
    const limit = aTokenBucket({
      by: ['ip'],
      ipPrefix: { v4: 32, v6: 64 },
      costs: costsOf(['ticker']),
      capacity: 1,
      refillCells: 1,
      refillPeriodUs: HOUR_US,
      ban: aBan(1, 1_500_000, MINUTE_US),
    });
    const from = await open(limit);
    expect((await from.get(ticker)).status).toBe(200);
    expect(await from.get(ticker)).toMatchObject({ status: 429, reason: 'throttled' });
    const banned = await from.get(ticker);
    expect(banned).toMatchObject({ status: 418, reason: 'banned' });
    // The bucket itself is empty for an hour.
    expect(Number(banned.headers['retry-after'])).toBeGreaterThan(60);
    await until(async () => (await from.get(ticker)).status === 429);
    expect((await from.get(ticker)).status).toBe(418);
    await wait(1_600);
    expect((await from.get(ticker)).status).toBe(418);
  });
});

describe('a limit that kills', () => {
  const limit = aTokenBucket({
    by: ['ip'],
    ipPrefix: { v4: 32, v6: 64 },
    costs: costsOf(['ticker']),
    capacity: 1,
    refillCells: 1,
    refillPeriodUs: HOUR_US,
    kills: true,
  });

  it('ends the connection with its answer, and looks at nothing that was sent behind', async () => {
    await open(limit);
    const socket = connect({ host: '127.0.0.1', port: gateway?.port ?? 0 });
    const ask = `GET ${ticker} HTTP/1.1\r\nhost: gateway\r\n\r\n`;
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    await new Promise<void>((resolve) => {
      socket.on('close', resolve).write(ask.repeat(4));
    });
    const heads = text.split('HTTP/1.1 ').slice(1);
    expect(heads.map((head) => head.slice(0, 3))).toEqual(['200', '429']);
    expect(heads[0]?.toLowerCase()).toContain('connection: keep-alive');
    expect(heads[1]?.toLowerCase()).toContain('connection: close');
    expect(gateway?.stats()).toMatchObject({ requests: 2, decisions: { admitted: 1, throttled: 1 } });
    expect(await caller().get(ticker)).toMatchObject({ status: 429 });
  });

  it('leaves a connection alone that another limit refuses', async () => {
    const from = await open({ ...limit, name: 'hard', capacity: 9 }, { ...limit, name: 'soft', kills: false });
    await from.get(ticker);
    const refused = await from.get(ticker);
    expect(refused).toMatchObject({ status: 429, error: { limit: 'soft' } });
    expect(refused.headers.connection).not.toBe('close');
  });
});

describe('a shadow limit', () => {
  it('says what it would have said, and refuses nobody', async () => {
    const limit = aTokenBucket({ name: 'trial', costs: orders, capacity: 1, refillPeriodUs: HOUR_US, refillCells: 1 });
    const from = await open({ ...limit, isShadow: true }, { ...limit, name: 'real', capacity: 2 });
    const [first, second, third] = [await place(from), await place(from), await place(from)];
    expect([first.status, second.status, third.status]).toEqual([201, 201, 429]);
    expect([first, second, third].map(({ headers }) => headers['x-shadow'])).toEqual([undefined, 'trial', 'trial']);
    expect(third.error.limit).toBe('real');
    expect(third.headers['ratelimit-policy']).toBe('"real";q=2;w=7200');
  });
});

describe('fills', () => {
  it('do not count against a fill counter, and resting orders do', async () => {
    const limit = aFillCounter({
      costs: orders,
      capacity: 2,
      windowUs: HOUR_US,
      anchor: 'first-hit',
      creditsMax: creditsMax(1),
    });
    const from = await open(limit);
    expect(await place(from)).toMatchObject({ status: 201, json: { status: 'open' } });
    for (let i = 0; i < 3; i++) {
      const filled = await place(from, market);
      expect(filled).toMatchObject({ status: 201, json: { status: 'filled', quantity: '1' } });
      expect(filled.json?.price).toMatch(/^\d+\.25$/);
    }
    expect(await place(from)).toMatchObject({ status: 201 });
    expect(await place(from)).toMatchObject({ status: 429 });
    expect(await place(from, market)).toMatchObject({ status: 429 });
    expect((await from.send(signed(ann, 'GET', '/v1/account'))).json).toMatchObject({ openOrders: 2 });
    expect(await place(from, order, bob)).toMatchObject({ status: 201 });
  });

  it.each([
    aRatioMonitor({ costs: orders, capacity: 1, windowUs: HOUR_US, anchor: 'first-hit', creditsMax: creditsMax(3) }),
    anEarnedBudget({ costs: orders, capacity: 1, trickleUs: null, creditsMax: creditsMax(3) }),
  ])('earn orders of a $family', async (limit) => {
    const from = await open(limit);
    expect(await place(from, market)).toMatchObject({ status: 201 });
    for (let i = 0; i < 3; i++) expect(await place(from)).toMatchObject({ status: 201 });
    const refused = await place(from);
    expect(refused).toMatchObject({ status: 429, reason: 'throttled' });
    expect(refused.headers['retry-after'] === undefined).toBe(limit.family === 'earned-budget');
    expect(await place(from, order, bob)).toMatchObject({ status: 201 });
    expect(await place(from, order, bob)).toMatchObject({ status: 429 });
  });

  it('of a batch are credited together', async () => {
    const limit = anEarnedBudget({ costs: orders, capacity: 4, trickleUs: null, creditsMax: creditsMax(2) });
    const from = await open(limit);
    const batch = await place(from, [market, order, market, {}]);
    expect(batch.status).toBe(200);
    // Four cells are spent and four are earned.
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push((await place(from)).status);
    expect(answers).toEqual([201, 201, 201, 201, 429]);
  });
});

describe('ages', () => {
  const limit = aDecayingCounter({
    capacity: 30,
    refillPeriodUs: HOUR_US,
    costs: costsOf(['order.place', 'order.amend', 'order.cancel']),
    ageCosts: requestClasses.map((name) => (name === 'order.cancel' ? [{ underUs: 1_000_000, cells: 8 }] : [])),
  });

  it('make it cost more to cancel a young order, or one that is not known', async () => {
    const from = await open(limit);
    const [young, old] = [await place(from), await place(from)];
    expect([left(young), left(old)]).toEqual([29, 28]);
    expect(left(await cancel(from, 'no-such-order'))).toBe(19);
    await wait(1_010);
    expect(left(await cancel(from, old.json?.orderId))).toBe(18);
    const fresh = await place(from);
    expect(left(await cancel(from, fresh.json?.orderId))).toBe(8);
    // Somebody else's order is as good as none.
    const foreign = await cancel(from, young.json?.orderId, bob);
    expect(foreign).toMatchObject({ status: 403 });
    expect(left(foreign)).toBe(21);
    expect(await cancel(from, 'no-such-order')).toMatchObject({ status: 429 });
    expect(left(await cancel(from, young.json?.orderId))).toBe(7);
  });
});

describe('a batch', () => {
  const limit = aTokenBucket({ costs: orders, capacity: 10, refillCells: 1, refillPeriodUs: HOUR_US });

  it('costs as much as its orders, and answers for each', async () => {
    const from = await open(limit);
    const batch = await place(from, [order, {}, market, { ...order, clientOrderId: 'mine' }]);
    expect(batch.status).toBe(200);
    expect(batch.json).toMatchObject([
      { status: 'open' },
      { error: { reason: 'bad-order' } },
      { status: 'filled' },
      { status: 'open', clientOrderId: 'mine' },
    ]);
    expect(left(batch)).toBe(6);
    expect(await place(from, Array(7).fill(order))).toMatchObject({ status: 429, reason: 'throttled' });
    expect(await place(from, Array(11).fill(order))).toMatchObject({ status: 429, reason: 'never' });
    expect(left(await place(from, Array(6).fill(order)))).toBe(0);
    expect((await from.send(signed(ann, 'GET', '/v1/account'))).json).toMatchObject({ openOrders: 8 });
  });

  it.each(['[', '[]', JSON.stringify(Array(101).fill(0))])(
    'that can not be read costs as one order: %.20s',
    async (body) => {
      const from = await open(limit);
      const answer = await place(from, body);
      expect(answer).toMatchObject({ status: 400, reason: 'bad-order' });
      expect(left(answer)).toBe(9);
    },
  );

  it('fills up the open orders, and says which found no room', async () => {
    gateway = await startTestGateway(policyOf(), { openOrdersPerAccountMax: 1 });
    const batch = await place(caller(), [order, order, market]);
    expect(batch.json).toMatchObject([
      { status: 'open' },
      { error: { reason: 'too-many-open-orders' } },
      { status: 'filled' },
    ]);
  });
});

describe('keys of a limit', () => {
  const numbers = { capacity: 1, refillCells: 1, refillPeriodUs: HOUR_US } as const;

  it('are shared by the sub-accounts of a master', async () => {
    const desks = ['desk/one', 'desk/two', 'other/one'].map((account, index) => ({
      account,
      password: 'a pass word',
      keyId: `key-${index}`,
      secret: `secret-${index}`,
    }));
    const limit = aTokenBucket({ by: ['master'], costs: orders, ...numbers });
    gateway = await startTestGateway(policyOf([limit]), {}, desks);
    const from = caller();
    const statuses = [];
    for (const desk of desks) statuses.push((await place(from, order, desk)).status);
    expect(statuses).toEqual([201, 429, 201]);
  });

  it('may be a class of an account', async () => {
    const limit = aTokenBucket({ by: ['account', 'class'], costs: costsOf(['order.place', 'account']), ...numbers });
    const from = await open(limit);
    const ask = () => from.send(signed(ann, 'GET', '/v1/account'));
    expect([(await place(from)).status, (await ask()).status]).toEqual([201, 200]);
    expect([(await place(from)).status, (await ask()).status]).toEqual([429, 429]);
    expect((await place(from, order, bob)).status).toBe(201);
  });

  it('of IPv6 are whole networks', async () => {
    const limit = aTokenBucket({ by: ['ip'], ipPrefix: { v4: 32, v6: 64 }, costs: costsOf(['ticker']), ...numbers });
    gateway = await startTestGateway(
      policyOf([limit], { clientIp: { from: 'trusted-proxies', ranges: ['127.0.0.0/8'] } }),
    );
    const from = caller();
    const ask = async (ip: string) => (await from.get(ticker, { 'x-forwarded-for': `6.6.6.6, ${ip}` })).status;
    expect(await ask('2001:db8:0:1::1')).toBe(200);
    expect(await ask('2001:db8:0:1:ffff:ffff:ffff:ffff')).toBe(429);
    expect(await ask('[2001:db8:0:1::2]:443')).toBe(429);
    expect(await ask('2001:db8:0:2::1')).toBe(200);
    expect(await ask('nonsense')).toBe(200);
    expect(await ask('more nonsense')).toBe(429);
  });
});

describe('windows of other families', () => {
  it.each<PolicyLimit>([
    aSlidingLog({ costs: orders, capacity: 2, windowUs: HOUR_US }),
    aFixedWindow({ costs: orders, capacity: 2, windowUs: HOUR_US, anchor: 'first-hit' }),
  ])('admit their capacity and say when there is more: $family', async (limit) => {
    const from = await open(limit);
    expect([left(await place(from)), left(await place(from))]).toEqual([1, 0]);
    const refused = await place(from);
    expect(refused).toMatchObject({ status: 429, reason: 'throttled' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000);
  });

  it('may count what they refuse', async () => {
    const attempts = aFixedWindow({
      name: 'attempts',
      costs: costsOf(['order.place', 'account']),
      capacity: 3,
      windowUs: HOUR_US,
      anchor: 'first-hit',
      countsDenied: true,
    });
    const bucket = aTokenBucket({
      name: 'orders',
      costs: orders,
      capacity: 1,
      refillCells: 1,
      refillPeriodUs: HOUR_US,
    });
    const from = await open(attempts, bucket);
    expect((await place(from)).status).toBe(201);
    expect(await place(from)).toMatchObject({ status: 429, error: { limit: 'orders' } });
    expect((await place(from)).status).toBe(429);
    const account = await from.send(signed(ann, 'GET', '/v1/account'));
    expect(account).toMatchObject({ status: 429, error: { limit: 'attempts' } });
  });

  it('of a sliding counter are weighted', async () => {
    // Six windows of ten minutes begin in an hour: this test may see one begin, but not two.
    const limit = aSlidingCounter({ costs: orders, capacity: 2, windowUs: 10 * MINUTE_US });
    const from = await open(limit);
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await place(from)).status);
    expect(statuses.slice(0, 2)).toEqual([201, 201]);
    expect(statuses[3]).toBe(429);
  });
});
