import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, test } from 'vitest';
import { benchPlan } from '../../../harness/bench/generator/bench-plan.js';
import { accountForGenerator, type GeneratorRecord } from '../../../harness/engine/generator-account.js';
import type { HealthSecond } from '../../../harness/engine/health.js';

const base = benchPlan({
  population: 1,
  arrivals: { process: 'constant', ratePerSecond: 100 },
  seconds: 4,
  connectionsPerIp: 1,
});
const plan = {
  ...base,
  warmupUs: 1e6,
  generator: { ownDelayP99Us: 10_000, ownDelayP99WorstSecondUs: 20_000, sentShare: 0.99 },
};

function second(index: number, change: Partial<HealthSecond> = {}): HealthSecond {
  return {
    second: index,
    asked: 100,
    dispatched: 100,
    ownDelayUsP99: 1000,
    ownDelayUsMax: 1500,
    eventLoopLagUsMax: 0,
    gcUs: 0,
    ownFaults: {},
    ...change,
  };
}

function delays(...valuesUs: number[]): string {
  const histogram = build({ highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3 });
  for (const value of valuesUs) histogram.recordValue(value);
  return encodeIntoCompressedBase64(histogram);
}

function record(change: Partial<GeneratorRecord>): GeneratorRecord {
  return {
    seconds: [second(0), second(1), second(2)],
    machine: [],
    ownDelays: [delays(1000)],
    asked: 200,
    sent: 200,
    answered: 199,
    targetWaitMsP99: 3,
    ...change,
  };
}

describe('whether a run is valid', () => {
  test('a generator in time has no fault', () => {
    expect(accountForGenerator(plan, record({}))).toEqual({
      asked: 200,
      sent: 200,
      answered: 199,
      ownDelayMsP99: 1,
      targetWaitMsP99: 3,
      worstSecond: { second: 0, ownDelayMsP99: 1, eventLoopLagMsMax: 0, gcMs: 0, stolenCpuShare: 0 },
      faults: [],
    });
  });

  test.each([
    {
      because: 'the percentile over all workers counts, not that of each',
      change: { ownDelays: [delays(1000, 1000), delays(15_000, 15_000)] },
      fault: /15\.0 ms late \(p99 of the run, bound 10 ms\).*--workers/,
    },
    {
      because: 'one bad second is not averaged away',
      change: {
        seconds: [second(1), second(2, { ownDelayUsP99: 30_000, eventLoopLagUsMax: 28_000, gcUs: 5000 }), second(3)],
        machine: [{ second: 2, stolenCpuShare: 0.25 }],
      },
      fault: /in second 1 .*30\.0 ms late .*lag 28 ms, garbage collection 5 ms, CPU stolen 25 %/,
    },
    {
      because: 'requests that were never handed over in time are missing from the load',
      change: { seconds: [second(1, { dispatched: 90 }), second(2)] },
      fault: /only 190 of 200 due requests/,
    },
    {
      because: 'a machine without file descriptors says nothing about the target',
      change: { seconds: [second(1, { ownFaults: { EMFILE: 3 } }), second(2, { ownFaults: { EMFILE: 4 } })] },
      fault: /^7 requests could not be sent because of this machine \(EMFILE\).*ulimit/,
    },
  ])('$because', ({ change, fault }) => {
    const { faults } = accountForGenerator(plan, record(change));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  test('the warm-up and the target are not the generator', () => {
    const slow = record({
      seconds: [second(0, { ownDelayUsP99: 900_000 }), second(1)],
      targetWaitMsP99: 9000,
      answered: 0,
    });
    expect(accountForGenerator(plan, slow).faults).toEqual([]);
  });

  test('at the bounds themselves a run is valid', () => {
    const seconds = [second(1, { ownDelayUsP99: 20_000 })];
    // Up to 2047 the histogram of three digits keeps each number as it is.
    const tight = { ...plan, generator: { ...plan.generator, ownDelayP99Us: 2000 } };
    expect(accountForGenerator(tight, record({ seconds, ownDelays: [delays(2000)] })).faults).toEqual([]);
  });
});
