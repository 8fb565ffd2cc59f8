import { describe, expect, it } from 'vitest';
import {
  betterOf,
  changeInterval,
  changeOf,
  directionOf,
  matters,
  touchesZero,
} from '../../../harness/compare/finding.js';
import { chanceAlone, runSpreadOf } from '../../../harness/compare/run-spread.js';
import type { MetricName } from '../../../harness/scenario/metrics.js';
import { aPlan } from '../../support/plan-builder.js';

describe('matters', () => {
  it.each([
    { metric: 'latency.p99', from: 20_000, to: 21_000, is: true, because: 'five percent are the least' },
    { metric: 'latency.p99', from: 20_000, to: 20_999, is: false, because: 'less than the least' },
    { metric: 'latency.p99', from: 20_000, to: 19_000, is: true, because: 'down as up' },
    { metric: 'latency.p50', from: 500, to: 599, is: false, because: 'timers differ by so much' },
    { metric: 'latency.p50', from: 500, to: 600, is: true, because: 'a tenth of a millisecond' },
    { metric: 'throttled', from: 0, to: 1, is: true, because: 'nothing is the baseline' },
    { metric: 'throttled', from: 5, to: 5, is: false, because: 'nothing moved' },
    { metric: 'errorRate', from: 0, to: 0.0009, is: false, because: 'below a tenth of a point' },
    { metric: 'errorRate', from: 0, to: 0.001, is: true, because: 'a tenth of a point' },
    { metric: 'admittedShare', from: 0.99, to: 0.98, is: true, because: 'twice as many were not admitted' },
    { metric: 'admittedShare', from: 0.5, to: 0.51, is: false, because: 'two percent of either' },
  ] as const)('$metric from $from to $to: $is, since $because', ({ metric, from, to, is }) => {
    expect(matters(metric, from, to, 0.05)).toBe(is);
  });
});

describe('directionOf', () => {
  it('calls a move by the side that is the better one', () => {
    expect(directionOf('low', 1, 2)).toBe('worse');
    expect(directionOf('low', 2, 1)).toBe('better');
    expect(directionOf('high', 1, 2)).toBe('better');
    expect(directionOf('high', 2, 1)).toBe('worse');
    expect(directionOf('neither', 1, 2)).toBe('changed');
  });
});

describe('betterOf', () => {
  const plan = aPlan();

  it.each([
    { of: 'legit.goodput', wanted: [], better: 'high', because: 'the metric says so' },
    { of: 'abuse.leak', wanted: [], better: 'low', because: 'the metric says so' },
    { of: 'legit.throttled', wanted: [], better: 'low', because: 'nobody honest wants to come back later' },
    { of: 'customers.refused', wanted: [], better: 'low', because: 'an honest actor is as its label' },
    { of: 'legit.banned', wanted: [], better: 'low', because: 'nobody honest wants a ban' },
    { of: 'legit.admitted', wanted: [], better: 'neither', because: 'as many as were asked for' },
    { of: 'legit.latency.p99', wanted: [], better: 'low', because: 'honest requests wait' },
    { of: 'all.throttled', wanted: [], better: 'neither', because: 'whose they are is not said' },
    { of: 'all.admittedShare', wanted: [], better: 'high', because: 'the metric says so' },
    { of: 'abuse.throttled', wanted: [], better: 'neither', because: 'there may be more of it or less' },
    { of: 'abuse.admitted', wanted: [], better: 'low', because: 'abuse got more' },
    { of: 'abuse.admittedRate', wanted: [], better: 'low', because: 'abuse got more' },
    { of: 'abuse.admittedShare', wanted: [], better: 'low', because: 'abuse got more' },
    { of: 'abuse.goodput', wanted: [], better: 'low', because: 'abuse got more' },
    { of: 'abuse.latency.p99', wanted: [], better: 'neither', because: 'abuse may wait' },
    { of: 'abuse.fairness', wanted: [], better: 'neither', because: 'abuse need not be treated alike' },
    { of: 'abuse.errors', wanted: [], better: 'low', because: 'a server that breaks is broken' },
    { of: 'abuse.timeToFirstBlock', wanted: [], better: 'low', because: 'the metric says so' },
    { of: 'abuse.admitted', wanted: ['>='], better: 'high', because: 'an expectation says so' },
    { of: 'abuse.throttled', wanted: ['>', '>='], better: 'high', because: 'both expectations say so' },
    { of: 'legit.sent', wanted: ['<='], better: 'low', because: 'an expectation says so' },
    { of: 'legit.sent', wanted: ['<=', '>='], better: 'neither', because: 'expectations do not agree' },
    { of: 'legit.goodput', wanted: ['=='], better: 'high', because: 'either side of a number may be missed' },
  ] as const)('$of wanted $wanted: $better, since $because', ({ of, wanted, better }) => {
    const [subject = '', ...metric] = of.split('.');
    expect(betterOf({ subject, metric: metric.join('.') as MetricName, wanted }, plan)).toBe(better);
  });
});

