import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignatureReader } from '../../../harness/core/signature-form.js';

const lengths = [32, 48, 64];
const forms = lengths.flatMap((byteLength) => [
  { encoding: 'hex' as const, byteLength },
  { encoding: 'base64' as const, byteLength },
]);

describe.each(forms)('$encoding of $byteLength bytes', ({ encoding, byteLength }) => {
  const reader = new SignatureReader(encoding, byteLength);
  const anyBytes = fc.uint8Array({ minLength: byteLength, maxLength: byteLength });

  test('is read back as it was written', () => {
    const property = fc.property(anyBytes, (bytes) => {
      expect(reader.read(Buffer.from(bytes).toString(encoding))).toBe(true);
      expect([...reader.bytes]).toEqual([...bytes]);
    });
    fc.assert(property, { seed: 5, numRuns: 300 });
  });

  test('has one spelling, but for the case of hex digits: any other character anywhere is refused or read as other bytes', () => {
    const right = Buffer.from(Uint8Array.from({ length: byteLength }, (_, index) => (index * 151) ^ 0xe7));
    const text = right.toString(encoding);
    for (let place = 0; place < text.length; place += 1) {
      for (let unit = 0; unit < 0x200; unit += 1) {
        const character = String.fromCharCode(unit);
        const other = text.slice(0, place) + character + text.slice(place + 1);
        if (other === text || (encoding === 'hex' && other.toLowerCase() === text)) continue;
        if (reader.read(other) && right.equals(reader.bytes)) expect.fail(`${JSON.stringify(character)} at ${place}`);
      }
    }
  });

  test('of another length is refused', () => {
    const text = Buffer.alloc(byteLength, 0x5a).toString(encoding);
    for (const other of ['', text.slice(1), text.slice(0, -1), `${text}0`, `${text}=`, ` ${text}`, `${text}\n`]) {
      expect(reader.read(other), JSON.stringify(other)).toBe(false);
    }
  });

  test('is read as Node reads it, wherever it is read at all', () => {
    const units = fc.constantFrom(...'0aAfFgGzZ9+/=-_ \n\u0130\u0161');
    const texts = fc.string({ unit: units, minLength: 2 * byteLength, maxLength: 2 * byteLength });
    const property = fc.property(texts, anyBytes, (noise, bytes) => {
      const whole = Buffer.from(bytes).toString(encoding);
      const text = whole.slice(0, -4) + noise.slice(0, 4);
      if (reader.read(text)) expect(Buffer.from(text, encoding).equals(reader.bytes)).toBe(true);
    });
    fc.assert(property, { seed: 6, numRuns: 2000 });
  });
});

describe('base64', () => {
  const reader = new SignatureReader('base64', 32);
  const zeros = 'A'.repeat(43);
  const rows = [
    { text: `${zeros}=`, isRead: true, because: 'this is how 32 zeros are written' },
    { text: zeros, isRead: false, because: 'padding is missing' },
    { text: `${zeros.slice(1)}==`, isRead: false, because: 'there is too much padding' },
    { text: `${zeros.slice(1)}B=`, isRead: false, because: 'the last unused bit is set' },
    { text: `${zeros.slice(1)}C=`, isRead: false, because: 'the other unused bit is set' },
    { text: `${zeros.slice(1)}E=`, isRead: true, because: 'the last used bit may be set' },
    { text: `-${zeros.slice(1)}=`, isRead: false, because: '- is of the alphabet for URLs' },
    { text: `_${zeros.slice(1)}=`, isRead: false, because: '_ is of the alphabet for URLs' },
    { text: `+/${zeros.slice(2)}=`, isRead: true, because: '+ and / are of the standard alphabet' },
    { text: `=${zeros}`, isRead: false, because: 'padding stands at the end' },
    { text: `${zeros.slice(1)}==`, isRead: false, because: 'padding stands in the place of a character' },
  ];
  test.each(rows)('$text is read: $isRead, since $because', ({ text, isRead }) => {
    expect(reader.read(text)).toBe(isRead);
  });

  test('with two characters of padding has four unused bits', () => {
    const long = new SignatureReader('base64', 64);
    const start = 'A'.repeat(85);
    const read = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].filter((last) =>
      long.read(`${start}${last}==`),
    );
    expect(read.join('')).toBe('AQgw');
    expect(long.read(`${start}A=A`)).toBe(false);
    expect(long.read(`${start}AA=`)).toBe(false);
  });
});
