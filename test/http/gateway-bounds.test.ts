import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import { startGateway } from '../../harness/gateway/gateway.js';
import { ann, Caller, order, policyOf, signed, startTestGateway } from './gateway-support.js';

let gateway: Gateway | undefined;
let callers: Caller[] = [];

afterEach(async () => {
  await Promise.all(callers.map((caller) => caller.close()));
  await gateway?.close();
  callers = [];
  gateway = undefined;
});

async function open(bounds: Parameters<typeof startTestGateway>[1] = {}): Promise<Caller> {
  gateway = await startTestGateway(policyOf(), bounds);
  const caller = new Caller(gateway.url);
  callers.push(caller);
  return caller;
}

/** Writes `text` and reads until the other side closes. */
async function exchange(port: number, text: string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

describe('paths', () => {
  it.each([
    ['GET', '/', 404, 'unknown-path'],
    ['GET', '/v1/orders/1/2', 404, 'unknown-path'],
    ['GET', '/v1/login', 405, 'method-not-allowed'],
    ['POST', '/v1/orders/1', 405, 'method-not-allowed'],
    ['GET', '/v1/orders/%zz', 400, 'bad-request'],
  ] as const)('%s %s is %d and never came to the gate', async (method, path, status, reason) => {
    const caller = await open();
    const answer = await caller.send({ method, path, headers: {}, body: null });
    expect(answer).toMatchObject({ status, reason });
    expect(answer.headers['x-gate']).toBe('unasked');
  });

  it('name the methods that they know', async () => {
    const caller = await open();
    expect((await caller.get('/v1/login')).headers.allow).toBe('POST');
    expect((await caller.get('/v1/orders/1')).headers.allow).toBe('PUT, DELETE');
  });

  it('tell health without asking the gate', async () => {
    const caller = await open();
    const answer = await caller.get('/healthz');
    expect(answer).toMatchObject({ status: 200, json: { ready: true, engine: 'ts' } });
    expect(answer.headers['x-gate']).toBe('unasked');
  });
});

describe('a request', () => {
  it('with too large a body is refused before it is read', async () => {
    const caller = await open();
    const answer = await caller.post('/v1/orders', 'x'.repeat(16 * 1024 + 1));
    expect(answer).toMatchObject({ status: 413, reason: 'body-too-large' });
    expect(answer.headers['x-gate']).toBe('unasked');
    expect((await caller.send(signed(ann, 'POST', '/v1/orders', order))).status).toBe(201);
  });

  it('with too large headers is refused', async () => {
    const caller = await open();
    const answer = await caller.get('/healthz', { 'x-filler': 'x'.repeat(9 * 1024) });
    expect(answer).toMatchObject({ status: 431, reason: 'headers-too-large' });
  });

  it('with a content type that is none is refused', async () => {
    const caller = await open();
    expect(await caller.post('/v1/orders', '{}', { 'content-type': 'nonsense' })).toMatchObject({ status: 415 });
  });

  it('that is no HTTP is refused', async () => {
    await open();
    const answer = await exchange(gateway?.port ?? 0, 'nonsense\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('{"error":{"reason":"bad-request"}}');
  });

  it('with both a length and chunks is refused, since two servers could read it as two', async () => {
    await open();
    const answer = await exchange(
      gateway?.port ?? 0,
      'POST /v1/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe('a connection', () => {
  const quick = { headersTimeoutMs: 200, requestTimeoutMs: 300, checkIntervalMs: 50 };

  it.each([
    ['headers', 'GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: '],
    ['body', 'POST /v1/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{'],
  ])('whose %s never end is closed by the gateway', async (_what, text) => {
    const caller = await open(quick);
    const answer = await exchange(gateway?.port ?? 0, text);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('too-slow');
    expect(gateway?.stats()).toMatchObject({ requests: 1, unasked: 1, bugs: 0 });
    expect((await caller.get('/healthz')).status).toBe(200);
  });

  it('that its caller ends within a body is no bug', async () => {
    await open();
    const leaving = connect(gateway?.port ?? 0, '127.0.0.1');
    leaving.end('POST /v1/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{').resume();
    await once(leaving, 'close');
    expect(gateway?.stats()).toMatchObject({ requests: 1, unasked: 1, bugs: 0 });
  });

  it('that is idle between requests is kept', async () => {
    const caller = await open(quick);
    expect((await caller.get('/healthz')).headers['keep-alive']).toBe('timeout=600');
  });

  it('is broken when the gateway closes', async () => {
    await open();
    const idle = connect(gateway?.port ?? 0, '127.0.0.1').on('error', () => undefined);
    await once(idle, 'connect');
    const broken = once(idle, 'close');
    await gateway?.close();
    await broken;
    expect(idle.destroyed).toBe(true);
  });
});

describe('a port', () => {
  it('that is taken is an error which says so', async () => {
    await open();
    const port = gateway?.port ?? 0;
    const second = startGateway({ policy: policyOf(), engine: 'ts', host: '127.0.0.1', port, registered: [] });
    await expect(second).rejects.toMatchObject({
      code: 'FP_PORT_TAKEN',
      message: `port ${port} of 127.0.0.1 is taken`,
    });
  });

  it('of a host that is not this one is an error which says so', async () => {
    const elsewhere = startGateway({ policy: policyOf(), engine: 'ts', host: '192.0.2.1', port: 0, registered: [] });
    await expect(elsewhere).rejects.toMatchObject({ code: 'FP_GATEWAY_FAILED' });
  });
});
