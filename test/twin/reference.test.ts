import { expect, test } from 'vitest';
import type { GateSpec } from '../../harness/core/spec.js';
import { ReferenceGate } from '../support/reference-gate.js';
import { compareGates, expectAllSeen } from './comparison.js';
import { describeTwins, nativeGate, operationsWanted } from './engines.js';
import { roomySpecs } from './random-specs.js';

const SEED = 20_251_126;
const TIMEOUT_MS = 1_200_000;

describeTwins('the native engine', () => {
  test('decides as the reference does, where every key has a counter of its own', { timeout: TIMEOUT_MS }, () => {
    const sides = { expected: (spec: GateSpec) => new ReferenceGate(spec), actual: nativeGate };
    const compared = compareGates({ seed: SEED, specs: roomySpecs, operationsWanted, ...sides });
    expectAllSeen(compared);
    expect(compared.coldCount).toBe(0);
  });
});
