/** Drives two gates with the same random operations, and counts what came of it. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { Answer, Decision, decisionNames, type Gate, type GateSpec, type HashSecret } from '../../harness/core/spec.js';
import { Caller, operations } from './random-operations.js';

const OPERATIONS_PER_RUN = { minLength: 100, maxLength: 250, size: 'max' } as const;
/** Runs are at least this long on average. */
const OPERATIONS_MEAN = 160;

export interface Comparison {
  readonly seed: number;
  readonly specs: fc.Arbitrary<GateSpec>;
  readonly operationsWanted: number;
  readonly expected: (spec: GateSpec, hashSecret: HashSecret) => Gate;
  readonly actual: (spec: GateSpec, hashSecret: HashSecret) => Gate;
}

export interface Compared {
  readonly operationCount: number;
  /** Operations whose answer spoke of a cold counter. */
  readonly coldCount: number;
  /** How often each decision fell, and each error by its code. */
  readonly seen: ReadonlyMap<string, number>;
}

const words = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const secrets: fc.Arbitrary<HashSecret> = fc.tuple(words, words);

export function compareGates(comparison: Comparison): Compared {
  const seen = new Map<string, number>();
  let operationCount = 0;
  let coldCount = 0;
  const runs = fc.array(operations, OPERATIONS_PER_RUN);
  const property = fc.property(comparison.specs, secrets, runs, (spec, hashSecret, list) => {
    const one = new Caller(comparison.expected(spec, hashSecret), spec);
    const other = new Caller(comparison.actual(spec, hashSecret), spec);
    for (const operation of list) {
      const expected = one.apply(operation);
      const actual = other.apply(operation);
      if (actual !== expected) expect(actual, JSON.stringify(operation)).toBe(expected);
      operationCount += 1;
      const [outcome = ''] = expected.split(' ');
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      if (isCold(expected)) coldCount += 1;
    }
  });
  fc.assert(property, { seed: comparison.seed, numRuns: Math.ceil(comparison.operationsWanted / OPERATIONS_MEAN) });
  expect(operationCount).toBeGreaterThanOrEqual(comparison.operationsWanted);
  return { operationCount, coldCount, seen };
}

/** Whether the last answer that was seen speaks of a cold counter. */
function isCold(outcome: string): boolean {
  const numbers = outcome.split('| ')[1]?.split(' ') ?? [];
  return numbers.at(Answer.cold - Answer.size) === '1';
}

const codes = [
  'FP_CLASS_INVALID',
  'FP_TIME_INVALID',
  'FP_BATCH_INVALID',
  'FP_KEY_INVALID',
  'FP_GATE_INVALID',
  'FP_CALLER_INVALID',
  'FP_ELEMENTS_INVALID',
  'FP_CREDIT_INVALID',
];

/** What random operations do not reach is not compared: holds them to reaching everything, and often. */
export function expectAllSeen({ seen }: Compared): void {
  for (const decision of Object.values(Decision)) {
    expect(seen.get(`${decision}`) ?? 0, decisionNames[decision]).toBeGreaterThan(100);
  }
  for (const outcome of ['credited', 'not-credited', 'released', 'changed']) {
    expect(seen.get(outcome) ?? 0, outcome).toBeGreaterThan(100);
  }
  for (const code of codes) expect(seen.get(code) ?? 0, code).toBeGreaterThan(10);
}
