import { describe, expect, it } from 'vitest';
import type { Arrivals } from '../../../../harness/scenario/plan.js';
import { countsOf, exponentialLaw, fano, gapsOf, ksBound, ksDistance, mean } from '../../../support/statistics.js';
import { SECOND_US } from '../example-plan.js';
import { firstCounts, midUs, timesOf } from './process-times.js';

const mmpp = {
  process: 'mmpp',
  calmPerSecond: 20,
  burstPerSecond: 200,
  calmUsMean: 4 * SECOND_US,
  burstUsMean: SECOND_US,
} as const;
const onOff = {
  process: 'on-off',
  ratePerSecond: 50,
  onUsMean: 2 * SECOND_US,
  offUsMean: 3 * SECOND_US,
} as const;

interface Law {
  readonly rates: readonly [number, number];
  /** Mean seconds of each state. */
  readonly stays: readonly [number, number];
}
const mmppLaw: Law = { rates: [20, 200], stays: [4, 1] };
const onOffLaw: Law = { rates: [50, 0], stays: [2, 3] };

function meanRate({ rates: [a, b], stays: [stayA, stayB] }: Law): number {
  return (a * stayA + b * stayB) / (stayA + stayB);
}

/** Index of dispersion of counts in `seconds` of a two-state Markov-modulated Poisson process in balance. */
function dispersion(law: Law, seconds: number): number {
  const [a, b] = law.rates;
  const leaveA = 1 / law.stays[0];
  const leaveB = 1 / law.stays[1];
  const sum = leaveA + leaveB;
  const swing = (2 * leaveA * leaveB * (a - b) ** 2) / (sum ** 2 * (a * leaveB + b * leaveA));
  return 1 + swing * (1 - (1 - Math.exp(-sum * seconds)) / (sum * seconds));
}

const cases: readonly { name: string; arrivals: Arrivals; law: Law }[] = [
  { name: 'mmpp', arrivals: mmpp, law: mmppLaw },
  { name: 'on-off', arrivals: onOff, law: onOffLaw },
];

describe.each(cases)('arrivals of two states by turns: $name', ({ arrivals, law }) => {
  const seconds = 8_000;
  const all = timesOf(arrivals, seconds);
  const span = { fromUs: 0, toUs: seconds * SECOND_US };

  it('come at the mean rate', () => {
    const wanted = meanRate(law) * seconds;
    expect(Math.abs(all.length - wanted)).toBeLessThan(4 * Math.sqrt(wanted * dispersion(law, seconds)));
  });

  it.each([0.05, 0.5, 5])('are as clustered as the closed form has it, in bins of %f s', (bin) => {
    const counts = countsOf(all, { ...span, binUs: bin * SECOND_US });
    expect(Math.abs(fano(counts) / dispersion(law, bin) - 1)).toBeLessThan(bin > 1 ? 0.15 : 0.08);
  });

  it('would be seen to be too even, were they Poisson', () => {
    const plain = timesOf({ process: 'poisson', ratePerSecond: meanRate(law) }, seconds);
    const counts = countsOf(plain, { ...span, binUs: 0.5 * SECOND_US });
    expect(Math.abs(fano(counts) / dispersion(law, 0.5) - 1)).toBeGreaterThan(0.3);
  });

  it('begin in balance', () => {
    const counts = firstCounts(arrivals, 0.5, 2_000);
    const wanted = meanRate(law) / 2;
    const allowed = 4 * Math.sqrt((wanted * dispersion(law, 0.5)) / counts.length);
    expect(Math.abs(mean(counts) - wanted)).toBeLessThan(allowed);
    // A start in one state alone would be seen.
    for (const rate of law.rates) expect(Math.abs(rate / 2 - wanted)).toBeGreaterThan(2 * allowed);
  });
});

describe('on-off arrivals', () => {
  const all = midUs(timesOf(onOff, 8_000));
  const gaps = gapsOf(all).map((gapUs) => gapUs / SECOND_US);

  it('have the gaps of a process that is renewed at each arrival: an on-off source is one', () => {
    // The gap's Laplace transform is that of two exponential phases; the law, from its two poles.
    const [rate, leaveOn, leaveOff] = [50, 1 / 2, 1 / 3];
    const sum = rate + leaveOn + leaveOff;
    const root = Math.sqrt(sum * sum - 4 * rate * leaveOff);
    const [quick, slow] = [(sum + root) / 2, (sum - root) / 2];
    const share = (rate - slow) / (quick - slow);
    const law = (t: number): number => 1 - share * Math.exp(-quick * t) - (1 - share) * Math.exp(-slow * t);
    expect(ksDistance(gaps, law)).toBeLessThan(ksBound(gaps.length));
    expect(ksDistance(gaps, exponentialLaw(20))).toBeGreaterThan(ksBound(gaps.length));
  });

  it('can be silent for longer than a Poisson process ever would', () => {
    expect(gaps.some((gap) => gap > 9)).toBe(true);
  });
});

describe('two states that do not differ', () => {
  it('are a Poisson process', () => {
    const gaps = gapsOf(midUs(timesOf({ ...mmpp, burstPerSecond: 20 }, 2_000))).map((gapUs) => gapUs / SECOND_US);
    expect(ksDistance(gaps, exponentialLaw(20))).toBeLessThan(ksBound(gaps.length));
  });
});
