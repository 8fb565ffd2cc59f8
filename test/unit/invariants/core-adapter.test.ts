import { describe, expect, test } from 'vitest';
import { CORE_KEYS, checkLimiter, coreAdapter } from '../../../harness/invariants/index.js';
import { contracts } from './contracts.js';

describe.each(['ts', 'native'] as const)('the core in %s', (engine) => {
  test.each(contracts)('keeps $name', async ({ contract }) => {
    const claims = { ...contract, keys: CORE_KEYS };
    const report = await checkLimiter(coreAdapter(engine, contract.promises), claims, { seed: 2, runs: 100 });
    expect(report.failures).toEqual([]);
  });
});
