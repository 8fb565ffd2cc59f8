import { describe, expect, test } from 'vitest';
import type { FloodproofError } from '../../../harness/errors.js';
import {
  assertLimiter,
  type CheckOptions,
  type Contract,
  checkLimiter,
  type LimiterAdapter,
  modelAdapter,
} from '../../../harness/invariants/index.js';

const right: Contract = {
  promises: [{ family: 'token-bucket', capacity: 5, refillCells: 1, refillPeriodUs: 1_000_000 }],
};
const window = {
  family: 'fixed-window',
  capacity: 5,
  windowUs: 1_000_000,
  anchor: 'first-hit',
  credit: 'none',
  countsDenied: false,
};

async function faultsOf(contract: unknown, options: CheckOptions = { runs: 1, seed: 1 }): Promise<string[]> {
  const adapter = modelAdapter(right);
  const error = await checkLimiter(adapter, contract as Contract, options).then(
    () => null,
    (thrown: FloodproofError) => thrown,
  );
  if (error === null) return [];
  expect(error.code).toBe('FP_CONTRACT_INVALID');
  expect(error.exitCode).toBe(2);
  for (const fault of error.faults) expect(fault.hint).not.toBe('');
  return error.faults.map(({ message }) => message);
}

describe('a contract', () => {
  test('that is right is checked', async () => {
    expect(await faultsOf(right)).toEqual([]);
  });

  test.each([
    { contract: null, fault: 'promises must be a list of one or more promises' },
    { contract: { promises: 'many' }, fault: 'promises must be a list of one or more promises' },
    { contract: { ...right, costmax: 1 }, fault: 'a contract has no field costmax' },
    { contract: { promises: [] }, fault: 'promises must have 1 to 64 entries, got 0' },
    { contract: { promises: [null] }, fault: 'promises[0].family must be one of token-bucket' },
    { contract: { promises: [{ family: 'leaky-bucket' }] }, fault: 'promises[0].family must be one of token-bucket' },
    {
      contract: { promises: [{ ...right.promises[0], capacity: 0 }] },
      fault: 'promises[0].capacity must be a whole number from 1',
    },
    {
      contract: { promises: [{ ...window, windowUs: -1 }] },
      fault: 'promises[0].windowUs must be a whole number from 1',
    },
    {
      contract: { promises: [{ ...window, anchor: 'noon' }] },
      fault: 'promises[0].anchor must be one of calendar, first-hit',
    },
    { contract: { promises: [{ ...window, credit: undefined }] }, fault: 'promises[0].credit must be one of none' },
    {
      contract: { promises: [{ ...window, countsDenied: 1 }] },
      fault: 'promises[0].countsDenied must be true or false',
    },
    {
      contract: { promises: [{ family: 'sliding-log', capacity: 10_001, windowUs: 1 }] },
      fault: 'promises[0].capacity must be a whole number from 1 to 10000',
    },
    {
      contract: { promises: [{ family: 'sliding-counter', capacity: 2 ** 20, windowUs: 2 ** 40 }] },
      fault: 'promises[0] can not be counted exactly: 2 x capacity x windowUs is above 2^53 - 1',
    },
    {
      contract: { promises: [{ family: 'token-bucket', capacity: 5, refillCells: 29_989, refillPeriodUs: 1_000_003 }] },
      fault: 'promises[0] can not be counted exactly',
    },
    {
      contract: {
        promises: [{ family: 'leaky-queue', capacity: 5, queueCells: 0, refillCells: 1, refillPeriodUs: 1 }],
      },
      fault: 'promises[0].queueCells must be a whole number from 1',
    },
    {
      contract: { promises: [{ family: 'earned-budget', capacity: 5, trickleUs: 0 }] },
      fault: 'promises[0].trickleUs must be a whole number from 1',
    },
    { contract: { ...right, grainUs: 0 }, fault: 'grainUs must be a whole number from 1 to 3600000000, got 0' },
    { contract: { ...right, nodes: 1.5 }, fault: 'nodes must be a whole number from 1 to 1000, got 1.5' },
    { contract: { ...right, slackCells: -1 }, fault: 'slackCells must be a whole number from 0' },
    { contract: { ...right, keys: 0 }, fault: 'keys must be a whole number from 1' },
    { contract: { ...right, countersMax: 0 }, fault: 'countersMax must be a whole number from 1' },
    { contract: { ...right, costMax: 0 }, fault: 'costMax must be a whole number from 1' },
    { contract: { ...right, horizonUs: 0 }, fault: 'horizonUs must be a whole number from 1' },
    {
      contract: { ...right, retryAfter: 'maybe' },
      fault: 'retryAfter must be one of exact, sufficient, none, got maybe',
    },
    { contract: { ...right, costMax: 6 }, fault: 'costMax 6 is above the smallest capacity 5' },
    { contract: { ...right, grainUs: 1_000, retryGrainUs: 10 }, fault: 'retryGrainUs 10 is finer than' },
    { contract: { ...right, keys: 10, countersMax: 9 }, fault: 'countersMax 9 is below keys 10' },
    { contract: { promises: [{ ...window, countsDenied: true }] }, fault: 'promises[0] counts denied requests' },
    {
      contract: { promises: [{ ...window, countsDenied: true, credit: 'to-zero' }], deniedRequests: 'charged' },
      fault: 'promises[0] has credit and counts denied requests',
    },
  ])('is refused since $fault', async ({ contract, fault }) => {
    const faults = await faultsOf(contract);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  test('with several faults is told all of them', async () => {
    const promises = [
      { ...window, capacity: 0, windowUs: 0 },
      { family: 'concurrency', capacity: -1 },
    ];
    expect(await faultsOf({ promises, nodes: 0, retryAfter: 'no' })).toHaveLength(5);
  });
});

describe('options', () => {
  test.each<{ options: CheckOptions; fault: string }>([
    { options: { runs: 0 }, fault: 'runs must be a whole number from 1 to 1000000, got 0' },
    { options: { operations: -1 }, fault: 'operations must be a whole number from 1' },
    { options: { timeBudgetMs: Number.NaN }, fault: 'timeBudgetMs must be a whole number from 1' },
    { options: { seed: 2 ** 31 }, fault: 'seed must be a whole number from -2147483648' },
    { options: { invariant: 'luck' }, fault: 'invariant must be one of refuses-bad-costs' },
    { options: { path: '0:1' }, fault: 'path leads nowhere without seed and invariant' },
    {
      options: { path: 'x', seed: 1, invariant: 'remaining' },
      fault: 'path must be numbers with colons in between, got x',
    },
  ])('are refused since $fault', async ({ options, fault }) => {
    const faults = await faultsOf(right, options);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });
});

describe('an adapter', () => {
  test.each([
    { adapter: undefined, fault: 'the adapter must be an object, got undefined' },
    {
      adapter: { ...modelAdapter(right), clock: 'globl' },
      fault: 'adapter.clock must be one of argument, global, real, got globl',
    },
    {
      adapter: { name: 'mine', clock: 'global' },
      fault: 'adapter.create must be a function that makes a limiter, got undefined',
    },
  ])('is refused before anything is played when $fault', async ({ adapter, fault }) => {
    await expect(checkLimiter(adapter as LimiterAdapter, right)).rejects.toMatchObject({
      code: 'FP_CONTRACT_INVALID',
      faults: [{ message: fault }],
    });
  });
});

test('a test that shows the message alone shows every fault of a contract', async () => {
  const wrong = { promises: right.promises, grainUs: 0, nodes: 0 };
  await expect(assertLimiter(modelAdapter(right), wrong)).rejects.toThrow(
    /^there is more than one fault\n {2}grainUs must be .*\n {2}nodes must be /,
  );
});
