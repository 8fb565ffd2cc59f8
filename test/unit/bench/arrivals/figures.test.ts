import { describe, expect, it } from 'vitest';
import { schedule } from '../../../../harness/actors/schedule.js';
import { type ArrivalCase, figuresOf, type StampedRound } from '../../../../harness/bench/arrivals/measure.js';
import { benchPlan } from '../../../../harness/bench/generator/bench-plan.js';

const slow: ArrivalCase = {
  name: 'Poisson at 500/s',
  arrivals: { process: 'poisson', ratePerSecond: 500 },
  seconds: 4,
  binUs: 10_000,
  exponentialPerSecond: 500,
};
const plan = benchPlan({ population: 50, arrivals: slow.arrivals, seconds: 5, connectionsPerIp: 4 });
const plannedUs = Array.from(schedule({ plan, seed: 2, worker: 0, workers: 1 }), ({ intendedUs }) => intendedUs);

/** What a server sees that stamps each arrival after `lagUs` of it, on a clock of its own. */
function seen(lagUs: (atUs: number, i: number) => number, ownDelayMsP99 = 0.4): StampedRound {
  const stampsUs = plannedUs.map((atUs, i) => 7_000_000_000 + atUs + lagUs(atUs, i)).sort((a, b) => a - b);
  return { plannedUs, stampsUs, ownDelayMsP99 };
}

describe('figures of arrivals at a server', () => {
  it('are within their bounds where each arrives soon after it is due', () => {
    const figures = figuresOf(slow, [seen((_, i) => 80 + ((i * 37) % 60)), seen(() => 100)]);
    expect(figures).toMatchObject({
      isWithin: true,
      planned: [plannedUs.length, plannedUs.length],
      stamped: [plannedUs.length, plannedUs.length],
    });
    expect(figures.fanoRatio.median).toBeCloseTo(1, 1);
    expect(figures.ksDistance?.max).toBeLessThan(0.0515);
  });

  it.each([
    { lagUs: (atUs: number) => 10_000 - (atUs % 10_000), because: 'a generator that wakes every 10 ms' },
    { lagUs: (atUs: number, i: number) => i * 2_000 - atUs, because: 'one that spaces evenly' },
    {
      lagUs: (_: number, i: number) => (Math.floor(i / 100) % 2) * 40_000,
      because: 'one that stands still now and then',
    },
  ])('are not within them: $because', ({ lagUs }) => {
    const figures = figuresOf(slow, [seen(() => 100), seen(lagUs)]);
    expect(figures.isWithin).toBe(false);
    expect(figuresOf({ ...slow, exponentialPerSecond: null }, [seen(lagUs)])).toMatchObject({ ksDistance: null });
  });

  it('are not within them where a request is lost, or the delay is a millisecond', () => {
    const { stampsUs, ...round } = seen(() => 100);
    expect(figuresOf(slow, [{ ...round, stampsUs: stampsUs.slice(1) }]).isWithin).toBe(false);
    expect(figuresOf(slow, [seen(() => 100, 1)]).isWithin).toBe(false);
  });

  it('see a count that is too even where gaps are held to no law', () => {
    const even = seen((atUs, i) => i * 2_000 - atUs);
    const figures = figuresOf({ ...slow, exponentialPerSecond: null }, [even]);
    expect(figures.fanoRatio.max).toBeLessThan(0.5);
    expect(figures.isWithin).toBe(false);
  });
});
