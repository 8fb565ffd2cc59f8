import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessLogUs, StampReader } from '../../../harness/trace/stamp.js';

const read = (text: string, column: string | null = null): number | null => new StampReader(column).read(text);

describe('times in ISO 8601', () => {
  it.each([
    { text: '1970-01-01T00:00:00Z', us: 0, because: 'the epoch' },
    {
      text: '2023-11-16 18:17:03.9799600',
      us: Date.UTC(2023, 10, 16, 18, 17, 3) * 1000 + 979_960,
      because: 'seven digits of a fraction',
    },
    { text: '2023-11-16T18:17:03.9', us: Date.UTC(2023, 10, 16, 18, 17, 3, 900) * 1000, because: 'one digit' },
    {
      text: '2023-11-16T18:17:03.1234567891Z',
      us: Date.UTC(2023, 10, 16, 18, 17, 3) * 1000 + 123_456,
      because: 'ten, cut off at the microsecond',
    },
    { text: '2023-11-16T18:17:03,5Z', us: Date.UTC(2023, 10, 16, 18, 17, 3, 500) * 1000, because: 'a comma' },
    { text: '2023-11-16T18:17Z', us: Date.UTC(2023, 10, 16, 18, 17) * 1000, because: 'no seconds' },
    { text: ' 2023-11-16T18:17:03Z ', us: Date.UTC(2023, 10, 16, 18, 17, 3) * 1000, because: 'spaces around' },
    {
      text: '2024-02-29T12:00:00+05:30',
      us: Date.UTC(2024, 1, 29, 6, 30) * 1000,
      because: 'east of Greenwich, on a leap day',
    },
    { text: '2024-02-29T12:00:00-0800', us: Date.UTC(2024, 1, 29, 20) * 1000, because: 'west of it, without a colon' },
    { text: '2024-02-29T12:00:00+02', us: Date.UTC(2024, 1, 29, 10) * 1000, because: 'whole hours' },
    { text: '2016-12-31T23:59:60Z', us: Date.UTC(2017, 0, 1) * 1000, because: 'a leap second' },
    { text: '1969-12-31T23:59:59.5Z', us: -500_000, because: 'before the epoch' },
  ])('are read: $because', ({ text, us }) => {
    expect(read(text)).toBe(us);
  });

  it.each([
    '2023-13-01T00:00:00Z',
    '2023-00-01T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2023-04-31T00:00:00Z',
    '2023-01-00T00:00:00Z',
    '2023-01-01T24:00:00Z',
    '2023-01-01T00:60:00Z',
    '2023-01-01T00:00:61Z',
    '2023-01-01T00:00:00+19:00',
    '2023-01-01',
    '2023-1-1T00:00:00Z',
    '16/11/2023 18:17:03',
    '2023-11-16T18:17:03.Z',
    '2023-11-16T18:17:03.1x',
    '',
  ])('are none where there is no such moment or another form: %s', (text) => {
    expect(read(text)).toBeNull();
  });

  it('are those of the calendar for any moment of it', () => {
    const date = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (moment) => {
        expect(read(moment.toISOString())).toBe(moment.getTime() * 1000);
      }),
      { seed: 17, numRuns: 1_000 },
    );
  });
});

describe('times in plain numbers', () => {
  it.each([
    { text: '0', us: 0, form: 'seconds' },
    { text: '12.5', us: 12_500_000, form: 'seconds' },
    { text: '-0.25', us: -250_000, form: 'seconds' },
    { text: '1700158623.9799600', us: 1_700_158_623_979_960, form: 'seconds' },
    { text: '99999999999', us: 99_999_999_999e6 > Number.MAX_SAFE_INTEGER ? null : 0, form: null },
    { text: '100000000000', us: 100_000_000_000_000, form: 'milliseconds' },
    { text: '1700158623979', us: 1_700_158_623_979_000, form: 'milliseconds' },
    { text: '1700158623979.96', us: 1_700_158_623_979_960, form: 'milliseconds' },
    { text: '1700158623979960', us: 1_700_158_623_979_960, form: 'microseconds' },
    { text: '1700158623979960999', us: 1_700_158_623_979_960, form: 'nanoseconds' },
    { text: '9007199254740992', us: null, form: null },
    { text: '1e9', us: null, form: null },
    { text: '0x10', us: null, form: null },
    { text: '.', us: null, form: null },
  ])('are $form by their size: $text', ({ text, us, form }) => {
    const stamps = new StampReader(null);
    expect(stamps.read(text)).toBe(us);
    expect(stamps.form).toBe(form);
  });

  it.each([
    { column: 'sent_ms', us: 5_000 },
    { column: 'sentMs', us: 5_000 },
    { column: 'time (ms)', us: 5_000 },
    { column: 'elapsedMilliseconds', us: 5_000 },
    { column: 'intendedUs', us: 5 },
    { column: 'at_us', us: 5 },
    { column: 'µs', us: 5 },
    { column: 't_ns', us: 0 },
    { column: 'seconds', us: 5_000_000 },
    { column: 'time_s', us: 5_000_000 },
    { column: 'TIMESTAMP', us: 5_000_000 },
    { column: 'status', us: 5_000_000 },
    { column: 'items', us: 5_000_000 },
    { column: 'columns', us: 5_000_000 },
    { column: 'focus', us: 5_000_000 },
  ])('are what their column is called after: $column', ({ column, us }) => {
    expect(read('5', column)).toBe(us);
  });

  it('keep the form of the first that can be read', () => {
    const stamps = new StampReader(null);
    expect(['-', '1700158623979', '5', '2023-11-16T18:17:03Z'].map((text) => stamps.read(text))).toEqual([
      null,
      1_700_158_623_979_000,
      5_000,
      null,
    ]);
    const dates = new StampReader(null);
    expect(['1970-01-01T00:00:01Z', '5'].map((text) => dates.read(text))).toEqual([1_000_000, null]);
  });
});

describe('times of access logs', () => {
  it('are read with their zone', () => {
    expect(accessLogUs('17/May/2015:10:05:03 +0000')).toBe(Date.UTC(2015, 4, 17, 10, 5, 3) * 1000);
    expect(accessLogUs('01/Dec/2015:00:05:03 +0130')).toBe(Date.UTC(2015, 10, 30, 22, 35, 3) * 1000);
    expect(accessLogUs('01/Jan/2016:00:05:03 -0800')).toBe(Date.UTC(2016, 0, 1, 8, 5, 3) * 1000);
  });

  it.each(['17/Mai/2015:10:05:03 +0000', '32/May/2015:10:05:03 +0000', '17/May/2015 10:05:03 +0000', ''])(
    'are none in another form: %s',
    (text) => {
      expect(accessLogUs(text)).toBeNull();
    },
  );
});
