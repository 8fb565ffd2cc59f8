import { describe, expect, test } from 'vitest';
import type { SeriesDocument } from '../../../harness/report/page-data.js';
import { mergeSeries } from '../../../harness/web/merge-series.js';
import { sampleDefaults, sampleSeries, seriesPart } from '../../support/page-sample.js';

const bins = 24;
const whole = sampleSeries({ ...sampleDefaults, bins, actors: 3 });

const part = (from: number, to: number): SeriesDocument => seriesPart(whole, from, to);

const withoutLimits: SeriesDocument = { ...whole, limits: [], leaks: [] };

describe('parts of a series', () => {
  test('put together in any cut make the whole, whether they overlap or not', () => {
    for (let first = 1; first < bins; first++) {
      for (let again = 0; again <= first; again++) {
        const merged = mergeSeries(mergeSeries(null, part(0, first)), part(again, bins));
        expect(merged, `0-${first}, ${again}-${bins}`).toEqual(withoutLimits);
      }
    }
  });

  test('end where the last one ends, since it says what is known by now', () => {
    const merged = mergeSeries(part(0, 20), part(8, 12));
    expect(merged.bins).toBe(12);
    expect(merged.actors[0]?.sent.length).toBe(12);
  });

  test('leave bins that nobody told at nothing', () => {
    const merged = mergeSeries(part(0, 4), part(8, 12));
    expect(merged.bins).toBe(12);
    expect(merged.actors[0]?.sent.slice(4, 8)).toEqual([0, 0, 0, 0]);
    expect(merged.actors[0]?.latency.service.p99.slice(4, 8)).toEqual([null, null, null, null]);
    expect(merged.actors[0]?.sent.slice(8)).toEqual(whole.actors[0]?.sent.slice(8, 12));
  });

  test('of a series that itself begins late keep its first bin', () => {
    const merged = mergeSeries(part(4, 8), part(6, 10));
    expect([merged.firstBin, merged.bins]).toEqual([4, 6]);
    expect(merged.actors[0]?.sent).toEqual(whole.actors[0]?.sent.slice(4, 10));
  });

  test('keep a reason of refusal that is told no more, or not before', () => {
    const only = (series: SeriesDocument, reason: 'throttled' | 'banned', count: number): SeriesDocument => ({
      ...series,
      actors: series.actors.map((actor) => ({
        ...actor,
        refusals: { [reason]: new Array<number>(series.bins).fill(count) },
      })),
    });
    const merged = mergeSeries(only(part(0, 2), 'throttled', 3), only(part(2, 4), 'banned', 5));
    expect(merged.actors[0]?.refusals).toEqual({ throttled: [3, 3, 0, 0], banned: [0, 0, 5, 5] });
  });

  test('replace everything when they are told in other bins or from another moment', () => {
    const other = { ...part(4, 8), binMs: 500 };
    expect(mergeSeries(part(0, 4), other)).toBe(other);
    const again = part(0, 8);
    expect(mergeSeries({ ...part(0, 4), limits: whole.limits }, again)).toBe(again);
    const moved = { ...part(4, 8), fromMs: 0 };
    expect(mergeSeries(part(0, 4), moved)).toBe(moved);
  });

  test('keep the limits and leaks that are told but once', () => {
    const told = { ...part(4, 8), limits: whole.limits, leaks: whole.leaks };
    expect(mergeSeries(part(0, 4), told).limits).toBe(whole.limits);
    const after = mergeSeries({ ...part(0, 4), limits: whole.limits, leaks: whole.leaks }, part(4, 8));
    expect([after.limits, after.leaks]).toEqual([whole.limits, whole.leaks]);
  });
});
