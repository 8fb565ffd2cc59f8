/** What a profile signs, it reads: for requests of any API, not only those of the venue. */
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { credentialFrom } from '../../../harness/signing/keys/credential.js';
import {
  type Credential,
  isMalformed,
  type Received,
  type SigningProfile,
  type Stamp,
  type Unsigned,
} from '../../../harness/signing/profile.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import type { SignedWire } from '../../../harness/signing/signed-wire.js';
import { isRight, signWith } from '../../support/profile-maker.js';

const SEED = 20_260_727;
const FORM = 'application/x-www-form-urlencoded';

const venues: readonly ProfileName[] = [
  'binance',
  'binance-rsa',
  'binance-ed25519',
  'bybit',
  'bybit-rsa',
  'okx',
  'kraken',
  'kraken-futures',
  'deribit',
  'bitfinex',
  'gemini',
];

const segment = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '%2F', '%e9', "'"), minLength: 1, maxLength: 4 });
const parameter = fc.tuple(segment, segment).map(([name, value]) => `${name}=${value}`);
const path = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.option(fc.array(parameter, { maxLength: 3 }), { nil: null }))
  .map(([parts, query]) => `/v1/${parts.join('/')}${query === null ? '' : `?${query.join('&')}`}`);

const jsonBody = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc
    .dictionary(fc.string({ unit: fc.constantFrom('a', '"', '\\', 'é', 'n'), maxLength: 3 }), fc.jsonValue(), {
      maxKeys: 4,
    })
    .map((object) => JSON.stringify(object)),
  fc.constantFrom(
    '{}',
    '{ }',
    '[]',
    '[{"a":1},{"b":"ä"}]',
    '{"a": 1 , "b": [ "}" , {"c":"\\\\\\""} ] }',
    ' {"a":1}\n',
    '0',
    '"x"',
    '{"\\u0061":1}',
  ),
);
const payload = fc.oneof(
  fc.constant({ body: '', contentType: null }),
  jsonBody.map((body) => ({ body, contentType: 'application/json' })),
  jsonBody.map((body) => ({ body, contentType: null })),
  fc.array(parameter, { minLength: 1, maxLength: 3 }).map((form) => ({ body: form.join('&'), contentType: FORM })),
);

