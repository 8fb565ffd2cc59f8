import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import * as api from '../../harness/actors/api.js';
import { OrderMaker } from '../../harness/actors/order-maker.js';
import { Outcome } from '../../harness/actors/outcome.js';
import { createRandom } from '../../harness/actors/random.js';
import { senderTo, wish } from './flights.js';
import { listen } from './listening.js';

/** A server of bytes: it tells each connection's pieces apart as they come, and answers when it is told. */
async function startByteServer() {
  const connections: { readonly socket: Socket; readonly pieces: string[] }[] = [];
  const server = createServer((socket) => {
    const pieces: string[] = [];
    connections.push({ socket, pieces });
    socket.on('data', (piece) => {
      pieces.push(piece.toString('latin1'));
      server.emit('piece');
    });
  });
  const { url } = await listen(server);
  /** Resolves when each of `count` connections has come as far as `isThere` wants. */
  async function until(count: number, isThere: (text: string) => boolean): Promise<void> {
    while (connections.filter(({ pieces }) => isThere(pieces.join(''))).length < count) await once(server, 'piece');
  }
  function answer(socket: Socket, headers = ''): void {
    socket.write(`HTTP/1.1 201 Created\r\n${headers}content-length: 2\r\n\r\n{}`);
  }
  return { url, connections, until, answer };
}

const order = api.placeOrder(new OrderMaker().order(createRandom(5)));
const body = order.body ?? '';
const later = wish(order, { lastByteUs: 1e12 });

function bodyOf(text: string): string {
  return text.slice(text.indexOf('\r\n\r\n') + 4);
}

it('sends all but the last byte at once and the last one when it is released', async () => {
  const server = await startByteServer();
  const { send, nowUs } = senderTo(server.url);
  const { flight, concluded } = send(later);
  await server.until(1, (text) => bodyOf(text).length === body.length - 1);
  const connection = server.connections[0];
  const head = connection?.pieces.join('') ?? '';
  expect(head).toMatch(/^POST \/v1\/orders HTTP\/1.1\r\n/);
  expect(head.toLowerCase()).toContain(`content-length: ${body.length}\r\n`);
  expect(head.toLowerCase()).not.toContain('transfer-encoding');
  expect(bodyOf(head)).toBe(body.slice(0, -1));
  const before = nowUs();
  const { dispatchedUs, sentUs: headUs } = flight;
  flight.release();
  await server.until(1, (text) => bodyOf(text) === body);
  if (connection) server.answer(connection.socket, 'x-gate: admitted\r\n');
  expect(await concluded).toMatchObject({ outcome: Outcome.admitted, status: 201 });
  // The gate has decided on the whole request: it can't have decided before its last byte.
  expect(flight.sentUs).toBeGreaterThanOrEqual(before);
  expect(flight.answeredUs).toBeGreaterThanOrEqual(flight.sentUs);
  // What it waited for the target is what its head waited.
  expect(flight.sentUs - flight.dispatchedUs).toBe(headUs - dispatchedUs);
});

it('keeps the moment of the head where a limiter answers that may have decided on the head alone', async () => {
  const server = await startByteServer();
  const { send, nowUs } = senderTo(server.url);
  const { flight, concluded } = send(later);
  await server.until(1, (text) => bodyOf(text).length === body.length - 1);
  const before = nowUs();
  flight.release();
  const connection = server.connections[0];
  await server.until(1, (text) => bodyOf(text) === body);
  if (connection) server.answer(connection.socket);
  await concluded;
  expect(flight.sentUs).toBeLessThan(before);
});

it('keeps the connection for the next request', async () => {
  const server = await startByteServer();
  const { send } = senderTo(server.url);
  for (let request = 1; request <= 3; request++) {
    const { flight, concluded } = send(later);
    const isHeld = (text: string) =>
      text.split('POST /v1/orders').length === request + 1 && text.endsWith(body.slice(0, -1));
    await server.until(1, isHeld);
    flight.release();
    await server.until(1, (text) => text.endsWith(body));
    const connection = server.connections[0];
    if (connection) server.answer(connection.socket);
    await concluded;
  }
  expect(server.connections).toHaveLength(1);
});

