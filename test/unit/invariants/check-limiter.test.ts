import { describe, expect, test } from 'vitest';
import { type Contract, checkLimiter, type LimiterAdapter, modelAdapter } from '../../../harness/invariants/index.js';
import { contracts } from './contracts.js';

describe('a right limiter', () => {
  test.each(contracts)('of $name is accused of nothing', async ({ contract }) => {
    const report = await checkLimiter(modelAdapter(contract), contract, { seed: 1, runs: 200 });
    expect(report.failures).toEqual([]);
    expect(report.pass).toBe(true);
  });
});

const window: Contract = {
  promises: [
    {
      family: 'fixed-window',
      capacity: 5,
      windowUs: 1_000_000,
      anchor: 'first-hit',
      credit: 'none',
      countsDenied: false,
    },
  ],
};

describe('a limiter that lets everything through', () => {
  const open: LimiterAdapter = {
    name: 'open',
    clock: 'argument',
    create: () => ({ consume: () => ({ admitted: true }) }),
  };

  test('is convicted by the smallest history', async () => {
    const report = await checkLimiter(open, window, { seed: 1, invariant: 'admission-bound' });
    expect(report.failures[0]?.timeline).toEqual([
      'at 0 ms: 5 cells of key a: admitted (5 of 5)',
      'at 0 ms: 1 cell of key a: admitted (6 of 5)',
    ]);
  });
});
