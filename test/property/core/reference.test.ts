/** The gate against a reference that shares no code with it, in exact whole numbers. */
import { expect, test } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import type { GateSpec } from '../../../harness/core/spec.js';
import { ReferenceGate } from '../../support/reference-gate.js';
import { compareGates, expectAllSeen } from '../../twin/comparison.js';
import { operationsWanted } from '../../twin/engines.js';
import { roomySpecs } from '../../twin/random-specs.js';

const SEED = 20_251_125;
const TIMEOUT_MS = 1_200_000;

test('decides as the reference does, where every key has a counter of its own', { timeout: TIMEOUT_MS }, () => {
  const sides = { expected: (spec: GateSpec) => new ReferenceGate(spec), actual: createGate };
  const compared = compareGates({ seed: SEED, specs: roomySpecs, operationsWanted, ...sides });
  expectAllSeen(compared);
  expect(compared.coldCount).toBe(0);
});
