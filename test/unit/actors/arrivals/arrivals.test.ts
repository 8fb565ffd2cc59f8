import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalTimes } from '../../../../harness/actors/arrivals/arrivals.js';
import { constantArrivals } from '../../../../harness/actors/arrivals/constant.js';
import { createRandom } from '../../../../harness/actors/random.js';
import type { Arrivals } from '../../../../harness/scenario/plan.js';
import { SECOND_US } from '../example-plan.js';

const tenSeconds = [{ startUs: 0, endUs: 10 * SECOND_US }];

function times(arrivals: Arrivals, active = tenSeconds, seed = 1): number[] {
  return [...arrivalTimes(arrivals, active, { random: createRandom(seed) })];
}

function countIn(all: readonly number[], fromUs: number, toUs: number): number {
  return all.filter((atUs) => atUs >= fromUs && atUs < toUs).length;
}

describe('constant arrivals', () => {
  it.each([
    { ratePerSecond: 1, count: 10, because: 'a whole rate' },
    { ratePerSecond: 1_000, count: 10_000, because: 'many' },
    { ratePerSecond: 0.1, count: 1, because: 'one in the whole time' },
    { ratePerSecond: 0.5, count: 5, because: 'less than one a second' },
    { ratePerSecond: 3, count: 30, because: 'a gap that is no whole number of microseconds' },
    { ratePerSecond: 0.01, count: 0, because: 'less than half an arrival in the whole time' },
  ])('come exactly $count times in ten seconds at $ratePerSecond a second: $because', ({ ratePerSecond, count }) => {
    expect(times({ process: 'constant', ratePerSecond })).toHaveLength(count);
  });

  it('stand half a gap after the start and one gap apart', () => {
    expect(times({ process: 'constant', ratePerSecond: 2 }, [{ startUs: 100, endUs: 100 + 2 * SECOND_US }])).toEqual([
      250_100, 750_100, 1_250_100, 1_750_100,
    ]);
  });

  it('do not happen at the very end, which belongs to whatever comes next', () => {
    expect([...constantArrivals(1, 500_000)]).toEqual([]);
    expect([...constantArrivals(1, 500_001)]).toEqual([500_000]);
  });

  it('do not drift over a day', () => {
    const day = [{ startUs: 0, endUs: 86_400 * SECOND_US }];
    const all = times({ process: 'constant', ratePerSecond: 7 / 3 }, day);
    expect(all).toHaveLength(201_600);
    expect(all.at(-1)).toBe(Math.floor((201_599.5 * SECOND_US * 3) / 7));
  });
});

