import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepArrivals } from '../../../../harness/actors/arrivals/step.js';
import { SECOND_US } from '../example-plan.js';
import { timesOf } from './process-times.js';

describe('arrivals in steps', () => {
  it('come at each rate for as long as it holds', () => {
    const steps = [
      { fromUs: 0, ratePerSecond: 10 },
      { fromUs: 2 * SECOND_US, ratePerSecond: 100 },
      { fromUs: 3 * SECOND_US, ratePerSecond: 1 },
    ];
    const all = timesOf({ process: 'step', steps }, 10);
    const within = (from: number, to: number): number =>
      all.filter((atUs) => atUs >= from * SECOND_US && atUs < to * SECOND_US).length;
    expect([within(0, 2), within(2, 3), within(3, 10)]).toEqual([20, 100, 7]);
    expect(all.slice(0, 2)).toEqual([50_000, 150_000]);
    expect(all[20]).toBe(2_005_000);
    expect(all.at(-1)).toBe(9_500_000);
  });

  it('wait while the rate is 0, and do not make up for it', () => {
    const steps = [
      { fromUs: 0, ratePerSecond: 1 },
      { fromUs: SECOND_US, ratePerSecond: 0 },
      { fromUs: 5 * SECOND_US, ratePerSecond: 1 },
    ];
    expect(timesOf({ process: 'step', steps }, 7)).toEqual([500_000, 5_500_000, 6_500_000]);
  });

  it('are the constant arrivals in one step', () => {
    const steps = [{ fromUs: 0, ratePerSecond: 7 / 3 }];
    expect(timesOf({ process: 'step', steps }, 100)).toEqual(
      timesOf({ process: 'constant', ratePerSecond: 7 / 3 }, 100),
    );
  });

  it('leave one that is due where the rate falls to 0 to the next rate, and one that is due at the end to nobody', () => {
    const half = { fromUs: 0, ratePerSecond: 0.5 };
    const steps = [half, { fromUs: SECOND_US, ratePerSecond: 0 }, { fromUs: 3 * SECOND_US, ratePerSecond: 1 }];
    expect([...stepArrivals(steps, 5 * SECOND_US)]).toEqual([3_000_000, 4_000_000]);
    expect([...stepArrivals([half], SECOND_US)]).toEqual([]);
    expect([...stepArrivals([half, { fromUs: 2 * SECOND_US, ratePerSecond: 9 }], SECOND_US + 1)]).toEqual([SECOND_US]);
  });

  it('leave out steps that begin after the end', () => {
    const steps = [
      { fromUs: 0, ratePerSecond: 2 },
      { fromUs: 9 * SECOND_US, ratePerSecond: 50 },
    ];
    expect(timesOf({ process: 'step', steps }, 1)).toEqual([250_000, 750_000]);
  });

  it('never stray more than one from the integrated rate, for any steps and moment', () => {
    const step = fc.record({
      forUs: fc.integer({ min: 1, max: 3 * SECOND_US }),
      ratePerSecond: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 300, noNaN: true })),
    });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 10 * SECOND_US }),
        (rows, untilUs) => {
          let fromUs = 0;
          let integrated = 0;
          const steps = rows.map(({ forUs, ratePerSecond }, i) => {
            const row = { fromUs, ratePerSecond };
            const endUs = i === rows.length - 1 ? 10 * SECOND_US : fromUs + forUs;
            integrated += (Math.max(0, Math.min(endUs, untilUs) - fromUs) * ratePerSecond) / SECOND_US;
            fromUs = endUs;
            return row;
          });
          const all = timesOf({ process: 'step', steps }, 10);
          expect(all).toEqual(all.toSorted((a, b) => a - b));
          const count = all.filter((atUs) => atUs < untilUs).length;
          expect(Math.abs(count - integrated)).toBeLessThanOrEqual(1);
        },
      ),
      { seed: 12, numRuns: 100 },
    );
  });
});
