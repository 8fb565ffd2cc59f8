import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhaseCircle } from '../../../harness/judge/phase-circle.js';

describe('PhaseCircle', () => {
  it('is full exactly when every whole phase was forbidden, also around its seam', () => {
    const anySpan = fc.record({ from: fc.integer({ min: -40, max: 40 }), length: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(anySpan, { maxLength: 12 }), (windowUs, spans) => {
        const circle = new PhaseCircle(windowUs);
        const left = new Set(Array.from({ length: windowUs }, (_, phase) => phase));
        for (const { from, length } of spans) {
          circle.forbid(from, from + length - 1, 1);
          for (let us = from; us < from + length; us++) left.delete(((us % windowUs) + windowUs) % windowUs);
          expect(circle.isFull).toBe(left.size === 0);
        }
      }),
      { seed: 1, numRuns: 5000 },
    );
  });

  it('keeps the smallest excess of all that was forbidden, and takes an empty span for nothing', () => {
    const circle = new PhaseCircle(10);
    circle.forbid(0, 4, 3);
    circle.forbid(5, 4, 1);
    circle.forbid(5, 9, 2);
    expect([circle.isFull, circle.smallestExcessCells, circle.clusters]).toEqual([true, 2, 2]);
  });

  it('forbids less, not more, once it has more separate spans than it keeps', () => {
    const circle = new PhaseCircle(10_000);
    for (let phase = 0; phase < 10_000; phase += 2) circle.forbid(phase, phase, 1);
    expect(circle.entries).toBeLessThanOrEqual(512);
    expect(circle.isFull).toBe(false);
    circle.forbid(0, 9999, 1);
    expect(circle.isFull).toBe(true);
  });
});
