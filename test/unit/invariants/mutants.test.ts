import { describe, expect, test } from 'vitest';
import { checkLimiter, invariantNames } from '../../../harness/invariants/index.js';
import { mutants } from './mutants.js';

describe('the invariants', () => {
  test('each have a broken limiter of their own', () => {
    expect(mutants.map(({ invariant }) => invariant)).toEqual(invariantNames);
  });

  test.each(mutants)('$invariant alone finds that $defect', async ({ invariant, adapter, contract }) => {
    const report = await checkLimiter(adapter, contract, { seed: 3, runs: 200 });
    expect(report.failures.map((failure) => failure.invariant)).toEqual([invariant]);
    const [failure] = report.failures;
    expect(failure?.timeline.length).toBeGreaterThan(0);
    const replayed = await checkLimiter(adapter, contract, {
      invariant,
      seed: failure?.seed ?? 0,
      path: failure?.path ?? '',
    });
    expect(replayed.failures).toEqual(report.failures);
  });
});
