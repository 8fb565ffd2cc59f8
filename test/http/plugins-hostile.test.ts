/** Callers who do not play by the rules, before apps behind the plugins. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { floodproof as expressGate } from '../../harness/plugins/express.js';
import { aConcurrency, costs } from '../support/plan-builder.js';
import { until } from '../support/run-cli.js';
import { ann, bucket, Caller, order, policyOf, signed } from './gateway-support.js';
import { listen } from './listening.js';
import { dial, exchange, frameworks, startApp, wireText } from './plugin-apps.js';

const HOUR_US = 3_600_000_000;
const once1 = { capacity: 1, refillCells: 1, refillPeriodUs: HOUR_US };
const byIp = (capacity: number) => bucket('ips', 'ip', ['ticker', 'order.place'], { ...once1, capacity });

describe.each(frameworks)('bodies before an app of %s', (framework) => {
  it('are signed and parsed as they came: odd spacing, no ASCII, many pieces, and more than one read holds', async () => {
    const { caller, served } = await startApp(framework, { policy: policyOf() });
    const bodies = ['{ "a" :\t1 }', '{"name":"Zoë \\u00e9 🌊"}', JSON.stringify({ long: 'x'.repeat(300_000) })];
    for (const body of bodies) {
      expect(await caller.send(signed(ann, 'POST', '/v1/orders', body))).toMatchObject({ status: 200 });
    }
    expect(served.map(({ body }) => body)).toEqual(bodies.map((body) => JSON.parse(body)));
  });

  it('that come in chunks, and with pauses between them, are read to their end', async () => {
    const { port, served } = await startApp(framework, { policy: policyOf() });
    const body = JSON.stringify(order);
    const request = signed(ann, 'POST', '/v1/orders', body);
    const socket = await dial(port, wireText(request, '', { 'transfer-encoding': 'chunked', connection: 'close' }));
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    for (const piece of [body.slice(0, 5), body.slice(5)]) {
      await new Promise((resolve) => setImmediate(resolve));
      socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
    }
    expect(served).toEqual([]);
    socket.write('0\r\n\r\n');
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(served).toMatchObject([{ body: order }]);
  });

  it.each([
    ['without a byte, in chunks', { 'transfer-encoding': 'chunked' }, '0\r\n\r\n'],
    ['without a byte, by their length', { 'content-length': '0' }, ''],
    ['that are not there', {}, ''],
  ])('%s, are signed as none, and nothing waits for them', async (_name, more, body) => {
    const { port, gate } = await startApp(framework, { policy: policyOf() });
    const request = signed(ann, 'DELETE', '/v1/orders/1');
    const answer = await exchange(port, wireText(request, body, { ...more, connection: 'close' }));
    expect(answer).toMatch(/x-gate: admitted/);
    expect(gate.counts()).toMatchObject({ admitted: 1 });
  });

  it('that are not UTF-8 are no text that anybody has signed', async () => {
    const { caller, served } = await startApp(framework, { policy: policyOf() });
    const request = {
      ...signed(ann, 'POST', '/v1/orders', '{"a":"?"}'),
      body: Buffer.from('7b2261223a22ff227d', 'hex'),
    };
    expect(await caller.send(request)).toMatchObject({ status: 401, reason: 'malformed' });
    expect(served).toEqual([]);
  });

  it.each([
    ['by their length', { 'content-length': '101' }, 'x'.repeat(101)],
    ['in chunks', { 'transfer-encoding': 'chunked' }, `65\r\n${'x'.repeat(101)}\r\n0\r\n\r\n`],
  ])('above the bound, %s, are answered 413 without a charge', async (_name, more, body) => {
    const { port, gate, served } = await startApp(framework, { policy: policyOf(), bodyBytesMax: 100 });
    const answer = await exchange(port, wireText(signed(ann, 'POST', '/v1/orders', order), body, more));
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*x-gate: unasked.*"reason":"body-too-large"/s);
    expect(gate.counts()).toMatchObject({ unasked: 1, admitted: 0, malformed: 0 });
    expect(served).toEqual([]);
  });

  it('just at the bound are read', async () => {
    const body = `"${'x'.repeat(97)}"`.padEnd(100);
    const { caller } = await startApp(framework, { policy: policyOf(), bodyBytesMax: 100 });
    const answer = await caller.send(signed(ann, 'POST', '/v1/orders', `[${body.slice(0, 98)}]`));
    expect(answer.headers['x-gate']).toBe('admitted');
  });

  it('above the bound go on to the app in shadow', async () => {
    const { caller, served } = await startApp(framework, { policy: policyOf(), bodyBytesMax: 10, shadow: true });
    for (const body of [{ long: 'x'.repeat(5_000) }]) {
      expect((await caller.send(signed(ann, 'POST', '/v1/orders', body))).status).toBe(200);
      expect(served).toMatchObject([{ body, pass: { decision: 'unasked' } }]);
    }
  });

  it('that are cut short reach nobody, and their sender is not charged', async () => {
    const { port, gate, served, caller } = await startApp(framework, { policy: policyOf([byIp(1)]) });
    const request = signed(ann, 'POST', '/v1/orders', order);
    const socket = await dial(port, wireText(request, '{"symb', { 'content-length': '100' }));
    socket.end();
    await once(socket.resume(), 'close');
    expect(served).toEqual([]);
    expect(gate.counts()).toMatchObject({ admitted: 0, malformed: 0, failed: 0 });
    expect((await caller.get('/v1/ticker')).status).toBe(200);
  });
});

describe.each(frameworks)('connections to an app of %s', (framework) => {
  const ticker = 'GET /v1/ticker HTTP/1.1\r\nhost: a\r\n\r\n';

  it('may carry several requests at once, which are decided and answered in their order', async () => {
    const { port } = await startApp(framework, { policy: policyOf([byIp(2)]) });
    const last = ticker.replace('host: a', 'host: a\r\nconnection: close');
    const answers = await exchange(port, ticker + ticker + last);
    expect([...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '200', '429']);
  });

  it('are ended by a limit that kills, and what was sent behind is not looked at', async () => {
    const kills = { ...byIp(1), kills: true };
    const { port, gate, served } = await startApp(framework, { policy: policyOf([kills]) });
    const answers = await exchange(port, ticker.repeat(5));
    expect([...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '429']);
    expect(gate.counts()).toMatchObject({ admitted: 1, throttled: 1 });
    expect(served).toHaveLength(1);
  });

  it('that break while a request is in flight give back what it held', async () => {
    const flying = aConcurrency({ name: 'flying', by: ['ip'], capacity: 2, costs: costs({ account: 1 }, 0) });
    const policy = policyOf([flying], { auth: null });
    const { port, served, url } = await startApp(framework, { policy, keys: [] });
    const text = 'GET /v1/account HTTP/1.1\r\nhost: a\r\n\r\n';
    // The second waits behind the first on one connection, so that its answer never begins.
    const socket = await dial(port, text + text);
    await until(() => served.length >= 1, 'it is served');
    socket.destroy();
    const other = new Caller(url);
    const both = [0, 1].map(async () => {
      for (let status = 429; status === 429; ) {
        status = await Promise.race([
          other.get('/v1/account').then((answer) => answer.status),
          until(() => served.length >= 4, 'both are served').then(() => 0),
        ]);
      }
    });
    await Promise.all(both);
    expect(served).toHaveLength(4);
    await other.close();
  });

  it('with headers beyond what Node reads are refused by Node, and the gate is not asked', async () => {
    const { port, gate } = await startApp(framework, { policy: policyOf([byIp(1)]) });
    const answer = await exchange(port, `GET /v1/ticker HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(gate.counts()).toMatchObject({ admitted: 0, unasked: 0 });
  });

  it('may say the same header twice: a doubled key is malformed, and is not the first of the two', async () => {
    const { port } = await startApp(framework, { policy: policyOf() });
    const request = wireText(signed(ann, 'DELETE', '/v1/orders/1'), '', { connection: 'close' });
    const doubled = request.replace('\r\n\r\n', `\r\nx-api-key: ${ann.keyId}\r\n\r\n`);
    expect(await exchange(port, doubled)).toMatch(/^HTTP\/1\.1 401 .*"reason":"malformed"/s);
  });
});

describe.each(frameworks)('methods and paths of an app of %s', (framework) => {
  it('HEAD counts as GET, and OPTIONS not at all', async () => {
    const { caller, url } = await startApp(framework, { policy: policyOf([byIp(2)]) });
    const ask = async (method: string): Promise<number> => (await fetch(`${url}/v1/ticker`, { method })).status;
    const asked = [await ask('HEAD'), await ask('OPTIONS'), await ask('HEAD'), await ask('HEAD')];
    expect(asked.map((status) => (status === 404 ? 200 : status))).toEqual([200, 200, 200, 429]);
    expect((await caller.get('/v1/ticker')).status).toBe(429);
  });

  it.each([
    '/v1/ticker/',
    '/V1/Ticker',
    '//v1//ticker',
    '/v1/%74icker',
    '/v1/ticker?a=b',
    '/v1/ticker#?',
    '/v1/ticker#a',
    '/v1\\ticker#',
    'http://127.0.0.1/v1/ticker',
    'HTTP://127.0.0.1/v1/ticker?x',
    '/v1/ticker\u00a0',
    '/v1/./ticker',
    '/v1/x/../ticker',
    '/v1/ticker;a=b',
    '/v1/ticker%20',
  ])('%s is no way around a limit that is used up', async (path) => {
    const { caller, port, served } = await startApp(framework, { policy: policyOf([byIp(1)]) });
    expect((await caller.get('/v1/ticker')).status).toBe(200);
    const answer = await exchange(port, `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(served).toHaveLength(1);
  });
});

describe('a middleware of Express', () => {
  it('says where it must stand when somebody has read the body before it, and lets nobody in', async () => {
    const failures: string[] = [];
    const policy = policyOf();
    const gated = await expressGate({
      policy,
      onFailure: ({ message }) => void failures.push(message),
      failure: 'open',
    });
    const app = express();
    app.use(express.json(), gated.as('order.place'), (_request, response) => void response.json({}));
    const { url } = await listen(createServer(app));
    const caller = new Caller(url);
    const answer = await caller.send(signed(ann, 'POST', '/v1/orders', order));
    expect(answer).toMatchObject({ status: 503, reason: 'gate-failed' });
    expect(failures).toEqual([expect.stringContaining('put the gate before whatever reads bodies')]);
    await caller.close();
  });

  it('of a route has its class, and asks once where another stands before all routes', async () => {
    const classOf = { 'GET /both': 'ticker' } as const;
    const gated = await expressGate({ policy: policyOf([byIp(3)]), classOf });
    const app = express();
    app.use(gated);
    app.get(['/both', '/own'], gated.as('ticker'), (_request, response) => void response.json({}));
    const { url } = await listen(createServer(app));
    const caller = new Caller(url);
    const statuses: number[] = [];
    for (const path of ['/both', '/own', '/both', '/own']) statuses.push((await caller.get(path)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect(gated.gate.counts()).toMatchObject({ admitted: 3, throttled: 1 });
    expect(() => gated.as('tickers' as 'ticker')).toThrow('there is no request class tickers');
    await caller.close();
  });

  it('signs and counts by the whole path, also where it is mounted below one', async () => {
    const gated = await expressGate({
      policy: policyOf(),
      classOf: { 'POST /v1/orders': 'order.place' },
      keys: () => [{ id: ann.keyId, secret: ann.secret, account: 'ann' }],
    });
    const app = express();
    app.use('/v1', gated);
    app.post('/v1/orders', (_request, response) => void response.json({ orderId: 'a' }));
    const { url } = await listen(createServer(app));
    const caller = new Caller(url);
    expect((await caller.send(signed(ann, 'POST', '/v1/orders', order))).headers['x-gate']).toBe('admitted');
    expect((await caller.post('/v1/orders', order)).status).toBe(401);
    await caller.close();
  });
});
