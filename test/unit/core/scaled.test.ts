import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ceilScaled } from '../../../harness/core/scaled.js';

const sizes = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2 ** 52 }));

test('a part of a whole is brought to another scale and rounded up, however large both are', () => {
  const property = fc.property(sizes, sizes, fc.double({ min: 0, max: 1, noNaN: true }), (to, from, share) => {
    const part = Math.min(from - 1, Math.floor(from * share));
    const exact = (BigInt(part) * BigInt(to) + BigInt(from) - 1n) / BigInt(from);
    expect(BigInt(ceilScaled(part, to, from))).toBe(exact);
  });
  fc.assert(property, { seed: 9, numRuns: 20_000 });
  const largest = 2 ** 52;
  expect(ceilScaled(largest - 1, largest, largest)).toBe(largest - 1);
  expect(ceilScaled(largest - 1, largest - 1, largest)).toBe(largest - 1);
  expect(ceilScaled(1, 1, largest)).toBe(1);
  expect(ceilScaled(0, largest, largest)).toBe(0);
});
