/** Requests that have no one reading: a profile refuses them before anybody looks at a signature. */
import { describe, expect, test } from 'vitest';
import { isMalformed, type Received } from '../../../harness/signing/profile.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';

import {
  authorization,
  BASE64_44,
  type Change,
  carried,
  changed,
  FORM,
  good,
  HEX_64,
  header,
  payload,
  query,
  sig,
} from './venue-requests.js';

interface Row {
  readonly name: ProfileName;
  readonly because: string;
  readonly change: Change;
}

/** What is wrong with a header that must be there once. */
function headerRows(name: ProfileName, fields: readonly string[]): Row[] {
  return fields.flatMap((field) => [
    { name, because: `${field} is missing`, change: header(field, undefined) },
    { name, because: `${field} is empty`, change: header(field, '') },
    { name, because: `${field} came twice`, change: header(field, ['1', '1']) },
    { name, because: `${field} has a blank`, change: header(field, ' 1') },
    { name, because: `${field} is far too long`, change: header(field, '1'.repeat(400)) },
  ]);
}

/** What is wrong with a number in a header. */
function numberRows(name: ProfileName, field: string): Row[] {
  return ['-1', '+1', '01', '1.0', '1e3', '0x1', '١', '1_0', '18446744073709551616'].map((text) => ({
    name,
    because: `${field} is ${text}`,
    change: header(field, text),
  }));
}

