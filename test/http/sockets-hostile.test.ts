/** Frames by hand, after RFC 6455: broken ones end the connection, pieces of a message are put together. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { venueStage } from './venue-gateway.js';

const stage = venueStage();
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

const TEXT = 1;
const CONTINUATION = 0;
const message = Buffer.from('{"id":1,"method":"time"}');

interface FrameForm {
  readonly isLast?: boolean;
  readonly isMasked?: boolean;
  /** The bit of a compressed message, which nobody agreed on. */
  readonly isCompressed?: boolean;
}

/** The mask is four zeros, which leave the payload as it is; it is shorter than 126 bytes. */
function frame(opcode: number, payload: Buffer, form: FrameForm = {}): Buffer {
  const { isLast = true, isMasked = true, isCompressed = false } = form;
  const first = (isLast ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode;
  const mask = isMasked ? Buffer.alloc(4) : Buffer.alloc(0);
  return Buffer.concat([Buffer.from([first, (isMasked ? 0x80 : 0) | payload.length]), mask, payload]);
}

/** An open WebSocket, and everything that it hears as text. */
async function open(): Promise<{ readonly socket: Socket; readonly heard: () => string }> {
  const gateway = await stage.start('binance');
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => undefined);
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
  });
  const lines = ['upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'];
  const offers = ['sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-extensions: permessage-deflate'];
  socket.write(`GET /ws-api/v3 HTTP/1.1\r\nhost: x\r\n${[...lines, ...offers].join('\r\n')}\r\n\r\n`);
  await once(socket, 'data');
  expect(text).toMatch(/^HTTP\/1\.1 101 /);
  // Nobody agrees to unpack anything.
  expect(text.toLowerCase()).not.toContain('permessage-deflate');
  return { socket, heard: () => text };
}

describe('frames of a WebSocket', () => {
  it('are put together when a message comes in pieces', async () => {
    const { socket, heard } = await open();
    socket.write(frame(TEXT, message.subarray(0, 5), { isLast: false }));
    socket.write(frame(CONTINUATION, message.subarray(5, 9), { isLast: false }));
    socket.write(frame(CONTINUATION, message.subarray(9)));
    await once(socket, 'data');
    expect(heard()).toContain('"serverTime"');
  });

  it.each([
    ['compressed without agreement', frame(TEXT, message, { isCompressed: true })],
    ['not masked', frame(TEXT, message, { isMasked: false })],
    ['of an unknown kind', frame(3, message)],
    ['a continuation of nothing', frame(CONTINUATION, message)],
    ['no text, though it says so', frame(TEXT, Buffer.from([0xff, 0xfe]))],
    ['a control frame in pieces', frame(9, message, { isLast: false })],
    ['longer than anything could be', Buffer.from([0x81, 0xff, ...Array(8).fill(0xff), 0, 0, 0, 0])],
  ])('end the connection when one is %s', async (_what, bytes) => {
    const { socket } = await open();
    socket.write(bytes);
    await once(socket, 'close');
  });

  it('end the connection when the pieces of one message are more than a message may be', async () => {
    const { socket } = await open();
    socket.write(frame(TEXT, Buffer.alloc(125, 0x20), { isLast: false }));
    for (let count = 0; count < 140; count++) {
      socket.write(frame(CONTINUATION, Buffer.alloc(125, 0x20), { isLast: false }));
    }
    await once(socket, 'close');
  });

  it('may stop in the middle of a message: the gateway serves others, and closes', async () => {
    const { socket } = await open();
    socket.write(frame(TEXT, message.subarray(0, 5), { isLast: false }).subarray(0, 7));
    const [gateway] = stage.gateways;
    expect((await fetch(`${gateway?.url}/api/v3/time`)).status).toBe(200);
    const closed = once(socket, 'close');
    await gateway?.close();
    stage.gateways.splice(0);
    await closed;
  });
});