describe('ramping arrivals', () => {
  it.each([
    { fromPerSecond: 1, toPerSecond: 199, because: 'up' },
    { fromPerSecond: 199, toPerSecond: 1, because: 'down' },
    { fromPerSecond: 100, toPerSecond: 100, because: 'level' },
    { fromPerSecond: 1e-9, toPerSecond: 200, because: 'from nearly nothing' },
    { fromPerSecond: 200, toPerSecond: 1e-9, because: 'to nearly nothing' },
    { fromPerSecond: 0, toPerSecond: 200, because: 'from nothing' },
    { fromPerSecond: 200, toPerSecond: 0, because: 'to nothing' },
  ])('follow the line second by second and in sum: $because', ({ fromPerSecond, toPerSecond }) => {
    const all = times({ process: 'ramp', fromPerSecond, toPerSecond });
    expect(all).toHaveLength(1_000);
    for (let second = 0; second < 10; second++) {
      const wanted = fromPerSecond + (toPerSecond - fromPerSecond) * ((second + 0.5) / 10);
      expect(Math.abs(countIn(all, second * SECOND_US, (second + 1) * SECOND_US) - wanted)).toBeLessThanOrEqual(1);
    }
  });

  it('are the constant arrivals when the line is level', () => {
    expect(times({ process: 'ramp', fromPerSecond: 5, toPerSecond: 5 })).toEqual(
      times({ process: 'constant', ratePerSecond: 5 }),
    );
  });

  it('never stray more than one from the integrated rate, for any line and moment', () => {
    const rate = fc.double({ min: 0.001, max: 500, noNaN: true });
    fc.assert(
      fc.property(rate, rate, fc.integer({ min: 1, max: 10 * SECOND_US }), (a, b, untilUs) => {
        const all = times({ process: 'ramp', fromPerSecond: a, toPerSecond: b });
        const t = untilUs / SECOND_US;
        const integrated = a * t + ((b - a) * t * t) / 20;
        expect(Math.abs(countIn(all, 0, untilUs) - integrated)).toBeLessThanOrEqual(1);
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('ramp once over all active time, not once a span', () => {
    const spans = [
      { startUs: 0, endUs: 4 * SECOND_US },
      { startUs: 4 * SECOND_US, endUs: 5 * SECOND_US },
      { startUs: 20 * SECOND_US, endUs: 25 * SECOND_US },
    ];
    const all = times({ process: 'ramp', fromPerSecond: 2, toPerSecond: 40 }, spans);
    const together = times({ process: 'ramp', fromPerSecond: 2, toPerSecond: 40 });
    expect(all).toEqual(together.map((atUs) => (atUs < 5 * SECOND_US ? atUs : atUs + 15 * SECOND_US)));
  });
});

describe('Poisson arrivals', () => {
  const ratePerSecond = 2_000;
  const all = times({ process: 'poisson', ratePerSecond });

  it('come about as often as the rate says', () => {
    const wanted = ratePerSecond * 10;
    // Four standard deviations of a Poisson count.
    expect(Math.abs(all.length - wanted)).toBeLessThan(4 * Math.sqrt(wanted));
  });

  it('have exponential gaps (Kolmogorov-Smirnov at 1 %)', () => {
    const gaps = all.map((atUs, i) => atUs - (all[i - 1] ?? 0)).sort((a, b) => a - b);
    let distance = 0;
    for (const [i, gap] of gaps.entries()) {
      // Times are whole microseconds: the middle of the microsecond stands for the gap.
      const model = 1 - Math.exp(-((gap + 0.5) * ratePerSecond) / SECOND_US);
      distance = Math.max(distance, Math.abs(model - i / gaps.length), Math.abs(model - (i + 1) / gaps.length));
    }
    expect(distance * Math.sqrt(gaps.length)).toBeLessThan(1.63);
  });

  it('are as uneven as a Poisson process: the variance of counts is their mean', () => {
    const bins = Array.from({ length: 1_000 }, () => 0);
    for (const atUs of all) {
      const bin = Math.floor(atUs / 10_000);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const mean = all.length / bins.length;
    const variance = bins.reduce((sum, count) => sum + (count - mean) ** 2, 0) / bins.length;
    expect(Math.abs(variance / mean - 1)).toBeLessThan(0.2);
  });

  it('are the same for the same seed and others for another', () => {
    const arrivals: Arrivals = { process: 'poisson', ratePerSecond: 10 };
    expect(times(arrivals, tenSeconds, 5)).toEqual(times(arrivals, tenSeconds, 5));
    expect(times(arrivals, tenSeconds, 6)).not.toEqual(times(arrivals, tenSeconds, 5));
  });
});

describe('arrivals of every process', () => {
  const spans = [
    { startUs: 3, endUs: 2 * SECOND_US },
    { startUs: 5 * SECOND_US, endUs: 5 * SECOND_US + 1 },
    { startUs: 9 * SECOND_US, endUs: 9 * SECOND_US },
    { startUs: 9 * SECOND_US + 7, endUs: 10 * SECOND_US },
  ];

  it.each([
    { process: 'constant', ratePerSecond: 977 },
    { process: 'ramp', fromPerSecond: 900, toPerSecond: 10 },
    { process: 'poisson', ratePerSecond: 977 },
    {
      process: 'step',
      steps: [
        { fromUs: 0, ratePerSecond: 300 },
        { fromUs: SECOND_US, ratePerSecond: 900 },
      ],
    },
    { process: 'on-off', ratePerSecond: 2_000, onUsMean: 20_000, offUsMean: 20_000 },
    { process: 'mmpp', calmPerSecond: 300, burstPerSecond: 5_000, calmUsMean: 100_000, burstUsMean: 20_000 },
    { process: 'hawkes', ratePerSecond: 977, branching: 0.7, decayPerSecond: 112 },
    { process: 'diurnal', ratePerSecond: 977, peakToTrough: 3, periodUs: SECOND_US, peakAtUs: 0 },
    { process: 'herd', size: 100, firstUs: 3, everyUs: 250_000, withinUs: 250_000 },
  ] satisfies Arrivals[])('are whole, in rising order and inside a span: $process', (arrivals) => {
    const all = times(arrivals, spans);
    expect(all.length).toBeGreaterThan(500);
    for (const [i, atUs] of all.entries()) {
      expect(Number.isSafeInteger(atUs)).toBe(true);
      expect(atUs).toBeGreaterThanOrEqual(all[i - 1] ?? 0);
      expect(spans.some((span) => atUs >= span.startUs && atUs < span.endUs)).toBe(true);
    }
  });

  it.each([
    { process: 'poisson', ratePerSecond: 100_000 },
    { process: 'on-off', ratePerSecond: 100_000, onUsMean: SECOND_US, offUsMean: SECOND_US },
    { process: 'hawkes', ratePerSecond: 100_000, branching: 0.9, decayPerSecond: 100 },
    { process: 'diurnal', ratePerSecond: 100_000, peakToTrough: 3, periodUs: SECOND_US, peakAtUs: 0 },
    { process: 'herd', size: 1_000_000_000, firstUs: 0, everyUs: SECOND_US, withinUs: SECOND_US },
  ] satisfies Arrivals[])('hold no more for a year than for a second: $process', (arrivals) => {
    const year = [{ startUs: 0, endUs: 365 * 86_400 * SECOND_US }];
    const lazy = arrivalTimes(arrivals, year, { random: createRandom(2) });
    let lastUs = 0;
    for (let i = 0; i < 1_000; i++) {
      const { value } = lazy.next();
      expect(value).toBeGreaterThanOrEqual(lastUs);
      lastUs = value as number;
    }
    expect(lastUs).toBeLessThan(10 * SECOND_US);
  });

  it('are the same on every machine: times that were written down once', () => {
    const first = (arrivals: Arrivals): number[] => times(arrivals, tenSeconds, 2026).slice(0, 6);
    expect(first({ process: 'poisson', ratePerSecond: 60 })).toMatchInlineSnapshot(`
      [
        6201,
        8257,
        19053,
        22509,
        29029,
        31522,
      ]
    `);
    expect(
      first({ process: 'hawkes', ratePerSecond: 60, branching: 0.66, decayPerSecond: 1.8 }),
    ).toMatchInlineSnapshot(`
      [
        8532,
        94001,
        104258,
        129558,
        131826,
        141200,
      ]
    `);
    const periodUs = 10 * SECOND_US;
    expect(
      first({ process: 'diurnal', ratePerSecond: 60, peakToTrough: 2.5, periodUs, peakAtUs: 0 }),
    ).toMatchInlineSnapshot(`
      [
        4341,
        11898,
        16461,
        17648,
        36949,
        42888,
      ]
    `);
    expect(first({ process: 'herd', size: 6, firstUs: 0, everyUs: null, withinUs: 50_000 })).toMatchInlineSnapshot(`
      [
        3006,
        4151,
        11006,
        13610,
        20075,
        24233,
      ]
    `);
  });

  it('are none without active time', () => {
    expect(times({ process: 'ramp', fromPerSecond: 1, toPerSecond: 2 }, [])).toEqual([]);
    expect(times({ process: 'poisson', ratePerSecond: 1e5 }, [{ startUs: 5, endUs: 5 }])).toEqual([]);
  });

  it('are made when they are asked for: a day at full rate gives its first at once', () => {
    const day = [{ startUs: 0, endUs: 86_400 * SECOND_US }];
    const lazy = arrivalTimes({ process: 'constant', ratePerSecond: 100_000 }, day, { random: createRandom(1) });
    expect(lazy.next().value).toBe(5);
    expect(lazy.next().value).toBe(15);
  });
});
