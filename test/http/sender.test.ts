import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import * as api from '../../harness/actors/api.js';
import { OrderMaker } from '../../harness/actors/order-maker.js';
import { createRandom } from '../../harness/actors/random.js';
import { signingHeaders } from '../../harness/signing/hmac-lines.js';
import { senderTo, somebodyElse, someone, wish } from './flights.js';
import { listen } from './listening.js';
import { startRecordingApi } from './recording-api.js';

const order = api.placeOrder(new OrderMaker().order(createRandom(5)));

describe('a signed request', () => {
  it('carries a claimed key and a claimed signature instead of the identity’s own', async () => {
    const { url, received } = await startRecordingApi();
    const claims = { keyId: 'made-up', signature: 'ab'.repeat(32) };
    const signedTexts: string[] = [];
    const { send } = senderTo(url, { sign: (_, text) => `mac-${signedTexts.push(text)}` });
    await send(wish(order, { claims })).concluded;
    expect(received[0]?.headers).toMatchObject({
      [signingHeaders.keyId]: 'made-up',
      [signingHeaders.signature]: claims.signature,
      [signingHeaders.timestamp]: '1700000000000',
    });
    expect(signedTexts).toEqual([]);
    expect(received[0]?.body).toBe(order.body);
  });

  it('is spoiled after it was signed', async () => {
    const { url, received } = await startRecordingApi();
    const { send } = senderTo(url);
    await send(wish(order)).concluded;
    await send(wish(order, { tamper: { kind: 'body-whitespace', seed: 3, otherKeyId: '' } })).concluded;
    const [right, spoiled] = received;
    expect(right?.body).toBe(order.body);
    expect(spoiled?.body).not.toBe(order.body);
    expect(JSON.parse(spoiled?.body ?? '')).toEqual(JSON.parse(order.body ?? ''));
    // The signature is the one of the text that it was.
    expect(spoiled?.headers[signingHeaders.signature]).toBe(right?.headers[signingHeaders.signature]);
  });

  it('is spoiled in its path and by another key, which signs for it', async () => {
    const { url, received } = await startRecordingApi();
    const { send } = senderTo(url, { basePath: '/base' });
    const { keyId: otherKeyId } = somebodyElse;
    await send(wish(order, { tamper: { kind: 'query-added', seed: 1, otherKeyId: '' } })).concluded;
    await send(wish(order, { tamper: { kind: 'other-key', seed: 1, otherKeyId } })).concluded;
    expect(received[0]?.path).toMatch(/^\/base\/v1\/orders\?/);
    expect(received[1]?.path).toBe('/base/v1/orders');
    expect(received[1]?.headers[signingHeaders.keyId]).toBe(someone.keyId);
    expect(received[1]?.headers[signingHeaders.signature]).toContain(`-by-${otherKeyId.slice(0, 4)}`);
  });

  it('shows neither a spoiled nor a claimed request to those who listen', async () => {
    const { url } = await startRecordingApi();
    const { send, sender } = senderTo(url, { keepFor: new Set([0]) });
    const kept: string[] = [];
    const ring = { push: ({ path }: { path: string }) => void kept.push(path), pick: () => null };
    const claims = { keyId: 'made-up', signature: 'ab' };
    const tamper = { kind: 'bit-flip', seed: 1, otherKeyId: '' } as const;
    for (const details of [{ claims }, { tamper }, {}]) {
      sender.capture(await send(wish(order, details)).concluded, ring);
    }
    expect(kept).toEqual(['/v1/orders']);
  });

  it.each([
    { offsetUs: 0, stampOffsetUs: 0, stamp: '1700000000000' },
    { offsetUs: 1_500, stampOffsetUs: 0, stamp: '1700000000001' },
    { offsetUs: -1, stampOffsetUs: 0, stamp: '1699999999999' },
    { offsetUs: 0, stampOffsetUs: -5_001_000, stamp: '1699999994999' },
    { offsetUs: -2_000_000, stampOffsetUs: 3_000_000, stamp: '1700000001000' },
    { offsetUs: 0, stampOffsetUs: -1.8e15, stamp: '0' },
  ])('is stamped $stamp by a clock that is off by $offsetUs and a lie of $stampOffsetUs', async (row) => {
    const { url, received } = await startRecordingApi();
    const asked: [unknown, number][] = [];
    const { send } = senderTo(url, {
      clockOffsetUs: (identity, nowUs) => {
        asked.push([identity, nowUs]);
        return row.offsetUs;
      },
    });
    const { flight } = send(wish(order, { stampOffsetUs: row.stampOffsetUs }));
    await expect.poll(() => received.length).toBe(1);
    expect(received[0]?.headers[signingHeaders.timestamp]).toBe(row.stamp);
    expect(asked).toEqual([[someone, expect.any(Number)]]);
    expect(asked[0]?.[1]).toBeLessThanOrEqual(flight.now());
  });

  it('has no signature where its class is not signed, whatever it claims', async () => {
    const { url, received } = await startRecordingApi();
    const { send } = senderTo(url);
    await send(wish(api.ticker('BTC-USDT'), { claims: { keyId: 'made-up', signature: 'ab' } })).concluded;
    expect(Object.keys(received[0]?.headers ?? {})).not.toContain(signingHeaders.keyId);
  });
});

/** A server that counts its connections and says how each request wants its own to go on. */
async function startCountingServer() {
  const seen = { connections: 0, wishes: [] as (string | undefined)[] };
  const server = createServer((request, response) => {
    seen.wishes.push(request.headers.connection);
    request.resume().on('end', () => response.end('{}'));
  }).on('connection', () => {
    seen.connections += 1;
  });
  return { url: (await listen(server)).url, seen };
}

describe('connections', () => {
  it('are used again', async () => {
    const { url, seen } = await startCountingServer();
    const { send } = senderTo(url);
    for (let i = 0; i < 5; i++) await send(wish(order)).concluded;
    expect(seen).toEqual({ connections: 1, wishes: Array(5).fill('keep-alive') });
  });

  it('are fresh for each request of an actor that wants it so, and end with it', async () => {
    const { url, seen } = await startCountingServer();
    const { send } = senderTo(url, { freshFor: new Set([0]) });
    for (let i = 0; i < 5; i++) await send(wish(order)).concluded;
    expect(seen).toEqual({ connections: 5, wishes: Array(5).fill('close') });
  });

  it('are no more than allowed at once where each is fresh; the others wait', async () => {
    const { url, seen } = await startCountingServer();
    const { send } = senderTo(url, { freshFor: new Set([0]), connectionsPerIp: () => 2 });
    const flights = await Promise.all(Array.from({ length: 9 }, () => send(wish(order)).concluded));
    expect(flights.every(({ status }) => status === 200)).toBe(true);
    expect(seen.connections).toBe(9);
  });
});
