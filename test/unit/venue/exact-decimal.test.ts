import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digitsOf, fixedText, productOf, textOf, unitsOf } from '../../../harness/venue/exact-decimal.js';

describe('decimals without a float', () => {
  it.each([
    ['0', '0.0', 0],
    ['12', '12.0', 0],
    ['0.1', '0.1', 1],
    ['0.00000001', '0.00000001', 8],
    ['65000.50', '65000.5', 1],
    ['999999999999.99999999', '999999999999.99999999', 8],
  ])('%s is written as %s, with %d digits that mean something', (text, written, digits) => {
    expect([textOf(unitsOf(text)), digitsOf(text)]).toEqual([written, digits]);
  });

  it('multiplies exactly what a float would not', () => {
    expect(textOf(productOf(unitsOf('0.1'), unitsOf('0.2')))).toBe('0.02');
    expect(textOf(productOf(unitsOf('65000.01'), unitsOf('0.0003')))).toBe('19.500003');
    expect(textOf(unitsOf('0.1') - unitsOf('0.35'))).toBe('-0.25');
  });

  it.each([
    ['12', 8, '12.00000000'],
    ['12.5', 2, '12.50'],
    ['12.567', 2, '12.56'],
    ['12.567', 0, '12'],
  ])('%s with %d digits is %s', (text, digits, fixed) => {
    expect(fixedText(text, digits)).toBe(fixed);
  });

  it('reads what it writes', () => {
    const units = fc.bigInt({ min: 0n, max: 10n ** 20n });
    fc.assert(
      fc.property(units, (value) => unitsOf(textOf(value)) === value),
      { seed: 7, numRuns: 500 },
    );
  });
});
