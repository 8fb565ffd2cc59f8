import { describe, expect, test } from 'vitest';
import { CORE_KEYS, checkLimiter, coreAdapter } from '../../../harness/invariants/index.js';
import { isNativeLeftOut } from '../../twin/engines.js';
import { contracts } from './contracts.js';

const engines = isNativeLeftOut ? (['ts'] as const) : (['ts', 'native'] as const);

// The twin tests say what brings the native engine where it is absent.
describe.each(engines)('the core in %s', (engine) => {
  test.each(contracts)('keeps $name', async ({ contract }) => {
    const claims = { ...contract, keys: CORE_KEYS };
    const report = await checkLimiter(coreAdapter(engine, contract.promises), claims, { seed: 2, runs: 100 });
    expect(report.failures).toEqual([]);
  });
});
