import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launchRelay } from '../../harness/engine/relay/launch-relay.js';
import { startRelay } from '../../harness/engine/relay/relay.js';
import { checkTarget } from '../../harness/targets/loopback.js';
import { listen } from './listening.js';
import { arrivalsOf, outcomesOf, playAgainst, scenarioOf } from './played.js';
import { startRecordingApi } from './recording-api.js';

const DELAY_MS = 20;

async function relayTo(url: string, delayMs = DELAY_MS): Promise<number> {
  const { hostname, port } = new URL(url);
  const relay = await startRelay({ host: hostname, port: Number(port), delayMs });
  onTestFinished(() => relay.close());
  return relay.port;
}

/** A server of bytes: what it does with each connection is up to the test. */
async function bytesServer(onConnection: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

function firstConnection(): { promise: Promise<Socket>; found: (socket: Socket) => void } {
  let found: (socket: Socket) => void = () => undefined;
  const promise = new Promise<Socket>((resolve) => {
    found = resolve;
  });
  return { promise, found };
}

/** All that a connection from `localAddress` gets, and how it ended. */
function talk(port: number, say: string, localAddress = '127.0.0.1'): Promise<{ text: string; how: string }> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true });
    let text = '';
    let how = 'closed';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('end', () => {
      how = 'ended';
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      how = error.code ?? 'error';
    });
    socket.on('close', () => resolve({ text, how }));
    socket.end(say);
  });
}

describe('a relay', () => {
  it('lets no answer come earlier than twice its delay after the request, and lets the target see who calls', async () => {
    const api = await startRecordingApi();
    const relay = await launchRelay(await checkTarget(api.url), DELAY_MS * 1000);
    onTestFinished(() => relay.close());
    const plan = scenarioOf({
      actors: [
        '{ name: traders, label: legit, population: 7, behaviour: retail-trader, with: { orderShare: 0%, accountShare: 0% }, ' +
          'arrivals: { process: constant, rate: 50/s } }',
      ],
    });
    const { rows, identities } = await playAgainst(relay.target.origin, plan);
    expect(outcomesOf(rows)).toEqual({ admitted: 50 });
    expect(Math.min(...rows.map(({ answeredUs, sentUs }) => answeredUs - sentUs))).toBeGreaterThanOrEqual(
      2 * DELAY_MS * 1000,
    );
    expect(arrivalsOf(rows)).toHaveLength(50);
    const seen = new Set(api.received.map(({ address }) => address));
    expect([...seen].every((address) => identities.some(({ ip }) => ip === address))).toBe(true);
    expect(seen.size).toBeGreaterThan(3);
  });

  it('opens a connection in the time of two packets, and only then lets the first bytes pass', async () => {
    const server = createServer((_, response) => response.end('yes'));
    const port = await relayTo((await listen(server)).url);
    const beganMs = performance.now();
    const waitedMs = await new Promise<number>((resolve, reject) => {
      request({ host: '127.0.0.1', port, agent: false }, (response) => {
        response.resume().once('end', () => resolve(performance.now() - beganMs));
      })
        .once('error', reject)
        .end();
    });
    expect(waitedMs).toBeGreaterThanOrEqual(4 * DELAY_MS);
  });

  it('passes a megabyte each way unchanged, under back-pressure, and the end after it', async () => {
    const url = await bytesServer((socket) => void socket.pipe(socket));
    const sent = 'floodproof '.repeat(300_000);
    const { text, how } = await talk(await relayTo(url, 1), sent);
    expect(text.length).toBe(sent.length);
    expect(text === sent).toBe(true);
    expect(how).toBe('ended');
  });

  it('tells the caller that nobody listens at the target, and the target that the caller is gone', async () => {
    const nobody = await relayTo('http://127.0.0.1:1');
    expect(await talk(nobody, 'hello')).toEqual({ text: '', how: 'ECONNRESET' });

    const { promise, found } = firstConnection();
    const relayed = await relayTo(await bytesServer(found));
    const caller = connect({ host: '127.0.0.1', port: relayed });
    caller.on('error', () => undefined);
    const atTarget = await promise;
    const told = once(atTarget.resume(), 'error');
    caller.resetAndDestroy();
    expect(await told).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  it('resets the caller when the target breaks off in the middle', async () => {
    const { promise, found } = firstConnection();
    const caller = connect({ host: '127.0.0.1', port: await relayTo(await bytesServer(found)) });
    caller.write('hello');
    const atTarget = await promise;
    atTarget.write('half an ans');
    await once(caller, 'data');
    const ended = once(caller, 'end');
    atTarget.resetAndDestroy();
    await expect(ended).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
