/** How an owner's consent is looked for, at servers of 127.0.0.1 that stand for somebody else's. */
import dns from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import net, { createServer as createRawServer } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ConsentTls, findConsent, NoConsent } from '../../harness/targets/consent/consent-fetch.js';
import type { PinnedTarget } from '../../harness/targets/pinned.js';
import { listen } from './listening.js';

const text = '{"floodproof":"consent/1"}';

/** A name that is nobody's, pinned to a server of this test. */
function pinnedTo(port: number, changes: Partial<PinnedTarget> = {}): PinnedTarget {
  return {
    scheme: 'http',
    name: 'far.example',
    isAddress: false,
    address: '127.0.0.1',
    port,
    host: `far.example:${port}`,
    basePath: '/api',
    isLoopback: false,
    ...changes,
  };
}

async function served(listener: RequestListener): Promise<PinnedTarget> {
  return pinnedTo((await listen(createServer(listener))).port);
}

/** No look-up of this file goes anywhere. */
function answerTxt(answer: string[][] | Error): string[] {
  const asked: string[] = [];
  vi.spyOn(dns.promises.Resolver.prototype, 'resolveTxt').mockImplementation(async (name) => {
    asked.push(name);
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return asked;
}

async function reasonOf(pinned: PinnedTarget, tls: ConsentTls | null = null): Promise<string> {
  const asked = answerTxt(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
  try {
    await findConsent(pinned, tls);
  } catch (error) {
    if (error instanceof NoConsent) return asked.length === 0 ? error.message : `${error.message} [DNS]`;
    throw error;
  }
  throw new Error('a consent was found');
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('the file', () => {
  it('is asked for at the pinned address, under the name that the URL has, and nothing is looked up', async () => {
    const seen: unknown[] = [];
    const pinned = await served((request, response) => {
      seen.push([request.method, request.url, request.headers.host, request.headers['accept-encoding']]);
      response.end(text);
    });
    const lookup = vi.spyOn(dns, 'lookup');
    const connect = vi.spyOn(net.Socket.prototype, 'connect');
    expect(await findConsent(pinned, null)).toEqual({ text, from: 'file' });
    expect(seen).toEqual([['GET', '/.well-known/floodproof-consent', pinned.host, undefined]]);
    expect({ connections: connect.mock.calls.length, lookups: lookup.mock.calls }).toEqual({
      connections: 1,
      lookups: [],
    });
  });

  it('may be 4096 bytes long, in pieces', async () => {
    const pinned = await served((_request, response) => {
      response.write('x'.repeat(4000));
      response.end('x'.repeat(96));
    });
    expect((await findConsent(pinned, null)).text).toHaveLength(4096);
  });

  it.each<[string, RequestListener, string]>([
    ['is too long', (_, response) => response.end('x'.repeat(4097)), 'it is longer than 4096 bytes'],
    [
      'never ends',
      (_, response) => {
        const more = (): void => {
          if (!response.destroyed) response.write('x'.repeat(1000), more);
        };
        more();
      },
      'it is longer than 4096 bytes',
    ],
    [
      'is elsewhere',
      (_, response) => response.writeHead(301, { location: '/x' }).end(),
      'the answer is 301, and redirects are not followed',
    ],
    ['is forbidden', (_, response) => response.writeHead(403).end(text), 'the answer is 403'],
    ['is a part', (_, response) => response.writeHead(206).end(text), 'the answer is 206'],
    ['is accepted', (_, response) => response.writeHead(202).end(text), 'the answer is 202'],
    ['fails', (_, response) => response.writeHead(500).end(text), 'the answer is 500'],
    [
      'is compressed',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(text),
      'it is compressed',
    ],
    ['is no UTF-8', (_, response) => response.end(Buffer.from([0x7b, 0xff, 0x7d])), 'it is no UTF-8'],
    [
      'breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write(text, () => response.destroy());
      },
      'the answer breaks off',
    ],
    ['is not answered', (_, response) => response.destroy(), "it can't be asked for: socket hang up"],
  ])('that %s is none, and no record takes its place', async (_, listener, reason) => {
    expect(await reasonOf(await served(listener))).toMatch(new RegExp(`^${reason}[^[]*$`));
  });

  it('keeps a byte order mark, which is no JSON', async () => {
    const pinned = await served((_request, response) => response.end(`\ufeff${text}`));
    expect((await findConsent(pinned, null)).text.charCodeAt(0)).toBe(0xfeff);
  });

  it('that comes byte by byte is waited for five seconds in all', async () => {
    let begin: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    let closed: () => void = () => undefined;
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const { port } = await listen(
      createRawServer((socket) => {
        socket.on('close', closed);
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 26\r\n\r\n{', begin));
      }),
    );
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const reason = reasonOf(pinnedTo(port));
    await hasBegun;
    await vi.advanceTimersByTimeAsync(5000);
    expect(await reason).toBe('no whole answer within 5000 ms');
    // Nothing is left open.
    await isClosed;
  });

  it('of a server where nobody listens is none', async () => {
    const { port, close } = await listen(createServer());
    close();
    expect(await reasonOf(pinnedTo(port))).toContain("it can't be asked for: connect ECONNREFUSED 127.0.0.1");
  });
});

describe('over TLS', () => {
  const names = (altNames: object[]) =>
    generate([{ name: 'commonName', value: 'far.example' }], {
      keySize: 2048,
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames },
      ],
    } as unknown as Parameters<typeof generate>[1]);

  it('the certificate must be for the name, or for the address where the URL has no name, and be trusted', async () => {
    const { private: key, cert } = await names([
      { type: 2, value: 'far.example' },
      { type: 7, ip: '127.0.0.1' },
    ]);
    const trust = { ca: cert, cert: null, key: null };
    const servers: (string | false | null)[] = [];
    const server = createTlsServer({ key, cert }, (_request, response) => response.end(text));
    server.on('secureConnection', (socket) => servers.push(socket.servername));
    const { port } = await listen(server);
    const pinned = pinnedTo(port, { scheme: 'https' });
    expect(await findConsent(pinned, trust)).toEqual({ text, from: 'file' });
    const byAddress = { ...pinned, name: '127.0.0.1', isAddress: true, host: `127.0.0.1:${port}` };
    expect(await findConsent(byAddress, trust)).toEqual({ text, from: 'file' });
    expect(servers).toEqual(['far.example', false]);
    expect(await reasonOf(pinned)).toContain("it can't be asked for: self-signed certificate");
    const other = { ...pinned, name: 'other.example', host: 'other.example' };
    expect(await reasonOf(other, trust)).toContain(
      "can't be asked for: Hostname/IP does not match certificate's altnames",
    );
    // No switch of the environment turns that off.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await reasonOf(pinned)).toContain('self-signed certificate');
    vi.unstubAllEnvs();
  });
});

describe('the TXT record', () => {
  const absent: RequestListener = (_request, response) => response.writeHead(404).end();

  it('is asked for when the server says that it has no file, and its pieces are one text', async () => {
    const asked = answerTxt([['{"floodproof":', '"consent/1"}']]);
    expect(await findConsent(await served(absent), null)).toEqual({ text, from: 'dns' });
    expect(asked).toEqual(['_floodproof-consent.far.example']);
  });

  it('is not asked for where the URL has an address', async () => {
    const pinned = { ...(await served(absent)), name: '127.0.0.1', isAddress: true };
    expect(await reasonOf(pinned)).toBe('the answer is 404');
  });

  it.each<[string, string[][] | Error, string]>([
    [
      'is not there',
      Object.assign(new Error('x'), { code: 'ENOTFOUND' }),
      'the TXT record _floodproof-consent.far.example says ENOTFOUND',
    ],
    ['is one of two', [[text], ['x']], 'has 2 TXT records, not one'],
    ['is empty', [], 'has 0 TXT records, not one'],
    ['is too long', [['x'.repeat(4096), 'x']], 'is longer than 4096 bytes'],
  ])('that %s is none', async (_, answer, says) => {
    const pinned = await served(absent);
    answerTxt(answer);
    await expect(findConsent(pinned, null)).rejects.toThrow(says);
  });
});
