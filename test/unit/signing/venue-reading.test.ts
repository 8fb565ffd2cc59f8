/** What profiles make of requests that are well formed: the venue's defaults, edges and forms. */
import { describe, expect, test } from 'vitest';
import type { Claim, Received } from '../../../harness/signing/profile.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import {
  authorization,
  type Change,
  carried,
  changed,
  FORM,
  good,
  HEX_64,
  header,
  query,
  sig,
} from './venue-requests.js';

interface Row {
  readonly name: ProfileName;
  readonly because: string;
  readonly change: Change;
}

describe('a request is well formed when', () => {
  test.each(Object.keys(good) as ProfileName[])('%s: it is as the venue has it', (name) => {
    const claim = profileOf(name).read(good[name] as Received);
    expect(claim).not.toHaveProperty('malformed');
  });

  const kept: readonly (Row & { readonly expected: Partial<Claim> })[] = [
    {
      name: 'binance',
      because: 'hex is upper-case',
      change: query(`timestamp=1&signature=${HEX_64.toUpperCase()}`),
      expected: { signature: HEX_64.toUpperCase() },
    },
    {
      name: 'binance',
      because: 'it asks for no window',
      change: query(`timestamp=1790000000000&${sig}`),
      expected: { freshness: { rule: 'window', timestampUs: 1_790_000_000_000_000, windowUs: 5_000_000 } },
    },
    {
      name: 'binance',
      because: 'the stamp is in microseconds',
      change: query(`timestamp=1790000000000001&${sig}`),
      expected: { freshness: { rule: 'window', timestampUs: 1_790_000_000_000_001, windowUs: 5_000_000 } },
    },
    {
      name: 'binance',
      because: 'the stamp is the last in milliseconds',
      change: query(`timestamp=9007199254740&${sig}`),
      expected: { freshness: { rule: 'window', timestampUs: 9_007_199_254_740_000, windowUs: 5_000_000 } },
    },
    {
      name: 'binance',
      because: 'the stamp is the first in microseconds',
      change: query(`timestamp=9007199254741&${sig}`),
      expected: { freshness: { rule: 'window', timestampUs: 9_007_199_254_741, windowUs: 5_000_000 } },
    },
    {
      name: 'binance',
      because: 'the window is the longest',
      change: query(`recvWindow=60000&timestamp=1&${sig}`),
      expected: { freshness: { rule: 'window', timestampUs: 1_000, windowUs: 60_000_000 } },
    },
    {
      name: 'binance',
      because: 'the window is the longest with decimals',
      change: query(`recvWindow=59999.999&timestamp=1&${sig}`),
      expected: { freshness: { rule: 'window', timestampUs: 1_000, windowUs: 59_999_999 } },
    },
    {
      name: 'binance',
      because: 'the window is one microsecond',
      change: query(`recvWindow=0.001&timestamp=1&${sig}`),
      expected: { freshness: { rule: 'window', timestampUs: 1_000, windowUs: 1 } },
    },
    {
      name: 'binance',
      because: 'the window has two decimals',
      change: query(`recvWindow=6000.34&timestamp=1&${sig}`),
      expected: { freshness: { rule: 'window', timestampUs: 1_000, windowUs: 6_000_340 } },
    },
    {
      name: 'binance',
      because: 'the query wins over the form',
      change: {
        path: `/x?timestamp=2&recvWindow=7&${sig}`,
        headers: { 'x-mbx-apikey': 'k', 'content-type': `${FORM}; charset=utf-8` },
        body: 'timestamp=1&recvWindow=9&recvWindow=9',
      },
      expected: {
        message: 'timestamp=2&recvWindow=7timestamp=1&recvWindow=9&recvWindow=9',
        freshness: { rule: 'window', timestampUs: 2_000, windowUs: 7_000 },
      },
    },
    {
      name: 'bybit',
      because: 'it asks for no window',
      change: header('x-bapi-recv-window', undefined),
      expected: {
        message: '1790000000000kcategory=linear',
        freshness: { rule: 'window', timestampUs: 1_790_000_000_000_000, windowUs: 5_000_000 },
      },
    },
    {
      name: 'bybit',
      because: 'a POST has a query that is not signed',
      change: { method: 'POST', body: '{}' },
      expected: { message: '1790000000000k5000{}' },
    },
    {
      name: 'kraken',
      because: 'the nonce is the highest of 64 bits',
      change: { body: 'nonce=18446744073709551615' },
      expected: { carriedBody: '', freshness: { rule: 'nonce', nonce: 18_446_744_073_709_551_615n } },
    },
    {
      name: 'kraken',
      because: 'the nonce is not first in its form',
      change: { body: 'a=1&nonce=7&b=2' },
      expected: { carriedBody: 'a=1&b=2' },
    },
    {
      name: 'kraken',
      because: 'JSON has the nonce as a number',
      change: ({ headers }) => ({
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{"a":1, "nonce": 18446744073709551615 }',
      }),
      expected: { carriedBody: '{"a":1 }', freshness: { rule: 'nonce', nonce: 18_446_744_073_709_551_615n } },
    },
    {
      name: 'kraken',
      because: 'a query has the nonce',
      change: { path: '/x?nonce=7', body: '' },
      expected: { carriedBody: null },
    },
    {
      name: 'kraken-futures',
      because: 'it sends no nonce',
      change: header('nonce', undefined),
      expected: { freshness: { rule: 'none' } },
    },
    {
      name: 'kraken-futures',
      because: 'it sends a nonce',
      change: {},
      expected: { freshness: { rule: 'nonce', nonce: 7n } },
    },
    {
      name: 'deribit',
      because: 'its parts stand in another order, with blanks',
      change: authorization(`deri-hmac-sha256 nonce=n, sig=${HEX_64}, ts=5, id=a=b`),
      expected: {
        keyId: 'a=b',
        message: '5\nn\nGET\n/api/v2/private/buy?amount=10\n\n',
        freshness: { rule: 'window', timestampUs: 5_000, windowUs: 0 },
      },
    },
    {
      name: 'bitfinex',
      because: 'the query is not signed',
      change: { path: '/v2/auth/r/wallets?type=price' },
      expected: { message: '/api/v2/auth/r/wallets7{}' },
    },
    {
      name: 'bitfinex',
      because: 'the nonce is the highest',
      change: header('bfx-nonce', '9007199254740991'),
      expected: { freshness: { rule: 'nonce', nonce: 9_007_199_254_740_991n } },
    },
    {
      name: 'gemini',
      because: 'white space stands in its payload',
      change: carried('{ "nonce" : "7" ,\n "a":[1, 2], "request":"/v1/order/new" }'),
      expected: { carriedBody: '{ \n "a":[1, 2] }', freshness: { rule: 'nonce', nonce: 7n } },
    },
    {
      name: 'gemini',
      because: 'somebody put a body beside the payload',
      change: { body: '{"a":2}' },
      expected: { carriedBody: '{"a":1}' },
    },
  ];
  test.each(kept)('$name: $because', ({ name, change, expected }) => {
    expect(profileOf(name).read(changed(name, change))).toMatchObject(expected);
  });
});

test('two requests that Kraken Futures signs alike differ in where the nonce stands: that is the weakness told', () => {
  const { headers } = good['kraken-futures'] as Received;
  const read = (path: string, nonce?: string) => {
    const sent = nonce === undefined ? { ...headers, nonce: undefined } : { ...headers, nonce };
    return profileOf('kraken-futures').read({ method: 'POST', path, headers: sent, body: '' }) as Claim;
  };
  expect(read('/api/v3/x?size=1', '234').message).toBe(read('/api/v3/x?size=1234').message);
  expect(read('/derivatives/api/v3/x?size=1').message).toBe(read('/api/v3/x?size=1').message);
  expect(read('/derivativesx?size=1').message).not.toBe(read('/x?size=1').message);
});

test('a passphrase is proved beside the signature', () => {
  const claim = profileOf('okx').read(good.okx as Received) as Claim;
  const holder = { keyId: 'k', secret: new Uint8Array(), passphrase: 'p', privateKey: '', publicKey: '' };
  expect(claim.proves?.(holder)).toBe(true);
  for (const passphrase of ['', 'P', 'pp']) expect(claim.proves?.({ ...holder, passphrase })).toBe(false);
});
