import { describe, expect, it } from 'vitest';
import { exponentialLaw, gapsOf, ksBound, ksDistance } from '../../../support/statistics.js';
import { SECOND_US } from '../example-plan.js';
import { midUs, timesOf } from './process-times.js';

const law = { ratePerSecond: 50, peakToTrough: 2.5, periodUs: 120 * SECOND_US, peakAtUs: 30 * SECOND_US };
const diurnal = { process: 'diurnal', ...law } as const;

/** Integrated rate from 0 to `atUs`. */
function expectedCount(atUs: number, of: typeof law): number {
  const swing = (of.peakToTrough - 1) / (of.peakToTrough + 1);
  const omega = (2 * Math.PI) / of.periodUs;
  const wave = (Math.sin(omega * (atUs - of.peakAtUs)) + Math.sin(omega * of.peakAtUs)) / omega;
  return (of.ratePerSecond / SECOND_US) * (atUs + swing * wave);
}

function residuals(timesUs: readonly number[], of: typeof law): number[] {
  return gapsOf(midUs(timesUs).map((atUs) => expectedCount(atUs, of)));
}

const all = timesOf(diurnal, 600);
const one = exponentialLaw(1);

describe('diurnal arrivals', () => {
  it('are a Poisson process in rescaled time', () => {
    const rescaled = residuals(all, law);
    expect(ksDistance(rescaled, one)).toBeLessThan(ksBound(rescaled.length));
  });

  it.each([
    { wrong: { ...law, peakAtUs: 90 * SECOND_US }, because: 'the peak where the trough is' },
    { wrong: { ...law, peakToTrough: 1 }, because: 'no swing' },
    { wrong: { ...law, ratePerSecond: 55 }, because: 'another mean' },
  ])('would be seen not to be of this law: $because', ({ wrong }) => {
    const rescaled = residuals(timesOf({ process: 'diurnal', ...wrong }, 600), law);
    expect(ksDistance(rescaled, one)).toBeGreaterThan(ksBound(rescaled.length));
  });

  it('come at the mean rate over whole periods, and at the stated ratio at peak and trough', () => {
    expect(Math.abs(all.length - 30_000)).toBeLessThan(4 * Math.sqrt(30_000));
    const within = (centreUs: number): number =>
      all.filter((atUs) => Math.abs((atUs % law.periodUs) - centreUs) < 3 * SECOND_US).length;
    const [peak, trough] = [within(30 * SECOND_US), within(90 * SECOND_US)];
    expect(Math.abs(peak / trough / 2.5 - 1)).toBeLessThan(4 * Math.sqrt(1 / peak + 1 / trough));
  });

  it('are even where peak and trough are alike', () => {
    const gaps = gapsOf(midUs(timesOf({ ...diurnal, peakToTrough: 1 }, 600))).map((gapUs) => gapUs / SECOND_US);
    expect(ksDistance(gaps, exponentialLaw(50))).toBeLessThan(ksBound(gaps.length));
  });
});
