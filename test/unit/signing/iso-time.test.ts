/** Times as ISO 8601 has them, against the calendar of the language. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoOfMs, msOfIso } from '../../../harness/signing/fields/iso-time.js';

const MS_MAX = 253_402_300_799_999;

test('an instant is written as the language writes it, and read back', () => {
  const property = fc.property(fc.integer({ min: 0, max: MS_MAX }), (ms) => {
    const text = new Date(ms).toISOString();
    expect(isoOfMs(ms)).toBe(text);
    expect(msOfIso(text)).toBe(ms);
  });
  fc.assert(property, { numRuns: 5_000, seed: 20_260_728 });
});

test('every day of eight hundred years is written and read back', () => {
  for (let day = 0; day < 292_194; day += 1) {
    const ms = day * 86_400_000 + 86_399_999;
    const text = isoOfMs(ms);
    if (text !== new Date(ms).toISOString() || msOfIso(text) !== ms) expect.fail(text);
  }
});

test('what is no instant of four-digit years is an error of the caller', () => {
  for (const ms of [-1, 0.5, Number.NaN, MS_MAX + 1]) expect(() => isoOfMs(ms)).toThrow(RangeError);
  expect(isoOfMs(MS_MAX)).toBe('9999-12-31T23:59:59.999Z');
});
