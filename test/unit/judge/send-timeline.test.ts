import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SendTimeline } from '../../../harness/judge/send-timeline.js';

const anyCharge = fc.record({ sentUs: fc.nat(2000), cells: fc.integer({ min: 1, max: 5 }) });

function cellsFrom(charges: readonly { sentUs: number; cells: number }[], fromUs: number): number {
  return charges.filter(({ sentUs }) => sentUs >= fromUs).reduce((sum, { cells }) => sum + cells, 0);
}

function timelineOf(charges: readonly { sentUs: number; cells: number }[], unitsPerCell = 3, unitsPerUs = 2) {
  const timeline = new SendTimeline({ unitsPerCell, unitsPerUs });
  for (const { sentUs, cells } of charges) timeline.insert(sentUs, cells);
  return timeline;
}

describe('SendTimeline', () => {
  it('answers every sum and the best start as a plain list would, however many blocks it has', () => {
    fc.assert(
      fc.property(fc.array(anyCharge, { minLength: 1, maxLength: 900 }), fc.nat(2100), (charges, atUs) => {
        const timeline = timelineOf(charges);
        const starts = charges.map(({ sentUs }) => sentUs);
        expect(timeline.cellsFrom(atUs)).toBe(cellsFrom(charges, atUs));
        const values = starts.map((xUs) => 3 * cellsFrom(charges, xUs) - 2 * (2000 - xUs));
        expect(timeline.best(2000)).toBe(Math.max(...values));
        expect(3 * cellsFrom(charges, timeline.foundStartUs) - 2 * (2000 - timeline.foundStartUs)).toBe(
          Math.max(...values),
        );
        expect(timeline.entries).toBe(new Set(starts).size);
        const above = starts.filter((xUs) => cellsFrom(charges, xUs) > atUs);
        expect(timeline.latestStartAbove(atUs)).toBe(above.length === 0 ? null : Math.max(...above));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('forgets what is dropped, in order, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(anyCharge, { minLength: 1, maxLength: 900 }), fc.nat(2100), (charges, beforeUs) => {
        const timeline = timelineOf(charges);
        const dropped: number[] = [];
        let cells = 0;
        timeline.dropBefore(beforeUs, (sentUs, some) => {
          dropped.push(sentUs);
          cells += some;
        });
        const gone = charges.filter(({ sentUs }) => sentUs < beforeUs);
        expect(dropped).toEqual([...new Set(gone.map(({ sentUs }) => sentUs))].sort((a, b) => a - b));
        expect(cells).toBe(cellsFrom(gone, 0));
        const left = charges.filter(({ sentUs }) => sentUs >= beforeUs);
        expect(timeline.cells).toBe(cellsFrom(left, 0));
        expect(timeline.firstUs).toBe(Math.min(Number.POSITIVE_INFINITY, ...left.map(({ sentUs }) => sentUs)));
        const best = left.map(({ sentUs }) => 3 * cellsFrom(left, sentUs) - 2 * (2000 - sentUs));
        expect(timeline.best(2000)).toBe(Math.max(Number.NEGATIVE_INFINITY, ...best));
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it('claims no sum that is larger than the true one after it was thinned', () => {
    fc.assert(
      fc.property(fc.array(anyCharge, { minLength: 2, maxLength: 900 }), fc.nat(2100), (charges, atUs) => {
        const timeline = timelineOf(charges);
        const before = timeline.entries;
        timeline.thin();
        expect(timeline.entries).toBeLessThanOrEqual(Math.ceil(before / 2) + Math.ceil(before / 64));
        expect(timeline.cells).toBe(cellsFrom(charges, 0));
        expect(timeline.cellsFrom(atUs)).toBeLessThanOrEqual(cellsFrom(charges, atUs));
        expect(timeline.best(2000)).toBeLessThanOrEqual(timelineOf(charges).best(2000));
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('has nothing to say when it is empty', () => {
    const timeline = new SendTimeline();
    expect([timeline.cellsFrom(0), timeline.best(5), timeline.latestStartAbove(0)]).toEqual([
      0,
      Number.NEGATIVE_INFINITY,
      null,
    ]);
  });
});
