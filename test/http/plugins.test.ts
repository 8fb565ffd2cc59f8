import { describe, expect, it, onTestFinished } from 'vitest';
import type { GateEvent } from '../../harness/plugins/gate-options.js';
import { aConcurrency, aFillCounter, aLeakyQueue, costs, creditsMax } from '../support/plan-builder.js';
import { until } from '../support/run-cli.js';
import { ann, bob, bucket, Caller, order, policyOf, signed } from './gateway-support.js';
import { frameworks, startApp } from './plugin-apps.js';

const tight = bucket('orders-key', 'key', ['order.place'], { capacity: 1, refillCells: 1, refillPeriodUs: 60_000_000 });
const ORDERS = '/v1/orders';

describe.each(frameworks)('an app of %s behind the gate', (framework) => {
  it('serves a signed request, and its handler knows who has asked', async () => {
    const { caller, served } = await startApp(framework, { policy: policyOf([tight]) });
    const answer = await caller.send(signed(ann, 'POST', ORDERS, order));
    expect(answer).toMatchObject({ status: 200, json: { orderId: 'order-1' } });
    expect(answer.headers).toMatchObject({
      'x-gate': 'admitted',
      'ratelimit-policy': '"orders-key";q=1;w=60',
      ratelimit: '"orders-key";r=0',
    });
    expect(served).toMatchObject([
      { body: order, pass: { requestClass: 'order.place', decision: 'admitted', keyId: ann.keyId, account: 'ann' } },
    ]);
  });

  it('refuses what is above a limit in the words of the gateway, and its handler is not called', async () => {
    const { caller, served, gate } = await startApp(framework, { policy: policyOf([tight]) });
    await caller.send(signed(ann, 'POST', ORDERS, order));
    const refused = await caller.send(signed(ann, 'POST', ORDERS, order));
    expect(refused).toMatchObject({ status: 429, reason: 'throttled', error: { limit: 'orders-key' } });
    expect(refused.headers).toMatchObject({ 'x-gate': 'throttled', 'content-type': 'application/json; charset=utf-8' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
    expect(refused.headers.ratelimit).toBe(`"orders-key";r=0;t=${refused.headers['retry-after']}`);
    expect((await caller.send(signed(bob, 'POST', ORDERS, order))).status).toBe(200);
    expect(served).toHaveLength(2);
    expect(gate.counts()).toMatchObject({ admitted: 2, throttled: 1, unasked: 0, failed: 0 });
  });

  it('refuses what the verifier refuses: forged, replayed, stale, unsigned and unknown', async () => {
    const { caller, served } = await startApp(framework, { policy: policyOf() });
    const first = signed(ann, 'POST', ORDERS, order);
    expect((await caller.send(first)).status).toBe(200);
    const reasons = [
      first,
      { ...signed(ann, 'POST', ORDERS, order), body: JSON.stringify({ ...order, price: '99' }) },
      signed(ann, 'POST', ORDERS, order, { agoMs: 60_000 }),
      signed({ ...ann, keyId: 'nobody' }, 'POST', ORDERS, order),
      { ...first, headers: { 'content-type': 'application/json' } },
    ].map(async (request) => {
      const { status, reason } = await caller.send(request);
      return [status, reason];
    });
    expect(await Promise.all(reasons)).toEqual([
      [401, 'replayed'],
      [401, 'bad-signature'],
      [401, 'stale'],
      [401, 'unknown-key'],
      [401, 'malformed'],
    ]);
    expect(served).toHaveLength(1);
  });

  it('leaves alone what is in no class: neither counted nor marked', async () => {
    const ips = bucket('ips', 'ip', ['ticker'], { capacity: 1, refillCells: 1, refillPeriodUs: 60_000_000 });
    const { caller, served, gate } = await startApp(framework, { policy: policyOf([ips]) });
    for (let count = 0; count < 3; count++) {
      const answer = await caller.get('/free');
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty('x-gate');
    }
    expect((await caller.get('/v1/nothing')).status).toBe(404);
    expect(served.map(({ pass }) => pass?.decision)).toEqual(['unasked', 'unasked', 'unasked']);
    expect((await caller.get('/v1/ticker')).status).toBe(200);
    expect((await caller.get('/v1/ticker')).status).toBe(429);
    expect(gate.counts()).toMatchObject({ admitted: 1, throttled: 1, unasked: 4 });
  });

  it('charges an unsigned request to whom the app says, from every address', async () => {
    const logins = bucket('logins', 'account', ['login'], { capacity: 1, refillCells: 1, refillPeriodUs: 60_000_000 });
    const accountOf = ({ body }: { body: string | null }): string => JSON.parse(body ?? '').username;
    const { caller } = await startApp(framework, { policy: policyOf([logins]), accountOf });
    const said = async (name: string): Promise<number> => (await caller.login(name, 'x')).status;
    expect([await said('ann'), await said('ann'), await said('bob')]).toEqual([200, 429, 200]);
  });

  it('counts the elements of a batch, and refuses more than a gate can count', async () => {
    const wide = bucket('orders', 'key', ['order.place'], { capacity: 5, refillCells: 1, refillPeriodUs: 60_000_000 });
    const elementsOf = ({ body }: { body: string | null }): number => (JSON.parse(body ?? '') as unknown[]).length;
    const { caller, served } = await startApp(framework, { policy: policyOf([wide]), elementsOf });
    const batch = async (size: number): Promise<readonly unknown[]> => {
      const answer = await caller.send(signed(ann, 'POST', ORDERS, Array(size).fill(1)));
      return [answer.status, answer.reason];
    };
    expect(await batch(6)).toEqual([429, 'never']);
    expect(await batch(5)).toEqual([200, '']);
    expect(await batch(0)).toEqual([429, 'throttled']);
    expect(await batch(65_536)).toEqual([413, 'batch-too-large']);
    expect(served).toHaveLength(1);
  });

  it('gives back what is in flight when the answer ends, when the caller is gone, and when the app says so', async () => {
    const flying = aConcurrency({ name: 'flying', by: ['key'], capacity: 1, costs: costs({ account: 1 }, 0) });
    const app = await startApp(framework, { policy: policyOf([flying]) });
    const { caller, served } = app;
    const ask = () => caller.send(signed(ann, 'GET', '/v1/account'));
    const first = ask();
    await until(() => served.length === 1, 'the first is served');
    expect((await ask()).status).toBe(429);
    app.answerNext();
    expect((await first).status).toBe(200);
    const leaving = ask().catch(() => 'gone');
    await until(() => served.length === 2, 'the second is served');
    await caller.close();
    expect(await leaving).toBe('gone');
    const again = await startCallerUntilAdmitted(app.url, () => served.length === 3);
    expect(again).toBe(true);
    served[2]?.pass?.release();
    served[2]?.pass?.release();
    const other = await startCallerUntilAdmitted(app.url, () => served.length === 4);
    expect(other).toBe(true);
  });

  it('credits fills that the app tells of', async () => {
    const fills = aFillCounter({
      name: 'fills',
      by: ['key'],
      capacity: 1,
      windowUs: 3_600_000_000,
      anchor: 'first-hit',
    });
    const counter = { ...fills, costs: costs({ 'order.place': 1 }, 0), creditsMax: creditsMax(1) };
    let isFilled = true;
    const { caller } = await startApp(framework, { policy: policyOf([counter]) }, ({ pass }) => {
      if (isFilled) pass?.earn();
      expect(() => pass?.earn(0.5)).toThrow(RangeError);
    });
    const place = async (): Promise<number> => (await caller.send(signed(ann, 'POST', ORDERS, order))).status;
    expect([await place(), await place()]).toEqual([200, 200]);
    isFilled = false;
    expect([await place(), await place()]).toEqual([200, 429]);
  });

  it('lets a request wait for its turn in a queue, and none for longer than one place in it', async () => {
    const queue = aLeakyQueue({ name: 'queue', by: ['key'], capacity: 1, queueCells: 1, refillCells: 1 });
    const policy = policyOf([{ ...queue, refillPeriodUs: 20_000, costs: costs({ 'order.place': 1 }, 0) }]);
    const time = { originUs: Date.now() * 1_000, passedUs: 0 };
    const clock = { originUs: time.originUs, nowUs: () => time.originUs + time.passedUs };
    const { caller, served, gate } = await startApp(framework, { policy, clock });
    const place = async (who: typeof ann) => (await caller.send(signed(who, 'POST', ORDERS, order))).status;
    expect(await place(ann)).toBe(200);
    const waiting = place(ann);
    await until(() => gate.counts().admitted === 2, 'the second has its place');
    expect(await place(ann)).toBe(429);
    expect(await place(bob)).toBe(200);
    expect(served.map(({ pass }) => pass?.account)).toEqual(['ann', 'bob']);
    time.passedUs = 20_000;
    expect(await waiting).toBe(200);
    expect(served.map(({ pass }) => pass?.account)).toEqual(['ann', 'bob', 'ann']);
  });

  it('in shadow refuses nobody, and says what would have refused', async () => {
    const events: GateEvent[] = [];
    const onDecision = (event: GateEvent): void => void events.push(event);
    const policy = policyOf([tight]);
    const { caller, served } = await startApp(framework, { policy, shadow: true, onDecision });
    const forged = { ...signed(ann, 'POST', ORDERS, order), body: '{}' };
    const answers = [
      await caller.send(signed(ann, 'POST', ORDERS, order)),
      await caller.send(signed(ann, 'POST', ORDERS, order)),
      await caller.send(forged),
    ];
    expect(answers.map(({ status, headers }) => [status, headers['x-gate'], headers['x-shadow']])).toEqual([
      [200, 'admitted', undefined],
      [200, 'admitted', 'orders-key'],
      [200, 'admitted', 'bad-signature'],
    ]);
    for (const { headers } of answers) expect(headers).not.toHaveProperty('ratelimit');
    expect(served.map(({ pass }) => [pass?.decision, pass?.keyId, pass?.account])).toEqual([
      ['admitted', ann.keyId, 'ann'],
      ['throttled', '', ''],
      ['bad-signature', '', ''],
    ]);
    expect(events.map(({ decision, isRefused, limit }) => [decision, isRefused, limit])).toEqual([
      ['admitted', false, 'orders-key'],
      ['throttled', false, 'orders-key'],
      ['bad-signature', false, null],
    ]);
  });

  it('tells of a shadow limit as the gateway does', async () => {
    const { caller } = await startApp(framework, { policy: policyOf([{ ...tight, isShadow: true }]) });
    await caller.send(signed(ann, 'POST', ORDERS, order));
    const answer = await caller.send(signed(ann, 'POST', ORDERS, order));
    expect([answer.status, answer.headers['x-gate'], answer.headers['x-shadow']]).toEqual([
      200,
      'admitted',
      'orders-key',
    ]);
  });

  it('tells of each decision, and a listener that throws changes none', async () => {
    const events: GateEvent[] = [];
    const failures: string[] = [];
    const { caller } = await startApp(framework, {
      policy: policyOf([tight]),
      onDecision: (event) => {
        events.push(event);
        throw new Error('the log is full');
      },
      onFailure: ({ message }) => void failures.push(message),
    });
    await caller.send(signed(ann, 'POST', ORDERS, order));
    expect((await caller.send(signed(ann, 'POST', ORDERS, order))).status).toBe(429);
    const who = { requestClass: 'order.place', ip: '127.0.0.1', account: 'ann', keyId: ann.keyId, shadow: null };
    expect(events).toEqual([
      { ...who, decision: 'admitted', limit: 'orders-key', isRefused: false, nowUs: expect.any(Number) },
      { ...who, decision: 'throttled', limit: 'orders-key', isRefused: true, nowUs: expect.any(Number) },
    ]);
    expect(failures).toEqual(['the log is full', 'the log is full']);
  });

  it('takes keys that come and go while it serves', async () => {
    const { caller, gate } = await startApp(framework, { policy: policyOf(), keys: async () => [] });
    const odd = { ...ann, keyId: '__proto__' };
    const status = async (): Promise<number> => (await caller.send(signed(odd, 'POST', ORDERS, order))).status;
    expect(await status()).toBe(401);
    gate.addKey({ id: odd.keyId, secret: Buffer.from(odd.secret), account: '' });
    expect(await status()).toBe(200);
    expect([gate.removeKey(odd.keyId), gate.removeKey(odd.keyId)]).toEqual([true, false]);
    expect(await status()).toBe(401);
    expect(() => gate.addKey({ id: 'a key', secret: 'x', account: '' })).toThrow(
      /needs an id of 1 to 256 visible ASCII/,
    );
  });

  it('goes on under another policy with what was used', async () => {
    const { caller, gate } = await startApp(framework, { policy: policyOf([tight]) });
    const place = async (): Promise<number> => (await caller.send(signed(ann, 'POST', ORDERS, order))).status;
    expect([await place(), await place()]).toEqual([200, 429]);
    gate.change(policyOf([{ ...tight, capacity: 2 }]));
    const after = await caller.send(signed(ann, 'POST', ORDERS, order));
    expect([after.status, after.headers['ratelimit-policy']]).toEqual([200, '"orders-key";q=2;w=120']);
    expect(await place()).toBe(429);
    expect(() => gate.change(policyOf([tight], { auth: null }))).toThrow(/cannot change to the policy/);
    expect(() => gate.change(policyOf([], { weaknesses: ['late-charge'] }))).toThrow(/has weaknesses \(late-charge\)/);
    expect(await place()).toBe(429);
  });
});

describe.each(frameworks)('a gate of %s that fails', (framework) => {
  const broken = {
    originUs: 0,
    nowUs: (): number => {
      throw new Error('the clock is gone');
    },
  };
  const ask = async (options: { failure?: 'open' | 'closed'; shadow?: boolean; accountOf?: () => string }) => {
    const failures: Error[] = [];
    const clock = options.accountOf === undefined ? { clock: broken } : {};
    const onFailure = (error: Error): void => void failures.push(error);
    const app = await startApp(framework, { policy: policyOf([tight]), onFailure, ...clock, ...options });
    const answer = await app.caller.get('/v1/ticker');
    return { answer, failures, counts: app.gate.counts(), served: app.served.length };
  };

  it.each([{}, { failure: 'closed' as const }])('answers 503 with %o, and tells why', async (options) => {
    const { answer, failures, counts, served } = await ask(options);
    expect(answer).toMatchObject({ status: 503, reason: 'gate-failed' });
    expect(answer.headers['x-gate']).toBe('unasked');
    expect(failures).toMatchObject([{ message: 'the clock is gone' }]);
    expect({ counts, served }).toMatchObject({ counts: { failed: 1 }, served: 0 });
  });

  it.each([{ failure: 'open' as const }, { shadow: true }])('lets the request through with %o', async (options) => {
    const { answer, failures, counts, served } = await ask(options);
    expect(answer.status).toBe(200);
    expect({ counts, served, failures: failures.length }).toMatchObject({
      counts: { failed: 1 },
      served: 1,
      failures: 1,
    });
  });

  it('is closed to a request that makes a function of the app throw: its sender could bring that about', async () => {
    const accountOf = (): string => {
      throw new Error('no JSON');
    };
    const { answer, failures, served } = await ask({ failure: 'open', accountOf });
    expect(answer).toMatchObject({ status: 503, reason: 'gate-failed' });
    expect(failures).toMatchObject([{ message: 'no JSON' }]);
    expect(served).toBe(0);
  });
});

/** Asks for the account until a request is served: what was in flight is given back a moment after its connection ends. */
async function startCallerUntilAdmitted(url: string, isServed: () => boolean): Promise<boolean> {
  const caller = new Caller(url);
  onTestFinished(() => caller.close());
  for (let attempt = 0; attempt < 200 && !isServed(); attempt++) {
    const asking = caller.send(signed(ann, 'GET', '/v1/account')).catch(() => null);
    await Promise.race([asking, until(isServed, 'it is served').catch(() => null)]);
  }
  return isServed();
}
