/** The defects that the embedded gateway can be given on purpose, and several nodes, as a caller sees them. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import type { Policy, PolicyLimit, Weakness } from '../../harness/scenario/plan.js';
import { aConcurrency, aFixedWindow, aTokenBucket } from '../support/plan-builder.js';
import { ann, Caller, costsOf, order, policyOf, signed, startTestGateway } from './gateway-support.js';

const HOUR_US = 3_600_000_000;
const orders = costsOf(['order.place']);
const fewOrders = aTokenBucket({ by: ['key'], capacity: 3, refillCells: 1, refillPeriodUs: HOUR_US, costs: orders });

let gateway: Gateway | undefined;
let caller: Caller | undefined;

afterEach(async () => {
  await caller?.close();
  await gateway?.close();
});

async function open(limits: readonly PolicyLimit[], change: Partial<Policy>): Promise<Caller> {
  gateway = await startTestGateway(policyOf(limits, change));
  caller = new Caller(gateway.url);
  return caller;
}

const weak = (...weaknesses: Weakness[]): Partial<Policy> => ({ weaknesses });
const place = (body: unknown = order) => signed(ann, 'POST', '/v1/orders', body);

/** Statuses of as many orders sent at once. */
async function burst(from: Caller, count: number): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => from.send(place())));
  return answers.map(({ status }) => status).sort();
}

describe('a gateway with a weakness', () => {
  it('batches-as-one: charges one cell for whatever a batch holds', async () => {
    const batch = [order, order, order, order, order];
    const ask = await open([fewOrders], weak('batches-as-one'));
    for (const expected of [200, 200, 200, 429]) expect((await ask.send(place(batch))).status).toBe(expected);
  });

  it('late-charge: lets all of a burst pass a window, and counts them afterwards', async () => {
    const window = aFixedWindow({ by: ['key'], capacity: 3, windowUs: HOUR_US, anchor: 'first-hit', costs: orders });
    const ask = await open([window], weak('late-charge'));
    // Decided within the milliseconds before any is charged.
    const statuses = await burst(ask, 8);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(3);
    // Charged in the end: nothing passes any more.
    while ((await ask.send(place())).status !== 429);
  });

  it('lenient-text: takes a body that is spelled otherwise for the one that was signed', async () => {
    const spelled = { ...place(), body: JSON.stringify(order, null, 2) };
    expect((await (await open([], weak('lenient-text'))).send(spelled)).status).toBe(201);
    await gateway?.close();
    expect((await (await open([], {})).send(spelled)).reason).toBe('bad-signature');
  });

  it('unsigned-orders: takes an order whose signature is made up, charged to the key that it names', async () => {
    const made = place();
    const forged = { ...made, headers: { ...made.headers, 'x-signature': '0'.repeat(64) } };
    const ask = await open([fewOrders], weak('unsigned-orders'));
    for (const expected of [201, 201, 201, 429]) expect((await ask.send(forged)).status).toBe(expected);
    expect((await ask.send(signed(ann, 'GET', '/v1/account'))).status).toBe(200);
    const account = signed(ann, 'GET', '/v1/account');
    const spoiled = { ...account, headers: { ...account.headers, 'x-signature': '0'.repeat(64) } };
    expect((await ask.send(spoiled)).reason).toBe('bad-signature');
  });

  it('quick-unknown-names: hashes nothing for a name that does not exist', async () => {
    // A hash at this cost takes a good part of a second; no hash at all overtakes it.
    const password = { scryptN: 2 ** 17, scryptR: 8, scryptP: 1 };
    const ask = await open([], { password, ...weak('quick-unknown-names') });
    const known = ask.login(ann.account, 'wrong').then(({ reason }) => ['known', reason]);
    const unknown = ask.login('nobody', 'wrong').then(({ reason }) => ['unknown', reason]);
    expect(await Promise.race([known, unknown])).toEqual(['unknown', 'bad-credentials']);
    expect(await known).toEqual(['known', 'bad-credentials']);
  });
});

describe('a gateway of several nodes', () => {
  it('counts on each what is dealt to it in turn, and takes a signature once on all of them', async () => {
    const ask = await open([fewOrders], { nodes: 2 });
    const statuses = [];
    for (let i = 0; i < 8; i++) statuses.push((await ask.send(place())).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 201, 429, 429]);
    const account = signed(ann, 'GET', '/v1/account');
    const replays = [await ask.send(account), await ask.send(account), await ask.send(account)];
    expect(replays.map(({ status }) => status)).toEqual([200, 401, 401]);
  });

  it('node-local-replays: takes a signature once on each of them', async () => {
    const ask = await open([], { nodes: 2, ...weak('node-local-replays') });
    const account = signed(ann, 'GET', '/v1/account');
    const replays = [await ask.send(account), await ask.send(account), await ask.send(account)];
    expect(replays.map(({ status }) => status)).toEqual([200, 200, 401]);
  });

  it('frees what is in flight on the node that held it', async () => {
    const ask = await open([aConcurrency({ by: ['key'], capacity: 1, costs: orders })], { nodes: 2 });
    for (let i = 0; i < 6; i++) expect((await ask.send(place())).status).toBe(201);
  });
});
