import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HashName, HmacKey, hmacSha256 } from '../../../harness/core/hmac-key.js';

/** The reference: what Node's own HMAC says. */
function reference(hash: HashName, secret: Uint8Array, message: string | Uint8Array): Buffer {
  // Text as the UTF-8 that a server receives, so that a lone surrogate is U+FFFD on both sides.
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message;
  return createHmac(hash, secret).update(bytes).digest();
}

/** Around a block of 64 or 128 bytes lie the lengths at which a key is padded, whole, or hashed first. */
const secrets = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 200 }),
  fc.uint8Array({ minLength: 63, maxLength: 66 }),
  fc.uint8Array({ minLength: 127, maxLength: 130 }),
);
const texts = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 400 });
const messages = fc.oneof(texts, fc.string({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }));
const hashes: readonly HashName[] = ['sha256', 'sha384', 'sha512'];

describe.each(hashes)('an HMAC key for %s', (hash) => {
  test('gives what createHmac gives, for keys and messages of any length and lone surrogates', () => {
    fc.assert(
      fc.property(secrets, fc.array(messages, { minLength: 1, maxLength: 5 }), (secret, list) => {
        const key = new HmacKey(secret, hash);
        for (const message of list) {
          const wanted = reference(hash, secret, message);
          expect(key.mac(message, 'hex')).toBe(wanted.toString('hex'));
          expect(key.mac(message, 'base64')).toBe(wanted.toString('base64'));
          expect(key.isMac(message, wanted)).toBe(true);
        }
      }),
      { seed: 4231, numRuns: 300 },
    );
  });

  test('refuses a signature that differs in any one bit', () => {
    const key = new HmacKey(Buffer.from('secret'), hash);
    const right = Buffer.from(key.mac('message', 'hex'), 'hex');
    for (let bit = 0; bit < 8 * right.length; bit++) {
      const wrong = Buffer.from(right);
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(key.isMac('message', wrong), `bit ${bit}`).toBe(false);
    }
    expect(key.isMac('message', right)).toBe(true);
  });

  test.each([
    { message: 'x'.repeat(5461), because: 'the longest text that is sure to fit' },
    { message: 'x'.repeat(5462), because: 'a text that might not fit' },
    { message: '\u20ac'.repeat(5461), because: 'three bytes for each of its characters, and it fits' },
    { message: '\u20ac'.repeat(50_000), because: 'a text that does not fit' },
    { message: new Uint8Array(16_384).fill(7), because: 'the most bytes that fit' },
    { message: new Uint8Array(16_385).fill(7), because: 'one byte more' },
    { message: '\ud800'.repeat(6000), because: 'surrogates alone, each three bytes' },
    { message: 'x'.repeat(1984), because: 'around the longest head that is kept' },
    { message: 'x'.repeat(1985), because: 'around the longest head that is kept' },
  ])('is right at the bound of its scratch space: $because', ({ message }) => {
    const secret = Buffer.from('secret');
    expect(new HmacKey(secret, hash).mac(message, 'hex')).toBe(reference(hash, secret, message).toString('hex'));
  });

  test('keeps keys apart that are used by turns, with messages that get shorter', () => {
    const keys = ['a', 'b', 'c'.repeat(100)].map((text) => ({ text, key: new HmacKey(Buffer.from(text), hash) }));
    for (let length = 300; length >= 0; length -= 7) {
      for (const { text, key } of keys) {
        const message = 'm'.repeat(length);
        expect(key.mac(message, 'hex')).toBe(reference(hash, Buffer.from(text), message).toString('hex'));
      }
    }
  });

  test('is not changed when the bytes of its secret are afterwards', () => {
    const secret = Buffer.from('secret');
    const key = new HmacKey(secret, hash);
    secret.fill(0);
    expect(key.mac('m', 'hex')).toBe(reference(hash, Buffer.from('secret'), 'm').toString('hex'));
  });
});

test('keys of different hashes can be used by turns', () => {
  const keys = hashes.map((hash) => ({ hash, key: new HmacKey(Buffer.from('secret'), hash) }));
  for (const { hash, key } of [...keys, ...keys.toReversed(), ...keys]) {
    expect(key.mac('message', 'hex')).toBe(reference(hash, Buffer.from('secret'), 'message').toString('hex'));
  }
});

test('the MAC of one message is that of SHA-256', () => {
  const secret = Buffer.from('secret');
  expect(hmacSha256(secret, 'message')).toEqual(reference('sha256', secret, 'message'));
});
