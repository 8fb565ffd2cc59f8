import { describe, expect, it } from 'vitest';
import { createLeastUsed } from '../../../harness/judge/least-used.js';
import { createMostUsed } from '../../../harness/judge/most-used.js';
import { RunningMinimum } from '../../../harness/judge/running-minimum.js';
import { elapsedPieces } from '../../../harness/judge/sliding-pieces.js';
import { aSlidingCounter, aSlidingLog, aTokenBucket } from '../../support/plan-builder.js';

describe('MostUsed', () => {
  it('of a busy window is kept coarsely, and then counts charges longer, never shorter', () => {
    const most = createMostUsed(aSlidingLog({ capacity: 20_000, windowUs: 30_000 }), 1);
    for (let us = 1; us <= 20_000; us++) {
      most.send(us, 1);
      most.settle(us, 1, true);
    }
    most.forgetBefore(30_000);
    expect(most.entries).toBeLessThan(16_500);
    most.probe(30_001);
    expect(most.hadSince(30_001, 1)).toBe(false);
    // The first charge may have been joined with the second one, which leaves a microsecond later.
    most.probe(30_003);
    expect(most.hadSince(30_003, 2)).toBe(true);
    expect(most.hadSince(30_003, 3)).toBe(false);
  });

  it('of a bucket stops with FP_ORACLE_RANGE before a sum can lose its last digit', () => {
    const most = createMostUsed(aTokenBucket({ name: 'daily', refillCells: 1, refillPeriodUs: 86_400_000_000 }), 1);
    expect(() => most.send(1, 105_000)).toThrowError(expect.objectContaining({ code: 'FP_ORACLE_RANGE' }));
  });
});

describe('LeastUsed', () => {
  it('of a log forgets what no later request can share a window with', () => {
    const least = createLeastUsed(aSlidingLog({ capacity: 2, windowUs: 1000 }), 1);
    for (let us = 0; us < 100_000; us += 10) least.add(us, 1, us - 100);
    expect(least.entries).toBeLessThan(200);
  });
});

describe('sliding windows', () => {
  it('are cut into pieces that hold every moment of a window once', () => {
    for (const windowUs of [1, 2, 15, 16, 17, 1000, 86_400_000_000]) {
      const pieces = elapsedPieces(windowUs);
      expect([pieces[0]?.fromUs, pieces.at(-1)?.toUs]).toEqual([0, windowUs - 1]);
      for (const [at, { fromUs, toUs }] of pieces.entries()) {
        expect(toUs).toBeGreaterThanOrEqual(fromUs);
        if (at > 0) expect(fromUs).toBe((pieces[at - 1]?.toUs ?? 0) + 1);
      }
    }
  });

  it('keep what is up to two windows old', () => {
    const least = createLeastUsed(aSlidingCounter({ capacity: 10, windowUs: 1000 }), 1);
    least.add(5000, 10, 5000);
    least.add(5400, 1, 5400);
    expect(least.lacking(5400, 5)).toBeGreaterThan(0);
    for (let us = 8000; us < 100_000; us += 10) least.add(us, 1, us - 100);
    expect(least.entries).toBeLessThan(220);
  });
});

describe('RunningMinimum', () => {
  it('finds the smallest level since any time, and keeps only what can still be one', () => {
    const minimum = new RunningMinimum();
    const levels = [5, 3, 8, 4, 9, 7];
    for (const [at, level] of levels.entries()) minimum.push(at, level);
    const since = levels.map((_, at) => minimum.since(at));
    expect(since).toEqual([3, 3, 4, 4, 7, 7]);
    expect(minimum.since(6)).toBe(Number.POSITIVE_INFINITY);
    minimum.forgetBefore(3);
    expect([minimum.entries, minimum.since(0)]).toEqual([2, 4]);
  });

  it('gives memory back', () => {
    const minimum = new RunningMinimum();
    for (let us = 0; us < 10_000; us++) {
      minimum.push(us, us);
      minimum.forgetBefore(us - 10);
    }
    expect(minimum.entries).toBe(11);
  });
});
