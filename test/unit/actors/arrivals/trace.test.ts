import { describe, expect, it } from 'vitest';
import { loopUs, type TraceTimes, traceArrivals } from '../../../../harness/actors/arrivals/trace.js';
import { createRandom } from '../../../../harness/actors/random.js';
import { type Arrival, schedule } from '../../../../harness/actors/schedule.js';
import type { ActorPlan, Arrivals, Plan, TraceSource, Who } from '../../../../harness/scenario/plan.js';
import { exampleActor, examplePlan, SECOND_US } from '../example-plan.js';

const trace: TraceTimes = {
  offsetsUs: Float64Array.of(0, 100_000, 100_000, 900_000, 2_000_000),
  who: Uint32Array.of(0, 1, 0, 2, 1),
  keptShare: 1,
};
const source: TraceSource = { file: 'log.csv', format: 'csv', timeColumn: null, whoColumn: 'user' };
const asTraced = { process: 'trace', trace: 0, speed: 1, keepShare: 1, isLooped: false } as const;
const whoTraced: Who = { choice: 'trace', trace: 0 };

function planOf(
  changes: Partial<Pick<ActorPlan, 'arrivals' | 'who' | 'population' | 'active'>>,
  traces: readonly TraceSource[] = [source],
): Plan {
  return { ...examplePlan([exampleActor('login', { population: 10, ...changes })]), traces };
}

function played(
  changes: Partial<Pick<ActorPlan, 'arrivals' | 'who' | 'population' | 'active'>>,
  loaded: readonly TraceTimes[] = [trace],
  seed = 1,
): Arrival[] {
  const plan = planOf(
    changes,
    loaded.map(() => source),
  );
  return [...schedule({ plan, seed, worker: 0, workers: 1, traces: loaded })];
}

const timesUs = (arrivals: readonly Arrival[]): number[] => arrivals.map(({ intendedUs }) => intendedUs);
const who = (arrivals: readonly Arrival[]): number[] => arrivals.map(({ identityIndex }) => identityIndex);

describe('arrivals of a trace', () => {
  it('come at its times, and then no more', () => {
    expect(timesUs(played({ arrivals: asTraced }))).toEqual([0, 100_000, 100_000, 900_000, 2_000_000]);
  });

  it.each([
    { speed: 10, times: [0, 10_000, 10_000, 90_000, 200_000] },
    { speed: 0.5, times: [0, 200_000, 200_000, 1_800_000, 4_000_000] },
    { speed: 3, times: [0, 33_333, 33_333, 300_000, 666_666] },
  ])('come $speed times as fast, in whole microseconds', ({ speed, times }) => {
    expect(timesUs(played({ arrivals: { ...asTraced, speed } }))).toEqual(times);
  });

  it('run on the active time and end with it', () => {
    const active = [
      { startUs: SECOND_US, endUs: SECOND_US + 500_000 },
      { startUs: 5 * SECOND_US, endUs: 6 * SECOND_US },
    ];
    expect(timesUs(played({ arrivals: asTraced, active }))).toEqual([1_000_000, 1_100_000, 1_100_000, 5_400_000]);
  });

  it('have none at the very end, which belongs to whatever comes next', () => {
    const untilUs = (durationUs: number): number[] => [
      ...traceArrivals(asTraced, { trace, place: { row: 0 } }, durationUs, createRandom(1)),
    ];
    expect(untilUs(900_000)).toEqual([0, 100_000, 100_000]);
    expect(untilUs(900_001)).toEqual([0, 100_000, 100_000, 900_000]);
  });

  it('begin again a mean gap after the last, at the rate of the file', () => {
    expect(loopUs(trace)).toBe(2_500_000);
    const all = timesUs(played({ arrivals: { ...asTraced, isLooped: true } }));
    expect(all.slice(4, 8)).toEqual([2_000_000, 2_500_000, 2_600_000, 2_600_000]);
    expect(all).toHaveLength(20);
  });

  it('do not begin again when they are all of one moment', () => {
    const flat = { ...trace, offsetsUs: Float64Array.of(0, 0, 0), who: null };
    expect(loopUs(flat)).toBe(0);
    expect(timesUs(played({ arrivals: { ...asTraced, isLooped: true } }, [flat]))).toEqual([0, 0, 0]);
  });

  describe('of which a share is kept', () => {
    const even: TraceTimes = {
      offsetsUs: Float64Array.from({ length: 10_000 }, (_, i) => i * 1_000),
      who: Uint32Array.from({ length: 10_000 }, (_, i) => i % 7),
      keptShare: 1,
    };
    const tenth = { ...asTraced, keepShare: 0.1 };

    it('keep each with that chance, and its own time and caller', () => {
      const all = played({ arrivals: tenth, who: whoTraced }, [even]);
      expect(Math.abs(all.length - 1_000)).toBeLessThan(4 * Math.sqrt(900));
      for (const { intendedUs, identityIndex } of all) expect(identityIndex).toBe((intendedUs / 1_000) % 7);
      // Not every tenth: gaps of one and of many.
      const gaps = new Set(timesUs(all).map((atUs, i, times) => atUs - (times[i - 1] ?? 0)));
      expect(gaps.size).toBeGreaterThan(20);
    });

    it('depend on the seed and not on the other actors', () => {
      expect(played({ arrivals: tenth }, [even], 2)).toEqual(played({ arrivals: tenth }, [even], 2));
      expect(played({ arrivals: tenth }, [even], 2)).not.toEqual(played({ arrivals: tenth }, [even], 3));
    });

    it('take into account what was left out when the file was loaded', () => {
      const sample = { ...even, keptShare: 0.2 };
      expect(Math.abs(played({ arrivals: tenth }, [sample]).length - 5_000)).toBeLessThan(4 * Math.sqrt(2_500));
      expect(played({ arrivals: tenth }, [{ ...even, keptShare: 0.1 }])).toHaveLength(10_000);
    });
  });
});

