import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../harness/scenario/durations.js';

const range = { minUs: 1, maxUs: 864_000_000_000 };

describe('parseDuration', () => {
  it.each([
    ['250us', 250],
    ['500ms', 500_000],
    ['1.5s', 1_500_000],
    ['0.000001s', 1],
    ['20s', 20_000_000],
    ['5min', 300_000_000],
    ['5 min', 300_000_000],
    [' 2h ', 7_200_000_000],
    ['1d', 86_400_000_000],
    ['1440min', 86_400_000_000],
  ])('reads %s as %d microseconds', (text, us) => {
    expect(parseDuration(text, range)).toEqual({ ok: true, value: us });
  });

  it.each([
    { input: 5, hint: 'write the unit, for example "5s"', because: 'a bare number has no unit' },
    { input: '10 sec', hint: 'write "10s"', because: 'units have one spelling' },
    { input: '10 Seconds', hint: 'write "10s"', because: 'a misspelling has no case' },
    { input: '5m', hint: '"m" could be minutes or milliseconds: write "5min" or "5ms"', because: 'm is ambiguous' },
    { input: '1.5hours', hint: 'write "1.5h"', because: 'the number is kept' },
    { input: '5S', hint: 'units are lower-case: write "5s"', because: 'units are lower-case' },
    { input: '3 fortnights', hint: 'there is no unit "fortnights": use us, ms, s, min, h or d', because: 'it is none' },
    { input: 'soon', because: 'there is no number' },
    { input: '', because: 'it is empty' },
    { input: '1e3s', because: 'an exponent is no unit' },
    { input: '1h30min', because: 'a duration has one unit' },
    { input: 'Infinitys', because: 'infinity is no number of seconds' },
    { input: Number.NaN, because: 'NaN is no duration' },
    { input: Number.POSITIVE_INFINITY, because: 'infinity is no duration' },
    { input: true, because: 'a boolean is no duration' },
    { input: null, because: 'nothing is no duration' },
    { input: ['1s'], because: 'a list is no duration' },
  ])('refuses $input: $because', ({ input, hint }) => {
    const parsed = parseDuration(input, range);
    expect(parsed).toMatchObject({ ok: false, complaint: { code: 'FP_DURATION_INVALID' } });
    if (hint !== undefined) expect(parsed).toMatchObject({ complaint: { hint } });
  });

  it.each([
    { input: '0s', because: 'it is below the range' },
    { input: '-5s', because: 'it is negative' },
    { input: '0.5us', because: 'a microsecond is never cut' },
    { input: '0.0000001s', because: 'seven digits are finer than a microsecond' },
    { input: '11d', because: 'it is above the range' },
    { input: '999999999999999d', because: 'it is above 2^53 microseconds' },
  ])('refuses $input: $because', ({ input }) => {
    expect(parseDuration(input, range).ok).toBe(false);
  });

  it('takes both ends of its range and nothing beyond', () => {
    const narrow = { minUs: 1_000, maxUs: 2_000 };
    expect(['999us', '1ms', '2ms', '2001us'].map((text) => parseDuration(text, narrow).ok)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('reads a hostile text without going back over it', () => {
    expect(parseDuration('1'.repeat(1_000_000), range).ok).toBe(false);
    expect(parseDuration(`1${' '.repeat(1_000_000)}s`, range).ok).toBe(false);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [1, '1us'],
    [1_500, '1500us'],
    [1_500_000, '1500ms'],
    [90_000_000, '90s'],
    [60_000_000, '1min'],
    [86_400_000_000, '1d'],
  ])('writes %d microseconds as %s', (us, text) => {
    expect(formatDuration(us)).toBe(text);
  });

  it('writes what parseDuration reads back', () => {
    for (const us of [1, 7, 999, 1_000, 123_456, 60_000_000, 61_000_000, 3_600_000_000, 86_400_000_001]) {
      expect(parseDuration(formatDuration(us), range)).toEqual({ ok: true, value: us });
    }
  });
});
