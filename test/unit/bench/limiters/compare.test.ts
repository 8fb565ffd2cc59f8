import { describe, expect, test } from 'vitest';
import { compare, comparisonText } from '../../../../harness/bench/limiters/compare.js';
import { parseBenchDocument, rowName } from '../../../../harness/bench/limiters/row.js';
import { document, row } from './rows.js';

describe('a comparison', () => {
  test('names what changed beyond the spread, the slowest first, and by how much', () => {
    const before = document([row('a', 100), row('b', 100), row('c', 100)]);
    const after = document([row('a', 50), row('b', 200), row('c', 110)]);
    expect(compare(before, after)).toEqual({
      changes: [
        '100 % slower: limit, admit, 1000 keys uniform, threads 1: b: 100 (90 to 110) ns before, 200 (180 to 220) ns now',
        '50 % faster: limit, admit, 1000 keys uniform, threads 1: a: 100 (90 to 110) ns before, 50 (45 to 55) ns now',
      ],
      unchangedCount: 1,
      remarks: [],
    });
  });

  test('takes spreads that touch for no change', () => {
    const touching = row('a', 1, { nsPerOp: { median: 115, min: 110, max: 120 } });
    expect(
      compare(document([row('a', 100, { nsPerOp: { median: 100, min: 90, max: 110 } })]), document([touching])),
    ).toMatchObject({
      changes: [],
      unchangedCount: 1,
    });
  });

  test.each([
    { old: 20, now: 22, says: null, because: 'two bytes are noise' },
    { old: 20, now: 22.5, says: '13 % larger', because: 'more than two are not' },
    { old: 400, now: 411, says: null, because: 'three in a hundred are noise' },
    { old: 400, now: 380, says: '5 % smaller', because: 'five are not' },
  ])('takes $old and $now bytes for a key for $says: $because', ({ old, now, says }) => {
    const held = (resident: number) =>
      document([row('a', 100, { group: 'memory', bytesPerKey: { resident, heap: 0, isTextKept: false } })]);
    const { changes, unchangedCount } = compare(held(old), held(now));
    expect(unchangedCount).toBe(says === null ? 1 : 0);
    expect(changes).toEqual(says === null ? [] : [expect.stringMatching(new RegExp(`^${says}: memory, admit, `))]);
  });

  test('compares only rows that measure the same', () => {
    const before = document([row('a', 100), row('a', 100, { skew: 'zipf' }), row('a', 100, { keys: 5 })]);
    const after = document([row('a', 900, { path: 'deny' }), row('a', 100, { skew: 'zipf' })]);
    expect(compare(before, after)).toEqual({
      changes: [],
      unchangedCount: 1,
      remarks: ['2 rows are only in the older run', '1 rows are only in this run'],
    });
  });

  test('warns of another machine, another Node and an older run in doubt', () => {
    const { machine } = document([]);
    const before = document([], {
      machine: { ...machine, cpu: 'another' },
      versions: { node: '22.0.0', openssl: '3.0.19', piscina: '5.3.2' },
      doubts: ['it was busy'],
    });
    expect(comparisonText(compare(before, document([])))).toBe(
      [
        'note: cpu was another, is a CPU',
        'note: node was 22.0.0, is 20.20.2',
        'note: piscina was 5.3.2, is absent',
        'note: limiter was absent, is 4.1.0',
        'note: the older run is to be doubted: it was busy',
        '0 changed beyond the spread, 0 did not',
      ].join('\n'),
    );
  });
});

describe('a saved run', () => {
  test('is read as it was written', () => {
    const one = document([
      row('a', 1, { p50Ns: 1, p99Ns: 2, bytesPerKey: { resident: 3, heap: 4, isTextKept: true }, firstCallUs: 5 }),
    ]);
    expect(parseBenchDocument(JSON.stringify(one))).toEqual(one);
  });

  test.each([
    { text: '{', says: 'JSON', because: 'it is cut short' },
    { text: '{"schema":"floodproof/bench-limiters/1"}', says: 'schema', because: 'it is of an older kind' },
    {
      text: JSON.stringify(document([{ ...row('a', 1), keys: Number.NaN }])),
      says: 'keys',
      because: 'a figure is lost',
    },
  ])('is refused when $because', ({ text, says }) => {
    expect(parseBenchDocument(text)).toContain(says);
  });
});

test('rows that differ in anything that is measured have different names', () => {
  const rows = [
    row('a', 1),
    row('b', 1),
    row('a', 1, { group: 'verify' }),
    row('a', 1, { path: 'deny' }),
    row('a', 1, { keys: 2 }),
    row('a', 1, { skew: 'zipf' }),
    row('a', 1, { threads: 2 }),
  ];
  expect(new Set(rows.map(rowName)).size).toBe(rows.length);
});
