/**
 * Every profile against ccxt's own signing, a thousand random requests each: what ccxt makes is read and verified, and
 * where a profile puts its fields in the same places, it makes the same bytes.
 */
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { credentialFrom, secretText } from '../../../harness/signing/keys/credential.js';
import { type Credential, isMalformed, type SigningProfile, type Stamp } from '../../../harness/signing/profile.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import type { SignedWire } from '../../../harness/signing/signed-wire.js';
import { type CcxtRequest, type CcxtVenue, ccxtVenue, receivedFrom } from '../../support/ccxt.js';
import { isRight, signWith } from '../../support/profile-maker.js';

const RUNS = 1_000;
const SEED = 20_260_726;

interface Shape {
  readonly path: string;
  readonly api: string | readonly string[];
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
}

interface Row {
  readonly name: ProfileName;
  /** File of ccxt. */
  readonly id: string;
  readonly shapes: readonly Shape[];
  /** The venue's query goes out without percent-encoding, so that its values must be such that it can. */
  readonly plain?: boolean;
  /** Of what ccxt made: the request before it was signed, as our side would be given it. */
  readonly again?: (made: CcxtRequest) => Again;
  /** Window that ccxt asks for. */
  readonly windowMs?: number;
}

interface Again {
  readonly body: string;
  readonly contentType: string | null;
  readonly path: string;
}

const asSent = (made: CcxtRequest): Again => {
  const { path, body, headers } = receivedFrom(made);
  return { path, body, contentType: (headers['content-type'] as string | undefined) ?? null };
};

const binanceShapes: readonly Shape[] = [
  { path: 'order', api: 'private', method: 'POST' },
  { path: 'order', api: 'private', method: 'GET' },
  { path: 'order', api: 'private', method: 'DELETE' },
  { path: 'openOrders', api: 'private', method: 'GET' },
  { path: 'order/cancelReplace', api: 'private', method: 'POST' },
  { path: 'asset/dust', api: 'sapi', method: 'POST' },
  { path: 'batchOrders', api: 'fapiPrivate', method: 'PUT' },
];
const bybitShapes: readonly Shape[] = [
  { path: 'v5/order/create', api: 'private', method: 'POST' },
  { path: 'v5/order/realtime', api: 'private', method: 'GET' },
];

const rows: readonly Row[] = [
  { name: 'binance', id: 'binance', shapes: binanceShapes },
  { name: 'binance-ed25519', id: 'binance', shapes: binanceShapes },
  { name: 'binance-rsa', id: 'binance', shapes: binanceShapes },
  { name: 'bybit', id: 'bybit', shapes: bybitShapes, plain: true, again: asSent, windowMs: 5_000 },
  { name: 'bybit-rsa', id: 'bybit', shapes: bybitShapes, plain: true, again: asSent, windowMs: 5_000 },
  {
    name: 'okx',
    id: 'okx',
    shapes: [
      { path: 'trade/order', api: 'private', method: 'POST' },
      { path: 'trade/orders-pending', api: 'private', method: 'GET' },
      { path: 'account/bills', api: 'private', method: 'GET' },
    ],
    again: asSent,
  },
  {
    name: 'kraken',
    id: 'kraken',
    shapes: [
      { path: 'AddOrder', api: 'private', method: 'POST' },
      { path: 'Balance', api: 'private', method: 'POST' },
      { path: 'CancelOrderBatch', api: 'private', method: 'POST' },
      { path: 'AddOrderBatch', api: 'private', method: 'POST' },
    ],
    again: (made) => {
      const sent = asSent(made);
      const body = sent.body.startsWith('{')
        ? sent.body.replace(/"nonce":"\d+",?/, '')
        : sent.body.replace(/^nonce=\d+&?/, '');
      return { ...sent, body };
    },
  },
  {
    name: 'kraken-futures',
    id: 'krakenfutures',
    shapes: [
      { path: 'sendorder', api: 'private', method: 'POST' },
      { path: 'openorders', api: 'private', method: 'GET' },
      { path: 'batchorder', api: 'private', method: 'POST' },
      { path: 'executions', api: 'history', method: 'GET' },
    ],
    again: asSent,
  },
  {
    name: 'deribit',
    id: 'deribit',
    shapes: [
      { path: 'buy', api: 'private', method: 'GET' },
      { path: 'get_open_orders_by_currency', api: 'private', method: 'GET' },
    ],
    again: asSent,
  },
  {
    name: 'bitfinex',
    id: 'bitfinex',
    shapes: [
      { path: 'auth/w/order/submit', api: 'private', method: 'POST' },
      { path: 'auth/r/wallets', api: 'private', method: 'POST' },
    ],
    again: asSent,
  },
  {
    name: 'gemini',
    id: 'gemini',
    shapes: [
      { path: 'v1/order/new', api: 'private', method: 'POST' },
      { path: 'v1/balances', api: 'private', method: 'POST' },
    ],
    again: (made) => ({
      ...asSent(made),
      contentType: 'application/json',
      body: made.body === '{}' ? '' : (made.body ?? ''),
    }),
  },
];

