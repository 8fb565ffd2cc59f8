import { describe, expect, it } from 'vitest';
import { FloodproofError, formatError } from '../../../harness/errors.js';
import { type FaultCode, faultTable } from '../../../harness/scenario/faults.js';
import { loadScenario } from '../../../harness/scenario/scenario.js';
import { badCrowds } from '../../support/bad-files/crowds.js';
import { badLimits } from '../../support/bad-files/limits.js';
import { badPolicies } from '../../support/bad-files/policies.js';
import { badScenarios } from '../../support/bad-files/scenarios.js';
import { badTexts } from '../../support/bad-files/texts.js';
import { goodPolicy, goodScenario, textReader } from '../../support/scenario-files.js';

function errorOf(scenario: string, policy: string): FloodproofError {
  try {
    loadScenario(textReader({ 'scenario.yaml': scenario, 'policy.yaml': policy }), 'scenario.yaml');
  } catch (error) {
    if (error instanceof FloodproofError) return error;
    throw error;
  }
  throw new Error('the files were accepted');
}

function told(error: FloodproofError): readonly string[] {
  return error.faults.map(({ code, file, line, column, message }) => `${code} ${file}:${line}:${column} ${message}`);
}

const everything = [...badTexts, ...badScenarios, ...badCrowds, ...badPolicies, ...badLimits];

describe('a bad file', () => {
  it.each(everything)('is refused with all its faults and their places: $because', ({ scenario, policy, faults }) => {
    const error = errorOf(scenario, policy);
    expect(error.code).toBe('FP_FILE_INVALID');
    expect(error.exitCode).toBe(2);
    expect(told(error)).toEqual(faults);
    for (const fault of error.faults) expect(fault.hint).not.toBe('');
  });

  it('leaves Object.prototype as it was', () => {
    for (const { scenario, policy } of everything) errorOf(scenario, policy);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('is told as a person reads it: place, message, hint, and the count of faults', () => {
    const text = formatError(
      errorOf(goodScenario, goodPolicy.replace('10 per 1s', '-5').replace('capacity', 'capasity')),
    );
    expect(text).toBe(`error FP_KEY_MISSING  policy.yaml:5:5
  limits[0].capacity is missing
  hint: add the key
error FP_KEY_UNKNOWN  policy.yaml:9:5
  limits[0].capasity is not a known key
  hint: did you mean "capacity"?
error FP_RATE_NOT_POSITIVE  policy.yaml:10:13
  limits[0].refill must be above 0 cells, got -5
  hint: write a whole number of cells per duration, for example "50 per 1s"
error FP_FILE_INVALID  3 faults in policy.yaml
  hint: mend the faults listed above; all of them are listed`);
  });

  it('has a case for every code of the table', () => {
    const codes = new Set(everything.flatMap(({ faults }) => faults.map((fault) => fault.split(' ')[0])));
    const ofAdapters = /^FP_(?:TEMPLATE_INVALID|HEADER_INVALID|POINTER_INVALID|ADAPTER_\w+)$/;
    // The cases for sizes are made, not written down: see yaml-source.test.ts.
    const missing = (Object.keys(faultTable) as FaultCode[]).filter(
      (code) => !codes.has(code) && !ofAdapters.test(code),
    );
    expect(missing).toEqual(['FP_YAML_TOO_LARGE']);
  });
});
