/** Coinbase's tokens: what is read of them, and what no reader may take. */
import { createHmac, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { credentialFrom } from '../../../harness/signing/keys/credential.js';
import { signatureBy } from '../../../harness/signing/keys/signature-algorithms.js';
import { isMalformed, type OwnProfile, type Received } from '../../../harness/signing/profile.js';
import { readToken, signingInputOf } from '../../../harness/signing/standards/json-web-token.js';
import { coinbaseAdvanced } from '../../../harness/signing/venues/coinbase-advanced.js';
import { coinbaseAdvancedEd25519 } from '../../../harness/signing/venues/coinbase-advanced-ed25519.js';
import { isRight, signWith } from '../../support/profile-maker.js';
import { HOST, NOW_US, order, receivedOf, stamp } from '../../support/profile-requests.js';

type Members = Readonly<Record<string, unknown>>;

const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');
const seconds = Math.floor(NOW_US / 1_000_000);

interface Kind {
  readonly profile: OwnProfile;
  readonly algorithm: 'ecdsa-p256-sha256' | 'ed25519';
}

const kinds: readonly Kind[] = [
  { profile: coinbaseAdvanced, algorithm: 'ecdsa-p256-sha256' },
  { profile: coinbaseAdvancedEd25519, algorithm: 'ed25519' },
];

describe.each(kinds)('$profile.name', ({ profile, algorithm }) => {
  const credential = credentialFrom(profile, { keyId: 'organizations/o/apiKeys/k', secret: 'secret one' });
  const wire = signWith(profile, order, stamp, credential);
  const received = receivedOf(wire);
  const token = readToken((wire.headers.authorization as string).slice('Bearer '.length));
  if (token === null) throw new Error('no token');
  const { header, claims } = token;
  const signed = (input: string): string => signatureBy(algorithm, input, credential.privateKey).toString('base64url');
  const withToken = (text: string): Received => ({
    ...received,
    headers: { ...received.headers, authorization: `Bearer ${text}` },
  });
  /** Rightly signed, whatever is in it. */
  const made = (head: Members, body: Members): Received => {
    const input = signingInputOf(head, body);
    return withToken(`${input}.${signed(input)}`);
  };
  const verified = (request: Received): boolean => {
    const claim = profile.read(request);
    return !isMalformed(claim) && isRight(profile, claim, credential);
  };

  it('names key, request and life as the venue’s clients do', () => {
    const { alg, ...target } =
      algorithm === 'ed25519'
        ? { alg: 'EdDSA', uris: [`POST ${HOST}/v1/orders`] }
        : { alg: 'ES256', uri: `POST ${HOST}/v1/orders` };
    expect(header).toEqual({ alg, typ: 'JWT', kid: credential.keyId, nonce: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(claims).toMatchObject({ sub: credential.keyId, nbf: seconds, iat: seconds, exp: seconds + 120, ...target });
  });

  it('is good from nbf until just before exp', () => {
    expect(profile.read(received)).toMatchObject({
      keyId: credential.keyId,
      freshness: { rule: 'expiry', notBeforeUs: seconds * 1_000_000, expiresUs: (seconds + 120) * 1_000_000 },
    });
    expect(verified(made(header, { ...claims, exp: seconds + 1 }))).toBe(true);
    // The last second that is below 2^53 microseconds.
    expect(verified(made(header, { ...claims, nbf: 9_007_199_253, exp: 9_007_199_254 }))).toBe(true);
    expect(verified(made(header, { ...claims, nbf: 9_007_199_253, exp: 9_007_199_255 }))).toBe(false);
  });

  it('is the same request under any other signature of the same token', () => {
    const claim = profile.read(received);
    const again = profile.read(withToken(`${token.signingInput}.${base64url('x'.repeat(64))}`));
    expect(isMalformed(claim) || isMalformed(again) ? '' : again.message).toBe(token.signingInput);
  });

  const { uri: _uri, uris: _uris, ...noTarget } = claims;
  const { aud: _aud, iat: _iat, ...bareClaims } = claims;
  const { typ: _typ, ...noType } = header;
  const target = `POST ${HOST}/v1/orders`;
  it.each([
    { because: 'without aud and iat, as the venue’s own clients send it', head: header, body: bareClaims },
    { because: 'without typ', head: noType, body: claims },
    { because: 'with the request in uri', head: header, body: { ...noTarget, uri: target } },
    { because: 'with the request in uris', head: header, body: { ...noTarget, uris: [target] } },
    { because: 'with a nonce of 64 digits', head: { ...header, nonce: 'a'.repeat(64) }, body: claims },
    { because: 'with the newer issuer', head: header, body: { ...claims, iss: 'cdp' } },
  ])('is taken $because', ({ head, body }) => {
    expect(verified(made(head, body))).toBe(true);
  });

  it.each([
    { because: 'for another method', body: { ...noTarget, uri: `GET ${HOST}/v1/orders` } },
    { because: 'for another host', body: { ...noTarget, uri: 'POST api.coinbase.com/v1/orders' } },
    { because: 'for another path', body: { ...noTarget, uri: `POST ${HOST}/v1/orders/7` } },
    { because: 'for a path with a query', body: { ...noTarget, uri: `POST ${HOST}/v1/orders?dry=true` } },
    { because: 'for a scheme', body: { ...noTarget, uri: `POST https://${HOST}/v1/orders` } },
  ])('is of the form but proves nothing $because', ({ body }) => {
    const request = made(header, body);
    expect(profile.read(request)).not.toHaveProperty('malformed');
    expect(verified(request)).toBe(false);
  });

  it.each([
    { because: 'alg none', head: { ...header, alg: 'none' } },
    { because: 'alg of HMAC', head: { ...header, alg: 'HS256' } },
    { because: 'alg of RSA', head: { ...header, alg: 'RS256' } },
    { because: 'alg in another case', head: { ...header, alg: String(header.alg).toLowerCase() } },
    { because: 'no alg', head: { ...header, alg: undefined } },
    { because: 'another type', head: { ...header, typ: 'JWE' } },
    { because: 'a critical extension', head: { ...header, crit: ['exp'] } },
    { because: 'a key of its own', head: { ...header, jwk: {} } },
    { because: 'no nonce', head: { ...header, nonce: undefined } },
    { because: 'a nonce of 65 digits', head: { ...header, nonce: 'a'.repeat(65) } },
    { because: 'no key', head: { ...header, kid: undefined } },
    { because: 'a key that is not the subject', head: { ...header, kid: 'other' } },
  ])('is malformed with $because', ({ head }) => {
    expect(profile.read(made(head, claims))).toHaveProperty('malformed');
  });

  it.each([
    { because: 'another subject than the key', body: { ...claims, sub: 'other' } },
    { because: 'another issuer', body: { ...claims, iss: 'mallory' } },
    { because: 'no issuer', body: { ...claims, iss: undefined } },
    { because: 'another audience', body: { ...claims, aud: ['mallory'] } },
    { because: 'two audiences', body: { ...claims, aud: ['cdp_service', 'retail_rest_api_proxy'] } },
    { because: 'an audience that is no list', body: { ...claims, aud: 'cdp_service' } },
    { because: 'no request', body: noTarget },
    { because: 'a request twice', body: { ...noTarget, uri: target, uris: [target] } },
    { because: 'two requests', body: { ...noTarget, uris: [target, target] } },
    { because: 'a request that is a number', body: { ...noTarget, uri: 7 } },
    { because: 'a list of a number', body: { ...noTarget, uris: [7] } },
    { because: 'no nbf', body: { ...claims, nbf: undefined } },
    { because: 'no exp', body: { ...claims, exp: undefined } },
    { because: 'exp as a text', body: { ...claims, exp: String(seconds + 120) } },
    { because: 'exp with decimals', body: { ...claims, exp: seconds + 0.5 } },
    { because: 'iat as a text', body: { ...claims, iat: 'now' } },
    { because: 'a life of 121 seconds', body: { ...claims, exp: seconds + 121 } },
    { because: 'no life', body: { ...claims, exp: seconds } },
    { because: 'milliseconds', body: { ...claims, nbf: seconds * 1_000, exp: seconds * 1_000 + 120 } },
    { because: 'a claim that is not known', body: { ...claims, admin: true } },
  ])('is malformed with $because', ({ body }) => {
    expect(profile.read(made(header, body))).toHaveProperty('malformed');
  });

  it('is not taken with the public key as the secret of an HMAC', () => {
    const input = signingInputOf({ ...header, alg: 'HS256' }, claims);
    const mac = createHmac('sha256', credential.publicKey).update(input).digest('base64url');
    expect(profile.read(withToken(`${input}.${mac}`))).toHaveProperty('malformed');
    const under = createHmac('sha512', credential.publicKey).update(token.signingInput).digest('base64url');
    expect(verified(withToken(`${token.signingInput}.${under}`))).toBe(false);
  });

  it('is not taken without a signature, in DER, with another length or idle bits', () => {
    const der =
      algorithm === 'ed25519'
        ? Buffer.alloc(70)
        : sign('sha256', Buffer.from(token.signingInput), credential.privateKey);
    for (const signature of ['', der.toString('base64url'), base64url('x'.repeat(63)), base64url('x'.repeat(65))]) {
      expect(profile.read(withToken(`${token.signingInput}.${signature}`))).toHaveProperty('malformed');
    }
    const idle = `${token.signatureText.slice(0, -1)}${token.signatureText.endsWith('A') ? 'B' : 'h'}`;
    expect(readToken(`${token.signingInput}.${idle}`)).toBeNull();
  });

  it('needs one host and the scheme in its one spelling', () => {
    const at = (headers: Received['headers']) =>
      profile.read({ ...received, headers: { ...received.headers, ...headers } });
    const field = wire.headers.authorization as string;
    for (const host of [undefined, [HOST, HOST], 'a b']) expect(at({ host })).toHaveProperty('malformed');
    for (const wrong of [
      field.replace('Bearer', 'bearer'),
      field.replace(' ', '  '),
      `${field}.x`,
      'Bearer x',
      'Bearer ',
    ]) {
      expect(at({ authorization: wrong })).toHaveProperty('malformed');
    }
  });
});

describe('a token', () => {
  const claims = base64url('{"a":1}');
  const parts = (head: string) => readToken(`${base64url(head)}.${claims}.${base64url('s')}`);

  it('is read with what was sent', () => {
    expect(parts('{"alg":"x"}')).toEqual({
      header: { alg: 'x' },
      claims: { a: 1 },
      signingInput: `${base64url('{"alg":"x"}')}.${claims}`,
      signature: Buffer.from('s'),
      signatureText: base64url('s'),
    });
    expect(parts('{"uri":"GET a\\/b"}')?.header).toEqual({ uri: 'GET a/b' });
  });

  it.each([
    { because: 'a name that comes twice', head: '{"alg":"ES256","alg":"none"}' },
    { because: 'a name that comes twice in another spelling', head: '{"alg":"ES256","\\u0061lg":"none"}' },
    { because: 'white space', head: '{"alg": "x"}' },
    { because: 'a list', head: '["alg"]' },
    { because: 'a text', head: '"alg"' },
    { because: 'null', head: 'null' },
    { because: 'no JSON', head: '{"alg"' },
    { because: 'nothing', head: '' },
    { because: 'a number in another spelling', head: '{"a":1.0}' },
    { because: 'a byte order mark', head: '\ufeff{"alg":"x"}' },
  ])('is none with $because', ({ head }) => {
    expect(parts(head)).toBeNull();
  });

  it('is none with other than three parts, padding, another alphabet, idle bits or a great length', () => {
    const [head, body, signature] = [base64url('{"a":"~~~"}'), claims, base64url('s')];
    expect(readToken(`${head}.${body}.${signature}`)).not.toBeNull();
    for (const text of [
      `${head}.${body}`,
      `${head}.${body}.${signature}.`,
      `${head}.${body}.${signature}==`,
      `${head}.${body}.${signature}\n`,
      `${Buffer.from('{"a":"~~~"}').toString('base64').replace(/=+$/, '').replaceAll('-', '+')}=.${body}.${signature}`,
      `${head}.${body}.${signature.slice(0, -1)}x`,
      `${head}.${body}.${'A'.repeat(8_192)}`,
      '',
      '..',
    ]) {
      expect(readToken(text), text.slice(0, 80)).toBeNull();
    }
  });

  it('is none whose bytes are no UTF-8', () => {
    const bytes = Buffer.from('{"a":"\xff"}', 'latin1').toString('base64url');
    expect(readToken(`${bytes}.${claims}.${base64url('s')}`)).toBeNull();
  });
});
