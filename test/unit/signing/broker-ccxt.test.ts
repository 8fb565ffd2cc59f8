/** Profiles against ccxt's own signing, a thousand random requests each: read, verified, and made again to the byte. */
import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { credentialFrom, secretText } from '../../../harness/signing/keys/credential.js';
import { signatureBy } from '../../../harness/signing/keys/signature-algorithms.js';
import {
  type FreshnessClaim,
  isMalformed,
  type Received,
  type SigningProfile,
} from '../../../harness/signing/profile.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import { readToken } from '../../../harness/signing/standards/json-web-token.js';
import { type CcxtClock, type CcxtRequest, type CcxtVenue, ccxtVenue, receivedFrom } from '../../support/ccxt.js';
import { isRight, signWith } from '../../support/profile-maker.js';

const RUNS = 1_000;
const SEED = 20_260_728;
const KEY_ID = 'account-k7';

type Shape = readonly [path: string, api: string | readonly string[], method: string];

interface Row {
  readonly name: ProfileName;
  /** File of ccxt. */
  readonly id: string;
  readonly from?: 'ccxt-bitmex';
  readonly shapes: readonly Shape[];
  /** What ccxt's clients ask for, where the venue has a window. */
  readonly windowMs?: number;
  /** Of a venue that signs the URL decoded ccxt sends it as it is, so that only what needs no escape can be compared. */
  readonly isPlain?: boolean;
}

const rows: readonly Row[] = [
  {
    name: 'kucoin',
    id: 'kucoin',
    isPlain: true,
    shapes: [
      ['orders', 'private', 'POST'],
      ['orders', 'private', 'GET'],
      ['orders', 'private', 'DELETE'],
      ['hf/orders', 'private', 'POST'],
      ['orders', 'futuresPrivate', 'POST'],
    ],
  },
  {
    name: 'gate',
    id: 'gate',
    shapes: [
      ['orders', ['private', 'spot'], 'POST'],
      ['orders', ['private', 'spot'], 'GET'],
      ['orders', ['private', 'spot'], 'DELETE'],
      ['usdt/positions', ['private', 'futures'], 'POST'],
      ['usdt/orders', ['private', 'futures'], 'POST'],
    ],
  },
  {
    name: 'coinbase-exchange',
    id: 'coinbaseexchange',
    shapes: [
      ['orders', 'private', 'POST'],
      ['orders', 'private', 'GET'],
      ['orders', 'private', 'DELETE'],
    ],
  },
  {
    name: 'coinbase-international',
    id: 'coinbaseinternational',
    shapes: [
      ['orders', ['v1', 'private'], 'POST'],
      ['orders', ['v1', 'private'], 'GET'],
      ['orders', ['v1', 'private'], 'DELETE'],
      ['orders/x7', ['v1', 'private'], 'PUT'],
    ],
  },
  {
    name: 'bitmex',
    id: 'bitmex',
    from: 'ccxt-bitmex',
    windowMs: 5_000,
    shapes: [
      ['order', 'private', 'POST'],
      ['order', 'private', 'GET'],
      ['order/all', 'private', 'DELETE'],
      ['order', 'private', 'PUT'],
    ],
  },
  {
    name: 'alpaca',
    id: 'alpaca',
    shapes: [
      ['v2/orders', ['trader', 'private'], 'POST'],
      ['v2/orders', ['trader', 'private'], 'GET'],
      ['v2/orders', ['trader', 'private'], 'DELETE'],
    ],
  },
  {
    name: 'coinbase-advanced',
    id: 'coinbase',
    shapes: [
      ['brokerage/orders', ['v3', 'private'], 'POST'],
      ['brokerage/orders/historical/batch', ['v3', 'private'], 'GET'],
      ['brokerage/portfolios/x7', ['v3', 'private'], 'PUT'],
    ],
  },
  {
    name: 'coinbase-advanced-ed25519',
    id: 'coinbase',
    shapes: [
      ['brokerage/orders', ['v3', 'private'], 'POST'],
      ['brokerage/orders/historical/batch', ['v3', 'private'], 'GET'],
    ],
  },
];

const anyText = fc.string({
  unit: fc.constantFrom('a', '0', '.', ' ', '&', '=', '+', '%', '"', '\\', '/', 'é', '１', '🚀'),
  maxLength: 8,
});
const plainText = fc.string({ unit: fc.constantFrom('a', '0', '.', '-', '_', 'Z', ':', ','), maxLength: 8 });

function paramsOf(isPlain: boolean) {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'S', '_', '1'), minLength: 1, maxLength: 6 });
  const value = fc.oneof(isPlain ? plainText : anyText, fc.nat(), fc.boolean());
  return fc.dictionary(
    name.map((text) => `x${text}`),
    value,
    { maxKeys: 6, noNullPrototype: true },
  );
}

function venueOf({ id, from }: Row, profile: SigningProfile, clock: CcxtClock): Promise<CcxtVenue> {
  const credential = credentialFrom(profile, { keyId: KEY_ID, secret: 's3cret of it' });
  const keys = { apiKey: KEY_ID, secret: clientSecret(profile), password: credential.passphrase };
  return ccxtVenue(id, keys, clock, from);
}

