import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  headersFor,
  type ReceivedHeaders,
  readSigned,
  type SigningFields,
  signingHeaders,
  textToSign,
} from '../../../harness/signing/hmac-lines.js';

const fields: SigningFields = {
  timestampMs: 1_700_000_000_000,
  nonce: 'n-1',
  keyId: 'key-1',
  windowMs: 5_000,
  method: 'POST',
  path: '/v1/orders',
  body: '{"symbol":"BTC-USDT","price":"65000.00"}',
};

function signWith(secret: string): (keyId: string, text: string) => string {
  return (_keyId, text) => createHmac('sha256', secret).update(text).digest('hex');
}

function received(changes: ReceivedHeaders = {}): ReceivedHeaders {
  return { ...headersFor(fields, signWith('secret-1')), host: '127.0.0.1', ...changes };
}

/** True when the request is well formed and carries the MAC of what it says. */
function verifies(headers: ReceivedHeaders, request: { method: string; path: string; body: string }): boolean {
  const read = readSigned(headers, request);
  return !('malformed' in read) && signWith('secret-1')(read.keyId, read.message) === read.signature;
}

describe('textToSign', () => {
  // Each signature was made with "printf TEXT | openssl dgst -sha256 -hmac SECRET", OpenSSL 3.0.
  it.each([
    {
      because: 'a body is signed as it is',
      fields,
      secret: 'secret-1',
      text: '1700000000000\nn-1\nkey-1\n5000\nPOST\n/v1/orders\n{"symbol":"BTC-USDT","price":"65000.00"}',
      signature: '31e3476975d3c581a0cfaf75ca5614a7062dc4067b7cf1d5a0d380a1e03ef5f5',
    },
    {
      because: 'the line of a missing body is empty, and the query is part of the path',
      fields: {
        timestampMs: 1_700_000_000_123,
        nonce: 'abc',
        keyId: 'key-2',
        windowMs: 0,
        method: 'get',
        path: '/v1/account?verbose=1',
        body: '',
      },
      secret: 'secret-2',
      text: '1700000000123\nabc\nkey-2\n0\nGET\n/v1/account?verbose=1\n',
      signature: '4958cb03fe2d5d9813c7c6f0af6cf669ac078eed89b0752d15ed889e60bf6945',
    },
    {
      because: 'text and secret outside ASCII are UTF-8, and a body may end with a line feed',
      fields: {
        timestampMs: 1_700_000_000_456,
        nonce: '~!x',
        keyId: 'key-3',
        windowMs: 60_000,
        method: 'PUT',
        path: '/v1/orders/42',
        body: '{"note":"grüße €"}\n',
      },
      secret: 'sécret',
      text: '1700000000456\n~!x\nkey-3\n60000\nPUT\n/v1/orders/42\n{"note":"grüße €"}\n',
      signature: 'f947915bf5dfdc88fe592caa71cd6601fe0473ad2c8a4ccead2df978276e2550',
    },
  ])('is signed as openssl signs it: $because', ({ fields: given, secret, text, signature }) => {
    expect(textToSign(given)).toBe(text);
    expect(headersFor(given, signWith(secret))[signingHeaders.signature]).toBe(signature);
  });

  it('changes with every field', () => {
    const changed: SigningFields[] = [
      { ...fields, timestampMs: fields.timestampMs + 1 },
      { ...fields, nonce: 'n-2' },
      { ...fields, keyId: 'key-2' },
      { ...fields, windowMs: 5_001 },
      { ...fields, method: 'PUT' },
      { ...fields, path: '/v1/orders?' },
      { ...fields, body: `${fields.body} ` },
    ];
    expect(changed).toHaveLength(Object.keys(fields).length);
    const texts = new Set([fields, ...changed].map(textToSign));
    expect(texts.size).toBe(changed.length + 1);
  });

  it('is different for any two different requests, wherever their characters stand', () => {
    const line = fc.string({ unit: fc.constantFrom('a', '1', '=', '&', '/', '0'), minLength: 1, maxLength: 4 });
    const request = fc.record({
      timestampMs: fc.integer({ min: 0, max: 12 }),
      nonce: line,
      keyId: line,
      windowMs: fc.integer({ min: 0, max: 12 }),
      method: fc.constantFrom('GET', 'PUT'),
      path: line.map((text) => `/${text}`),
      body: fc.string({ unit: fc.constantFrom('a', '1', '\n', '/'), maxLength: 6 }),
    });
    fc.assert(
      fc.property(request, request, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(textToSign(a) === textToSign(b)).toBe(same);
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it.each(['nonce', 'keyId', 'method', 'path'] as const)('refuses a line break in the %s', (name) => {
    expect(() => textToSign({ ...fields, [name]: 'a\nb' })).toThrow(RangeError);
    expect(() => textToSign({ ...fields, [name]: 'a\rb' })).toThrow(RangeError);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses %d as a timestamp or window', (bad) => {
    expect(() => textToSign({ ...fields, timestampMs: bad })).toThrow(RangeError);
    expect(() => textToSign({ ...fields, windowMs: bad })).toThrow(RangeError);
  });
});

describe('readSigned', () => {
  const request = { method: 'POST', path: fields.path, body: fields.body };

  it('reads what headersFor wrote, in the units of a gate', () => {
    expect(readSigned(received(), request)).toEqual({
      keyId: 'key-1',
      timestampUs: 1_700_000_000_000_000,
      windowUs: 5_000_000,
      message: textToSign(fields),
      signature: '31e3476975d3c581a0cfaf75ca5614a7062dc4067b7cf1d5a0d380a1e03ef5f5',
    });
    expect(verifies(received(), request)).toBe(true);
  });

  it.each([
    { because: 'no key', changes: { 'x-api-key': undefined }, names: 'x-api-key' },
    { because: 'an empty key', changes: { 'x-api-key': '' }, names: 'x-api-key' },
    { because: 'two keys joined by the server', changes: { 'x-api-key': 'key-1, key-1' }, names: 'x-api-key' },
    { because: 'two keys as an array', changes: { 'x-api-key': ['key-1', 'key-2'] }, names: 'x-api-key' },
    { because: 'one key as an array', changes: { 'x-api-key': ['key-1'] }, names: 'x-api-key' },
    { because: 'a key of 257 characters', changes: { 'x-api-key': 'k'.repeat(257) }, names: 'x-api-key' },
    { because: 'a line feed in the key', changes: { 'x-api-key': 'key\n1' }, names: 'x-api-key' },
    { because: 'a line feed after the key', changes: { 'x-api-key': 'key-1\n' }, names: 'x-api-key' },
    { because: 'no nonce', changes: { 'x-nonce': undefined }, names: 'x-nonce' },
    { because: 'a nonce of 65 characters', changes: { 'x-nonce': 'n'.repeat(65) }, names: 'x-nonce' },
    { because: 'a blank in the nonce', changes: { 'x-nonce': 'n 1' }, names: 'x-nonce' },
    { because: 'a letter outside ASCII', changes: { 'x-nonce': 'ñ' }, names: 'x-nonce' },
    { because: 'no timestamp', changes: { 'x-timestamp': undefined }, names: 'x-timestamp' },
    { because: 'a negative timestamp', changes: { 'x-timestamp': '-1' }, names: 'x-timestamp' },
    { because: 'a plus sign', changes: { 'x-timestamp': '+1700000000000' }, names: 'x-timestamp' },
    { because: 'a leading zero', changes: { 'x-timestamp': '01700000000000' }, names: 'x-timestamp' },
    { because: 'a fraction', changes: { 'x-timestamp': '1700000000000.5' }, names: 'x-timestamp' },
    { because: 'an exponent', changes: { 'x-timestamp': '17e11' }, names: 'x-timestamp' },
    { because: 'hex', changes: { 'x-timestamp': '0x18bcfe56800' }, names: 'x-timestamp' },
    { because: 'digits of another script', changes: { 'x-timestamp': '١٧٠٠٠٠٠٠٠٠٠٠٠' }, names: 'x-timestamp' },
    { because: 'microseconds', changes: { 'x-timestamp': '1700000000000000' }, names: 'x-timestamp' },
    { because: 'above 2^53 us', changes: { 'x-timestamp': '9007199254741' }, names: 'x-timestamp' },
    { because: 'a blank around it', changes: { 'x-timestamp': ' 1700000000000' }, names: 'x-timestamp' },
    { because: 'no window', changes: { 'x-window': undefined }, names: 'x-window' },
    { because: 'an empty window', changes: { 'x-window': '' }, names: 'x-window' },
    { because: 'a window of eleven years', changes: { 'x-window': '346896000000' }, names: 'x-window' },
    { because: 'two windows', changes: { 'x-window': ['5000', '60000'] }, names: 'x-window' },
    { because: 'no signature', changes: { 'x-signature': undefined }, names: 'x-signature' },
    { because: 'half a signature', changes: { 'x-signature': '31e34769' }, names: 'x-signature' },
    { because: 'base64', changes: { 'x-signature': `${'A'.repeat(43)}=`.padEnd(64, 'A') }, names: 'x-signature' },
    { because: '65 digits', changes: { 'x-signature': 'a'.repeat(65) }, names: 'x-signature' },
    { because: 'a line feed after it', changes: { 'x-signature': `${'a'.repeat(64)}\n` }, names: 'x-signature' },
  ] satisfies { because: string; changes: ReceivedHeaders; names: string }[])(
    'calls it malformed: $because',
    ({ changes, names }) => {
      expect(readSigned(received(changes), request)).toEqual({ malformed: expect.stringContaining(names) });
    },
  );

  it('takes the longest of everything', () => {
    const longest = received({
      'x-api-key': '~'.repeat(256),
      'x-nonce': '!'.repeat(64),
      'x-timestamp': '9007199254740',
      'x-window': '316224000000',
      'x-signature': 'F'.repeat(64),
    });
    expect(readSigned(longest, request)).toMatchObject({ timestampUs: 9_007_199_254_740_000, windowUs: 316_224e9 });
  });

  it.each([
    { because: 'a method in small letters would be upper-cased in the text', method: 'post', path: '/v1/orders' },
    { because: 'a method with a line feed would shift a boundary', method: 'POST\n/v1', path: '/v1/orders' },
    { because: 'a path with a line feed would shift a boundary', method: 'POST', path: '/v1/orders\n' },
    { because: 'a path with a blank has two spellings', method: 'POST', path: '/v1/or ders' },
    { because: 'a path outside ASCII has two spellings', method: 'POST', path: '/v1/örders' },
    { because: 'an absolute target names a host that is not covered', method: 'POST', path: 'http://x/v1/orders' },
  ])('calls a request line malformed: $because', ({ method, path }) => {
    expect(readSigned(received(), { method, path, body: fields.body })).toHaveProperty('malformed');
  });

  it.each([
    { because: 'another method', headers: received(), request: { ...request, method: 'PUT' } },
    { because: 'another path', headers: received(), request: { ...request, path: '/v1/orders/1' } },
    { because: 'a query that was not signed', headers: received(), request: { ...request, path: '/v1/orders?a=1' } },
    { because: 'another body', headers: received(), request: { ...request, body: '{}' } },
    { because: 'white space in the body', headers: received(), request: { ...request, body: `${fields.body}\n` } },
    { because: 'another timestamp', headers: received({ 'x-timestamp': '1700000000001' }), request },
    { because: 'another nonce', headers: received({ 'x-nonce': 'n-2' }), request },
    { because: 'another key', headers: received({ 'x-api-key': 'key-2' }), request },
    { because: 'a wider window', headers: received({ 'x-window': '60000' }), request },
    {
      because: 'digits moved from window to nonce',
      headers: received({ 'x-nonce': 'n-15', 'x-window': '0' }),
      request,
    },
    {
      because: 'a body that starts with the path',
      headers: received(),
      request: { method: 'POST', path: '/', body: `v1/orders\n${fields.body}` },
    },
    {
      because: 'a path that ends with the body',
      headers: received(),
      request: { method: 'POST', path: `/v1/orders${encodeURI(fields.body)}`, body: '' },
    },
  ])('does not verify when spoilt: $because', ({ headers, request: spoilt }) => {
    expect(verifies(headers, spoilt)).toBe(false);
  });
});

describe('the text of one request after another', () => {
  const changes: readonly Partial<SigningFields>[] = [
    { windowMs: 0 },
    { method: 'put' },
    { path: '/v1/orders?a=1' },
    { body: '' },
    { body: '', windowMs: 7 },
    { body: '', method: 'GET' },
    { body: '', path: '/v1/account' },
    { nonce: 'n-2' },
    { keyId: 'key-2' },
    { timestampMs: 12 },
  ];

  it('is its own, whatever the one before it was', () => {
    for (const before of changes) {
      for (const change of [...changes, {}]) {
        textToSign({ ...fields, ...before });
        const { timestampMs, nonce, keyId, windowMs, method, path, body } = { ...fields, ...change };
        const lines = [timestampMs, nonce, keyId, windowMs, method.toUpperCase(), path, body];
        expect(textToSign({ ...fields, ...change })).toBe(lines.join('\n'));
      }
    }
  });

  it('is refused again after it was refused', () => {
    for (const wrong of [{ path: '/a\nb' }, { method: 'GET\r' }, { windowMs: -1 }, { nonce: 'a\n' }, { keyId: '\r' }]) {
      expect(() => textToSign({ ...fields, ...wrong })).toThrow(RangeError);
      expect(() => textToSign({ ...fields, ...wrong })).toThrow(RangeError);
    }
    expect(textToSign(fields)).toContain('\n/v1/orders\n');
  });
});
