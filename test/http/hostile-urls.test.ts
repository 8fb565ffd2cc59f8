/** No URL leads a packet off loopback: what is opened and looked up is seen by hooks, which also give all the answers. */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { createServer } from 'node:http';
import net from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ticker } from '../../harness/actors/api.js';
import { Outcome } from '../../harness/actors/outcome.js';
import { FloodproofError } from '../../harness/errors.js';
import type { ConsentQuestion } from '../../harness/targets/consent/consent.js';
import { type CheckedTarget, checkTarget } from '../../harness/targets/loopback.js';
import { isLoopback } from '../../harness/targets/pinned.js';
import { assertReachable } from '../../harness/targets/reachable.js';
import { hostileUrls, knownNames } from '../support/hostile-urls.js';
import { senderTo, wish } from './flights.js';
import { listen } from './listening.js';

interface Watched {
  /** Where connections were to be opened to. */
  readonly hosts: string[];
  /** Names that were asked for, in order. */
  readonly lookups: string[];
  /** Anything else that would have gone out. */
  readonly strays: string[];
}

/** @param opens - whether connections to loopback are really opened; no other ever is. */
function watchTheWayOut(opens: boolean): Watched {
  const seen: Watched = { hosts: [], lookups: [], strays: [] };
  const { connect } = net.Socket.prototype;
  vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (this: net.Socket, ...args: unknown[]) {
    const [first] = args;
    const { host, path } = (Array.isArray(first) ? first[0] : first) as { host?: string; path?: string };
    seen.hosts.push(path ?? host ?? 'localhost');
    if (opens && isLoopback(host ?? '')) return connect.apply(this, args as unknown as Parameters<typeof connect>);
    process.nextTick(() => this.destroy(new Error('refused by the test')));
    return this;
  });
  vi.spyOn(dns.promises, 'lookup').mockImplementation((async (name: string) => {
    const isFirst = !seen.lookups.includes(name);
    seen.lookups.push(name);
    const addresses = isFirst ? knownNames[name] : ['192.0.2.66'];
    if (addresses === undefined) throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    return addresses.map((address) => ({ address, family: net.isIP(address) }));
  }) as unknown as typeof dns.promises.lookup);
  const stray = (what: string) => (): never => {
    seen.strays.push(what);
    throw new Error(`${what} is not to be called`);
  };
  vi.spyOn(dns, 'lookup').mockImplementation(stray('dns.lookup') as unknown as typeof dns.lookup);
  for (const [name, object] of [
    ['dns', dns],
    ['dns.promises', dns.promises],
    ['Resolver', dns.Resolver.prototype],
    ['promises.Resolver', dns.promises.Resolver.prototype],
  ] as const) {
    for (const key of ['resolve', 'resolve4', 'resolve6', 'resolveTxt', 'resolveAny', 'resolveCname', 'reverse']) {
      vi.spyOn(object as unknown as Record<string, () => unknown>, key).mockImplementation(stray(`${name}.${key}`));
    }
  }
  vi.spyOn(dgram.Socket.prototype, 'send').mockImplementation(stray('dgram.send') as never);
  vi.spyOn(dgram.Socket.prototype, 'connect').mockImplementation(stray('dgram.connect') as never);
  return seen;
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** As the command line asks where no key is set. */
const keyless: ConsentQuestion = { demands: [], operator: () => null, tool: 'floodproof/test' };

async function check(url: string, question?: ConsentQuestion): Promise<CheckedTarget | FloodproofError> {
  try {
    return await checkTarget(url, question);
  } catch (error) {
    if (error instanceof FloodproofError) return error;
    throw error;
  }
}

