import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Limiter } from '../../../../harness/invariants/contract.js';
import { type HttpEndpoint, httpAdapter } from '../../../../harness/invariants/peers/http-endpoint.js';
import { remainingOf, retryAfterUsOf } from '../../../../harness/invariants/peers/rate-limit-fields.js';

const NOW_US = 1_700_000_000_000_000;

async function withEndpoint(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  use: (create: (endpoint?: Partial<HttpEndpoint>) => Promise<Limiter>) => Promise<void>,
): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders?dry=1`;
  const limiters: Limiter[] = [];
  try {
    await use(async (endpoint) => {
      const limiter = await httpAdapter({ url, ...endpoint }).create();
      limiters.push(limiter);
      return limiter;
    });
  } finally {
    for (const limiter of limiters) await limiter.close?.();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('httpAdapter', () => {
  it('takes 429 for a refusal and reads what the fields say of it', async () => {
    const counts = new Map<string, number>();
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      const key = String(request.headers['x-api-key']);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      response.statusCode = count > 1 ? 429 : 201;
      if (count > 1) response.setHeader('retry-after', '3');
      response.setHeader('ratelimit', '"a";r=7;t=3, "b";r=0;t=3');
      response.end('body');
    };
    await withEndpoint(answer, async (create) => {
      const limiter = await create();
      expect(await limiter.consume('a', 1, NOW_US)).toEqual({ admitted: true, remaining: 0 });
      expect(await limiter.consume('a', 1, NOW_US)).toEqual({ admitted: false, remaining: 0, retryAfterUs: 3_000_000 });
      expect(await limiter.consume('b', 1, NOW_US)).toMatchObject({ admitted: true });
      // Another limiter is one that nobody has used, though the server is the same.
      expect(await (await create()).consume('a', 1, NOW_US)).toMatchObject({ admitted: true });
    });
  });

  it('sends path, method and fields, and keeps every pair of keys apart', async () => {
    const seen: string[] = [];
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      const { method, url, headers } = request;
      seen.push(`${method} ${url} ${headers['x-plan']} ${String(headers['x-user']).slice(37)}`);
      response.end();
    };
    const keys = ['a', 'A', '', ' ', 'ä', 'a\u0308', '\ud800', '\ud801', 'b4AA', 'x'.repeat(5_000), 'x'.repeat(5_001)];
    await withEndpoint(answer, async (create) => {
      const limiter = await create({ method: 'POST', keyField: 'x-user', headers: { 'x-plan': 'free' } });
      for (const key of keys) expect(await limiter.consume(key, 1, NOW_US)).toEqual({ admitted: true });
    });
    expect(seen[0]).toBe('POST /orders?dry=1 free ka');
    expect(new Set(seen).size).toBe(keys.length);
  });

  it('does not take an error of the server for an answer', async () => {
    const answer = (_: IncomingMessage, response: ServerResponse): void => {
      response.statusCode = 500;
      response.end();
    };
    await withEndpoint(answer, async (create) => {
      const limiter = await create();
      await expect(limiter.consume('a', 1, NOW_US)).rejects.toThrow('the endpoint answered 500');
      await expect(async () => await limiter.consume('a', 2, NOW_US)).rejects.toThrow('one cell, got 2');
    });
  });

  it.each(['http://192.0.2.1/', 'http://example.test/', 'http://127.0.0.1.example.test/', 'http://[2001:db8::1]/'])(
    'asks nobody else: %s',
    (url) => {
      expect(() => httpAdapter({ url })).toThrow(
        expect.objectContaining({ code: 'FP_TARGET_FORBIDDEN', message: expect.stringContaining(url) }),
      );
    },
  );

  it.each(['nonsense', 'https://127.0.0.1/', 'file:///etc/hosts'])('refuses what is no http URL: %s', (url) => {
    expect(() => httpAdapter({ url })).toThrow(expect.objectContaining({ code: 'FP_USAGE' }));
  });

  it.each(['http://localhost:1/', 'http://127.0.0.9:1/', 'http://[::1]:1/', 'http://[::ffff:127.0.0.1]:1/'])(
    'asks this machine: %s',
    (url) => {
      expect(httpAdapter({ url })).toMatchObject({ clock: 'real', name: `GET ${url}` });
    },
  );
});

describe('the fields of a limit', () => {
  it.each([
    { fields: {}, us: null, because: 'nothing is said' },
    { fields: { 'retry-after': '0' }, us: 0, because: 'at once' },
    { fields: { 'retry-after': '31536000' }, us: 31_536_000_000_000, because: 'a year' },
    { fields: { 'retry-after': 'Tue, 14 Nov 2023 22:13:30 GMT' }, us: 10_000_000, because: 'a date ahead' },
    { fields: { 'retry-after': 'Tue, 14 Nov 2023 22:13:10 GMT' }, us: 0, because: 'a date gone by' },
    { fields: { 'retry-after': 'soon' }, us: null, because: 'no form of it' },
  ])('Retry-After: $because', ({ fields, us }) => {
    expect(retryAfterUsOf(fields, NOW_US)).toBe(us);
  });

  it.each([
    { fields: {}, left: null },
    { fields: { ratelimit: '"burst";r=4;t=1, "day";r=2;t=30' }, left: 2 },
    { fields: { ratelimit: 'limit=5, remaining=4, reset=30' }, left: 4 },
    { fields: { 'ratelimit-remaining': '3' }, left: 3 },
    { fields: { 'x-ratelimit-remaining': '1', 'ratelimit-remaining': '3' }, left: 1 },
    { fields: { 'x-ratelimit-remaining': ['6', '5'] }, left: null },
    { fields: { ratelimit: '"day";q=5' }, left: null },
  ])('RateLimit: $fields', ({ fields, left }) => {
    expect(remainingOf(fields)).toBe(left);
  });
});