describe('changeOf', () => {
  it('is a share of the baseline, where that says anything', () => {
    expect(changeOf(20, 24)).toBeCloseTo(0.2, 12);
    for (const [from, to] of [
      [0, 1],
      [null, 1],
      [1, null],
      [1, Number.POSITIVE_INFINITY],
    ] as const)
      expect(changeOf(from, to)).toBeNull();
  });

  it('has an interval as wide as both sides together, by their squares', () => {
    const baseline = { value: 10, interval: [10 / 1.3, 10 * 1.1] as const };
    const run = { value: 20, interval: [20 / 1.2, 20 * 1.4] as const };
    const [low, high] = changeInterval(baseline, run) ?? [];
    expect(low).toBeCloseTo(2 * Math.exp(-Math.hypot(Math.log(1.2), Math.log(1.1))) - 1, 12);
    expect(high).toBeCloseTo(2 * Math.exp(Math.hypot(Math.log(1.4), Math.log(1.3))) - 1, 12);
    expect(changeInterval({ value: 0, interval: [0, 0.1] }, run)).toBeNull();
    expect(changeInterval({ value: 10, interval: null }, run)).toBeNull();
  });

  it('has no end so near to no change that it is the arithmetic', () => {
    // The one interval ends where the other begins: of the difference floating point leaves 1e-16 or so.
    const baseline = { value: 73.53, interval: [73.53, 73.53] as const };
    const upTo = (to: number) => changeInterval(baseline, { value: 4.123, interval: [4.123, to] })?.[1];
    for (const near of [1, 1 + 1e-15, 1 - 1e-15, 1.00009, 0.99991]) expect(upTo(73.53 * near)).toBe(0);
    expect(upTo(73.53 * 1.00011)).toBeCloseTo(0.00011, 12);
    expect(upTo(73.53 * 0.99989)).toBeCloseTo(-0.00011, 12);
    const from = changeInterval(baseline, { value: 80, interval: [73.53 * (1 - 1e-15), 90] })?.[0];
    expect(from).toBe(0);
  });
});

describe('touchesZero', () => {
  it.each([
    { interval: [-0.653, 0], is: true },
    { interval: [0, 0.5], is: true },
    { interval: [-0.1, 0.1], is: true },
    { interval: [-0.653, -0.0001], is: false },
    { interval: [0.0001, 0.5], is: false },
    { interval: null, is: false },
  ] as const)('of $interval: $is', ({ interval, is }) => {
    expect(touchesZero(interval)).toBe(is);
  });
});

describe('runSpreadOf', () => {
  it('has no chance of one run beside one', () => {
    expect(runSpreadOf([1], [3]).chance).toBeNull();
  });

  it('is noise all the same where runs are few, as if of four degrees', () => {
    // t = 2 / sqrt(0.5 (1 + 1/2)) of two runs beside one.
    expect(runSpreadOf([1, 2], [3.5]).chance).toBeCloseTo(0.0824, 3);
  });

  it('is the test of B. Welch', () => {
    // t = 3 / sqrt(1/3 + 4/3) with 2.94 degrees of freedom.
    expect(runSpreadOf([1, 2, 3], [3, 5, 7]).chance).toBeCloseTo(0.1047, 2);
    expect(runSpreadOf([1, 2, 3], [1, 2, 3]).chance).toBe(1);
  });

  it('takes one run beside many to vary as they do', () => {
    // t = 4 / sqrt(2.5 (1 + 1/5)) with 4 degrees of freedom, and not more for being borrowed.
    expect(runSpreadOf([1, 2, 3, 4, 5], [7]).chance).toBeCloseTo(0.0824, 3);
  });

  it('has an interval of each side with two runs', () => {
    const { baselineInterval, runInterval } = runSpreadOf([1, 3], [5]);
    expect(baselineInterval?.[1]).toBeCloseTo(2 + 12.7062, 3);
    expect(runInterval).toBeNull();
  });
});

describe('chanceAlone', () => {
  it('tells nothing from fewer than three runs a side, however alike those of the other side are', () => {
    expect(chanceAlone([1, 2], [3, 4, 5])).toBeNull();
    expect(chanceAlone([3, 4, 5], [1, 2])).toBeNull();
    expect(chanceAlone([0, 0, 0, 0, 0], [900])).toBeNull();
    expect(chanceAlone([1, 2, 3], [3, 5, 7])).toBe(runSpreadOf([1, 2, 3], [3, 5, 7]).chance);
  });

  it('takes runs that all gave one value for no certainty', () => {
    expect(chanceAlone([300, 300, 300], [400, 400, 400])).toBeCloseTo(2 / 20, 12);
    expect(chanceAlone([300, 300, 300, 300], [400, 400, 400])).toBeCloseTo(2 / 35, 12);
    expect(chanceAlone([300, 300, 300], [300, 300, 300])).toBe(1);
    expect(chanceAlone([300, 300, 300], [400, 400, 401])).toBeLessThan(0.01);
  });
});
