import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../harness/gateway/gateway.js';
import { ann, bob } from './gateway-support.js';
import { dialSocket, type SocketClient } from './socket-client.js';
import { type PolicyChange, trader, venueStage } from './venue-gateway.js';

const stage = venueStage();
const clients: SocketClient[] = [];

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate();
});

function deribit(changes: readonly PolicyChange[] = []): Promise<Gateway> {
  return stage.start('deribit', changes);
}

interface Told {
  readonly id?: unknown;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

interface Session {
  readonly client: SocketClient;
  call(method: string, params?: object): Promise<Told>;
}

async function dial(gateway: Gateway): Promise<Session> {
  const client = await dialSocket(gateway, '/ws/api/v2');
  clients.push(client);
  return {
    client,
    call: (method, params = {}) => client.ask<Told>({ jsonrpc: '2.0', id: 5, method, params }),
  };
}

/** By hand, from the venue's document: timestamp, nonce and data, a line each. */
function signature(
  { timestamp = Date.now(), nonce = String(Math.random()).slice(2), data = '', ...extra }: Record<string, unknown> = {},
  { secret, keyId } = ann,
): object {
  const text = `${timestamp}\n${nonce}\n${data}`;
  const made = createHmac('sha256', secret).update(text, 'utf8').digest('hex');
  return { grant_type: 'client_signature', client_id: keyId, timestamp, nonce, data, signature: made, ...extra };
}

const credentials = { grant_type: 'client_credentials', client_id: ann.keyId, client_secret: ann.secret };
const order = { instrument_name: 'BTC_USDT', amount: 0.5, type: 'limit', price: 60_000 };

describe("Deribit's sessions", () => {
  it('answer public requests without a key', async () => {
    const { client, call } = await dial(await deribit());
    const told = await client.ask<Told>({ jsonrpc: '2.0', id: 'x', method: 'public/get_time', params: {} });
    expect(told.id).toBe('x');
    expect(Math.abs(Number(told.result) - Date.now())).toBeLessThan(60_000);
    expect((await call('public/ticker', { instrument_name: 'BTC_USDT' })).result).toMatchObject({ last_price: 65_000 });
  });

  it.each([
    { what: 'a signature', params: () => signature({ data: 'some text' }) },
    { what: 'credentials', params: () => credentials },
  ])('open by $what; then orders are placed, found, and cancelled', async ({ params }) => {
    const gateway = await deribit();
    const { call } = await dial(gateway);
    expect((await call('private/buy', order)).error).toMatchObject({ code: 13_009 });
    const opened = await call('public/auth', params());
    expect(opened).toMatchObject({ id: 5, result: { token_type: 'bearer', expires_in: 31_536_000 } });
    const { access_token } = opened.result as { access_token: string };
    const placed = await call('private/buy', { ...order, access_token });
    const { order_id } = (placed.result as { order: { order_id: string } }).order;
    expect((await call('private/get_open_orders')).result).toEqual([expect.objectContaining({ order_id })]);
    // The same account over HTTP.
    const exchange = await trader(gateway, 'deribit');
    expect(await exchange.fetchOrder(order_id, 'BTC/USDT')).toMatchObject({ status: 'open', amount: 0.5 });
    expect((await call('private/cancel', { order_id })).result).toMatchObject({ order_state: 'cancelled' });
    expect((await call('private/get_open_orders')).result).toEqual([]);
  });

  it.each([
    { what: 'another secret', params: signature({}, { ...ann, secret: 'another' }), code: 13_004 },
    { what: 'a key that there is not', params: signature({}, { ...ann, keyId: 'nobody' }), code: 13_004 },
    { what: 'a secret in the clear that is wrong', params: { ...credentials, client_secret: 'x' }, code: 13_004 },
    { what: "another's secret in the clear", params: { ...credentials, client_secret: bob.secret }, code: 13_004 },
    { what: 'no secret', params: { ...credentials, client_secret: undefined }, code: 13_004 },
    { what: 'an old timestamp', params: signature({ timestamp: 1 }), code: 13_009 },
    { what: 'other data', params: { ...signature({ data: 'a' }), data: 'b' }, code: 13_004 },
    { what: 'a nonce with a comma', params: signature({ nonce: 'a,nonce=b' }), code: 13_009 },
    { what: 'no signature', params: { ...signature(), signature: undefined }, code: 13_009 },
    { what: 'a grant that is not played', params: { grant_type: 'refresh_token' }, code: 13_009 },
  ])('stay closed to $what', async ({ params, code }) => {
    const { call } = await dial(await deribit());
    expect((await call('public/auth', params)).error?.code).toBe(code);
    expect((await call('private/buy', order)).error?.code).toBe(13_009);
  });

  it('stay closed where the policy has nobody sign for an account, so that nothing was proved', async () => {
    const { call } = await dial(
      await deribit([
        ['signed: [account, ', 'signed: ['],
        ['match: [account, order.list]', 'match: [order.list]'],
      ]),
    );
    expect((await call('public/auth', { ...credentials, client_secret: 'x' })).error?.code).toBe(13_004);
    expect((await call('private/buy', order)).error?.code).toBe(13_009);
  });

  it('open once by a signature, whichever connection it comes over', async () => {
    const gateway = await deribit();
    const params = signature();
    const [first, second] = [await dial(gateway), await dial(gateway)];
    expect(await first.call('public/auth', params)).toHaveProperty('result');
    expect((await second.call('public/auth', params)).error?.code).toBe(13_009);
    expect((await second.call('private/get_open_orders')).error?.code).toBe(13_009);
  });

  it('are each their own: a key is not another session’s, nor is a token', async () => {
    const gateway = await deribit();
    const [mine, other] = [await dial(gateway), await dial(gateway)];
    const { result } = await mine.call('public/auth', credentials);
    const { access_token } = result as { access_token: string };
    expect((await other.call('private/get_open_orders', { access_token })).error?.code).toBe(13_009);
    expect((await mine.call('private/get_open_orders', { access_token: 'x' })).error?.code).toBe(13_009);
    expect((await mine.call('private/get_open_orders')).result).toEqual([]);
  });

  it('hear 10028 and end when the matching engine is asked too much; the limit is the account’s, not the session’s', async () => {
    const gateway = await deribit([['capacity: 20\n    refill: 5 per 1s', 'capacity: 2\n    refill: 1 per 1h']]);
    const sessions = [await dial(gateway), await dial(gateway)] as const;
    for (const { call } of sessions) await call('public/auth', credentials);
    const [one, two] = sessions;
    expect(await one.call('private/buy', order)).toHaveProperty('result');
    expect(await two.call('private/buy', order)).toHaveProperty('result');
    const ended = one.client.closed();
    expect((await one.call('private/buy', order)).error).toMatchObject({ code: 10_028, message: 'too_many_requests' });
    expect(await ended).toBe(1008);
    // The other session goes on with what has limits of its own.
    expect((await two.call('private/get_open_orders')).result).toHaveLength(2);
  });

  it('charge public/auth as any request with a key', async () => {
    const gateway = await deribit([
      [
        '    match: [account, order.list]\n    by: account\n    family: token-bucket\n    capacity: 50000\n    refill: 10000 per 1s',
        '    match: [account, order.list]\n    by: account\n    family: token-bucket\n    capacity: 1000\n    refill: 1 per 1h',
      ],
    ]);
    const { call } = await dial(gateway);
    expect(await call('public/auth', credentials)).toHaveProperty('result');
    expect(await call('private/get_open_orders')).toHaveProperty('result');
    expect((await call('private/get_open_orders')).error?.code).toBe(10_028);
  });

  it.each([
    { text: 'no json', code: -32_700 },
    { text: '[]', code: -32_600 },
    { text: '{"id":1}', code: -32_600 },
    { text: '{"id":{},"method":"public/get_time"}', code: -32_600 },
    { text: '{"id":1,"method":"public/get_time","params":[]}', code: -32_600 },
    { text: '{"id":1,"method":"public/nothing"}', code: -32_601 },
  ])('answer $text with $code, and go on', async ({ text, code }) => {
    const { client, call } = await dial(await deribit());
    expect((await client.ask<Told>(text)).error?.code).toBe(code);
    expect(await call('public/test')).toHaveProperty('result');
  });

  it('end when the client logs out', async () => {
    const { client, call } = await dial(await deribit());
    expect((await call('private/logout')).error?.code).toBe(-32_601);
    await call('public/auth', credentials);
    const ended = client.closed();
    client.socket.send('{"jsonrpc":"2.0","id":1,"method":"private/logout"}');
    expect(await ended).toBe(1001);
  });
});
