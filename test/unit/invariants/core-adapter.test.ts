import { describe, expect, test } from 'vitest';
import { CORE_KEYS, checkLimiter, coreAdapter } from '../../../harness/invariants/index.js';
import { contracts } from './contracts.js';

describe('the TypeScript core', () => {
  test.each(contracts)('keeps $name', async ({ contract }) => {
    // A request in flight ends at no known time, so the core says to ask again at once.
    const claims = { ...contract, keys: CORE_KEYS };
    const report = await checkLimiter(coreAdapter('ts', contract.promises), claims, { seed: 2, runs: 100 });
    expect(report.failures).toEqual([]);
  });
});
