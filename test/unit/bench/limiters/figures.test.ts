import { describe, expect, test } from 'vitest';
import { figuresOf, figuresTable } from '../../../../harness/bench/limiters/figures.js';
import { type BenchRow, FLOOR, NATIVE, TS } from '../../../../harness/bench/limiters/row.js';
import { row } from './rows.js';

const fused = { group: 'fused', keys: 10_000 } as const;
const batch = { group: 'batch', keys: 10_000, variant: 'whole request' } as const;
const limit = { group: 'limit', keys: 1_000_000 } as const;

function reached(rows: readonly BenchRow[]): (boolean | null)[] {
  return figuresOf(rows).map(({ isReached }) => isReached);
}

describe('figures', () => {
  test.each([
    { ns: 350, wanted: true },
    { ns: 351, wanted: false },
  ])('a whole request in $ns ns reaches its goal: $wanted', ({ ns, wanted }) => {
    expect(reached([row(NATIVE, ns, fused)])).toEqual([wanted]);
  });

  test.each([
    { ns: 230, wanted: true },
    { ns: 231, wanted: false },
  ])('a packed batch in $ns ns for each reaches its goal: $wanted', ({ ns, wanted }) => {
    const rows = [
      row(`${NATIVE}, a batch of 1,024`, ns, batch),
      row(`${NATIVE}, a batch of 1,024, packed on the spot`, 400, batch),
      row(`${NATIVE}, a batch of 16`, 1, batch),
    ];
    expect(figuresOf(rows)).toMatchObject([{ isReached: wanted, against: 'packed on the spot: 400 ns' }]);
  });

  test('a whole request is held against the fastest path of today, and against TypeScript', () => {
    const rows = [
      row(FLOOR, 20, fused),
      row(NATIVE, 300, fused),
      row(TS, 899, fused),
      row('createHmac + slow', 9000, fused),
      row('createHmac + quick', 2400, fused),
    ];
    expect(figuresOf(rows)).toMatchObject([
      { measured: { median: 300, min: 270, max: 330 }, against: 'nothing but loop and clock: 20 ns', isReached: true },
      { measured: { median: 8 }, against: 'createHmac + quick: 2400 ns', isReached: true },
      { measured: { median: 899 / 300 }, against: 'floodproof ts: 899 ns', isReached: false },
    ]);
  });

  test('a ratio ranges as widely as the two spreads allow', () => {
    const [, ratio] = figuresOf([row(NATIVE, 100, fused), row(TS, 400, fused)]);
    expect(ratio?.measured.median).toBe(4);
    expect(ratio?.measured.min).toBeCloseTo(360 / 110, 9);
    expect(ratio?.measured.max).toBeCloseTo(440 / 90, 9);
  });

  test('a lone limit has a goal for each form, and for the best of the others', () => {
    const rows = [
      row(NATIVE, 400, limit),
      row(`${NATIVE}, interned`, 171, limit),
      row(`${NATIVE}, a batch of 1,024`, 20, limit),
      row(TS, 1, limit),
      row('rate-limiter-flexible memory', 1600, limit),
      row('another', 999, limit),
      row(NATIVE, 1, { ...limit, skew: 'zipf' }),
      row(NATIVE, 1, { ...limit, path: 'deny' }),
      row(NATIVE, 1, { ...limit, keys: 1000 }),
    ];
    expect(figuresOf(rows).map(({ measured, against, isReached }) => [measured.median, against, isReached])).toEqual([
      [20, '', true],
      [400, '', true],
      [999 / 400, 'another: 999 ns', false],
      [4, 'rate-limiter-flexible memory: 1600 ns', true],
      [171, '', false],
    ]);
  });

  test.each([
    { bytes: 20.04, wanted: true, because: 'a tenth of a byte is what is shown' },
    { bytes: 20.06, wanted: false, because: 'it is more than that' },
  ])('of $bytes bytes for a key: $wanted, since $because', ({ bytes, wanted }) => {
    const memory = (resident: number, heap: number): Partial<BenchRow> => ({
      group: 'memory',
      keys: 10_000_000,
      bytesPerKey: { resident, heap, isTextKept: false },
    });
    const rows = [row(NATIVE, 1, memory(bytes, 0)), row('b', 1, memory(1, 333)), row(TS, 1, memory(1, 25))];
    expect(figuresOf(rows)).toMatchObject([
      { what: 'bytes for a key, 10,000,000 keys', against: 'heap: b 333, floodproof ts 25', isReached: wanted },
    ]);
  });

  test('of two threads say what they gain, and whether they were given as many cells as there were', () => {
    const hot = { group: 'threads', keys: 1, variant: 'one hot key' } as const;
    const two = (counted: number) => row(NATIVE, 50, { ...hot, threads: 2, admissions: { counted, capacity: 9 } });
    const [gain, cells] = figuresOf([row(NATIVE, 100, hot), two(9)]);
    expect([gain?.measured.median, gain?.isReached]).toEqual([2, null]);
    expect(cells).toMatchObject({ unit: 'cells', reach: 'exactly 9', isReached: true });
    expect(figuresOf([row(NATIVE, 100, hot), two(10)])[1]?.isReached).toBe(false);
    // One thread of another workload says nothing about these two.
    expect(figuresOf([row(NATIVE, 100, { ...hot, variant: '' }), two(9)])).toHaveLength(1);
  });

  test('of what was not measured there are none', () => {
    expect(figuresOf([row(TS, 1), row('a', 1, fused)])).toEqual([]);
  });

  test('stand in a table, with yes and no', () => {
    const rows = [row(NATIVE, 300, fused), row(TS, 600, fused)];
    expect(figuresTable(figuresOf(rows)).lines).toEqual([
      ['whole request in one call, 10,000 keys', '300 (270 to 330) ns', 'at most 350', 'yes', ''],
      [
        'whole request in one call, 10,000 keys: TypeScript / it',
        '2.00 (1.64 to 2.44) times',
        'at least 3',
        'no',
        'floodproof ts: 600 ns',
      ],
    ]);
  });
});
