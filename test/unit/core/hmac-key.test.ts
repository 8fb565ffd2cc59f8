import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HmacKey, hmacSha256 } from '../../../harness/core/hmac-key.js';

/** The reference: what Node's own HMAC says. */
function reference(secret: Uint8Array, message: string | Uint8Array): string {
  // Text as the UTF-8 that a server receives, so that a lone surrogate is U+FFFD on both sides.
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message;
  return createHmac('sha256', secret).update(bytes).digest('hex');
}

/** Around a block of 64 bytes lie the lengths at which a key is padded, whole, or hashed first. */
const secrets = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 200 }),
  fc.uint8Array({ minLength: 63, maxLength: 66 }),
);
const texts = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 400 });
const messages = fc.oneof(texts, fc.string({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }));

describe('an HMAC key', () => {
  test('gives what createHmac gives, for keys and messages of any length and lone surrogates', () => {
    fc.assert(
      fc.property(secrets, fc.array(messages, { minLength: 1, maxLength: 5 }), (secret, list) => {
        const key = new HmacKey(secret);
        for (const message of list) {
          const wanted = reference(secret, message);
          expect(key.macHex(message)).toBe(wanted);
          expect(Buffer.from(hmacSha256(secret, message)).toString('hex')).toBe(wanted);
          expect(key.isMac(message, wanted)).toBe(true);
          expect(key.isMac(message, wanted.toUpperCase())).toBe(true);
        }
      }),
      { seed: 4231, numRuns: 400 },
    );
  });

  test('refuses a signature that differs in any one bit', () => {
    const key = new HmacKey(Buffer.from('secret'));
    const right = Buffer.from(key.macHex('message'), 'hex');
    for (let bit = 0; bit < 256; bit++) {
      const wrong = Buffer.from(right);
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(key.isMac('message', wrong.toString('hex')), `bit ${bit}`).toBe(false);
    }
    expect(key.isMac('message', right.toString('hex'))).toBe(true);
  });

  test.each([
    { message: 'x'.repeat(5461), because: 'the longest text that is sure to fit' },
    { message: 'x'.repeat(5462), because: 'a text that might not fit' },
    { message: '\u20ac'.repeat(5461), because: 'three bytes for each of its characters, and it fits' },
    { message: '\u20ac'.repeat(50_000), because: 'a text that does not fit' },
    { message: new Uint8Array(16_384).fill(7), because: 'the most bytes that fit' },
    { message: new Uint8Array(16_385).fill(7), because: 'one byte more' },
    { message: '\ud800'.repeat(6000), because: 'surrogates alone, each three bytes' },
  ])('is right at the bound of its scratch space: $because', ({ message }) => {
    const secret = Buffer.from('secret');
    expect(new HmacKey(secret).macHex(message)).toBe(reference(secret, message));
  });

  test('keeps keys apart that are used by turns, with messages that get shorter', () => {
    const keys = ['a', 'b', 'c'.repeat(100)].map((text) => ({ text, key: new HmacKey(Buffer.from(text)) }));
    for (let length = 300; length >= 0; length -= 7) {
      for (const { text, key } of keys) {
        const message = 'm'.repeat(length);
        expect(key.macHex(message)).toBe(reference(Buffer.from(text), message));
      }
    }
  });

  test('is not changed when the bytes of its secret are afterwards', () => {
    const secret = Buffer.from('secret');
    const key = new HmacKey(secret);
    secret.fill(0);
    expect(key.macHex('m')).toBe(reference(Buffer.from('secret'), 'm'));
  });
});