it('takes an answer that comes before the last byte, and writes nothing after it', async () => {
  const server = await startByteServer();
  const { send } = senderTo(server.url);
  const { flight, concluded } = send(later);
  await server.until(1, (text) => bodyOf(text).length === body.length - 1);
  const connection = server.connections[0];
  if (connection) server.answer(connection.socket, 'x-gate: admitted\r\n');
  await concluded;
  expect(flight.outcome).toBe(Outcome.admitted);
  expect(flight.sentUs).toBeLessThanOrEqual(flight.answeredUs);
  flight.release();
  // The connection is of no use any more: the next request has another.
  const second = send(wish(order));
  await server.until(1, (text) => bodyOf(text) === body);
  expect(server.connections).toHaveLength(2);
  expect(bodyOf(connection?.pieces.join('') ?? '')).toBe(body.slice(0, -1));
  second.flight.stop(Outcome.aborted);
});

it('sends a request whole whose moment has come before a connection was there', async () => {
  const server = await startByteServer();
  const { send, nowUs } = senderTo(server.url);
  const { flight, concluded } = send(later);
  flight.release();
  const after = nowUs();
  await server.until(1, (text) => bodyOf(text) === body);
  const connection = server.connections[0];
  if (connection) server.answer(connection.socket, 'x-gate: admitted\r\n');
  expect((await concluded).outcome).toBe(Outcome.admitted);
  expect(flight.sentUs).toBeGreaterThanOrEqual(after);
});

it('holds nothing back of a request that waits for its connection longer than that', async () => {
  const server = await startByteServer();
  const { send } = senderTo(server.url, { connectionsPerIp: () => 1 });
  const first = send(wish(order));
  const { flight, concluded } = send(later);
  flight.release();
  await server.until(1, (text) => bodyOf(text) === body);
  const connection = server.connections[0];
  if (connection) server.answer(connection.socket);
  await first.concluded;
  await server.until(1, (text) => text.split('POST /v1/orders').length === 3 && text.endsWith(body));
  if (connection) server.answer(connection.socket, 'x-gate: admitted\r\n');
  expect((await concluded).outcome).toBe(Outcome.admitted);
});

it('releases many in one go: every head is there before the first tail', async () => {
  const server = await startByteServer();
  const { send } = senderTo(server.url);
  const flights = Array.from({ length: 40 }, () => send(later));
  await server.until(40, (text) => bodyOf(text).length === body.length - 1);
  for (const { flight } of flights) flight.release();
  await server.until(40, (text) => bodyOf(text) === body);
  expect(server.connections).toHaveLength(40);
  for (const { socket, pieces } of server.connections) {
    // The last piece is the one byte.
    expect(pieces.at(-1)).toBe('}');
    server.answer(socket, 'x-gate: admitted\r\n');
  }
  const done = await Promise.all(flights.map(({ concluded }) => concluded));
  expect(done.every(({ outcome }) => outcome === Outcome.admitted)).toBe(true);
});

it('breaks off a request whose last byte is still held back', async () => {
  const server = await startByteServer();
  const { send } = senderTo(server.url);
  const { flight, concluded } = send(later);
  await server.until(1, (text) => bodyOf(text).length === body.length - 1);
  flight.stop(Outcome.timeout);
  expect((await concluded).outcome).toBe(Outcome.timeout);
  flight.release();
  expect(flight.sentUs).toBeGreaterThan(0);
});

it('calls a connection that breaks while the last byte is held back a reset: the target may have decided', async () => {
  const server = await startByteServer();
  const { send } = senderTo(server.url);
  const { concluded } = send(later);
  await server.until(1, (text) => bodyOf(text).length === body.length - 1);
  server.connections[0]?.socket.destroy();
  expect((await concluded).outcome).toBe(Outcome.reset);
});

it('holds nothing back where there is no body', async () => {
  const server = await startByteServer();
  const { send } = senderTo(server.url);
  const { concluded } = send(wish(api.ticker('BTC-USDT'), { lastByteUs: 1e12 }));
  await server.until(1, (text) => text.endsWith('\r\n\r\n'));
  const connection = server.connections[0];
  if (connection) server.answer(connection.socket);
  expect((await concluded).outcome).toBe(Outcome.admitted);
});