describe('who arrives, as a trace has it', () => {
  it('is the caller of each stamp, from round to round', () => {
    const all = played({ arrivals: { ...asTraced, isLooped: true }, who: whoTraced });
    expect(who(all).slice(0, 7)).toEqual([0, 1, 0, 2, 1, 0, 1]);
  });

  it('wraps round a population that is smaller', () => {
    expect(who(played({ population: 2, arrivals: asTraced, who: whoTraced }))).toEqual([0, 1, 0, 0, 1]);
  });

  it('follows the callers one by one, from the start again, at times of another kind', () => {
    const arrivals: Arrivals = { process: 'constant', ratePerSecond: 1 };
    expect(who(played({ arrivals, who: whoTraced })).slice(0, 7)).toEqual([0, 1, 0, 2, 1, 0, 1]);
  });

  it('keeps the callers at their times where one file is named twice', () => {
    const half = { ...asTraced, keepShare: 0.5 };
    const times = { ...trace, who: null };
    const plan = planOf({ arrivals: half, who: { choice: 'trace', trace: 1 } }, [
      { ...source, whoColumn: null },
      source,
    ]);
    for (let seed = 0; seed < 20; seed++) {
      const both = [...schedule({ plan, seed, worker: 0, workers: 1, traces: [times, trace] })];
      expect(both).toEqual(played({ arrivals: half, who: whoTraced }, [trace], seed));
    }
  });

  it('follows a file of its own by its own order', () => {
    const other = { ...source, file: 'other.csv' };
    const plan = planOf({ arrivals: { ...asTraced, keepShare: 0.5 }, who: { choice: 'trace', trace: 1 } }, [
      source,
      other,
    ]);
    const all = [...schedule({ plan, seed: 4, worker: 0, workers: 1, traces: [{ ...trace, who: null }, trace] })];
    expect(who(all)).toEqual([0, 1, 0, 2, 1].slice(0, all.length));
    expect(all.length).toBeGreaterThan(0);
  });
});

describe('a plan whose traces were not loaded', () => {
  it('is not played', () => {
    const plan = planOf({ arrivals: asTraced });
    expect(() => schedule({ plan, seed: 1, worker: 0, workers: 1 }).next()).toThrow(
      'trace 0 of the plan was not loaded',
    );
    expect(() => played({ who: whoTraced }, [{ ...trace, who: null }])).toThrow('tells nobody apart');
  });
});
