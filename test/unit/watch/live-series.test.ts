import { expect, it } from 'vitest';
import { LiveTally } from '../../../harness/engine/live-tally.js';
import type { SeriesDocument } from '../../../harness/report/page-data.js';
import { LiveSeries } from '../../../harness/watch/live-series.js';
import { observed, sourceOf } from '../../support/observation-builder.js';
import { aPlan } from '../../support/plan-builder.js';
import { recordOf } from '../../support/watched-run.js';

const plan = aPlan();

function fed(series: LiveSeries, ...atUs: readonly number[]): void {
  const rows = atUs.map((sentUs) => observed({ intendedUs: sentUs, answeredUs: sentUs + 1000 }));
  for (const batch of sourceOf(rows)()) series.add(batch);
}

/** What a page has that had `before` and is told `change`. */
function merged(before: number[], { firstBin, actors }: SeriesDocument): number[] {
  expect(firstBin).toBeLessThanOrEqual(before.length);
  return [...before.slice(0, firstBin), ...(actors[0]?.sent ?? [])];
}

it('tells what has changed, once, from which all of it can be put together', () => {
  const series = new LiveSeries(recordOf(plan));
  expect(series.changed()).toBeNull();
  fed(series, 1_500_000, 2_500_000);
  const first = series.changed() as SeriesDocument;
  expect(series.changed()).toBeNull();
  fed(series, 2_600_000, 5_000_000);
  const second = series.changed() as SeriesDocument;
  expect(second.firstBin).toBeGreaterThan(0);
  // Long after what was told last.
  fed(series, 9_000_000);
  const third = series.changed() as SeriesDocument;
  const sent = [first, second, third].reduce(merged, []);
  expect(sent).toEqual(series.whole().actors[0]?.sent);
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(5);
});

it('tells how far the run is, and how its generator is', () => {
  const series = new LiveSeries(recordOf(plan));
  fed(series, 1_500_000);
  const bins = series.whole().bins;
  series.progress({
    elapsedUs: 8_000_000.25,
    totalUs: 11_000_000,
    tally: new LiveTally(plan),
    ownDelayMsP99: 0,
    seconds: [
      {
        second: 2,
        asked: 1,
        dispatched: 1,
        ownDelayUsP99: 4000,
        ownDelayUsMax: 5000,
        eventLoopLagUsMax: 6000,
        gcUs: 7000,
        ownFaults: {},
      },
    ],
    machine: [{ second: 2, stolenCpuShare: 0.5 }],
  });
  const whole = series.whole();
  expect(whole.bins).toBeGreaterThan(bins);
  expect(whole.fromMs + whole.bins * whole.binMs).toBeGreaterThanOrEqual(7000);
  expect(whole.generator).toEqual([
    { second: 1, ownDelayMsP99: 4, eventLoopLagMsMax: 6, gcMs: 7, stolenCpuShare: 0.5 },
  ]);
});
