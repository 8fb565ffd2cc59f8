import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../../../harness/bench/limiters/findings.js';
import { FLOOR, NATIVE, TS } from '../../../../harness/bench/limiters/row.js';
import { row } from './rows.js';

describe('the findings say', () => {
  test.each([
    { native: 100, ts: 300, says: 'native is 3.0 times as fast as TypeScript (100 ns against 300 ns)' },
    { native: 300, ts: 100, says: 'the crossing costs more than it gains, TypeScript is 3.0 times as fast as native' },
    { native: 100, ts: 105, says: 'native and TypeScript are level, the crossing eats the gain' },
    { native: 100, ts: 118, says: 'rounds spread too far to tell native from TypeScript' },
  ])('of native $native ns and TypeScript $ts ns: $says', ({ native, ts, says }) => {
    expect(findingsOf([row(NATIVE, native), row(TS, ts)], [])).toEqual([
      expect.stringContaining(`One limit decision, admit, 1,000 keys: ${says}`),
    ]);
  });

  test('what one call saves against two', () => {
    const fused = { group: 'fused' as const };
    const two = row(`${NATIVE}, two calls`, 300, fused);
    expect(findingsOf([row(NATIVE, 200, fused), two], [])).toEqual([
      'Fusing verifier and limit into one call saves 100 ns, admit, 1,000 keys.',
    ]);
    expect(findingsOf([row(NATIVE, 290, fused), two], [])).toEqual([
      'Fusing verifier and limit into one call gains nothing, admit, 1,000 keys.',
    ]);
  });

  test('whether a batch pays, packed before and packed on the spot', () => {
    const batch = { group: 'batch' as const, variant: 'limit alone' };
    const rows = (packedNs: number, batchNs = 20) => [
      row(`${NATIVE}, 16 calls`, 100, batch),
      row(`${NATIVE}, a batch of 16`, 60, batch),
      row(`${NATIVE}, 256 calls`, 100, batch),
      row(`${NATIVE}, a batch of 256`, batchNs, batch),
      row(`${NATIVE}, a batch of 256, packed on the spot`, packedNs, batch),
    ];
    const start = 'A native batch of 256 takes 20 ns a request, single calls 100 ns (admit, limit alone, 1,000 keys); ';
    expect(findingsOf(rows(900), [])).toEqual([`${start}packing it in JavaScript first eats the gain (900 ns).`]);
    expect(findingsOf(rows(50), [])).toEqual([`${start}packed on the spot it still pays (50 ns).`]);
    expect(findingsOf(rows(900, 98), [])).toEqual([
      expect.stringContaining('(admit, limit alone, 1,000 keys): the batch gains nothing; '),
    ]);
    expect(findingsOf(rows(900, 85), [])).toEqual([
      expect.stringContaining('1,000 keys), though their rounds overlap; '),
    ]);
  });

  test('which of the others is best, and never that the floor is', () => {
    expect(findingsOf([row(FLOOR, 1), row(TS, 100), row('slow', 500), row('quick', 200)], [])).toEqual([
      'One limit decision, admit, 1,000 keys: the best of the others is quick with 200 ns, 2.0 times the time of floodproof ts.',
    ]);
  });

  test('what each holds for a key, the smallest first', () => {
    const memory = (bytes: number, isTextKept: boolean) => ({
      group: 'memory' as const,
      variant: 'new key',
      bytesPerKey: { resident: bytes, heap: 0, isTextKept },
    });
    expect(findingsOf([row('a', 1, memory(400, true)), row(TS, 1, memory(200, false))], [])).toEqual([
      "Bytes of the process for each of 1,000 keys, with the key's text where the limiter keeps it: " +
        'floodproof ts 200 (no text kept), a 400.',
    ]);
  });
  test.each([
    { two: 55, says: '1.82 times the decisions of one.' },
    { two: 105, says: 'nothing that could be told from the spread.' },
    { two: 200, says: 'they wait for each other, 2.00 times the time of one for each decision.' },
  ])('of $two ns for each decision of two threads: $says', ({ two, says }) => {
    const threads = { group: 'threads' as const, skew: 'zipf' as const };
    const rows = [row(NATIVE, 100, threads), row(NATIVE, two, { ...threads, threads: 2 })];
    expect(findingsOf(rows, [])).toEqual([`Two threads on one table, 1,000 keys zipf, floodproof native: ${says}`]);
  });

  test('what numbers and batches of callers gain over texts', () => {
    const rows = [row(TS, 100), row(`${TS}, interned`, 60), row(`${TS}, a batch of 1,024`, 20)];
    expect(findingsOf(rows, [])).toEqual([
      'One limit decision, admit, 1,000 keys, floodproof ts: 100 ns by text, 60 ns by the number of an interned caller, ' +
        '20 ns each in a batch of 1,024.',
    ]);
  });

  test('which figures were not reached, and only those', () => {
    const figure = { unit: 'times' as const, reach: 'at least 3', against: '' };
    const measured = { median: 2, min: 1, max: 3 };
    const figures = [
      { ...figure, what: 'a', measured, isReached: false },
      { ...figure, what: 'b', measured, isReached: true },
      { ...figure, what: 'c', measured, isReached: null },
    ];
    expect(findingsOf([], figures)).toEqual(['Not reached: a: 2.00 (1.00 to 3.00) times, at least 3 was wanted.']);
  });
});
