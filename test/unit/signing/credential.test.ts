/** Keys that are worked out from the one secret text of an account. */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { credentialFrom, secretText } from '../../../harness/signing/keys/credential.js';
import { isProof, proofOf } from '../../../harness/signing/keys/public-key-proof.js';
import { profileOf } from '../../../harness/signing/profiles.js';

const holder = { keyId: 'key-7', secret: 'a secret' };

describe('an Ed25519 key', () => {
  const credential = credentialFrom(profileOf('binance-ed25519'), holder);

  test('is the same whenever it is worked out, and another for another secret', () => {
    expect(credentialFrom(profileOf('binance-ed25519'), holder)).toEqual(credential);
    const other = credentialFrom(profileOf('binance-ed25519'), { ...holder, secret: 'another' });
    expect(other.publicKey).not.toBe(credential.publicKey);
    // SHA-256 of "a secret" as the seed of RFC 8032.
    expect(credential.privateKey).toContain('MC4CAQAwBQYDK2VwBCIEI');
  });

  test('signs what its public half verifies', () => {
    const signature = proofOf('ed25519', 'text', credential.privateKey);
    expect(isProof('ed25519', 'text', signature, credential.publicKey)).toBe(true);
    expect(
      verify(null, Buffer.from('text'), createPublicKey(credential.publicKey), Buffer.from(signature, 'base64')),
    ).toBe(true);
    expect(isProof('ed25519', 'texts', signature, credential.publicKey)).toBe(false);
  });

  test('has no text that clients are given beside the key itself', () => {
    expect(secretText(profileOf('binance-ed25519'), credential)).toBe('');
  });
});

describe('an RSA key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

  test('is given in PEM and kept as PKCS #8 with its public half', () => {
    const credential = credentialFrom(profileOf('bybit-rsa'), { keyId: 'k', secret: privateKey });
    expect(credential.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(credential.publicKey).toBe(publicKey);
    const signature = proofOf('rsa-v1_5-sha256', 'text', credential.privateKey);
    expect(isProof('rsa-v1_5-sha256', 'text', signature, publicKey)).toBe(true);
  });

  test('can not be worked out from a text', () => {
    const ed25519 = credentialFrom(profileOf('binance-ed25519'), holder).privateKey;
    for (const secret of ['a secret', '', publicKey, ed25519]) {
      expect(() => credentialFrom(profileOf('binance-rsa'), { keyId: 'k', secret })).toThrow(RangeError);
    }
  });
});

describe('a proof is none', () => {
  const { privateKey, publicKey } = credentialFrom(profileOf('binance-ed25519'), holder);
  const signature = proofOf('ed25519', 'text', privateKey);

  test.each([
    { because: 'a second spelling of its base64', change: signature.replace('==', '') },
    {
      because: 'bits that mean nothing',
      change: signature.replace(/(.)==$/, (_all, last: string) => `${next(last)}==`),
    },
    { because: 'another alphabet', change: Buffer.from(signature, 'base64').toString('base64url') },
    { because: 'nothing', change: '' },
    {
      because: 'a byte too many',
      change: Buffer.concat([Buffer.from(signature, 'base64'), Buffer.of(0)]).toString('base64'),
    },
  ])('when it has $because', ({ change }) => {
    expect(change).not.toBe(signature);
    expect(isProof('ed25519', 'text', change, publicKey)).toBe(false);
  });

  test('when the key is of another kind, or no key', () => {
    expect(isProof('rsa-v1_5-sha256', 'text', signature, publicKey)).toBe(false);
    expect(isProof('ed25519', 'text', signature, 'no key')).toBe(false);
    expect(() => proofOf('rsa-v1_5-sha256', 'text', privateKey)).toThrow(RangeError);
  });

  function next(sign: string): string {
    return String.fromCharCode(sign.charCodeAt(0) + 1);
  }
});

test('a base64 secret is given out in base64, and the bytes that sign are those of the text', () => {
  const credential = credentialFrom(profileOf('kraken'), holder);
  expect(secretText(profileOf('kraken'), credential)).toBe(Buffer.from('a secret').toString('base64'));
  expect(Buffer.from(credential.secret).toString()).toBe('a secret');
  expect(secretText(profileOf('binance'), credentialFrom(profileOf('binance'), holder))).toBe('a secret');
});
