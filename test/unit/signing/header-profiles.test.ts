/** Profiles whose proof stands in headers of its own: published examples, the edges of time, and what is malformed. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { credentialFrom, secretText } from '../../../harness/signing/keys/credential.js';
import { type Credential, isMalformed, type Received, type SigningProfile } from '../../../harness/signing/profile.js';
import { bearer } from '../../../harness/signing/standards/bearer.js';
import { github } from '../../../harness/signing/standards/github.js';
import { stripe } from '../../../harness/signing/standards/stripe.js';
import { alpaca } from '../../../harness/signing/venues/alpaca.js';
import { bitmex } from '../../../harness/signing/venues/bitmex.js';
import { coinbaseExchange } from '../../../harness/signing/venues/coinbase-exchange.js';
import { coinbaseInternational } from '../../../harness/signing/venues/coinbase-international.js';
import { gate } from '../../../harness/signing/venues/gate.js';
import { kucoin } from '../../../harness/signing/venues/kucoin.js';
import { isRight, macOf, signWith } from '../../support/profile-maker.js';
import { HOST, NOW_US, order, reading, receivedOf, stamp } from '../../support/profile-requests.js';

const secondsNow = Math.floor(NOW_US / 1_000_000);

function credentialOf(profile: SigningProfile, secret = 'secret-one'): Credential {
  return credentialFrom(profile, { keyId: 'key-1', secret });
}

function changed(profile: SigningProfile, headers: Received['headers'], request = order) {
  const received = receivedOf(signWith(profile, request, stamp, credentialOf(profile)));
  return profile.read({ ...received, headers: { ...received.headers, ...headers } });
}

describe('published examples', () => {
  // gate.com/docs/developers/apiv4, "Signature example": key and secret are the words themselves.
  it.each([
    {
      request: { ...reading, path: '/api/v4/futures/orders?contract=BTC_USD&status=finished&limit=50' },
      signature:
        '55f84ea195d6fe57ce62464daaa7c3c02fa9d1dde954e4c898289c9a2407a3d6' +
        'fb3faf24deff16790d726b66ac9f74526668b13bd01029199cc4fcc522418b8a',
    },
    {
      request: {
        ...order,
        path: '/api/v4/futures/orders',
        body: '{"contract":"BTC_USD","type":"limit","size":100,"price":6800,"time_in_force":"gtc"}',
      },
      signature:
        'eae42da914a590ddf727473aff25fc87d50b64783941061f47a3fdb92742541f' +
        'c4c2c14017581b4199a1418d54471c269c03a38d788d802e2c306c37636389f0',
    },
  ])('of Gate: $request.method', ({ request, signature }) => {
    const credential = credentialFrom(gate, { keyId: 'key', secret: 'secret' });
    const wire = signWith(gate, request, { ...stamp, nowUs: 1_541_993_715_000_000 }, credential);
    expect(wire.headers).toEqual({ key: 'key', timestamp: '1541993715', sign: signature });
  });

  it('of GitHub', () => {
    // docs.github.com, "Validating webhook deliveries", "Testing the webhook payload validation".
    const credential = credentialFrom(github, { keyId: '1', secret: "It's a Secret to Everybody" });
    const wire = signWith(github, { ...order, body: 'Hello, World!' }, stamp, credential);
    expect(wire.headers['x-hub-signature-256']).toBe(
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    );
  });

  it('of KuCoin: the URL is signed as it was before it was encoded', () => {
    // kucoin.com/docs-new/authentication, "Signing a message".
    const path = '/api/v1/sub/api-key?apiKey=67b3&subName=test&passphrase=abc%21%40%2311';
    const claim = kucoin.read(receivedOf(signWith(kucoin, { ...reading, path }, stamp, credentialOf(kucoin))));
    expect(claim).toMatchObject({
      message: `${Math.floor(NOW_US / 1_000)}GET/api/v1/sub/api-key?apiKey=67b3&subName=test&passphrase=abc!@#11`,
    });
  });

  it('of Stripe: time, a dot and the body', () => {
    const { headers } = signWith(stripe, order, stamp, credentialOf(stripe));
    const mac = createHmac('sha256', 'secret-one').update(`${secondsNow}.${order.body}`).digest('hex');
    expect(headers['stripe-signature']).toBe(`t=${secondsNow},v1=${mac}`);
  });
});

describe('what is signed', () => {
  const textOf = (profile: SigningProfile, request = order): string => {
    const claim = profile.read(receivedOf(signWith(profile, request, stamp, credentialOf(profile))));
    return isMalformed(claim) ? claim.malformed : claim.message;
  };

  it('is the text that each venue tells', () => {
    const { body } = order;
    expect(textOf(kucoin)).toBe(`${Math.floor(NOW_US / 1_000)}POST/v1/orders?dry=true${body}`);
    expect(textOf(coinbaseExchange)).toBe(`${secondsNow}POST/v1/orders?dry=true${body}`);
    expect(textOf(coinbaseInternational)).toBe(`${secondsNow}POST/v1/orders${body}`);
    expect(textOf(bitmex)).toBe(`POST/v1/orders?dry=true${secondsNow + 5}${body}`);
    expect(textOf(github)).toBe(body);
    expect(textOf(stripe)).toBe(`${secondsNow}.${body}`);
    expect(textOf(gate, reading)).toMatch(
      /^GET\n\/v1\/account\ncursor=p\/7&fields=open orders&limit=50\n[0-9a-f]{128}\n\d+$/,
    );
    expect([textOf(alpaca), textOf(bearer)]).toEqual(['key-1', 'key-1']);
  });

  it('is under the bytes of the secret that the venue hands out in base64', () => {
    const credential = credentialOf(coinbaseExchange);
    const given = secretText(coinbaseExchange, credential);
    const { headers } = signWith(coinbaseExchange, order, stamp, credential);
    const text = `${secondsNow}POST${order.path}${order.body}`;
    const right = createHmac('sha256', Buffer.from(given, 'base64')).update(text).digest('base64');
    expect(headers['cb-access-sign']).toBe(right);
  });
});

describe('time', () => {
  it.each([
    { windowMs: 0, lifeSeconds: 5 },
    { windowMs: 1, lifeSeconds: 1 },
    { windowMs: 1_000, lifeSeconds: 1 },
    { windowMs: 1_001, lifeSeconds: 2 },
    { windowMs: 60_000, lifeSeconds: 60 },
  ])('a request of BitMEX that asks for $windowMs ms is good for $lifeSeconds s, the last instant included', (row) => {
    const wire = signWith(bitmex, order, { ...stamp, windowMs: row.windowMs }, credentialOf(bitmex));
    expect(bitmex.read(receivedOf(wire))).toMatchObject({
      freshness: { rule: 'expiry', notBeforeUs: null, expiresUs: (secondsNow + row.lifeSeconds) * 1_000_000 + 1 },
    });
  });

  it.each([
    { text: '1700000000', us: 1_700_000_000_000_000 },
    { text: '1700000000.5', us: 1_700_000_000_500_000 },
    { text: '1700000000.000001', us: 1_700_000_000_000_001 },
    { text: '1700000000.1234567', us: 1_700_000_000_123_456 },
    { text: '1700000000.999999999', us: 1_700_000_000_999_999 },
    { text: '0', us: 0 },
    { text: '9007199253.999999', us: 9_007_199_253_999_999 },
  ])('$text seconds are $us microseconds, where decimals are taken', ({ text, us }) => {
    const freshness = { rule: 'window', timestampUs: us, windowUs: 0 };
    expect(changed(coinbaseExchange, { 'cb-access-timestamp': text })).toMatchObject({ freshness });
    expect(changed(gate, { timestamp: text })).toMatchObject({ freshness });
    // The signature covers the digits that were sent.
    expect(changed(gate, { timestamp: text })).toMatchObject({
      message: expect.stringMatching(new RegExp(`\n${text}$`)),
    });
  });

  it('is bounded by what the venues document', () => {
    const bounds = [kucoin, coinbaseExchange, coinbaseInternational, gate, stripe].map(({ defaults }) => {
      expect(defaults.futureUs).toBe(defaults.windowUs);
      return [defaults.windowUs / 1_000_000, defaults.replay];
    });
    expect(bounds).toEqual([5, 30, 5, 60, 300].map((seconds) => [seconds, 'allow']));
  });
});

describe('a request', () => {
  const base64 = `${'A'.repeat(43)}=`;
  it.each([
    { profile: kucoin, headers: { 'kc-api-key': 'a b' }, because: 'a blank in the key' },
    { profile: kucoin, headers: { 'kc-api-key': 'k'.repeat(257) }, because: 'a key of 257 characters' },
    { profile: kucoin, headers: { 'kc-api-sign': `${'A'.repeat(42)}B=` }, because: 'idle bits in the signature' },
    { profile: kucoin, headers: { 'kc-api-sign': 'a'.repeat(64) }, because: 'hex' },
    { profile: kucoin, headers: { 'kc-api-timestamp': '01700000000000' }, because: 'a leading zero' },
    { profile: kucoin, headers: { 'kc-api-timestamp': '+1700000000000' }, because: 'a sign' },
    { profile: kucoin, headers: { 'kc-api-timestamp': '1700000000000.5' }, because: 'decimals' },
    { profile: kucoin, headers: { 'kc-api-timestamp': '9007199254741' }, because: 'above 2^53 microseconds' },
    { profile: kucoin, headers: { 'kc-api-passphrase': 'secret' }, because: 'a passphrase in clear' },
    { profile: kucoin, headers: { 'kc-api-key-version': '1' }, because: 'a key of version 1' },
    { profile: coinbaseExchange, headers: { 'cb-access-sign': base64.slice(1) }, because: 'a short signature' },
    { profile: coinbaseExchange, headers: { 'cb-access-timestamp': '1700000000.' }, because: 'a dot without decimals' },
    { profile: coinbaseExchange, headers: { 'cb-access-timestamp': '1700000000.1234567891' }, because: 'ten decimals' },
    { profile: coinbaseExchange, headers: { 'cb-access-timestamp': '01.5' }, because: 'a leading zero' },
    { profile: coinbaseExchange, headers: { 'cb-access-timestamp': '9007199254' }, because: 'above 2^53 microseconds' },
    { profile: coinbaseExchange, headers: { 'cb-access-timestamp': '1700000000000' }, because: 'milliseconds' },
    { profile: coinbaseExchange, headers: { 'cb-access-passphrase': 'a ' }, because: 'a blank at the end' },
    { profile: coinbaseInternational, headers: { 'cb-access-timestamp': '1700000000.5' }, because: 'decimals' },
    { profile: coinbaseInternational, headers: { 'cb-access-key': '' }, because: 'an empty key' },
    { profile: bitmex, headers: { 'api-expires': '1700000000.5' }, because: 'decimals' },
    { profile: bitmex, headers: { 'api-expires': '11700000000' }, because: 'a digit that moved from the URL' },
    { profile: bitmex, headers: { 'api-expires': '-1' }, because: 'a sign' },
    { profile: bitmex, headers: { 'api-signature': base64 }, because: 'base64' },
    { profile: bitmex, headers: { 'api-signature': `${'a'.repeat(63)}g` }, because: 'a digit that is none' },
    { profile: gate, headers: { sign: 'a'.repeat(64) }, because: 'a signature of another hash' },
    { profile: gate, headers: { timestamp: '1e9' }, because: 'an exponent' },
    { profile: github, headers: { 'x-hub-signature-256': 'a'.repeat(64) }, because: 'no name of the hash' },
    { profile: github, headers: { 'x-hub-signature-256': `sha1=${'a'.repeat(40)}` }, because: 'the older hash' },
    { profile: stripe, headers: { 'stripe-signature': `v1=${'a'.repeat(64)}` }, because: 'no time' },
    { profile: stripe, headers: { 'stripe-signature': 't=1700000000' }, because: 'no signature' },
    { profile: stripe, headers: { 'stripe-signature': `t=1,t=2,v1=${'a'.repeat(64)}` }, because: 'two times' },
    {
      profile: stripe,
      headers: { 'stripe-signature': `t=1,v1=${'a'.repeat(64)},v1=${'b'.repeat(64)}` },
      because: 'two signatures',
    },
    { profile: stripe, headers: { 'stripe-signature': `t=01,v1=${'a'.repeat(64)}` }, because: 'a leading zero' },
    {
      profile: stripe,
      headers: { 'stripe-signature': `t=9007199255,v1=${'a'.repeat(64)}` },
      because: 'beyond 2^53 us',
    },
    { profile: bearer, headers: { authorization: 'Bearer secret' }, because: 'a token that names no key' },
    { profile: bearer, headers: { authorization: 'Bearer .secret' }, because: 'a token with an empty name' },
    { profile: bearer, headers: { authorization: 'bearer key-1.secret' }, because: 'the scheme in small letters' },
    { profile: bearer, headers: { authorization: 'Basic key-1.secret' }, because: 'another scheme' },
    { profile: bearer, headers: { authorization: 'Bearer key-1.sec=ret' }, because: 'an equals sign inside' },
    { profile: bearer, headers: { authorization: `Bearer k.${'a'.repeat(4_095)}` }, because: 'a token of 4,097' },
  ])('of $profile.name is malformed with $because', ({ profile, headers }) => {
    expect(changed(profile, {})).not.toHaveProperty('malformed');
    expect(changed(profile, headers)).toHaveProperty('malformed');
  });

  it.each([
    { profile: kucoin, path: '/v1/a%ff', because: 'an escape that is no UTF-8' },
    { profile: gate, path: '/v1/a?b=%ff', because: 'an escape that is no UTF-8' },
    { profile: gate, path: '/v1/a?b=%0A', because: 'a line feed in the decoded query' },
    { profile: gate, path: '/v1/a?b=%0d', because: 'a carriage return in the decoded query' },
  ])('of $profile.name is neither signed nor read with $because', ({ profile, path }) => {
    const received = receivedOf(signWith(profile, reading, stamp, credentialOf(profile)));
    expect(profile.read({ ...received, path })).toHaveProperty('malformed');
    expect(() => signWith(profile, { ...reading, path }, stamp, credentialOf(profile))).toThrow(RangeError);
  });

  it('of Stripe may have a signature of the older scheme, which proves nothing', () => {
    const { headers } = signWith(stripe, order, stamp, credentialOf(stripe));
    const field = headers['stripe-signature'] as string;
    const claim = changed(stripe, { 'stripe-signature': `${field},v0=${'0'.repeat(64)}` });
    expect(!isMalformed(claim) && isRight(stripe, claim, credentialOf(stripe))).toBe(true);
  });

  it('may be as long as everything may be, and no longer', () => {
    const secret = `${'s'.repeat(254)} s`;
    const longest = { ...credentialOf(alpaca), keyId: '~'.repeat(256), secret: Buffer.from(secret) };
    const claim = alpaca.read(receivedOf(signWith(alpaca, order, stamp, longest)));
    expect(!isMalformed(claim) && isRight(alpaca, claim, longest)).toBe(true);
    const longer = { ...longest, secret: Buffer.from(`s${secret}`) };
    expect(alpaca.read(receivedOf(signWith(alpaca, order, stamp, longer)))).toHaveProperty('malformed');
    expect(changed(bitmex, { 'api-expires': '9007199254' })).not.toHaveProperty('malformed');
    expect(changed(bitmex, { 'api-expires': '9007199255' })).toHaveProperty('malformed');
    expect(changed(kucoin, { 'kc-api-timestamp': '9007199254740' })).not.toHaveProperty('malformed');
    const token = { ...credentialOf(bearer), secret: Buffer.from(`k.${'a'.repeat(4_094)}`) };
    expect(bearer.read(receivedOf(signWith(bearer, order, stamp, token)))).toMatchObject({ keyId: 'k' });
  });

  it('has hex in either case, and the same text of it', () => {
    const { headers } = signWith(bitmex, order, stamp, credentialOf(bitmex));
    const claim = changed(bitmex, { 'api-signature': (headers['api-signature'] as string).toUpperCase() });
    expect(!isMalformed(claim) && isRight(bitmex, claim, credentialOf(bitmex))).toBe(true);
  });
});

describe('a passphrase', () => {
  it.each([kucoin, coinbaseExchange, coinbaseInternational])('of $name must be right beside the MAC', (profile) => {
    const credential = credentialOf(profile);
    const received = receivedOf(signWith(profile, order, stamp, credential));
    const claim = profile.read(received);
    if (isMalformed(claim)) throw new Error(claim.malformed);
    expect(macOf(profile, credential.secret, claim.message)).toBe(claim.signature);
    expect(claim.proves?.(credential)).toBe(true);
    expect(claim.proves?.({ ...credential, passphrase: 'another' })).toBe(false);
    expect(claim.proves?.({ ...credential, passphrase: '' })).toBe(false);
  });

  it('of KuCoin goes out under the secret, of Coinbase in clear', () => {
    const credential = { ...credentialOf(kucoin), passphrase: 'open sesame' };
    const under = createHmac('sha256', 'secret-one').update('open sesame').digest('base64');
    expect(signWith(kucoin, order, stamp, credential).headers).toMatchObject({
      'kc-api-passphrase': under,
      'kc-api-key-version': '2',
    });
    const clear = signWith(coinbaseExchange, order, stamp, credential).headers['cb-access-passphrase'];
    expect(clear).toBe('open sesame');
  });

  it('is not taken from another key', () => {
    const claim = kucoin.read(receivedOf(signWith(kucoin, order, stamp, credentialOf(kucoin))));
    if (isMalformed(claim)) throw new Error(claim.malformed);
    expect(claim.proves?.(credentialOf(kucoin, 'secret-two'))).toBe(false);
  });
});

describe('a bearer token', () => {
  it('of one’s own API is sent as it is, and one of a trial world names its key', () => {
    const own = { ...credentialOf(bearer), secret: Buffer.from('eyJhbGciOiJ.abc-_~+/==') };
    expect(signWith(bearer, order, stamp, own).headers).toEqual({ authorization: 'Bearer eyJhbGciOiJ.abc-_~+/==' });
    const { headers } = signWith(bearer, order, stamp, credentialOf(bearer));
    expect(headers).toEqual({ authorization: 'Bearer key-1.secret-one' });
    expect(bearer.read({ method: 'GET', path: '/', body: '', headers: { host: HOST, ...headers } })).toMatchObject({
      keyId: 'key-1',
    });
  });

  it('may have a key id with dots, and a secret of any characters', () => {
    const credential = credentialFrom(bearer, { keyId: 'a.b', secret: 'with blanks. and dots' });
    const claim = bearer.read(receivedOf(signWith(bearer, order, stamp, credential)));
    expect(claim).toMatchObject({ keyId: 'a.b' });
    expect(!isMalformed(claim) && isRight(bearer, claim, credential)).toBe(true);
  });

  it('is refused where the header can not carry it', () => {
    for (const secret of ['a b', 'a\nb', 'é', '', 'a'.repeat(4_097)]) {
      const credential = { ...credentialOf(bearer), secret: Buffer.from(secret) };
      expect(() => signWith(bearer, order, stamp, credential)).toThrow(RangeError);
    }
  });
});
