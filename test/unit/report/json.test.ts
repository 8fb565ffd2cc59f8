import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../../harness/errors.js';
import type { Verdict } from '../../../harness/judge/verdict.js';
import { exitCodeOf, firstExitCode, renderJson, suiteDocument } from '../../../harness/report/json.js';
import { aSuiteError, aVerdict } from './verdict-samples.js';

describe('exitCodeOf', () => {
  test.each([
    { verdict: 'pass', code: 0 },
    { verdict: 'fail', code: 3 },
    { verdict: 'undecided', code: 5 },
    { verdict: 'invalid', code: 5 },
    { verdict: 'interrupted', code: 130 },
  ] as const)('$verdict exits with $code', ({ verdict, code }) => {
    expect(exitCodeOf(verdict)).toBe(code);
  });
});

describe('firstExitCode', () => {
  test('each code hides those that come after it in the order 130, 1, 4, 2, 3, 5, 0', () => {
    const order = [130, 1, 4, 2, 3, 5, 0] as const;
    for (const [index, code] of order.entries()) {
      expect(firstExitCode(order.slice(index).toReversed())).toBe(code);
    }
  });

  test('nothing that occurred is a pass', () => {
    expect(firstExitCode([])).toBe(ExitCode.pass);
  });

  test('every exit code of the table has its place in the order', () => {
    for (const code of Object.values(ExitCode)) expect(firstExitCode([code])).toBe(code);
  });
});

describe('suiteDocument', () => {
  const cases: readonly {
    verdicts: Verdict[];
    errors?: string[];
    verdict: Verdict;
    code: number;
    because: string;
  }[] = [
    { verdicts: ['pass', 'pass'], verdict: 'pass', code: 0, because: 'all passed' },
    { verdicts: ['pass', 'fail'], verdict: 'fail', code: 3, because: 'one failed' },
    { verdicts: ['undecided', 'fail'], verdict: 'fail', code: 3, because: 'a failure is certain' },
    { verdicts: ['pass', 'undecided'], verdict: 'undecided', code: 5, because: 'undecided is no pass' },
    { verdicts: ['undecided', 'invalid'], verdict: 'invalid', code: 5, because: 'invalid says less than undecided' },
    { verdicts: ['fail', 'interrupted'], verdict: 'interrupted', code: 130, because: 'the rest was not run' },
    { verdicts: [], verdict: 'undecided', code: 5, because: 'a suite that judged nothing has not passed' },
    {
      verdicts: ['pass'],
      errors: ['FP_DISK'],
      verdict: 'undecided',
      code: 4,
      because: 'one scenario could not be run',
    },
    { verdicts: ['fail'], errors: ['FP_DISK'], verdict: 'fail', code: 4, because: 'an error comes before a failure' },
    {
      verdicts: ['fail'],
      errors: ['FP_TIME_INVALID'],
      verdict: 'fail',
      code: 1,
      because: 'a bug comes before a failure',
    },
    {
      verdicts: ['pass'],
      errors: ['FP_DISK', 'FP_CLASS_INVALID'],
      verdict: 'undecided',
      code: 1,
      because: 'a bug comes first of the errors',
    },
    {
      verdicts: [],
      errors: ['interrupted'],
      verdict: 'interrupted',
      code: 130,
      because: 'it was stopped before its first verdict',
    },
    {
      verdicts: ['pass'],
      errors: ['interrupted'],
      verdict: 'interrupted',
      code: 130,
      because: 'not everything was played',
    },
    { verdicts: ['pass'], errors: ['X'], verdict: 'undecided', code: 1, because: 'a code of no table is a bug' },
  ];
  test.each(cases)('$verdicts with errors $errors is $verdict and exits with $code because $because', (row) => {
    const suite = suiteDocument(
      row.verdicts.map((verdict) => aVerdict({ verdict })),
      row.errors?.map((code) => aSuiteError({ code })),
    );
    expect([suite.verdict, suite.exitCode]).toEqual([row.verdict, row.code]);
  });

  test('the scenarios stand in it as they are, in their order', () => {
    const scenarios = [aVerdict({ scenario: 'b' }), aVerdict({ scenario: 'a' })];
    expect(suiteDocument(scenarios)).toMatchObject({ schema: 'floodproof/suite/1', scenarios });
  });
});

test('a scenario without a verdict is named with what ended it', () => {
  const errors = [aSuiteError({ scenario: 'broken' })];
  expect(suiteDocument([aVerdict()], errors).errors).toEqual(errors);
  expect(suiteDocument([aVerdict()]).errors).toEqual([]);
});

test('the JSON text reads back as the document', () => {
  const suite = suiteDocument([aVerdict()]);
  expect(renderJson(suite).endsWith('}\n')).toBe(true);
  expect(JSON.parse(renderJson(suite))).toEqual(suite);
});