const request: fc.Arbitrary<Unsigned> = fc
  .tuple(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'), path, payload)
  .map(([method, target, body]) => ({ method, path: target, host: '127.0.0.1:8080', ...body }));
const stamp: fc.Arbitrary<Stamp> = fc.record({
  nowUs: fc.integer({ min: 0, max: 4_000_000_000_000_000 }),
  nonce: fc.string({ unit: fc.constantFrom('a', '0', '-'), minLength: 1, maxLength: 32 }),
  rising: fc.maxSafeNat(),
  windowMs: fc.constantFrom(0, 1, 5_000, 60_000),
});

const rsaPem = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

function credentialOf(profile: SigningProfile, secret: string): Credential {
  return credentialFrom(profile, { keyId: 'key-7', secret: profile.keyKind === 'rsa' ? rsaPem : secret });
}

/** As a server receives it: a sender says what type a body is, unless the profile did. */
function receivedOf({ method, path: target, headers, body }: SignedWire, { contentType }: Unsigned): Received {
  const type = body === null || contentType === null ? {} : { 'content-type': contentType };
  return { method, path: target, headers: { ...type, ...headers }, body: body ?? '' };
}

/** Gemini's payload has room for JSON alone. */
function canCarry(name: ProfileName, { contentType }: Unsigned): boolean {
  return name !== 'gemini' || contentType !== FORM;
}

/** The target as its sender had it: what the profile put at the end of the query taken off. */
function withoutOwn(target: string, original: string): string {
  const names = /^(?:signature|timestamp|recvWindow|nonce)=/;
  const mark = target.indexOf('?');
  if (mark < 0) return target;
  const kept = target
    .slice(mark + 1)
    .split('&')
    .filter((part) => !names.test(part));
  const query = kept.join('&');
  return query === '' && !original.includes('?') ? target.slice(0, mark) : `${target.slice(0, mark)}?${query}`;
}

describe.each(venues)('%s', (name) => {
  const profile = profileOf(name);
  const own = credentialOf(profile, 'the right secret');
  const numRuns = profile.keyKind === 'rsa' ? 60 : 600;

  test('reads what it signs, as the one who signed it meant it', () => {
    const property = fc.property(request, stamp, (unsigned, at) => {
      fc.pre(canCarry(name, unsigned));
      const wire = signWith(profile, unsigned, at, own);
      const received = receivedOf(wire, unsigned);
      const claim = profile.read(received);
      if (isMalformed(claim)) throw new Error(`${claim.malformed}: ${JSON.stringify(received)}`);
      expect(claim.keyId).toBe('key-7');
      expect(isRight(profile, claim, own)).toBe(true);
      // White space around the whole of a JSON body is not part of a payload that carries it.
      const meant = name === 'gemini' ? unsigned.body.trim() : unsigned.body;
      expect(claim.carriedBody ?? received.body).toBe(meant);
      expect(withoutOwn(received.path, unsigned.path)).toBe(unsigned.path);
      expect(received.method).toBe(unsigned.method);
      const timestampUs = Math.floor(at.nowUs / 1_000) * 1_000;
      const plainUs = name.startsWith('b') ? 5_000_000 : 0;
      const windowUs = name.startsWith('b') && at.windowMs > 0 ? at.windowMs * 1_000 : plainUs;
      expect(claim.freshness).toEqual(
        {
          window: { rule: 'window', timestampUs, windowUs },
          nonce: { rule: 'nonce', nonce: BigInt(at.rising) },
          none: { rule: 'none' },
          expiry: null,
        }[profile.freshness],
      );
    });
    fc.assert(property, { numRuns, seed: SEED });
  });

  test('does not take another key for the right one', () => {
    const other =
      profile.keyKind === 'rsa' ? { ...own, publicKey: 'no key' } : credentialOf(profile, 'the wrong secret');
    const property = fc.property(request, stamp, (unsigned, at) => {
      fc.pre(canCarry(name, unsigned));
      const claim = profile.read(receivedOf(signWith(profile, unsigned, at, own), unsigned));
      if (isMalformed(claim)) throw new Error(claim.malformed);
      expect(isRight(profile, claim, other)).toBe(false);
    });
    fc.assert(property, { numRuns: 20, seed: SEED });
  });

  test('signs two instants or numbers apart with two signatures', () => {
    if (profile.freshness === 'none') return;
    const unsigned = { method: 'GET', path: '/v1/orders', body: '', host: 'h', contentType: null };
    const at = { nowUs: 1_790_000_000_000_000, nonce: 'a', rising: 5, windowMs: 0 };
    const later = { nowUs: at.nowUs + 1_000, nonce: 'b', rising: 6, windowMs: 0 };
    const textOf = (when: Stamp) => {
      const claim = profile.read(receivedOf(signWith(profile, unsigned, when, own), unsigned));
      return isMalformed(claim) ? null : claim.message;
    };
    expect(textOf(at)).not.toBe(textOf(later));
    // In one instant only a nonce makes a difference.
    const twin = { ...at, nonce: 'b', rising: 6 };
    expect(textOf(at) !== textOf(twin)).toBe(profile.coverage.unique);
  });
});

const bare: Unsigned = { method: 'POST', path: '/v1/orders', body: '', host: 'h', contentType: 'application/json' };
const at: Stamp = { nowUs: 1_790_000_000_000_000, nonce: 'n', rising: 7, windowMs: 0 };

describe('a request that a profile can not carry is an error of the caller:', () => {
  const rows: readonly { readonly name: ProfileName; readonly because: string; readonly change: Partial<Unsigned> }[] =
    [
      ...venues.map((name) => ({ name, because: 'a blank in the path', change: { path: '/v1/a b' } })),
      ...venues.map((name) => ({ name, because: 'a method in lower case', change: { method: 'get' } })),
      { name: 'binance', because: 'a timestamp of its own', change: { path: '/v1/x?a=1&timestamp=5' } },
      { name: 'binance', because: 'a window of its own', change: { path: '/v1/x?recvWindow=5' } },
      { name: 'binance', because: 'a signature in its query', change: { path: '/v1/x?signature' } },
      {
        name: 'binance-ed25519',
        because: 'a signature in its form',
        change: { body: 'signature=1', contentType: FORM },
      },
      { name: 'kraken', because: 'a nonce in its query', change: { path: '/v1/x?nonce=1' } },
      { name: 'kraken', because: 'a nonce in its form', change: { body: 'a=1&nonce=1', contentType: FORM } },
      { name: 'kraken', because: 'a nonce in its JSON', change: { body: '{"a":1,"nonce":1}' } },
      { name: 'kraken', because: 'an escaped nonce in its JSON', change: { body: '{"\\u006eonce":1}' } },
      { name: 'gemini', because: 'a body that is no JSON', change: { body: 'a=1', contentType: FORM } },
      { name: 'gemini', because: 'a body that only looks like an object', change: { body: '{{}', contentType: null } },
    ];
  test.each(rows)('$name, $because', ({ name, change }) => {
    const profile = profileOf(name);
    const credential = credentialOf(profile, 'secret');
    expect(() => signWith(profile, { ...bare, ...change }, at, credential)).toThrow(RangeError);
  });

  test('deribit, a comma in the key', () => {
    const credential = { ...credentialOf(profileOf('deribit'), 's'), keyId: 'a,ts=1' };
    expect(() => signWith(profileOf('deribit'), bare, at, credential)).toThrow(RangeError);
  });

  test('a clock before 1970', () => {
    for (const name of ['binance', 'bybit', 'okx', 'deribit'] as const) {
      const profile = profileOf(name);
      const credential = credentialOf(profile, 's');
      expect(() => signWith(profile, bare, { ...at, nowUs: -1 }, credential)).toThrow(RangeError);
    }
  });
});

describe("Gemini's payload", () => {
  const profile = profileOf('gemini');
  const credential = credentialOf(profile, 'secret');
  const payloadOf = (body: string): string => {
    const wire = signWith(profile, { ...bare, body }, at, credential);
    return Buffer.from(wire.headers['x-gemini-payload'] ?? '', 'base64').toString();
  };

  test.each([
    { because: 'there is no body', body: '', payload: '{"request":"/v1/orders","nonce":"7"}' },
    { because: 'members stand inline', body: '{"a":1}', payload: '{"request":"/v1/orders","nonce":"7","a":1}' },
    { because: 'an array needs a member', body: '[1]', payload: '{"request":"/v1/orders","nonce":"7","body":[1]}' },
    { because: 'an empty object is a body', body: '{ }', payload: '{"request":"/v1/orders","nonce":"7","body":{ }}' },
    {
      because: 'a name of the payload is taken',
      body: '{"request":1}',
      payload: '{"request":"/v1/orders","nonce":"7","body":{"request":1}}',
    },
    {
      because: 'a name of the payload is only a value',
      body: '{"a":"nonce"}',
      payload: '{"request":"/v1/orders","nonce":"7","a":"nonce"}',
    },
  ])('is as the venue has it: $because', ({ body, payload: wanted }) => {
    expect(payloadOf(body)).toBe(wanted);
  });
});

describe("Kraken's nonce", () => {
  const profile = profileOf('kraken');
  const credential = credentialOf(profile, 'secret');
  test.each([
    { because: 'a POST has a form', change: {}, path: '/v1/orders', body: 'nonce=7', type: FORM },
    { because: 'a PUT has a form', change: { method: 'PUT' }, path: '/v1/orders', body: 'nonce=7', type: FORM },
    { because: 'a PATCH has a form', change: { method: 'PATCH' }, path: '/v1/orders', body: 'nonce=7', type: FORM },
    {
      because: 'a GET has a query',
      change: { method: 'GET' },
      path: '/v1/orders?nonce=7',
      body: null,
      type: undefined,
    },
    {
      because: 'an empty query takes it',
      change: { method: 'DELETE', path: '/v1/orders?' },
      path: '/v1/orders?nonce=7',
      body: null,
      type: undefined,
    },
    {
      because: 'an object has a first member',
      change: { body: '{ "a":1}' },
      path: '/v1/orders',
      body: '{"nonce":"7", "a":1}',
      type: undefined,
    },
    {
      because: 'an object has no other',
      change: { body: '{}' },
      path: '/v1/orders',
      body: '{"nonce":"7"}',
      type: undefined,
    },
    {
      because: 'an array has none',
      change: { path: '/v1/orders?a=1', body: '[1]' },
      path: '/v1/orders?a=1&nonce=7',
      body: '[1]',
      type: undefined,
    },
    {
      because: 'a form has a first pair',
      change: { body: 'a=1', contentType: FORM },
      path: '/v1/orders',
      body: 'nonce=7&a=1',
      type: undefined,
    },
  ])('stands where the request has room: $because', ({ change, path: target, body, type }) => {
    const wire = signWith(profile, { ...bare, ...change }, at, credential);
    expect({ path: wire.path, body: wire.body, type: wire.headers['content-type'] }).toEqual({
      path: target,
      body,
      type,
    });
  });
});
