import { describe, expect, it } from 'vitest';
import { expectedArrivals } from '../../../harness/scenario/expected-arrivals.js';
import { requestsPerArrival } from '../../../harness/scenario/expected-traffic.js';
import type { Arrivals } from '../../../harness/scenario/plan.js';
import { peakRatePerSecond } from '../../../harness/targets/consent/peak-rate.js';
import { exampleActor, examplePlan, SECOND_US } from '../actors/example-plan.js';

const flood = (arrivals: Arrivals, changes = {}) => exampleActor('order-flood', { arrivals, ...changes });
const herd = { process: 'herd', size: 50, firstUs: 0, everyUs: null, withinUs: 0 } as const;

/** Processes with the highest mean rate that they ever have, worked out by hand. */
const processes: readonly (readonly [Arrivals, number])[] = [
  [{ process: 'constant', ratePerSecond: 7 }, 7],
  [{ process: 'poisson', ratePerSecond: 7 }, 7],
  [{ process: 'hawkes', ratePerSecond: 7, branching: 0.5, decayPerSecond: 3 }, 7],
  [{ process: 'on-off', ratePerSecond: 7, onUsMean: 1, offUsMean: 9 }, 7],
  [{ process: 'ramp', fromPerSecond: 1, toPerSecond: 9 }, 9],
  [{ process: 'ramp', fromPerSecond: 9, toPerSecond: 1 }, 9],
  [
    {
      process: 'step',
      steps: [
        { fromUs: 0, ratePerSecond: 2 },
        { fromUs: SECOND_US, ratePerSecond: 8 },
        { fromUs: 3 * SECOND_US, ratePerSecond: 0 },
      ],
    },
    8,
  ],
  [{ process: 'mmpp', calmPerSecond: 2, burstPerSecond: 20, calmUsMean: 5, burstUsMean: 1 }, 20],
  [{ process: 'mmpp', calmPerSecond: 20, burstPerSecond: 2, calmUsMean: 5, burstUsMean: 1 }, 20],
  // (1 + a) / (1 - a) = 3, so a = 1/2.
  [{ process: 'diurnal', ratePerSecond: 10, peakToTrough: 3, periodUs: 8 * SECOND_US, peakAtUs: 0 }, 15],
  [herd, 50],
  [{ ...herd, everyUs: 2 * SECOND_US }, 50],
  [{ ...herd, everyUs: SECOND_US }, 50],
  [{ ...herd, everyUs: SECOND_US / 4 }, 200],
  [{ ...herd, everyUs: 300_000 }, 200],
  [{ ...herd, withinUs: 5 * SECOND_US }, 10],
  [{ ...herd, everyUs: 2 * SECOND_US, withinUs: 5 * SECOND_US }, 30],
];

describe('the highest rate of a plan', () => {
  it.each(processes)('of %j is %d', (arrivals, wanted) => {
    expect(peakRatePerSecond(examplePlan([flood(arrivals)]))).toBe(wanted);
  });

  it.each(processes)('is never below the mean of any second: %j', (arrivals) => {
    // A herd that is spread counts at its beginning there.
    if (arrivals.process === 'herd' && arrivals.withinUs > 0) return;
    const actor = flood(arrivals);
    const peak = peakRatePerSecond(examplePlan([actor])) ?? 0;
    for (let fromUs = 0; fromUs <= 9 * SECOND_US; fromUs += 50_000) {
      // Off and calm spells are in the mean, and a burst is above it.
      expect(peak).toBeGreaterThanOrEqual((expectedArrivals(actor, fromUs, fromUs + SECOND_US) ?? 0) - 1e-9);
    }
  });

  it('counts all requests that follow from an arrival, retries left out', () => {
    const actor = exampleActor('cancel-storm', { arrivals: { process: 'constant', ratePerSecond: 3 } });
    const each = requestsPerArrival(examplePlan([actor]), actor).reduce((sum, mean) => sum + mean, 0);
    expect(each).toBe(11);
    expect(peakRatePerSecond(examplePlan([actor]))).toBe(33);
    // 0.1 + 0.2 and the like do not show.
    const trader = exampleActor('retail-trader', {
      arrivals: { process: 'constant', ratePerSecond: 60 },
      params: { orderShare: 0.1, accountShare: 0.2, cancelShare: 0 },
    });
    expect(peakRatePerSecond(examplePlan([trader]))).toBe(60);
  });

  it('is that of those who act at the same time', () => {
    const span = (from: number, to: number) => ({ active: [{ startUs: from * SECOND_US, endUs: to * SECOND_US }] });
    const of = (rate: number, from: number, to: number) =>
      flood({ process: 'constant', ratePerSecond: rate }, span(from, to));
    expect(peakRatePerSecond(examplePlan([of(5, 0, 2), of(7, 2, 4)]))).toBe(7);
    expect(peakRatePerSecond(examplePlan([of(5, 0, 3), of(7, 2, 4)]))).toBe(12);
    expect(peakRatePerSecond(examplePlan([of(5, 0, 9), of(7, 2, 4), of(1, 3, 4), of(6, 5, 6)]))).toBe(13);
    expect(peakRatePerSecond(examplePlan([]))).toBe(0);
  });

  it('is not known where somebody follows a recording', () => {
    const traced = flood({ process: 'trace', trace: 0, speed: 1, keepShare: 1, isLooped: false });
    expect(peakRatePerSecond(examplePlan([traced, flood({ process: 'constant', ratePerSecond: 1 })]))).toBeNull();
  });
});
