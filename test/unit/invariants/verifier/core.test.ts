/** Our own verifiers keep every promise that the kit asks of one. */
import { describe, expect, test } from 'vitest';
import {
  checkVerifier,
  coreVerifierAdapter,
  coreVerifierContract,
} from '../../../../harness/invariants/verifier/index.js';

const SEED = 20_240_607;

const contracts = [
  { because: 'the usual rule', claims: {} },
  { because: 'no future at all, a window of two milliseconds', claims: { futureUs: 0, windowUsMax: 2000 } },
  { because: 'the longest hash in base64', claims: { hash: 'sha512', encoding: 'base64' } },
  { because: 'a hash of 48 bytes, a window of a year', claims: { hash: 'sha384', windowUsMax: 365 * 86_400_000_000 } },
  { because: 'a memory of one signature', claims: { replayCapacity: 1, replayPerKey: 1 } },
] as const;

describe.each(['ts', 'native'] as const)('the verifier of the %s core', (engine) => {
  test.each(contracts)('keeps every promise of $because', async ({ claims }) => {
    const adapter = coreVerifierAdapter(engine, 'verify', claims);
    const report = await checkVerifier(adapter, coreVerifierContract(claims), { seed: SEED, runs: 30 });
    expect(report.failures).toEqual([]);
    expect(report.skipped.map(({ invariant }) => invariant)).toEqual([
      'unknown-key-work',
      'account-bound',
      'scope-bound',
    ]);
  });

  test('keeps them as part of a whole decision', async () => {
    const adapter = coreVerifierAdapter(engine, 'decide');
    const report = await checkVerifier(adapter, coreVerifierContract(), { seed: SEED, runs: 30 });
    expect(report).toMatchObject({ pass: true, failures: [] });
  });
});