const rows: readonly Row[] = [
  ...(Object.keys(good) as ProfileName[]).flatMap((name) => [
    { name, because: 'the method is not upper-case', change: { method: 'post' } },
    { name, because: 'the path has a blank', change: ({ path }: Received) => ({ path: `${path} ` }) },
    {
      name,
      because: 'the path has a letter that is not ASCII',
      change: ({ path }: Received) => ({ path: `${path}é` }),
    },
    { name, because: 'the path does not begin with a slash', change: { path: 'order' } },
  ]),

  ...headerRows('binance', ['x-mbx-apikey']),
  ...headerRows('bybit', ['x-bapi-api-key', 'x-bapi-timestamp', 'x-bapi-sign']),
  ...headerRows('okx', ['ok-access-key', 'ok-access-timestamp', 'ok-access-passphrase', 'ok-access-sign']),
  ...headerRows('kraken', ['api-key', 'api-sign']),
  ...headerRows('kraken-futures', ['apikey', 'authent']),
  ...headerRows('deribit', ['authorization']),
  ...headerRows('bitfinex', ['bfx-apikey', 'bfx-nonce', 'bfx-signature']),
  ...headerRows('gemini', ['x-gemini-apikey', 'x-gemini-signature', 'x-gemini-payload']),
  ...numberRows('bybit', 'x-bapi-timestamp'),
  ...numberRows('bybit', 'x-bapi-recv-window'),
  ...numberRows('bitfinex', 'bfx-nonce'),
  ...numberRows('kraken-futures', 'nonce'),

  { name: 'binance', because: 'there is no signature', change: query('timestamp=1790000000000') },
  { name: 'binance', because: 'the signature is not last', change: query(`timestamp=1790000000000&${sig}&a=1`) },
  { name: 'binance', because: 'the signature comes twice', change: query(`timestamp=1790000000000&${sig}&${sig}`) },
  {
    name: 'binance',
    because: 'a bare name stands for a second signature',
    change: query(`signature&timestamp=1790000000000&${sig}`),
  },
  {
    name: 'binance',
    because: 'query and form both have a signature',
    change: {
      path: `/api/v3/order?timestamp=1790000000000&${sig}`,
      headers: { 'x-mbx-apikey': 'k', 'content-type': FORM },
      body: sig,
    },
  },
  {
    name: 'binance',
    because: 'the signature stands in a body that is no form',
    change: { path: '/api/v3/order?timestamp=1790000000000', body: sig },
  },
  { name: 'binance', because: 'the signature is short', change: query('timestamp=1790000000000&signature=abcd') },
  {
    name: 'binance',
    because: 'the signature is no hex',
    change: query(`timestamp=1790000000000&signature=g${HEX_64.slice(1)}`),
  },
  { name: 'binance', because: 'there is no timestamp', change: query(sig) },
  { name: 'binance', because: 'the timestamp is empty', change: query(`timestamp=&${sig}`) },
  {
    name: 'binance',
    because: 'the timestamp comes twice',
    change: query(`timestamp=1790000000000&timestamp=1790000000000&${sig}`),
  },
  { name: 'binance', because: 'the timestamp has leading zeros', change: query(`timestamp=01790000000000&${sig}`) },
  { name: 'binance', because: 'the timestamp has decimals', change: query(`timestamp=1790000000000.5&${sig}`) },
  {
    name: 'binance',
    because: 'the timestamp is in nanoseconds',
    change: query(`timestamp=1790000000000000000&${sig}`),
  },
  { name: 'binance', because: 'the timestamp is 2^53', change: query(`timestamp=9007199254740992&${sig}`) },
  ...['0', '0.000', '60000.001', '60001', '100000', '-1', '05', '5.', '.5', '5.0000', '5e3', '', 'x'].map((window) => ({
    name: 'binance' as const,
    because: `the window is "${window}"`,
    change: query(`recvWindow=${window}&timestamp=1790000000000&${sig}`),
  })),
  {
    name: 'binance',
    because: 'the window comes twice',
    change: query(`recvWindow=1&recvWindow=1&timestamp=1790000000000&${sig}`),
  },
  {
    name: 'binance-ed25519',
    because: 'a plus sign is not encoded',
    change: query('timestamp=1790000000000&signature=aa+b'),
  },
  { name: 'binance-ed25519', because: 'an escape is cut', change: query('timestamp=1790000000000&signature=aa%2') },
  {
    name: 'binance-ed25519',
    because: 'a letter is escaped',
    change: query('timestamp=1790000000000&signature=%61abc'),
  },
  { name: 'binance-ed25519', because: 'the signature is empty', change: query('timestamp=1790000000000&signature=') },

  { name: 'bybit', because: 'the signature is base64', change: header('x-bapi-sign', BASE64_44) },
  { name: 'bybit', because: 'the window is 0', change: header('x-bapi-recv-window', '0') },
  { name: 'bybit', because: 'the window came twice', change: header('x-bapi-recv-window', ['5000', '5000']) },
  {
    name: 'bybit',
    because: 'the timestamp is in microseconds',
    change: header('x-bapi-timestamp', '1790000000000000'),
  },
  { name: 'bybit-rsa', because: 'the signature has another alphabet', change: header('x-bapi-sign', 'aa-_') },
  { name: 'bybit-rsa', because: 'the signature is empty', change: header('x-bapi-sign', '') },

  ...[
    '1790000000000',
    '2026-09-21T13:33:20Z',
    '2026-09-21T13:33:20.00Z',
    '2026-09-21T13:33:20.0000Z',
    '2026-09-21T13:33:20.000',
    '2026-09-21T13:33:20.000+00:00',
    '2026-09-21t13:33:20.000z',
    '2026-09-21 13:33:20.000Z',
    '2026-02-29T13:33:20.000Z',
    '2026-13-01T13:33:20.000Z',
    '2026-00-01T13:33:20.000Z',
    '2026-09-00T13:33:20.000Z',
    '2026-09-21T24:00:00.000Z',
    '2026-09-21T13:60:20.000Z',
    '2026-12-31T23:59:60.000Z',
    '1969-12-31T23:59:59.999Z',
    '٢٠٢٦-09-21T13:33:20.000Z',
  ].map((text) => ({
    name: 'okx' as const,
    because: `the timestamp is ${text}`,
    change: header('ok-access-timestamp', text),
  })),
  { name: 'okx', because: 'the signature is hex', change: header('ok-access-sign', HEX_64) },
  {
    name: 'okx',
    because: 'the base64 has bits that mean nothing',
    change: header('ok-access-sign', BASE64_44.replace(/.=$/, 'd=')),
  },

  { name: 'kraken', because: 'there is no nonce', change: { body: 'pair=XBTUSD' } },
  { name: 'kraken', because: 'the nonce comes twice', change: { body: 'nonce=7&nonce=7' } },
  { name: 'kraken', because: 'query and form both have a nonce', change: { path: '/0/private/AddOrder?nonce=7' } },
  { name: 'kraken', because: 'the nonce is empty', change: { body: 'nonce=' } },
  { name: 'kraken', because: 'the nonce has leading zeros', change: { body: 'nonce=07' } },
  { name: 'kraken', because: 'the nonce is negative', change: { body: 'nonce=-7' } },
  { name: 'kraken', because: 'the nonce is above 64 bits', change: { body: 'nonce=18446744073709551616' } },
  {
    name: 'kraken',
    because: 'the nonce stands in a form that is not said to be one',
    change: ({ headers }) => ({ headers: { ...headers, 'content-type': 'text/plain' } }),
  },
  ...[
    '{"nonce":7,"nonce":8}',
    '{"nonce":7,"\\u006eonce":8}',
    '{"nonce":7.0}',
    '{"nonce":"7 "}',
    '{"nonce":null}',
    '{"nonce":"\\u0037"}',
    '{"a":{"nonce":7}}',
    '[{"nonce":7}]',
    '{"nonce":7',
  ].map((body) => ({
    name: 'kraken' as const,
    because: `the body is ${body}`,
    change: ({ headers }: Received) => ({ headers: { ...headers, 'content-type': 'application/json' }, body }),
  })),

  { name: 'kraken-futures', because: 'the nonce came twice', change: header('nonce', ['7', '7']) },
  { name: 'kraken-futures', because: 'the nonce is empty', change: header('nonce', '') },

  ...[
    `Deri-hmac-sha256 id=k,ts=1,sig=${HEX_64},nonce=n`,
    `deri-hmac-sha512 id=k,ts=1,sig=${HEX_64},nonce=n`,
    `deri-hmac-sha256 id=k,ts=1,sig=${HEX_64}`,
    `deri-hmac-sha256 id=k,ts=1,sig=${HEX_64},nonce=`,
    `deri-hmac-sha256 id=,ts=1,sig=${HEX_64},nonce=n`,
    `deri-hmac-sha256 id=k,ts=1,sig=${HEX_64},nonce=n,nonce=n`,
    `deri-hmac-sha256 id=k,ts=1,ts=1,nonce=n`,
    `deri-hmac-sha256 id=k,ts=1,sig=${HEX_64},other=n`,
    `deri-hmac-sha256 id=k,ts=1,sig=${HEX_64},nonce=n,a=1`,
    `deri-hmac-sha256 id=k,ts=1,sig=${HEX_64},nonce`,
    `deri-hmac-sha256 id=k,ts=1,sig=${HEX_64},  nonce=n`,
    `deri-hmac-sha256 id=k,ts=1,sig=${HEX_64},nonce=${'n'.repeat(65)}`,
    `deri-hmac-sha256 id=k,ts=1,sig=${HEX_64.slice(1)},nonce=n`,
    `deri-hmac-sha256 id=k,ts=01,sig=${HEX_64},nonce=n`,
    `deri-hmac-sha256 id=k,ts=9007199254741,sig=${HEX_64},nonce=n`,
    `deri-hmac-sha256 id=k,ts=,sig=${HEX_64},nonce=n`,
  ].map((text) => ({ name: 'deribit' as const, because: `the header is ${text}`, change: authorization(text) })),

  { name: 'bitfinex', because: 'the nonce is above 2^53 - 1', change: header('bfx-nonce', '9007199254740992') },

  { name: 'gemini', because: 'the payload is of another path', change: carried('{"request":"/v1/other","nonce":7}') },
  { name: 'gemini', because: 'the payload leaves the query out', change: { path: '/v1/order/new?a=1' } },
  { name: 'gemini', because: 'there is no nonce', change: carried('{"request":"/v1/order/new"}') },
  { name: 'gemini', because: 'there is no path', change: carried('{"nonce":7}') },
  { name: 'gemini', because: 'the path is no text', change: carried('{"request":7,"nonce":7}') },
  {
    name: 'gemini',
    because: 'the nonce comes twice',
    change: carried('{"request":"/v1/order/new","nonce":7,"nonce":8}'),
  },
  {
    name: 'gemini',
    because: 'the path comes twice',
    change: carried('{"request":"/v1/order/new","request":"/v1/order/new","nonce":7}'),
  },
  { name: 'gemini', because: 'the nonce has decimals', change: carried('{"request":"/v1/order/new","nonce":7.5}') },
  { name: 'gemini', because: 'the nonce is a list', change: carried('{"request":"/v1/order/new","nonce":[7]}') },
  {
    name: 'gemini',
    because: 'the nonce is above 64 bits',
    change: carried('{"request":"/v1/order/new","nonce":18446744073709551616}'),
  },
  {
    name: 'gemini',
    because: 'a body has company',
    change: carried('{"request":"/v1/order/new","nonce":7,"body":[],"a":1}'),
  },
  { name: 'gemini', because: 'the payload is an array', change: carried('[1]') },
  { name: 'gemini', because: 'the payload is no JSON', change: carried('{"request":"/v1/order/new","nonce":7') },
  {
    name: 'gemini',
    because: 'the base64 has no padding',
    change: header('x-gemini-payload', payload('{"request":"/v1/order/new","nonce":17}').replace(/=+$/, '')),
  },
  {
    name: 'gemini',
    because: 'the bytes are no UTF-8',
    change: header(
      'x-gemini-payload',
      Buffer.from('{"request":"/v1/order/new","nonce":7,"a":"\xff"}', 'latin1').toString('base64'),
    ),
  },
];

describe('a request is malformed when', () => {
  test.each(rows)('$name: $because', ({ name, change }) => {
    const claim = profileOf(name).read(changed(name, change));
    expect(isMalformed(claim)).toBe(true);
  });
});
