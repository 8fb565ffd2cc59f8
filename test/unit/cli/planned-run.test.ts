import { describe, expect, test } from 'vitest';
import { assertEnforceable, plannedRuns } from '../../../harness/cli/planned-run.js';
import type { RunRecord } from '../../../harness/engine/record/run-folder.js';
import type { FloodproofError } from '../../../harness/errors.js';
import { aPlan, aPolicy, aSlidingLog, aTokenBucket } from '../../support/plan-builder.js';

function aRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 'floodproof/run/1',
    plan: aPlan(),
    seed: 1,
    engine: 'ts',
    workers: 1,
    target: 'gateway',
    gatewayPolicy: null,
    arrivalsMax: null,
    ...changes,
  };
}

describe('plannedRuns', () => {
  const url = aRecord({ target: 'http://127.0.0.1:3000' });
  const embedded = aRecord();
  test.each([
    { records: [url, url], isFresh: true, exclusive: [true, false], because: 'the first run has charged the server' },
    { records: [url], isFresh: false, exclusive: [false], because: 'a replay comes after its first playing' },
    { records: [embedded, embedded], isFresh: false, exclusive: [true, true], because: 'each run has a new gateway' },
  ])('judges throttles for certain on $exclusive, because $because', ({ records, isFresh, exclusive }) => {
    const runs = plannedRuns(records, isFresh);
    expect(runs.map(({ record }) => record.plan.policy.exclusive)).toEqual(exclusive);
    expect(runs.map(({ notes }) => notes.length > 0)).toEqual(exclusive.map((value) => !value));
    for (const [index, { record }] of runs.entries()) {
      const { plan } = records[index] as RunRecord;
      expect(record).toEqual({
        ...records[index],
        plan: { ...plan, policy: { ...plan.policy, exclusive: exclusive[index] } },
      });
    }
  });
});

describe('assertEnforceable', () => {
  const log = aPolicy([aTokenBucket(), aSlidingLog({ name: 'first', capacity: 10_001 })], { file: 'log.yaml' });
  const other = aPolicy(
    [aSlidingLog({ name: 'second', capacity: 10_001 }), aSlidingLog({ name: 'third', capacity: 10_001 })],
    { file: 'other.yaml' },
  );

  function errorOf(records: readonly RunRecord[]): FloodproofError | null {
    try {
      assertEnforceable(records);
      return null;
    } catch (error) {
      return error as FloodproofError;
    }
  }

  test('tells the faults of all policies at once, each of them once', () => {
    const records = [log, log, other].map((policy) => aRecord({ plan: aPlan({ policy }) }));
    const error = errorOf([aRecord(), ...records]);
    expect(error).toMatchObject({ code: 'FP_GATE_INVALID' });
    expect(error?.message).toContain('2 policies');
    expect(error?.faults.map(({ file, message }) => `${file} ${message}`)).toEqual([
      expect.stringContaining('log.yaml limits[1].capacity'),
      expect.stringContaining('other.yaml limits[0].capacity'),
      expect.stringContaining('other.yaml limits[1].capacity'),
    ]);
  });

  test('asks for the policy that the gateway enforces, which may be another than the one it is judged by', () => {
    expect(errorOf([aRecord({ plan: aPlan({ policy: log }), gatewayPolicy: aPolicy([aTokenBucket()]) })])).toBeNull();
    expect(errorOf([aRecord({ gatewayPolicy: log })])?.message).toContain('cannot enforce the policy test-policy');
  });

  test('asks nothing of a target by its URL', () => {
    expect(errorOf([aRecord({ plan: aPlan({ policy: log }), target: 'http://127.0.0.1:3000' })])).toBeNull();
  });
});
