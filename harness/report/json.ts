/**
 * A suite for machines: the document of `floodproof run --json`, its verdict and the exit code of the command.
 */
import type { ExitCode } from '../errors.js';
import { ExitCode as Exit, errorTable } from '../errors.js';
import type { SuiteDocument, SuiteError, Verdict, VerdictDocument } from '../judge/verdict.js';
import { repeatedExpectations } from './repeats.js';

/** A suite exits with the first of these that occurred, and with 0 when none did. */
const exitOrder: readonly ExitCode[] = [
  Exit.interrupted,
  Exit.bug,
  Exit.environment,
  Exit.usage,
  Exit.failed,
  Exit.inconclusive,
];

/** A suite has the first of these that one of its scenarios has. */
const verdictOrder: readonly Verdict[] = ['interrupted', 'fail', 'invalid', 'undecided', 'pass'];

const exitCodes: Readonly<Record<Verdict, ExitCode>> = {
  pass: Exit.pass,
  fail: Exit.failed,
  undecided: Exit.inconclusive,
  invalid: Exit.inconclusive,
  interrupted: Exit.interrupted,
};

const errorExitCodes: ReadonlyMap<string, ExitCode> = new Map([
  ...Object.entries(errorTable).map(([code, row]): [string, ExitCode] => [code, row.exit]),
  ['interrupted', Exit.interrupted],
]);

export function exitCodeOf(verdict: Verdict): ExitCode {
  return exitCodes[verdict];
}

/** The exit code of a command that met all of these. */
export function firstExitCode(codes: readonly ExitCode[]): ExitCode {
  return exitOrder.find((code) => codes.includes(code)) ?? Exit.pass;
}

/**
 * Sums up a suite.
 *
 * A suite of which nothing was judged has not passed: without a scenario, or with an error and otherwise only passes, it
 * is undecided.
 *
 * @param errors - of the scenarios that have no verdict: they ended in an error or were not played.
 */
export function suiteDocument(
  scenarios: readonly VerdictDocument[],
  errors: readonly SuiteError[] = [],
): SuiteDocument {
  const errorCodes = errors.map(({ code }) => errorExitCodes.get(code) ?? Exit.bug);
  const verdicts = new Set<Verdict>(scenarios.map((scenario) => scenario.verdict));
  if (errorCodes.includes(Exit.interrupted)) verdicts.add('interrupted');
  if (scenarios.length === 0 || errorCodes.length > 0) verdicts.add('undecided');
  const verdict = verdictOrder.find((candidate) => verdicts.has(candidate)) ?? 'undecided';
  return {
    schema: 'floodproof/suite/1',
    verdict,
    exitCode: firstExitCode([...errorCodes, ...[...verdicts].map(exitCodeOf)]),
    scenarios,
    repeats: repeatedExpectations(scenarios),
    errors,
  };
}

/** Two spaces deep, ending in a line end. */
export function renderJson(document: SuiteDocument | VerdictDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
