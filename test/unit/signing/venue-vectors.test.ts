/** Signatures that the venues publish: what the profiles sign and read is equal to the byte. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { proofOf } from '../../../harness/signing/keys/public-key-proof.js';
import { type HmacProfile, isMalformed, type Received, type SigningProfile } from '../../../harness/signing/profile.js';
import { binance, binanceRsa } from '../../../harness/signing/venues/binance.js';
import { socketText } from '../../../harness/signing/venues/binance-websocket.js';
import { bybit } from '../../../harness/signing/venues/bybit.js';
import { clientSignatureText, deribit } from '../../../harness/signing/venues/deribit.js';
import { gemini } from '../../../harness/signing/venues/gemini.js';
import { kraken } from '../../../harness/signing/venues/kraken.js';
import { macOf } from '../../support/profile-maker.js';

const published = {
  apiKey: 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
  secret: Buffer.from('NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j'),
};

function claimed(profile: Pick<SigningProfile, 'read'>, request: Received) {
  const claim = profile.read(request);
  if (isMalformed(claim)) throw new Error(claim.malformed);
  return claim;
}

describe('Binance', () => {
  // rest-api.md, "HMAC Keys"; the last is Example 3 of an earlier version: no separator between query and body.
  const rows = [
    {
      because: 'all is ASCII',
      query:
        'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559',
      body: '',
      signature: 'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71',
    },
    {
      because: 'a symbol is percent-encoded before it is signed',
      query:
        'symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559',
      body: '',
      signature: 'e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3',
    },
    {
      because: 'query and body are joined without a separator',
      query: 'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC',
      body: 'quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559',
      signature: '0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77',
    },
  ];
  test.each(rows)('the published request verifies: $because', ({ query, body, signature }) => {
    const headers = { 'x-mbx-apikey': published.apiKey, 'content-type': 'application/x-www-form-urlencoded' };
    const path = `/api/v3/order?${query}`;
    const inQuery = { method: 'POST', path: `${path}&signature=${signature}`, headers, body };
    const inForm = { method: 'POST', path, headers, body: `${body}&signature=${signature}` };
    const requests = body === '' ? [inQuery] : [inQuery, inForm];
    for (const request of requests) {
      const claim = claimed(binance, request);
      expect(claim.message).toBe(query + body);
      expect(claim.signature).toBe(signature);
      expect(macOf(binance, published.secret, claim.message)).toBe(signature);
      expect(claim.freshness).toEqual({ rule: 'window', timestampUs: 1_499_827_319_559_000, windowUs: 5_000_000 });
    }
  });

  test('parameters of the WebSocket API are sorted and signed as they are', () => {
    const apiKey = published.apiKey;
    const ascii = {
      type: 'LIMIT',
      timestamp: 1_645_423_376_532,
      symbol: 'BTCUSDT',
      side: 'SELL',
      signature: 'left out',
      recvWindow: 100,
      quantity: '0.01000000',
      timeInForce: 'GTC',
      price: '52000.00',
      apiKey,
    };
    expect(macOf(binance, published.secret, socketText(ascii))).toBe(
      'aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24',
    );
    const wide = {
      ...ascii,
      symbol: '１２３４５６',
      side: 'BUY',
      recvWindow: 5000,
      quantity: '1.00000000',
      price: '0.10000000',
    };
    expect(macOf(binance, published.secret, socketText(wide))).toBe(
      'b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd',
    );
  });

  test('the published RSA example reads as its payload and its signature, percent-encoding taken off', () => {
    // rest-api.md, "RSA Keys"; the key itself is not published.
    const query =
      'symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2&timestamp=1668481559918&recvWindow=5000';
    const written =
      'HZ8HOjiJ1s%2FigS9JA%2Bn7%2B7Ti%2FihtkRF5BIWcPIEluJP6tlbFM%2FBf44LfZka%2FiemtahZAZzcO9TnI5uaXh3%2B%2BlrqtNonCwp6%2F245UFWkiW1elpgtVAmJPbogcAv6rSlokztAfWk296ZJXzRDYAtzGH0gq7CgSJKfH%2BXxaCmR0WcvlKjNQnp12%2FeKXJYO4tDap8UCBLuyxDnR7oJKLHQHJLP0r0EAVOOSIbrFang%2F1WOq%2BJaq4Efc4XpnTgnwlBbWTmhWDR1pvS9iVEzcSYLHT%2FfNnMRxFc7u%2Bj3qI%2F%2F5yuGuu14KR0MuQKKCSpViieD%2BfIti46sxPTsjSemoUKp0oXA%3D%3D';
    const claim = claimed(binanceRsa, {
      method: 'POST',
      path: `/api/v3/order?${query}&signature=${written}`,
      headers: { 'x-mbx-apikey': 'CAvIjXy3F44yW6Pou5k8Dy1swsYDWJZLeoK2r8G4cFDnE9nosRppc2eKc1T8TRTQ' },
      body: '',
    });
    expect(claim.message).toBe(query);
    expect(claim.signature).toBe(decodeURIComponent(written));
    expect(Buffer.from(claim.signature, 'base64')).toHaveLength(256);
  });

  test('the published Ed25519 signature of a FIX logon is made to the byte', () => {
    // fix-api.md, "How to sign Logon<A> request".
    const key =
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIIJEYWtGBrhACmb9Dvy+qa8WEf0lQOl1s4CLIAB9m89u\n-----END PRIVATE KEY-----\n';
    const logon = ['A', 'EXAMPLE', 'SPOT', '1', '20240627-11:17:25.223'].join('\u0001');
    expect(proofOf('ed25519', logon, key)).toBe(
      '4MHXelVVcpkdwuLbl6n73HQUXUf1dse2PCgT1DYqW9w8AVZ1RACFGM+5UdlGPrQHrgtS3CvsRURC1oj73j8gCA==',
    );
  });
});

test('the published order of Kraken is signed and read to the byte', () => {
  const secret = Buffer.from(
    'kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==',
    'base64',
  );
  const signature = '4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==';
  const form = 'ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25';
  const contentType = 'application/x-www-form-urlencoded';
  const request = { method: 'POST', path: '/0/private/AddOrder', body: form, host: 'api.kraken.com', contentType };
  const stamp = { nowUs: 0, nonce: 'n', rising: 1_616_492_376_594, windowMs: 0 };
  const credential = { keyId: 'k', secret, passphrase: '', privateKey: '', publicKey: '' };
  const wire = kraken.sign(request, stamp, credential, (_key, text) => macOf(kraken, secret, text));
  expect(wire.body).toBe(`nonce=1616492376594&${form}`);
  expect(wire.headers).toEqual({ 'api-key': 'k', 'api-sign': signature });
  const claim = claimed(kraken, {
    method: 'POST',
    path: wire.path,
    headers: { ...wire.headers, 'content-type': contentType },
    body: wire.body ?? '',
  });
  expect(macOf(kraken, secret, claim.message)).toBe(signature);
  expect(claim.carriedBody).toBe(form);
  expect(claim.freshness).toEqual({ rule: 'nonce', nonce: 1_616_492_376_594n });
});

test('the published client signature of Deribit is made to the byte', () => {
  const text = clientSignatureText({ timestamp: '1576074319000', nonce: '1iqt2wls', data: '' });
  expect(macOf(deribit, Buffer.from('AMANDASECRECT'), text)).toBe(
    '56590594f97921b09b18f166befe0d1319b198bbcdad7ca73382de2f88fe9aa1',
  );
});

describe('Gemini', () => {
  // developer.gemini.com, "Private API invocation".
  const payload =
    'ewogICAgInJlcXVlc3QiOiAiL3YxL29yZGVyL3N0YXR1cyIsCiAgICAibm9uY2UiOiAxMjM0NTYsCgogICAgIm9yZGVyX2lkIjogMTg4MzQKfQo=';
  const right = '337cc8b4ea692cfe65b4a85fcc9f042b2e3f702ac956fd098d600ab15705775017beae402be773ceee10719ff70d710f';
  const read = (signature: string) =>
    gemini.read({
      method: 'POST',
      path: '/v1/order/status',
      headers: { 'x-gemini-apikey': 'mykey', 'x-gemini-payload': payload, 'x-gemini-signature': signature },
      body: '',
    });

  test('the published request verifies, white space and all', () => {
    const claim = read(right);
    expect(macOf(gemini, Buffer.from('1234abcd'), payload)).toBe(right);
    expect(claim).toEqual({
      keyId: 'mykey',
      message: payload,
      signature: right,
      freshness: { rule: 'nonce', nonce: 123_456n },
      proves: null,
      carriedBody: '{\n    \n    \n\n    "order_id": 18834\n}\n',
    });
  });

  test('the signature as several programs have copied it, a digit lost, is refused', () => {
    const copied = '337cc8b4ea692cfe65b4a85fcc9f042b2e3f702ac956fd098d600ab15705775017beae402be773ceee107170d710f';
    expect(isMalformed(read(copied))).toBe(true);
    const filled = claimed(gemini, {
      method: 'POST',
      path: '/v1/order/status',
      headers: { 'x-gemini-apikey': 'mykey', 'x-gemini-payload': payload, 'x-gemini-signature': `${copied}000` },
      body: '',
    });
    expect(macOf(gemini, Buffer.from('1234abcd'), filled.message)).not.toBe(filled.signature);
  });
});

test('the texts that Bybit publishes are those that are signed', () => {
  // guide.mdx, "An example for how to generate plain text to encrypt"; the secret is not published.
  const stamps = { 'x-bapi-api-key': 'XXXXXXXXXX', 'x-bapi-recv-window': '5000' };
  const read = (method: string, path: string, timestamp: string, signature: string, body: string) => {
    const headers = { ...stamps, 'x-bapi-timestamp': timestamp, 'x-bapi-sign': signature };
    return claimed(bybit, { method, path, headers, body }).message;
  };
  const list = '/v5/order/realtime?category=option&symbol=BTC-29JUL22-25000-C';
  const first = '410e0f387bafb7afd0f1722c068515e09945610124fa11774da1da857b72f30b';
  expect(read('GET', list, '1658384314791', first, '')).toBe(
    '1658384314791XXXXXXXXXX5000category=option&symbol=BTC-29JUL22-25000-C',
  );
  const second = 'f0da71972ce1811c882ca5e3fd1779791fb1fed499bef40e5558e50259acfd66';
  expect(read('POST', '/v5/order/create', '1658385579423', second, '{"category": "option"}')).toBe(
    '1658385579423XXXXXXXXXX5000{"category": "option"}',
  );
});

const { FLOODPROOF_VECTORS } = process.env;
if (FLOODPROOF_VECTORS !== undefined) {
  interface Row {
    readonly id: string;
    readonly exchange: string;
    readonly secret?: string;
    readonly secret_encoding?: 'utf8' | 'base64';
    readonly private_key_pem?: string;
    readonly payload: string;
    readonly signature: string;
    readonly path?: string;
    readonly nonce?: string;
  }
  const file = join(FLOODPROOF_VECTORS, 'exchange-signatures.json');
  const rows = (JSON.parse(readFileSync(file, 'utf8')) as { readonly published: readonly Row[] }).published;
  const profiles: Readonly<Record<string, HmacProfile>> = { binance, kraken, deribit };

  test.each(rows)('the vector $id of the collection comes out to the byte', (row) => {
    const profile = profiles[row.exchange];
    if (profile === undefined) throw new Error(`no profile for ${row.exchange}`);
    if (row.private_key_pem !== undefined) {
      expect(proofOf('ed25519', row.payload, row.private_key_pem)).toBe(row.signature);
      return;
    }
    const secret = Buffer.from(row.secret ?? '', row.secret_encoding);
    const text = row.path === undefined ? row.payload : krakenText(row as Row & { path: string });
    expect(macOf(profile, secret, text)).toBe(row.signature);
  });

  function krakenText({ path, payload, signature }: Row & { readonly path: string }): string {
    const headers = { 'api-key': 'k', 'api-sign': signature, 'content-type': 'application/x-www-form-urlencoded' };
    return claimed(kraken, { method: 'POST', path, headers, body: payload }).message;
  }
}
