/** A gateway that goes on under another policy while it serves, as its callers see it. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { FloodproofError } from '../../harness/errors.js';
import type { Gateway } from '../../harness/gateway/gateway.js';
import type { Policy, PolicyLimit } from '../../harness/scenario/plan.js';
import { aConcurrency, aFillCounter, aFixedWindow, aLeakyQueue, creditsMax } from '../support/plan-builder.js';
import { type Answer, ann, Caller, costsOf, order, policyOf, signed, startTestGateway } from './gateway-support.js';

const HOUR_US = 3_600_000_000;
const market = { symbol: 'BTC-USDT', side: 'buy', type: 'market', quantity: '1' };
const window = aFixedWindow({ name: 'orders', by: ['account'], costs: costsOf(['order.place']), windowUs: HOUR_US });
const queue = aLeakyQueue({
  name: 'queue',
  by: ['account'],
  costs: costsOf(['order.place']),
  capacity: 1,
  queueCells: 5,
  refillCells: 1,
  refillPeriodUs: 300_000,
});

let gateway: Gateway | undefined;
let caller: Caller | undefined;

afterEach(async () => {
  await caller?.close();
  await gateway?.close();
});

async function open(...limits: readonly PolicyLimit[]): Promise<{ gateway: Gateway; from: Caller }> {
  gateway = await startTestGateway(policyOf(limits));
  caller = new Caller(gateway.url);
  return { gateway, from: caller };
}

function place(from: Caller, what: unknown = order): Promise<Answer> {
  return from.send(signed(ann, 'POST', '/v1/orders', what));
}

function refusal(act: () => unknown): FloodproofError {
  try {
    act();
  } catch (error) {
    if (error instanceof FloodproofError) return error;
  }
  throw new Error('nothing was refused');
}

describe('a gateway whose policy changes', () => {
  it('remembers what was used, and goes by the new numbers', async () => {
    const { gateway, from } = await open({ ...window, capacity: 2 });
    expect((await place(from)).status).toBe(201);
    expect((await place(from)).status).toBe(201);
    expect((await place(from)).status).toBe(429);
    const change = gateway.change(policyOf([{ ...window, capacity: 3 }]));
    expect(change).toEqual({ kept: ['orders'], fresh: [], gone: [] });
    expect((await place(from)).status).toBe(201);
    expect((await place(from)).status).toBe(429);
  });

  it('says which limits begin anew and which are gone', async () => {
    const { gateway, from } = await open({ ...window, capacity: 1 }, { ...window, name: 'old' });
    await place(from);
    const change = gateway.change(
      policyOf([
        { ...window, name: 'new' },
        { ...window, by: ['key'], capacity: 1 },
      ]),
    );
    expect(change).toEqual({ kept: [], fresh: ['new', 'orders'], gone: ['old'] });
    expect(gateway.change(policyOf([])).gone).toEqual(['new', 'orders']);
    expect((await place(from)).headers['ratelimit-policy']).toBe('');
  });

  it('goes by all that the new policy says of addresses, kills and shadows', async () => {
    const { gateway, from } = await open();
    const limit = { ...window, name: 'by-ip', by: ['ip' as const], ipPrefix: null, capacity: 1, kills: true };
    gateway.change(policyOf([limit], { clientIp: { from: 'forwarded-leftmost' } }));
    const ask = (ip: string) => {
      const prepared = signed(ann, 'POST', '/v1/orders', order);
      return from.send({ ...prepared, headers: { ...prepared.headers, 'x-forwarded-for': ip } });
    };
    expect((await ask('192.0.2.1')).status).toBe(201);
    expect((await ask('192.0.2.2')).status).toBe(201);
    expect(await ask('192.0.2.2')).toMatchObject({ status: 429, headers: { connection: 'close' } });
    gateway.change(policyOf([{ ...limit, capacity: 1, kills: false, isShadow: true }]));
    expect((await place(from)).headers['x-shadow']).toBeUndefined();
    expect(await place(from)).toMatchObject({ status: 201, headers: { 'x-shadow': 'by-ip' } });
  });

  it('gives nothing back for what another policy has charged', async () => {
    const fills = aFillCounter({
      ...window,
      name: 'fills',
      capacity: 2,
      creditsMax: creditsMax(1),
      family: 'fill-counter',
    });
    const { gateway, from } = await open(queue, { ...fills, name: 'earlier' });
    await place(from, market);
    const waits = place(from, market);
    while (gateway.stats().decisions.admitted !== 2) await wait(2);
    gateway.change(policyOf([{ ...window, name: 'first' }, fills]));
    expect((await place(from)).status).toBe(201);
    expect((await waits).status).toBe(201);
    expect((await place(from)).status).toBe(201);
    expect((await place(from)).status).toBe(429);
  });

  it('holds what is in flight against the limit as it is', async () => {
    const flying = aConcurrency({ name: 'flying', capacity: 2, costs: costsOf(['account', 'order.place']) });
    const { gateway, from } = await open(flying, queue);
    await place(from);
    const waits = place(from);
    while (gateway.stats().decisions.admitted !== 2) await wait(2);
    gateway.change(policyOf([queue, { ...flying, capacity: 1 }]));
    expect((await from.send(signed(ann, 'GET', '/v1/account'))).error).toMatchObject({ limit: 'flying' });
    await waits;
    expect((await from.send(signed(ann, 'GET', '/v1/account'))).status).toBe(200);
    expect(gateway.stats().bugs).toBe(0);
  });

  it('refuses what it cannot change, all of it at once, and goes on as before', async () => {
    const { gateway, from } = await open({ ...window, capacity: 1 });
    const flying = aConcurrency({ name: 'flying', costs: costsOf(['account']) });
    const base = policyOf([{ ...window, capacity: 100 }, flying]);
    const password = { scryptN: 32, scryptR: 1, scryptP: 1 };
    const next: Policy = { ...base, auth: base.auth && { ...base.auth, windowUs: 1_000_000 }, password };
    const error = refusal(() => gateway.change(next));
    expect(error.code).toBe('FP_GATE_INVALID');
    expect(error.faults.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'FP_CHANGE_REFUSED auth must be what the gateway was started with',
      'FP_CHANGE_REFUSED password must be what the gateway was started with',
      'FP_CHANGE_REFUSED limit flying counts requests in flight, of which some began before it would count them so',
    ]);
    expect((await place(from)).status).toBe(201);
    expect((await place(from)).status).toBe(429);
  });

  it.each([
    { because: 'each part of a key', changed: { by: ['key'] as const } },
    { because: 'what a class holds', changed: { costs: costsOf(['account'], 2) } },
    { because: 'a shadow', changed: { isShadow: true } },
    { because: 'a name', changed: { name: 'else' } },
  ])('takes no limit of requests in flight that counts otherwise: $because', async ({ changed }) => {
    const flying = aConcurrency({ name: 'flying', by: ['account'], capacity: 1, costs: costsOf(['account']) });
    const { gateway } = await open(flying);
    expect(refusal(() => gateway.change(policyOf([{ ...flying, ...changed }]))).faults).toHaveLength(1);
    expect(gateway.change(policyOf([{ ...flying, capacity: 2, kills: true }])).kept).toEqual(['flying']);
    expect(gateway.change(policyOf([])).gone).toEqual(['flying']);
  });

  it('refuses a log that it could not keep', async () => {
    const { gateway, from } = await open({ ...window, capacity: 1 });
    const log = { ...window, family: 'sliding-log' as const, capacity: 10_001 };
    expect(refusal(() => gateway.change(policyOf([log]))).code).toBe('FP_GATE_INVALID');
    expect((await place(from)).headers['ratelimit-policy']).toBe('"orders";q=1;w=3600');
  });
});
