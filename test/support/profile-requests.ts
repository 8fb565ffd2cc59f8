/** House requests to sign with any profile, and what a server receives of them. */
import fc from 'fast-check';
import type { Received, Stamp, Unsigned } from '../../harness/signing/profile.js';
import type { SignedWire } from '../../harness/signing/signed-wire.js';

export const HOST = '127.0.0.1:8080';
export const NOW_US = 1_790_000_000_123_456;

export const order: Unsigned = {
  method: 'POST',
  path: '/v1/orders?dry=true',
  body: '{"symbol":"BTC-USDT","side":"buy","type":"limit","price":"64999.50","quantity":"0.25","note":"Zoë"}',
  host: HOST,
  contentType: 'application/json',
};
export const reading: Unsigned = {
  method: 'GET',
  path: '/v1/account?cursor=p%2F7&fields=open%20orders&limit=50',
  body: '',
  host: HOST,
  contentType: null,
};
export const stamp: Stamp = { nowUs: NOW_US, nonce: 'n-1', rising: NOW_US, windowMs: 0 };

/** What stands in the request line and in the body, under the Host that the request was sent to. */
export function receivedOf({ method, path, headers, body }: SignedWire, host = HOST): Received {
  return { method, path, headers: { host, ...headers }, body: body ?? '' };
}

const segment = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '.', '%2F', '%C3%A9', ':'), maxLength: 4 });
const parameter = fc.tuple(segment, segment).map(([name, value]) => `${name}=${value}`);

/** Requests of the house: /v1 paths, odd queries, JSON bodies and bodies that are none. */
export const houseRequests: fc.Arbitrary<Unsigned> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT'),
    path: fc
      .tuple(fc.array(segment, { maxLength: 3 }), fc.option(fc.array(parameter, { maxLength: 3 }), { nil: null }))
      .map(([path, query]) => `/v1/${path.join('/')}${query === null ? '' : `?${query.join('&')}`}`),
    body: fc.oneof(
      fc.constant(''),
      fc.json({ maxDepth: 2 }),
      fc.string({ maxLength: 8 }),
      fc.constantFrom('{}', '[]', '"é🚀"', '[{"a":1,"b":"ä"},2]', '\n', 'a=1&b=2'),
    ),
    host: fc.constantFrom(HOST, 'api.example.com', 'API.example.com:8443', 'x7.execute-api.eu-west-1.amazonaws.com'),
  })
  .map((request) => ({ ...request, contentType: request.body === '' ? null : 'application/json' }));

/** Stamps from 2001 to 2096. */
export const stamps: fc.Arbitrary<Stamp> = fc.record({
  nowUs: fc.integer({ min: 1e15, max: 4e15 }),
  nonce: fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-'), minLength: 1, maxLength: 32 }),
  rising: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  windowMs: fc.constantFrom(0, 1, 999, 1_000, 5_000, 60_000),
});
