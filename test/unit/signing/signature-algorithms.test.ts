/** Public-key signatures against published vectors: RFC 6979, RFC 8032, and Wycheproof where FLOODPROOF_VECTORS leads to it. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { p256KeyFrom, p256Scalar, p256Sign } from '../../../harness/signing/keys/p256-key.js';
import { type SignatureAlgorithm, signatureBy, verifies } from '../../../harness/signing/keys/signature-algorithms.js';

const ED25519_DER_HEAD = '302a300506032b6570032100';

function pemOf(der: string): string {
  return createPublicKey({ key: Buffer.from(der, 'hex'), format: 'der', type: 'spki' })
    .export({ format: 'pem', type: 'spki' })
    .toString();
}

describe('ECDSA over P-256', () => {
  // RFC 6979, appendix A.2.5, with SHA-256.
  const scalar = 0xc9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721n;
  it.each([
    {
      text: 'sample',
      r: 'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716',
      s: 'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
    },
    {
      text: 'test',
      r: 'f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367',
      s: '019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083',
    },
  ])('signs $text as RFC 6979 does', ({ text, r, s }) => {
    expect(p256Sign(scalar, text).toString('hex')).toBe(r + s);
  });

  it('has a key for every text, whose signatures OpenSSL takes', () => {
    const property = fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 40 }), (secret, text) => {
      const { privateKey, publicKey } = p256KeyFrom(secret);
      expect(p256KeyFrom(secret)).toEqual({ privateKey, publicKey });
      const signature = signatureBy('ecdsa-p256-sha256', text, privateKey);
      expect(signature).toEqual(signatureBy('ecdsa-p256-sha256', text, privateKey));
      expect(signature).toHaveLength(64);
      expect(verifies('ecdsa-p256-sha256', text, signature, publicKey)).toBe(true);
      expect(verifies('ecdsa-p256-sha256', `${text}.`, signature, publicKey)).toBe(false);
    });
    fc.assert(property, { seed: 20_260_730, numRuns: 200 });
  });

  it('has another key for another text, and its scalar is that of the PEM', () => {
    const [one, two] = ['a', 'b'].map((secret) => p256Scalar(createPrivateKey(p256KeyFrom(secret).privateKey)));
    expect(one).not.toBe(two);
    // The scalar is 1 + SHA-256('a') mod (n - 1).
    expect(one?.toString(16)).toBe('ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bc');
  });

  it('takes r and s alone, never DER', () => {
    const { privateKey, publicKey } = p256KeyFrom('a');
    const der = sign('sha256', Buffer.from('x'), privateKey);
    expect(verifies('ecdsa-p256-sha256', 'x', der, publicKey)).toBe(false);
    expect(verifies('ecdsa-p256-sha256', 'x', Buffer.alloc(64), publicKey)).toBe(false);
    expect(verifies('ecdsa-p256-sha256', 'x', Buffer.alloc(0), publicKey)).toBe(false);
  });
});

describe('a key', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const ec384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const ed25519 = generateKeyPairSync('ed25519');
  const p256 = p256KeyFrom('a');
  const publicPem = { format: 'pem', type: 'spki' } as const;
  const privatePem = { format: 'pem', type: 'pkcs8' } as const;
  const publicOf: Readonly<Record<string, string>> = {
    rsa: rsa.publicKey.export(publicPem).toString(),
    ec384: ec384.publicKey.export(publicPem).toString(),
    ed25519: ed25519.publicKey.export(publicPem).toString(),
    p256: p256.publicKey,
  };
  const privateOf: Readonly<Record<string, string>> = {
    rsa: rsa.privateKey.export(privatePem).toString(),
    ec384: ec384.privateKey.export(privatePem).toString(),
    ed25519: ed25519.privateKey.export(privatePem).toString(),
    p256: p256.privateKey,
  };
  const own = { 'ecdsa-p256-sha256': 'p256', ed25519: 'ed25519', 'rsa-v1_5-sha256': 'rsa' } as const;

  it.each(Object.entries(own))('of %s is that of %s and no other', (name, kind) => {
    const algorithm = name as keyof typeof own;
    const signature = signatureBy(algorithm, 'x', privateOf[kind] as string);
    for (const [other, pem] of Object.entries(publicOf)) {
      expect(verifies(algorithm, 'x', signature, pem), other).toBe(other === kind);
    }
    for (const [other, pem] of Object.entries(privateOf)) {
      if (other !== kind) expect(() => signatureBy(algorithm, 'x', pem), other).toThrow(RangeError);
    }
    expect(verifies(algorithm, 'x', signature, '')).toBe(false);
    expect(verifies(algorithm, 'x', signature, 'no key')).toBe(false);
  });

  it('does not give its own name another meaning', () => {
    const signature = signatureBy('rsa-v1_5-sha256', 'x', privateOf.rsa as string);
    expect(verifies('rsa-pss-sha512', 'x', signature, publicOf.rsa as string)).toBe(false);
  });
});

const { FLOODPROOF_VECTORS } = process.env;
if (FLOODPROOF_VECTORS !== undefined) {
  interface Wycheproof {
    readonly testGroups: readonly {
      readonly publicKeyDer: string;
      readonly tests: readonly {
        readonly tcId: number;
        readonly comment: string;
        readonly msg: string;
        readonly sig: string;
        readonly result: 'valid' | 'invalid' | 'acceptable';
      }[];
    }[];
  }

  it.each([
    { file: 'ed25519_test.json', algorithm: 'ed25519', rows: 151 },
    { file: 'rsa_signature_2048_sha256_test.json', algorithm: 'rsa-v1_5-sha256', rows: 259 },
  ] satisfies { file: string; algorithm: SignatureAlgorithm; rows: number }[])(
    'every row of $file has the verdict that it must have',
    ({ file, algorithm, rows }) => {
      const path = join(FLOODPROOF_VECTORS, 'wycheproof', file);
      const { testGroups } = JSON.parse(readFileSync(path, 'utf8')) as Wycheproof;
      let seen = 0;
      for (const { publicKeyDer, tests } of testGroups) {
        const pem = pemOf(publicKeyDer);
        for (const { tcId, comment, msg, sig, result } of tests) {
          seen += 1;
          const verdict = verifies(algorithm, Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex'), pem);
          // An acceptable one may go either way: a missing NULL in the digest's name. OpenSSL refuses it.
          expect(verdict, `test case ${tcId}: ${comment}`).toBe(result === 'valid');
        }
      }
      expect(seen).toBe(rows);
    },
  );
}

describe('Ed25519', () => {
  it('signs and verifies test 2 of RFC 8032, section 7.1', () => {
    const pem = pemOf(`${ED25519_DER_HEAD}3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c`);
    const seed = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
    const key = createPrivateKey({
      key: Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'),
      format: 'der',
      type: 'pkcs8',
    });
    const signature =
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
    const made = signatureBy('ed25519', 'r', key.export({ format: 'pem', type: 'pkcs8' }).toString());
    expect(made.toString('hex')).toBe(signature);
    expect(verifies('ed25519', 'r', made, pem)).toBe(true);
  });
});