const names = fc.string({ unit: fc.constantFrom('a', 'b', 'S', 'y', '_', '1'), minLength: 1, maxLength: 6 });
const texts = fc.string({
  unit: fc.constantFrom('a', '0', '.', ' ', '&', '=', '+', '%', '"', '\\', '/', 'é', '１', '🚀'),
  maxLength: 8,
});
const plainTexts = fc.string({ unit: fc.constantFrom('a', '0', '.', '-', '_', 'Z', '/', ','), maxLength: 8 });
const paramsOf = (plain: boolean) =>
  fc.dictionary(
    names.map((name) => `x${name}`),
    fc.oneof(plain ? plainTexts : texts, fc.nat(), fc.boolean()),
    { maxKeys: 6, noNullPrototype: true },
  );

const rsaPem = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

/** Gemini's ccxt wants the word in a key. */
const KEY_ID = 'account-k7';

function keyFor(profile: SigningProfile): { readonly credential: Credential; readonly secret: string } {
  const credential = credentialFrom(profile, {
    keyId: KEY_ID,
    secret: profile.keyKind === 'rsa' ? rsaPem : 's3cret of it',
  });
  const text = secretText(profile, credential);
  return { credential, secret: text === '' ? credential.privateKey : text };
}

describe.each(rows)('$name', (row) => {
  const profile = profileOf(row.name);
  const { credential, secret } = keyFor(profile);
  const keys = { apiKey: KEY_ID, secret, password: credential.passphrase };
  const made = fc.record({
    shape: fc.constantFrom(...row.shapes),
    params: paramsOf(row.plain === true),
    nowMs: fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 }),
  });

  test('reads and verifies what ccxt makes, and makes the same', { timeout: 240_000 }, async () => {
    const clock = { nowMs: 0 };
    const venue = await ccxtVenue(row.id, keys, clock);
    const property = fc.property(made, ({ shape, params, nowMs }) => {
      clock.nowMs = nowMs;
      const request = sign(venue, shape, params);
      const received = receivedFrom(request);
      const claim = profile.read(received);
      if (isMalformed(claim)) throw new Error(`${claim.malformed}: ${JSON.stringify(received)}`);
      expect(isRight(profile, claim, credential)).toBe(true);
      expect(stampOf(claim.freshness)).toBe(profile.freshness === 'none' ? 0 : nowMs);
      if (row.again === undefined) return;
      const unsigned = { method: received.method, host: 'venue', ...row.again(request) };
      const stamp: Stamp = { nowUs: nowMs * 1_000, nonce: String(nowMs), rising: nowMs, windowMs: row.windowMs ?? 0 };
      expectSame(signWith(profile, unsigned, stamp, credential), request);
    });
    fc.assert(property, { numRuns: RUNS, seed: SEED });
  });
});

function sign(venue: CcxtVenue, { path, api, method }: Shape, params: Readonly<Record<string, unknown>>): CcxtRequest {
  // It writes into what it is given.
  return venue.sign(path, api, method, { ...params });
}

function stampOf(freshness: { readonly rule: string; readonly timestampUs?: number; readonly nonce?: bigint }): number {
  if (freshness.rule === 'none') return 0;
  return freshness.rule === 'nonce' ? Number(freshness.nonce) : (freshness.timestampUs ?? 0) / 1_000;
}

/** Whatever our side sends is what ccxt sends; ccxt may send more headers, and Gemini's a body that nobody reads. */
function expectSame(wire: SignedWire, made: CcxtRequest): void {
  const received = receivedFrom(made);
  expect(wire.path).toBe(received.path);
  expect(received.headers).toMatchObject(wire.headers);
  if (!('x-gemini-payload' in wire.headers)) expect(wire.body ?? '').toBe(received.body);
}
