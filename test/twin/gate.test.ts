import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGate } from '../../harness/core/index.js';
import { Decision, decisionNames } from '../../harness/core/spec.js';
import { createNativeGate } from '../../harness/native/native-gate.js';
import { hashSecret } from '../unit/core/specs.js';
import { demandAddon, describeTwins } from './engines.js';
import { Caller, operations, specs } from './random-operations.js';

const SEED = 20_251_124;
const RUNS = 700;
const OPERATIONS_PER_RUN = { minLength: 100, maxLength: 250 };

describeTwins('both engines', () => {
  test('give the same decisions, answers and errors, whatever is done to them', () => {
    const addon = demandAddon();
    const seen = new Map<string, number>();
    let operationCount = 0;
    let coldCount = 0;
    const property = fc.property(specs, fc.array(operations, OPERATIONS_PER_RUN), (spec, list) => {
      const ts = new Caller(createGate(spec, hashSecret), spec);
      const native = new Caller(createNativeGate(addon, spec, hashSecret), spec);
      for (const operation of list) {
        const expected = ts.apply(operation);
        const actual = native.apply(operation);
        if (actual !== expected) expect(actual, JSON.stringify(operation)).toBe(expected);
        operationCount += 1;
        const [outcome = ''] = expected.split(' ');
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        if (expected.endsWith(' 1')) coldCount += 1;
      }
    });
    fc.assert(property, { seed: SEED, numRuns: RUNS });

    // What random operations do not reach is not compared: hold them to reaching everything, and often.
    expect(operationCount).toBeGreaterThanOrEqual(100_000);
    for (const decision of Object.values(Decision)) {
      expect(seen.get(`${decision}`) ?? 0, decisionNames[decision]).toBeGreaterThan(100);
    }
    for (const code of [
      'FP_CLASS_INVALID',
      'FP_TIME_INVALID',
      'FP_BATCH_INVALID',
      'FP_KEY_INVALID',
      'FP_GATE_INVALID',
    ]) {
      expect(seen.get(code) ?? 0, code).toBeGreaterThan(10);
    }
    expect(coldCount).toBeGreaterThan(1000);
  });
});
