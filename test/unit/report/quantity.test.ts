import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatCells,
  formatCount,
  formatDurationMs,
  formatDurationUs,
  formatInterval,
  formatMeasured,
  formatMoment,
  formatPerSecond,
  formatRatio,
} from '../../../harness/report/quantity.js';
import { metricTable } from '../../../harness/scenario/metrics.js';

describe('formatCount', () => {
  test.each([
    { value: 0, text: '0', because: 'nothing is 0' },
    { value: -0, text: '0', because: 'a negative zero is no number for people' },
    { value: 999, text: '999', because: 'three digits need no separator' },
    { value: 1_000, text: '1,000', because: 'four digits need one' },
    { value: 1_234_567, text: '1,234,567', because: 'every three digits are set apart' },
    { value: -1_234, text: '-1,234', because: 'the sign is no digit' },
    { value: 2 ** 53, text: '9,007,199,254,740,992', because: 'large counts stay exact' },
    { value: 1e21, text: '1,000,000,000,000,000,000,000', because: 'no exponent is shown' },
    { value: 1.23456, text: '1.235', because: 'a fraction keeps four significant digits' },
    { value: 12_345.6, text: '12,346', because: 'the fraction of a large number is rounded off, not its digits' },
    { value: 0.000_000_123, text: '0.000000123', because: 'a small fraction is not 0' },
  ])('$value is "$text" because $because', ({ value, text }) => {
    expect(formatCount(value)).toBe(text);
  });
});

describe('formatDurationUs', () => {
  test.each([
    { us: 0, text: '0 ms', because: 'nothing has no finer unit' },
    { us: 0.5, text: '0.5 us', because: 'less than a microsecond is not nothing' },
    { us: 250, text: '250 us', because: 'below a millisecond it is microseconds' },
    { us: 999.96, text: '1 ms', because: 'the unit is chosen after rounding' },
    { us: 12_345, text: '12.35 ms', because: 'four digits are enough' },
    { us: 999_960, text: '1 s', because: 'the unit is chosen after rounding' },
    { us: 1_500_000, text: '1.5 s', because: 'zeros at the end say nothing' },
    { us: 59_999_000, text: '1 min', because: '60 s is a minute' },
    { us: 125_000_000, text: '2 min 5 s', because: 'minutes are no decimal fraction' },
    { us: 3_599_900_000, text: '1 h', because: '60 min is an hour' },
    { us: 12_000_000_000, text: '3 h 20 min', because: 'hours need no seconds' },
    { us: -2_500, text: '-2.5 ms', because: 'the sign comes first' },
    { us: Number.POSITIVE_INFINITY, text: 'never', because: 'an infinite time never ends' },
  ])('$us us is "$text" because $because', ({ us, text }) => {
    expect(formatDurationUs(us)).toBe(text);
  });

  test('milliseconds say the same as a thousand times as many microseconds', () => {
    expect(formatDurationMs(12.345)).toBe(formatDurationUs(12_345));
  });

  test('fewer digits may be asked for', () => {
    expect(formatDurationMs(12.345, 3)).toBe('12.3 ms');
  });
});

describe('formatRatio', () => {
  test.each([
    { ratio: 0, text: '0 %', because: 'none is none' },
    { ratio: 0.001, text: '0.1 %', because: 'a ratio is shown in percent' },
    { ratio: 1, text: '100 %', because: 'all is all' },
    { ratio: 0.999_999_9, text: '99.99999 %', because: 'almost all is not all' },
    { ratio: 1.000_01, text: '100.001 %', because: 'a little more than all is not all either' },
    { ratio: 0.000_000_1, text: '0.00001 %', because: 'almost none is not none' },
    { ratio: 2.5, text: '250 %', because: 'a ratio may be above 1' },
  ])('$ratio is "$text" because $because', ({ ratio, text }) => {
    expect(formatRatio(ratio)).toBe(text);
  });

  test('only 0 is shown as 0 % and only 1 as 100 %', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (ratio) => {
        expect(['0 %', '100 %']).not.toContain(formatRatio(ratio));
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });
});

describe('formatMeasured', () => {
  test.each([
    { value: 0.001, unit: 'ratio', text: '0.1 %' },
    { value: 50_000, unit: 'us', text: '50 ms' },
    { value: 1, unit: 'cells', text: '1 cell' },
    { value: 1_200, unit: 'cells', text: '1,200 cells' },
    { value: 1_200, unit: 'count', text: '1,200' },
    { value: 12.34, unit: 'perSecond', text: '12.34/s' },
    { value: 3, unit: 'furlongs', text: '3 furlongs' },
    { value: null, unit: 'us', text: 'cannot be told' },
    { value: 'infinite', unit: 'us', text: 'never' },
  ] as const)('$value in $unit is "$text"', ({ value, unit, text }) => {
    expect(formatMeasured(value, unit)).toBe(text);
  });

  test('every unit of the metric table has a form of its own', () => {
    const units = new Set(Object.values(metricTable).map((row) => row.unit));
    expect(new Set([...units].map((unit) => formatMeasured(5, unit)))).toEqual(
      new Set(['5', '5 cells', '500 %', '5 us', '5/s']),
    );
  });
});

test('an interval has both ends in the unit, and one that is missing is empty', () => {
  expect(formatInterval([0, 0.0031], 'ratio')).toBe('[0 %, 0.31 %]');
  expect(formatInterval(null, 'ratio')).toBe('');
});

test('a moment is told to the microsecond', () => {
  expect(formatMoment(25_123.456)).toBe('25,123.456 ms');
  expect(formatMoment(2_000)).toBe('2,000 ms');
  expect(formatMoment(-1.5)).toBe('-1.5 ms');
});

test('what never happened is called so in every unit', () => {
  const never = Number.POSITIVE_INFINITY;
  expect([formatCount, formatCells, formatRatio, formatPerSecond, formatMoment].map((format) => format(never))).toEqual(
    Array.from({ length: 5 }, () => 'never'),
  );
});
