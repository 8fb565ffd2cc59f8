import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { binanceApiBounds, type SocketBounds } from '../../harness/gateway/sockets/socket-bounds.js';
import type { SocketPeer, SocketProtocol } from '../../harness/gateway/sockets/socket-protocol.js';
import { type SocketServer, serveSockets } from '../../harness/gateway/sockets/socket-server.js';

type Hear = ReturnType<SocketProtocol['open']>;

interface Running {
  readonly url: string;
  readonly port: number;
  readonly sockets: SocketServer;
  readonly http: Server;
  readonly bugs: Error[];
  /** Moves the server's clock. */
  advance(us: number): void;
}

const running: Running[] = [];
const clients: WebSocket[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  for (const { sockets, http } of running.splice(0)) {
    sockets.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  }
});

const echo = (peer: SocketPeer): Hear => {
  return (text) => {
    peer.send(text);
    return undefined;
  };
};

async function serve(bounds: Partial<SocketBounds>, open: (peer: SocketPeer) => Hear = echo): Promise<Running> {
  const http = createServer((_request, response) => response.end('plain'));
  let nowUs = 1_700_000_000_000_000;
  const bugs: Error[] = [];
  const sockets = serveSockets(http, {
    protocols: [{ title: 'echo', paths: ['/echo'], bounds: { ...binanceApiBounds, ...bounds }, open }],
    clock: { originUs: nowUs, nowUs: () => nowUs },
    hashSecret: [1, 2],
    clientIp: ({ socket }) => socket.remoteAddress ?? '',
    onBug: (error) => bugs.push(error),
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const started: Running = {
    url: `ws://127.0.0.1:${port}/echo`,
    port,
    sockets,
    http,
    bugs,
    advance: (us) => {
      nowUs += us;
    },
  };
  running.push(started);
  return started;
}

function dial(url: string, options = {}): WebSocket {
  const client = new WebSocket(url, options);
  clients.push(client);
  client.on('error', () => undefined);
  return client;
}

async function opened(url: string, options = {}): Promise<WebSocket> {
  const client = dial(url, options);
  await new Promise<void>((resolve, reject) => {
    client.once('open', resolve);
    client.once('error', reject);
  });
  return client;
}

/** Status, and seconds of Retry-After, of a connection that is refused. */
function refused(url: string): Promise<{ status: number; retryAfter: string | undefined }> {
  const client = dial(url);
  return new Promise((resolve, reject) => {
    client.once('open', () => reject(new Error('it was opened')));
    client.once('unexpected-response', (_request, { statusCode = 0, headers }) => {
      resolve({ status: statusCode, retryAfter: headers['retry-after'] });
    });
  });
}

function ended(client: WebSocket): Promise<number> {
  return new Promise((resolve) => client.once('close', resolve));
}

function texts(client: WebSocket, count: number): Promise<string[]> {
  const heard: string[] = [];
  return new Promise((resolve) => {
    client.on('message', (data) => {
      heard.push(String(data));
      if (heard.length === count) resolve(heard);
    });
  });
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a server of WebSockets', () => {
  it('hands each message to the protocol, with the address and the query that it was opened with', async () => {
    const peers: SocketPeer[] = [];
    const { url } = await serve({}, (peer) => {
      peers.push(peer);
      return echo(peer);
    });
    const client = await opened(`${url}?a=1&b=2`);
    const heard = texts(client, 2);
    client.send('one');
    client.send('zwei');
    expect(await heard).toEqual(['one', 'zwei']);
    expect(peers.map(({ ip, query }) => [ip, query.get('b')])).toEqual([['127.0.0.1', '2']]);
  });

  it('answers in HTTP for a path that no protocol has', async () => {
    const { port } = await serve({});
    expect((await refused(`ws://127.0.0.1:${port}/nowhere`)).status).toBe(404);
  });

  it('ends the connection of a handshake that is none, and frees its place', async () => {
    const { url, port } = await serve({ connectionsPerIpMax: 1 });
    const raw: Socket = connect(port, '127.0.0.1');
    raw.write('GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const text = await new Promise<string>((resolve) => {
      let all = '';
      raw.on('data', (data) => {
        all += String(data);
      });
      raw.once('close', () => resolve(all));
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    await until(() => raw.destroyed);
    await opened(url);
  });

  it('lets an address open so many connections in the window, and says when it may again', async () => {
    const { url, advance } = await serve({ attemptsMax: 2, attemptsWindowMs: 300_000 });
    await opened(url);
    await opened(url);
    expect(await refused(url)).toEqual({ status: 429, retryAfter: '300' });
    advance(299_999_999);
    expect((await refused(url)).status).toBe(429);
    advance(1);
    await opened(url);
  });

  it('holds so many connections of an address at once; one that has ended is given back', async () => {
    const { url, sockets } = await serve({ connectionsPerIpMax: 2 });
    await opened(url);
    const second = await opened(url);
    expect(await refused(url)).toEqual({ status: 429, retryAfter: '1' });
    second.terminate();
    await until(() => sockets.size() === 1);
    await opened(url);
    expect((await refused(url)).status).toBe(429);
  });

  it('holds so many connections in all', async () => {
    const { url } = await serve({ connectionsMax: 1 });
    await opened(url);
    expect((await refused(url)).status).toBe(503);
  });
});

describe('a connection', () => {
  const five = { frames: { family: 'sliding-log', capacity: 5, windowUs: 1_000_000 } } as const;

  it('that sends one frame too many is ended, and nothing behind it is heard', async () => {
    const { url } = await serve(five);
    const client = await opened(url);
    const heard: string[] = [];
    client.on('message', (data) => heard.push(String(data)));
    const code = ended(client);
    for (const text of ['1', '2', '3', '4', '5', '6', '7']) client.send(text);
    expect(await code).toBe(1008);
    expect(heard).toEqual(['1', '2', '3', '4', '5']);
  });

  it('may send as many again in the next second, and another connection is not touched', async () => {
    const { url, advance } = await serve(five);
    const [first, other] = [await opened(url), await opened(url)];
    for (const round of [1, 2]) {
      const heard = [texts(first, 5), texts(other, 5)];
      for (let n = 0; n < 5; n++) {
        first.send(`${round}`);
        other.send(`${round}`);
      }
      await Promise.all(heard);
      advance(1_000_000);
    }
    expect([first.readyState, other.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  });

  it.each(['ping', 'pong'] as const)('that sends too many frames of kind %s is ended too', async (kind) => {
    const { url } = await serve(five);
    const client = await opened(url);
    const code = ended(client);
    for (let n = 0; n < 6; n++) client[kind]();
    expect(await code).toBe(1008);
  });

  it('is answered a ping with the payload of the ping', async () => {
    const { url } = await serve({});
    const client = await opened(url);
    const payload = new Promise<string>((resolve) => client.once('pong', (data) => resolve(String(data))));
    client.ping('hello');
    expect(await payload).toBe('hello');
  });

  it('is ended by a message that is too long, and by one that is not text', async () => {
    const { url } = await serve({ messageBytesMax: 10 });
    const [fits, long, binary] = [await opened(url), await opened(url), await opened(url)];
    const codes = [ended(long), ended(binary)];
    const heard = texts(fits, 1);
    fits.send('0123456789');
    long.send('0123456789x');
    binary.send(Buffer.from([1]));
    expect(await heard).toEqual(['0123456789']);
    expect(await Promise.all(codes)).toEqual([1009, 1003]);
  });

  it('is ended when one more message waits than may', async () => {
    const waiting: (() => void)[] = [];
    const { url } = await serve({ waitingMax: 2 }, (peer) => {
      return (text) => new Promise<void>((resolve) => waiting.push(resolve)).then(() => peer.send(text));
    });
    const client = await opened(url);
    client.send('a');
    client.send('b');
    await until(() => waiting.length === 2);
    const answered = texts(client, 2);
    for (const done of waiting.splice(0)) done();
    expect(await answered).toEqual(['a', 'b']);
    const code = ended(client);
    for (const text of ['c', 'd', 'e']) client.send(text);
    expect(await code).toBe(1013);
    expect(waiting.length).toBe(2);
  });

  it('that does not read is cut off', async () => {
    const { url, sockets } = await serve({ unsentBytesMax: 64 * 1024 }, (peer) => {
      return () => {
        peer.send('x'.repeat(16 * 1024));
        return undefined;
      };
    });
    const client = await opened(url);
    client.pause();
    // More than the kernel's buffers hold, and below the frames that a connection may send.
    for (let n = 0; n < 5_000; n++) client.send('more');
    await until(() => sockets.size() === 0);
  });

  it('that answers no ping is cut off; one that does stays', async () => {
    const { url, advance } = await serve({ pingEveryMs: 5, pongWithinMs: 60_000 });
    const [silent, awake] = [await opened(url, { autoPong: false }), await opened(url)];
    const code = ended(silent);
    let pings = 0;
    awake.on('ping', () => {
      pings += 1;
      advance(10_000_000);
    });
    expect(await code).toBe(1006);
    expect(pings).toBeGreaterThanOrEqual(5);
    expect(awake.readyState).toBe(WebSocket.OPEN);
  });

  it('that its protocol has ended is not heard any more', async () => {
    let heard = 0;
    const { url } = await serve({}, (peer) => () => {
      heard += 1;
      peer.send('last');
      peer.end(1008, 'enough');
      peer.send('too late');
      return undefined;
    });
    const client = await opened(url);
    const told: string[] = [];
    client.on('message', (data) => told.push(String(data)));
    const code = ended(client);
    for (const text of ['a', 'b', 'c']) client.send(text);
    expect(await code).toBe(1008);
    expect([heard, told]).toEqual([1, ['last']]);
  });

  it('is ended when it is too old', async () => {
    const { url, advance } = await serve({ pingEveryMs: 5, pongWithinMs: 9e9, lifeMsMax: 86_400_000 });
    const client = await opened(url);
    const code = ended(client);
    advance(86_400_000_000);
    expect(await code).toBe(1001);
  });

  it.each([
    {
      how: 'throws',
      hear: (): undefined => {
        throw new Error('bug');
      },
    },
    { how: 'rejects', hear: (): Promise<void> => Promise.reject(new Error('bug')) },
  ])('is ended by a bug of its protocol that $how, and the bug is told', async ({ hear }) => {
    const { url, bugs } = await serve({}, () => hear);
    const client = await opened(url);
    const code = ended(client);
    client.send('a');
    expect(await code).toBe(1011);
    expect(bugs.map(({ message }) => message)).toEqual(['bug']);
  });
});
