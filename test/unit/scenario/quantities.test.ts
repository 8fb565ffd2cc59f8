import { describe, expect, it } from 'vitest';
import { formatRatio, parseCount, parseRatio } from '../../../harness/scenario/numbers.js';
import { parseArrivalRate, parseCellRate } from '../../../harness/scenario/rates.js';

describe('parseCellRate', () => {
  it.each([
    ['60/s', { cells: 60, periodUs: 1_000_000 }],
    ['5 per 1s', { cells: 5, periodUs: 1_000_000 }],
    ['7 per 3s', { cells: 7, periodUs: 3_000_000 }],
    ['160000 per 1d', { cells: 160_000, periodUs: 86_400_000_000 }],
    ['200/min', { cells: 200, periodUs: 60_000_000 }],
    ['6000 / min', { cells: 6_000, periodUs: 60_000_000 }],
    ['1 per 333us', { cells: 1, periodUs: 333 }],
    ['2147483647/s', { cells: 2_147_483_647, periodUs: 1_000_000 }],
  ])('reads %s exactly', (text, rate) => {
    expect(parseCellRate(text)).toEqual({ ok: true, value: rate });
  });

  it.each([
    { input: -5, code: 'FP_RATE_NOT_POSITIVE', because: 'it is negative' },
    { input: 0, code: 'FP_RATE_NOT_POSITIVE', because: 'zero never comes back' },
    { input: '0 per 1s', code: 'FP_RATE_NOT_POSITIVE', because: 'zero never comes back, whatever the period' },
    { input: '-1/s', code: 'FP_RATE_NOT_POSITIVE', because: 'it is negative' },
    { input: 60, code: 'FP_RATE_INVALID', because: 'it has no period' },
    { input: '60', code: 'FP_RATE_INVALID', because: 'it has no period' },
    { input: '60/sec', code: 'FP_RATE_INVALID', because: 'units have one spelling' },
    { input: '5 per 1m', code: 'FP_RATE_INVALID', because: 'm is ambiguous' },
    { input: '5 per 0s', code: 'FP_RATE_INVALID', because: 'a period of nothing is no period' },
    { input: '5/3s', code: 'FP_RATE_INVALID', because: 'behind the slash stands one unit' },
    { input: '0.5/s', code: 'FP_RATE_INVALID', because: 'cells are whole' },
    { input: Number.NaN, code: 'FP_RATE_INVALID', because: 'NaN is no rate' },
    { input: Number.POSITIVE_INFINITY, code: 'FP_RATE_INVALID', because: 'infinity would switch the limit off' },
    { input: Number.NEGATIVE_INFINITY, code: 'FP_RATE_NOT_POSITIVE', because: 'it is below 0' },
    { input: '2147483648/s', code: 'FP_RATE_RANGE', because: 'cells are at most 2^31 - 1' },
    { input: '5 per 3661d', code: 'FP_RATE_INVALID', because: 'the period is longer than the horizon' },
    { input: null, code: 'FP_RATE_INVALID', because: 'nothing is no rate' },
  ])('refuses $input: $because', ({ input, code }) => {
    expect(parseCellRate(input)).toMatchObject({ ok: false, complaint: { code } });
  });

  it('says how to write half a cell', () => {
    expect(parseCellRate('0.5/s')).toMatchObject({
      complaint: { hint: 'write whole cells over a longer period, for example "1 per 2s" instead of "0.5 per 1s"' },
    });
  });
});

describe('parseArrivalRate', () => {
  it.each([
    ['60/s', 60],
    ['0.5/s', 0.5],
    ['30/min', 0.5],
    ['5 per 10s', 0.5],
    ['1000000/s', 1_000_000],
    ['1 per 366d', 1 / (366 * 86_400)],
  ])('reads %s as %d arrivals per second', (text, perSecond) => {
    expect(parseArrivalRate(text)).toEqual({ ok: true, value: perSecond });
  });

  it.each([
    { input: '1000001/s', code: 'FP_RATE_RANGE', because: 'no generator sends that much' },
    { input: '1 per 367d', code: 'FP_RATE_RANGE', because: 'no run is that long' },
    { input: '0/s', code: 'FP_RATE_NOT_POSITIVE', because: 'an actor that sends nothing is left out' },
    { input: 60, code: 'FP_RATE_INVALID', because: 'it has no period' },
  ])('refuses $input: $because', ({ input, code }) => {
    expect(parseArrivalRate(input)).toMatchObject({ ok: false, complaint: { code } });
  });
});

describe('parseRatio', () => {
  it.each([
    ['0.1%', 0.001],
    ['100%', 1],
    ['50 %', 0.5],
    [0.25, 0.25],
    [0, 0],
    [1, 1],
  ])('reads %s as %d', (input, ratio) => {
    expect(parseRatio(input)).toEqual({ ok: true, value: ratio });
  });

  it.each([
    { input: 10, hint: 'write "10%"', because: 'the percent sign was forgotten' },
    { input: '101%', because: 'it is more than the whole' },
    { input: -0.1, because: 'it is negative' },
    { input: '0.1', because: 'a text needs its percent sign' },
    { input: Number.NaN, because: 'NaN is no ratio' },
    { input: Number.POSITIVE_INFINITY, because: 'infinity is no ratio' },
  ])('refuses $input: $because', ({ input, hint }) => {
    const parsed = parseRatio(input);
    expect(parsed).toMatchObject({ ok: false, complaint: { code: 'FP_RATIO_INVALID' } });
    if (hint !== undefined) expect(parsed).toMatchObject({ complaint: { hint } });
  });

  it('is written back as a person would write it', () => {
    expect([0.001, 0.97, 1, 0, 0.07].map(formatRatio)).toEqual(['0.1%', '97%', '100%', '0%', '7%']);
  });
});

describe('parseCount', () => {
  const range = { min: 1, max: 10 };

  it('takes both ends of its range and nothing beyond', () => {
    expect([0, 1, 10, 11].map((input) => parseCount(input, range).ok)).toEqual([false, true, true, false]);
  });

  it.each([
    { input: '5', because: 'a text is no number' },
    { input: '1_000', because: 'digits stand alone' },
    { input: 1.5, because: 'it is not whole' },
    { input: Number.NaN, because: 'NaN is no number' },
    { input: Number.POSITIVE_INFINITY, because: 'infinity is no count' },
    { input: null, because: 'nothing is no count' },
  ])('refuses $input: $because', ({ input }) => {
    expect(parseCount(input, range)).toMatchObject({ ok: false, complaint: { code: 'FP_COUNT_INVALID' } });
  });
});
