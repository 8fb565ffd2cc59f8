/**
 * A suite for machines: the document of `floodproof run --json`, its verdict and the exit code of the command.
 */
import type { ExitCode } from '../errors.js';
import { ExitCode as Exit } from '../errors.js';
import type { SuiteDocument, Verdict, VerdictDocument } from '../judge/verdict.js';

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
 * @param errorCodes - exit codes of the scenarios that ended in an error and so have no verdict.
 */
export function suiteDocument(
  scenarios: readonly VerdictDocument[],
  errorCodes: readonly ExitCode[] = [],
): SuiteDocument {
  const verdicts = new Set<Verdict>(scenarios.map((scenario) => scenario.verdict));
  if (errorCodes.includes(Exit.interrupted)) verdicts.add('interrupted');
  if (scenarios.length === 0 || errorCodes.length > 0) verdicts.add('undecided');
  const verdict = verdictOrder.find((candidate) => verdicts.has(candidate)) ?? 'undecided';
  return {
    schema: 'floodproof/suite/1',
    verdict,
    exitCode: firstExitCode([...errorCodes, ...[...verdicts].map(exitCodeOf)]),
    scenarios,
  };
}

/** Two spaces deep, ending in a line end. */
export function renderJson(document: SuiteDocument | VerdictDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
