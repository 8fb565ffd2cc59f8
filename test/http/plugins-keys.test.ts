/** Keys as apps have them, ages that they know, and threads that share one gate. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aDecayingCounter, costs } from '../support/plan-builder.js';
import { describeTwins } from '../twin/engines.js';
import { ann, bucket, order, policyOf, signed } from './gateway-support.js';
import { frameworks, startApp } from './plugin-apps.js';

const HOUR_US = 3_600_000_000;
const { auth } = policyOf();
if (auth === null) throw new Error('the policy of these tests signs');

describe('a key that has no more than a public half', () => {
  it('signs, and is believed once: Binance with Ed25519', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const policy = policyOf([], { auth: { ...auth, profile: 'binance-ed25519', replay: 'refuse' } });
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const { caller, served } = await startApp('fastify', {
      policy,
      keys: [{ id: 'key-1', account: 'ann', publicKey: pem }],
    });
    const ask = async (key: string, by = privateKey, stamp = Date.now()) => {
      const query = `timestamp=${stamp}`;
      const signature = encodeURIComponent(sign(null, Buffer.from(query), by).toString('base64'));
      const path = `/v1/account?${query}&signature=${signature}`;
      // The app answers when it is told to; a refusal comes at once.
      const answer = caller.get(path, { 'x-mbx-apikey': key });
      const refused = await Promise.race([
        answer,
        new Promise<null>((resolve) => setTimeout(() => resolve(null), 400)),
      ]);
      return refused?.reason ?? 'admitted';
    };
    const stamp = Date.now();
    expect(await ask('key-1', privateKey, stamp)).toBe('admitted');
    expect(await ask('key-1', privateKey, stamp)).toBe('replayed');
    expect(await ask('key-1', generateKeyPairSync('ed25519').privateKey)).toBe('bad-signature');
    expect(await ask('key-2')).toBe('unknown-key');
    expect(served.map(({ pass }) => pass?.account)).toEqual(['ann']);
  });
});

describe.each(frameworks)('a secret before an app of %s', (framework) => {
  it('that is no text is given as its bytes', async () => {
    const secret = Buffer.from('ff00c3280a', 'hex');
    const keys = [{ id: ann.keyId, account: 'ann', secret }];
    const { caller } = await startApp(framework, { policy: policyOf(), keys });
    const text = signed(ann, 'POST', '/v1/orders', order, { nonce: 'n-1' });
    const { 'x-timestamp': stamp, 'x-api-key': keyId } = text.headers;
    const lines = [stamp, 'n-1', keyId, '0', 'POST', '/v1/orders', text.body].join('\n');
    const headers = { ...text.headers, 'x-signature': createHmac('sha256', secret).update(lines).digest('hex') };
    expect((await caller.send(text)).reason).toBe('bad-signature');
    expect((await caller.send({ ...text, headers })).status).toBe(200);
  });

  it('pays by the age that the app knows, and a nonsensical age lets nobody in', async () => {
    const underUs = 5_000_000;
    const counter = aDecayingCounter({
      name: 'engine',
      by: ['account'],
      capacity: 8,
      refillPeriodUs: HOUR_US,
      costs: costs({ 'order.cancel': 1 }, 0),
      ageCosts: costs().map((_, classId) => (classId === 5 ? [{ underUs, cells: 7 }] : [])),
    });
    const ages: number[] = [underUs, underUs - 1, underUs, -1];
    const asked: unknown[] = [];
    const ageUsOf = ({ url }: { url: string }, account: string): number => {
      asked.push([url, account]);
      return ages[asked.length - 1] ?? 0;
    };
    const onFailure = (): void => undefined;
    const { caller } = await startApp(framework, { policy: policyOf([counter]), ageUsOf, onFailure, failure: 'open' });
    const cancel = async () => (await caller.send(signed(ann, 'DELETE', '/v1/orders/7'))).status;
    expect([await cancel(), await cancel(), await cancel(), await cancel()]).toEqual([200, 429, 200, 503]);
    expect(asked[0]).toEqual(['/v1/orders/7', 'ann']);
  });
});

const tight = bucket('ips', 'ip', ['ticker'], { capacity: 3, refillCells: 1, refillPeriodUs: HOUR_US });

describeTwins('gates of one name', () => {
  it('count together in the native engine', async () => {
    const policy = policyOf([tight]);
    const one = await startApp('fastify', { policy, share: 'counted-together' });
    const other = await startApp('express', { policy, share: 'counted-together' });
    const statuses: number[] = [];
    for (const { caller } of [one, other, one, other, one]) statuses.push((await caller.get('/v1/ticker')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    await expect(startApp('fastify', { policy: policyOf([]), share: 'counted-together' })).rejects.toMatchObject({
      code: 'FP_GATE_NAME',
    });
  });
});

describe('a gate', () => {
  it('is one node of a policy of several: a process is one', async () => {
    const { caller } = await startApp('fastify', { policy: policyOf([tight], { nodes: 2 }), engine: 'ts' });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count++) statuses.push((await caller.get('/v1/ticker')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('has no name in the TypeScript engine, whose tables no two threads can share', async () => {
    await expect(startApp('express', { policy: policyOf([tight]), share: 'a', engine: 'ts' })).rejects.toMatchObject({
      code: 'FP_ENGINE_ABSENT',
    });
  });
});
