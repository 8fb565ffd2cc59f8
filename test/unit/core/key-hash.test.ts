import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyHash } from '../../../harness/core/key-hash.js';
import type { HashSecret } from '../../../harness/core/spec.js';
import { halfSipVectors, plainHalfSip } from '../../support/half-sip-hash.js';

const LENGTH_MAX = 256;

function hexOf({ lo, hi }: KeyHash): string {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32LE(lo, 0);
  bytes.writeInt32LE(hi, 4);
  return bytes.toString('hex');
}

describe('the hash of a key', () => {
  test('is HalfSipHash: with the rounds of the published vectors it gives each of them', () => {
    expect(halfSipVectors).toHaveLength(64);
    const hash = new KeyHash([0x0302_0100, 0x0706_0504], { perWord: 2, atEnd: 4 });
    const bytes = Uint8Array.from({ length: 64 }, (_, index) => index);
    for (const [length, wanted] of halfSipVectors.entries()) {
      hash.ofBytes(bytes, 0, length, LENGTH_MAX);
      expect(hexOf(hash), `${length} bytes`).toBe(wanted);
    }
  });

  const words = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const secrets: fc.Arbitrary<HashSecret> = fc.tuple(words, words);
  const visible = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((unit) => String.fromCharCode(unit)) });

  test('is HalfSipHash-1-3 with 64 bits, the same of a text as of its bytes', () => {
    const texts = fc.oneof(
      visible,
      fc.string({ unit: fc.constantFrom('!', '~', 'a'), minLength: 250, maxLength: 256 }),
    );
    const property = fc.property(secrets, texts, fc.nat({ max: 5 }), (secret, text, offset) => {
      const hash = new KeyHash(secret);
      const bytes = Buffer.from(`${'x'.repeat(offset)}${text}y`, 'latin1');
      const wanted = plainHalfSip(Buffer.from(text, 'latin1'), secret, { perWord: 1, atEnd: 3 });
      expect(hash.ofText(text, LENGTH_MAX)).toBe(text !== '');
      expect([hash.lo >>> 0, hash.hi >>> 0]).toEqual(wanted);
      hash.lo = 0;
      expect(hash.ofBytes(bytes, offset, offset + text.length, LENGTH_MAX)).toBe(text !== '');
      expect([hash.lo >>> 0, hash.hi >>> 0]).toEqual(wanted);
    });
    fc.assert(property, { seed: 13, numRuns: 2000 });
  });

  const forms: { text: string; isFormed: boolean; because: string }[] = [
    { text: '', isFormed: false, because: 'it is empty' },
    { text: '!', isFormed: true, because: 'the first visible character' },
    { text: '~', isFormed: true, because: 'the last visible character' },
    { text: ' ', isFormed: false, because: 'a space is not visible' },
    { text: '\u007f', isFormed: false, because: 'DEL is not visible' },
    { text: 'abc\u0000', isFormed: false, because: 'a control character at the end of a word' },
    { text: 'abcd\u0130', isFormed: false, because: 'its low byte looks like 0, after a whole word' },
    { text: '\u0130bcd', isFormed: false, because: 'its low byte looks like 0, within a word' },
    { text: '\uffff', isFormed: false, because: 'the last code unit' },
    { text: '\ud800', isFormed: false, because: 'half a character' },
    { text: 'a'.repeat(8), isFormed: true, because: 'as long as it may be' },
    { text: 'a'.repeat(9), isFormed: false, because: 'one too long' },
  ];
  test.each(forms)('finds $text well formed: $isFormed, since $because', ({ text, isFormed }) => {
    expect(new KeyHash([1, 2]).ofText(text, 8)).toBe(isFormed);
    const bytes = Buffer.from(text, 'latin1');
    if ([...text].every((character) => character.charCodeAt(0) < 0x100)) {
      expect(new KeyHash([1, 2]).ofBytes(bytes, 0, bytes.length, 8)).toBe(isFormed);
    }
  });

  test('finds every character that is not visible, wherever it stands', () => {
    const hash = new KeyHash([1, 2]);
    for (let unit = 0; unit < 0x1_0000; unit += 1) {
      const character = String.fromCharCode(unit);
      const isVisible = unit >= 0x21 && unit <= 0x7e;
      for (const text of [character, `ab${character}d`, `abcd${character}`]) {
        if (hash.ofText(text, LENGTH_MAX) !== isVisible) expect.fail(`unit ${unit} in ${JSON.stringify(text)}`);
      }
    }
  });
});
