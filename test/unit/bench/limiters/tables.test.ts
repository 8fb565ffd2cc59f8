import { describe, expect, test } from 'vitest';
import { chartOf } from '../../../../harness/bench/limiters/chart.js';
import { pageOf } from '../../../../harness/bench/limiters/page.js';
import { type Figure, FLOOR, NATIVE, TS } from '../../../../harness/bench/limiters/row.js';
import { keysText, spreadText, tablesOf, textOf } from '../../../../harness/bench/limiters/tables.js';
import { readXml } from '../../report/xml-reader.js';
import { document, row } from './rows.js';

const rows = [
  row(FLOOR, 40, { p50Ns: 60, p99Ns: 70 }),
  row(NATIVE, 100, { p50Ns: 120, p99Ns: 300 }),
  row(TS, 250, { p50Ns: 260, p99Ns: 500 }),
  row(NATIVE, 100, { skew: 'zipf', p50Ns: 1, p99Ns: 2 }),
  row('<a> & |b|', 1000, { group: 'verify', keys: 100 }),
];

describe('tables', () => {
  test('set rivals side by side, with the ratio to the native engine', () => {
    expect(tablesOf(rows).map(textOf).join('\n\n')).toBe(
      [
        'One limit decision, admit, 1,000 keys',
        '                                 uniform: ns  / native  p50  p99         zipf: ns  / native  p50  p99',
        'nothing but loop and clock     40 (36 to 44)             60   70',
        'floodproof native            100 (90 to 110)      1.00  120  300  100 (90 to 110)      1.00  1.0  2.0',
        'floodproof ts               250 (225 to 275)      2.50  260  500',
        '',
        'One signature check (HMAC-SHA256 of 200 bytes), admit, 100 keys',
        '                  uniform: ns  / nothing',
        '<a> & |b|  1000 (900 to 1100)',
      ].join('\n'),
    );
  });

  test('of memory show bytes, the cost of a new key and of the first call', () => {
    const held = row(TS, 500, {
      group: 'memory',
      variant: 'new key',
      bytesPerKey: { resident: 250.4, heap: -0.01, isTextKept: false },
      firstCallUs: 3.25,
    });
    expect(tablesOf([held])[0]?.lines).toEqual([[TS, '250', '-0.0', 'not kept', '500 (450 to 550)', '3.3']]);
  });

  test('of threads show what the second gains, and the cells that both were given', () => {
    const threads = { group: 'threads' as const, variant: 'one hot key', keys: 1 };
    const one = row(NATIVE, 100, threads);
    const two = row(NATIVE, 80, { ...threads, threads: 2, admissions: { counted: 7, capacity: 7 } });
    expect(tablesOf([one, two]).map(({ title, lines }) => [title, lines])).toEqual([
      [
        'One table for all threads, time for each decision of all, admit, one hot key, 1 key',
        [['floodproof native, uniform', '100 (90 to 110)', '80 (72 to 88)', '1.25', '7 of 7']],
      ],
    ]);
  });

  test.each([
    { keys: 1, text: '1 key' },
    { keys: 5, text: '5 keys' },
    { keys: 1000, text: '1,000 keys' },
    { keys: 10_000_000, text: '10,000,000 keys' },
  ])('write $keys as $text', ({ keys, text }) => {
    expect(keysText(keys)).toBe(text);
  });

  test('write small figures with one digit behind the point, and large ones without', () => {
    expect(spreadText({ median: 99.6, min: 9.94, max: 1234.5 })).toBe('100 (9.9 to 1235)');
  });
});

describe('the page', () => {
  const reached: Figure = {
    what: 'x',
    unit: 'ns',
    measured: { median: 3, min: 2, max: 4 },
    reach: 'at most 3',
    against: 'y',
    isReached: true,
  };
  const page = pageOf(
    document(rows, { doubts: ['it was busy'], absent: ['x is not here'], figures: [reached] }),
    ['A is faster.'],
    'a.svg',
  );

  test('names machine, versions and commit, shows doubts, words, picture and what is absent', () => {
    for (const part of ['a CPU, 2 cores', 'limiter 4.1.0', '0123456789ab', '**To be doubted:** it was busy.']) {
      expect(page).toContain(part);
    }
    for (const part of ['![Time of a decision](a.svg)', '- A is faster.', '- x is not here'])
      expect(page).toContain(part);
  });

  test('has the figures that were to be reached before all other tables', () => {
    const line = '| x | 3.0 (2.0 to 4.0) ns | at most 3 | yes | y |';
    expect(page.indexOf(line)).toBeGreaterThan(0);
    expect(page.indexOf(line)).toBeLessThan(page.indexOf('In words'));
  });

  test('has tables whose cells no name can break', () => {
    expect(page).toContain('| <a> & \\|b\\| | 1000 (900 to 1100) |');
    const table = page.split('\n').filter((line) => line.startsWith('| floodproof native'));
    expect(table).toEqual([
      '| floodproof native | 100 (90 to 110) | 1.00 | 120 | 300 | 100 (90 to 110) | 1.00 | 1.0 | 2.0 |',
    ]);
  });
});

describe('the picture', () => {
  test('is well-formed, with a bar for each rival and keys of even use, and none outside', () => {
    const svg = chartOf(rows);
    expect(() => readXml(svg)).not.toThrow();
    expect(svg).toContain('&lt;a&gt; &amp; |b|');
    const bars = [...svg.matchAll(/<rect x="(\d+)" y="(\d+)" width="([\d.]+)"/g)];
    expect(bars).toHaveLength(4);
    const [, width = '0', height = '0'] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    for (const [, x, y, barWidth] of bars) {
      expect(Number(x) + Number(barWidth)).toBeLessThan(Number(width));
      expect(Number(y)).toBeLessThan(Number(height));
    }
  });

  test('draws medians to one scale within a panel', () => {
    const widths = [...chartOf(rows).matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect((widths[2] as number) / (widths[1] as number)).toBeCloseTo(2.5, 2);
  });

  test('of nothing is still a picture', () => {
    expect(() => readXml(chartOf([]))).not.toThrow();
  });
});