/** As the venue's clients are given it. */
function clientSecret(profile: SigningProfile): string {
  const credential = credentialFrom(profile, { keyId: KEY_ID, secret: 's3cret of it' });
  if (profile.keyKind === 'p256') return sec1Of(credential.privateKey);
  if (profile.keyKind === 'ed25519') return seedAndPointOf(credential.privateKey);
  return secretText(profile, credential);
}

/** The form in which Coinbase hands out an ECDSA key. */
function sec1Of(pem: string): string {
  return createPrivateKey(pem).export({ type: 'sec1', format: 'pem' }).toString();
}

/** The form in which Coinbase hands out an Ed25519 key: 32 bytes of seed and 32 of the public point, in base64. */
function seedAndPointOf(pem: string): string {
  const { d = '', x = '' } = createPrivateKey(pem).export({ format: 'jwk' });
  return Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]).toString('base64');
}

describe.each(rows)('$name', (row) => {
  const profile = profileOf(row.name);
  const credential = credentialFrom(profile, { keyId: KEY_ID, secret: 's3cret of it' });
  const cases = fc.record({
    shape: fc.constantFrom(...row.shapes),
    params: paramsOf(row.isPlain === true),
    nowMs: fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 }),
  });

  test('reads and verifies what ccxt makes, and makes the same', { timeout: 240_000 }, async () => {
    const clock = { nowMs: 0 };
    const venue = await venueOf(row, profile, clock);
    let nonces = 0;
    Object.assign(venue, { randomBytes: () => `${nonces}`.padStart(32, '0') });
    const property = fc.property(cases, ({ shape: [path, api, method], params, nowMs }) => {
      clock.nowMs = nowMs;
      nonces += 1;
      const made = venue.sign(path, api, method, { ...params });
      const received = withHost(made);
      const claim = profile.read(received);
      if (isMalformed(claim)) throw new Error(`${claim.malformed}: ${JSON.stringify(received)}`);
      expect(isRight(profile, claim, credential)).toBe(true);
      expect(claim.freshness).toEqual(freshnessOf(profile, nowMs));
      const unsigned = {
        method: received.method,
        path: received.path,
        body: received.body,
        host: received.headers.host as string,
        contentType: null,
      };
      const stamp = { nowUs: nowMs * 1_000, nonce: String(nonces), rising: nowMs, windowMs: row.windowMs ?? 0 };
      const { headers } = signWith(profile, unsigned, stamp, credential);
      if (headers.authorization === undefined) expect(received.headers).toMatchObject(headers);
      else {
        expectSameToken(headers.authorization, received.headers.authorization as string);
        // Both sign deterministically, so that even the signatures are the same.
        const algorithm = profile.keyKind === 'p256' ? 'ecdsa-p256-sha256' : 'ed25519';
        const ours = signatureBy(algorithm, claim.message, credential.privateKey);
        const theirs = Buffer.from(claim.signature, 'base64url');
        expect(theirs.equals(ours) || (profile.keyKind === 'p256' && theirs.equals(negated(ours)))).toBe(true);
      }
    });
    fc.assert(property, { numRuns: RUNS, seed: SEED });
  });
});

/** Of a request that ccxt makes at that instant; its stamps are whole seconds everywhere but at KuCoin. */
function freshnessOf({ name, freshness }: SigningProfile, nowMs: number): FreshnessClaim {
  const secondUs = Math.floor(nowMs / 1_000) * 1_000_000;
  if (freshness === 'window')
    return { rule: 'window', timestampUs: name === 'kucoin' ? nowMs * 1_000 : secondUs, windowUs: 0 };
  if (freshness !== 'expiry') return { rule: 'none' };
  // BitMEX's is good at the instant itself, and ccxt asks for five seconds.
  if (name === 'bitmex') return { rule: 'expiry', notBeforeUs: null, expiresUs: secondUs + 5_000_001 };
  return { rule: 'expiry', notBeforeUs: secondUs, expiresUs: secondUs + 120_000_000 };
}

/** The other signature of the same text: r and n - s. Of the two ccxt takes the one with the lower s. */
function negated(signature: Buffer): Buffer {
  const s = BigInt(`0x${signature.subarray(32).toString('hex')}`);
  const other = (P256_ORDER - s).toString(16).padStart(64, '0');
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(other, 'hex')]);
}

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function withHost(made: CcxtRequest): Received {
  const received = receivedFrom(made);
  return { ...received, headers: { ...received.headers, host: new URL(made.url).host } };
}

/** All but the nonce, which is drawn, and the signature over it. */
function expectSameToken(ours: string, theirs: string): void {
  const [mine, other] = [ours, theirs].map((field) => readToken(field.slice('Bearer '.length)));
  const { nonce: myNonce, ...myHeader } = mine?.header ?? {};
  const { nonce: otherNonce, ...otherHeader } = other?.header ?? {};
  expect(JSON.stringify(myHeader)).toBe(JSON.stringify(otherHeader));
  expect(JSON.stringify(mine?.claims)).toBe(JSON.stringify(other?.claims));
  expect([myNonce, otherNonce]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^.{32}$/)]);
}
