import { expect, test } from 'vitest';
import { createGate } from '../../harness/core/index.js';
import { compareGates, expectAllSeen } from './comparison.js';
import { describeTwins, nativeGate, operationsWanted } from './engines.js';
import { specs } from './random-specs.js';

const SEED = 20_251_124;
const TIMEOUT_MS = 1_200_000;

describeTwins('both engines', () => {
  test('give the same decisions, answers and errors, whatever is done to them', { timeout: TIMEOUT_MS }, () => {
    const sides = { expected: createGate, actual: nativeGate };
    const compared = compareGates({ seed: SEED, specs, operationsWanted, ...sides });
    expectAllSeen(compared);
    expect(compared.coldCount).toBeGreaterThan(1000);
  });
});