describe('a thousand URLs that try to be something else', () => {
  it('are each refused with a clear error or pinned to loopback, and nothing leaves it', async () => {
    const urls = fc.sample(hostileUrls, { seed: 20_26, numRuns: 1000 });
    let allowed = 0;
    for (const { text, isAllowed } of urls) {
      const seen = watchTheWayOut(false);
      const target = await check(text);
      const asked = seen.lookups.length;
      if (target instanceof FloodproofError) {
        expect([text, isAllowed]).toEqual([text, false]);
        expect(['FP_USAGE', 'FP_TARGET_FORBIDDEN', 'FP_TARGET_UNREACHABLE']).toContain(target.code);
        expect(target.message).toContain('--target');
        expect(target.hint.length).toBeGreaterThan(10);
      } else {
        allowed++;
        expect([text, isAllowed]).toEqual([text, true]);
        // What is done with it: it is tried, and requests are sent to it.
        await expect(assertReachable(target.origin)).rejects.toThrow('refused by the test');
        const { send, sender } = senderTo(target.origin, { host: target.host, basePath: target.basePath });
        const { outcome } = await send(wish(ticker('BTC-USDT'))).concluded;
        await sender.close();
        expect(outcome).not.toBe(Outcome.admitted);
        expect(seen.hosts.length).toBeGreaterThanOrEqual(2);
      }
      expect(asked).toBeLessThanOrEqual(1);
      // Once: nobody asks again who could be told otherwise.
      expect(seen.lookups).toHaveLength(asked);
      expect({ text, far: seen.hosts.filter((host) => !isLoopback(host)), strays: seen.strays }).toEqual({
        text,
        far: [],
        strays: [],
      });
      vi.restoreAllMocks();
    }
    // A test in which one of both never happens would show little.
    expect(allowed).toBeGreaterThan(100);
    expect(urls.length - allowed).toBeGreaterThan(300);
  });

  it('are the same to whoever would ask the owner, but has no key that he could name', async () => {
    const seen = watchTheWayOut(false);
    for (const { text, isAllowed } of fc.sample(hostileUrls, { seed: 7, numRuns: 300 })) {
      seen.lookups.length = 0;
      expect([text, !((await check(text, keyless)) instanceof FloodproofError)]).toEqual([text, isAllowed]);
    }
    expect({ hosts: seen.hosts, strays: seen.strays }).toEqual({ hosts: [], strays: [] });
  });
});

describe('a name that stands for something else later', () => {
  it('is looked up once, and the run goes on with the address that was checked', async () => {
    const { url: served } = await listen(createServer((_request, response) => response.end('{}')));
    const seen = watchTheWayOut(true);
    const { port } = new URL(served);
    const target = (await check(`http://rebinds.example:${port}`)) as CheckedTarget;
    expect(target).toMatchObject({ origin: `http://127.0.0.1:${port}`, host: `rebinds.example:${port}` });
    // By now it would be told otherwise.
    expect((await dns.promises.lookup('rebinds.example', { all: true })).map(({ address }) => address)).toEqual([
      '192.0.2.66',
    ]);
    const { send } = senderTo(target.origin, { host: target.host });
    for (let i = 0; i < 3; i++) expect((await send(wish(ticker('BTC-USDT'))).concluded).status).toBe(200);
    expect(new Set(seen.hosts)).toEqual(new Set(['127.0.0.1']));
    expect(seen.lookups).toEqual(['rebinds.example', 'rebinds.example']);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%i off the host is followed by nobody', async (status) => {
    let asked = 0;
    const { url } = await listen(
      createServer((_request, response) => {
        asked++;
        response
          .writeHead(status, { location: 'http://192.0.2.7/v1/ticker', refresh: '0; url=http://192.0.2.7/' })
          .end();
      }),
    );
    const seen = watchTheWayOut(true);
    const { send } = senderTo(url);
    expect((await send(wish(ticker('BTC-USDT'))).concluded).status).toBe(status);
    expect({ asked, hosts: seen.hosts, lookups: seen.lookups }).toEqual({
      asked: 1,
      hosts: ['127.0.0.1'],
      lookups: [],
    });
  });
});
