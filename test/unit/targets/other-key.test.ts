import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../../../harness/signing/profiles.js';
import { type Holder, nobody } from '../../../harness/targets/http/adapted/holders.js';
import { otherPrivateKey, withOtherSecret } from '../../../harness/targets/http/adapted/other-key.js';
import { credentialOf, ProfileSigner } from '../../../harness/targets/http/adapted/request-signer.js';

const text = Buffer.from('one text');
const signed = (key: KeyObject): Buffer => sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', text, key);
const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' = 'pkcs8'): string => key.export({ format: 'pem', type }) as string;

describe('a private key in place of another', () => {
  it.each([
    { kind: 'Ed25519', key: generateKeyPairSync('ed25519').privateKey, details: {} },
    {
      kind: 'P-256',
      key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
      details: { namedCurve: 'prime256v1' },
    },
    {
      kind: 'P-384',
      key: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
      details: { namedCurve: 'secp384r1' },
    },
    {
      kind: 'RSA',
      key: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey,
      details: { modulusLength: 1024 },
    },
  ])('is of the same kind ($kind), and its signatures are not the other’s', ({ key, details }) => {
    const other = createPrivateKey(otherPrivateKey(pem(key)));
    expect(other.asymmetricKeyType).toBe(key.asymmetricKeyType);
    expect(other.asymmetricKeyDetails).toMatchObject(details);
    const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
    expect(verify(hash, text, createPublicKey(key), signed(key))).toBe(true);
    expect(verify(hash, text, createPublicKey(key), signed(other))).toBe(false);
  });

  it('is found where line breaks are written out, and of other forms; what is no key stays as it is', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const written = pem(privateKey, 'sec1').replaceAll('\n', '\\n');
    expect(createPrivateKey(otherPrivateKey(written)).asymmetricKeyType).toBe('ec');
    expect(otherPrivateKey('')).toBe('');
    expect(otherPrivateKey('no key')).toBe('no key');
  });

  it('changes secret and token too, and nothing else', () => {
    const holder: Holder = { ...nobody, keyId: 'k', secret: 's', token: 't', passphrase: 'p', account: 'a' };
    const other = withOtherSecret(holder);
    expect(other).toMatchObject({ keyId: 'k', passphrase: 'p', account: 'a', privateKey: '' });
    expect([other.secret, other.token]).not.toContain('s');
    expect(other.token).not.toBe('t');
  });
});

describe('a profile that signs with a private key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const holder: Holder = { ...nobody, keyId: 'organizations/1/apiKeys/2', privateKey: pem(privateKey) };
  const signer = new ProfileSigner(profileOf('coinbase-advanced'), false, () => null);
  const request = { method: 'GET', path: '/api/accounts', body: '', host: 'api.example', contentType: null };
  const stamp = { nowUs: 1_700_000_000_000_000, nonce: 'n-1', rising: 7, windowMs: 5000 };
  const isRight = (authorization: string): boolean => {
    const [head = '', claims = '', mac = ''] = authorization.replace('Bearer ', '').split('.');
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    return verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(mac, 'base64url'));
  };

  it('is spoiled by another key, and signs rightly before and after', () => {
    const tamper = { kind: 'bit-flip', seed: 1, otherKeyId: '' } as const;
    const made = [null, tamper, null].map(
      (one) => signer.sign(request, stamp, holder, one).headers.authorization ?? '',
    );
    expect(made.map(isRight)).toEqual([true, false, true]);
  });
});

describe('a key under a profile', () => {
  const bytes = Buffer.from('0123456789abcdef0123456789abcdef');

  it('is the secret as the venue hands it out, base64 where it does, and made of the seed’s text else', () => {
    const kraken = profileOf('kraken');
    const given: Holder = { ...nobody, keyId: 'k', secret: bytes.toString('base64') };
    expect(Buffer.from(credentialOf(kraken, given, false).secret)).toEqual(bytes);
    expect(Buffer.from(credentialOf(kraken, given, true).secret).toString()).toBe(given.secret);
    expect(Buffer.from(credentialOf(profileOf('binance'), given, false).secret).toString()).toBe(given.secret);
  });

  it('is another’s where the request is signed by another’s', () => {
    const mine: Holder = { ...nobody, keyId: 'mine', secret: 'secret-of-mine' };
    const other: Holder = { ...nobody, keyId: 'other', secret: 'secret-of-other' };
    const signer = new ProfileSigner(profileOf('hmac-lines'), false, (keyId) => (keyId === 'other' ? other : null));
    const request = { method: 'GET', path: '/v1/account', body: '', host: 'api.example', contentType: null };
    const stamp = { nowUs: 1_700_000_000_000_000, nonce: 'n-1', rising: 7, windowMs: 5000 };
    const tamper = (otherKeyId: string) => ({ kind: 'other-key', seed: 1, otherKeyId }) as const;
    const macOf = (holder: Holder, one: Parameters<typeof signer.sign>[3]): string | undefined =>
      signer.sign(request, stamp, holder, one).headers['x-signature'];
    expect(macOf(mine, tamper('other'))).not.toBe(macOf(mine, null));
    expect(macOf(mine, tamper('other'))).not.toBe(macOf(mine, tamper('nobody')));
  });
});
