/**
 * The words that a verdict is shown with. What must not be overlooked is in capitals, so that it needs no colour.
 */
import type { ExpectationResult, Verdict, VerdictDocument } from '../judge/verdict.js';
import type { Ink } from './ink.js';
import { formatCount, formatInterval, formatMeasured } from './quantity.js';

export const verdictWords: Readonly<Record<Verdict, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  undecided: 'UNDECIDED',
  invalid: 'INVALID',
  interrupted: 'INTERRUPTED',
};

export const verdictMeanings: Readonly<Record<Verdict, string>> = {
  pass: 'every expectation held',
  fail: 'an expectation did not hold',
  undecided: 'what was seen does not tell whether every expectation held',
  invalid: 'the generator itself fell behind, so the run says nothing about the target',
  interrupted: 'the run was stopped before its end, so nothing is judged',
};

/** A run that is invalid or was interrupted judges nothing: no expectation of it has passed or failed. */
export function isJudged(verdict: Verdict): boolean {
  return verdict !== 'invalid' && verdict !== 'interrupted';
}

/** `pass`, `FAIL` or `??`; in brackets when the run judges nothing. */
export function expectationWord(expectation: ExpectationResult, document: VerdictDocument): string {
  const word = expectation.pass === null ? '??' : expectation.pass ? 'pass' : 'FAIL';
  return isJudged(document.verdict) ? word : `(${word})`;
}

/** What `heldOf` looks at. */
export interface HeldVerdict {
  readonly verdict: Verdict;
  readonly expectations: readonly Pick<ExpectationResult, 'pass'>[];
}

/** `3 of 4`: expectations that held, of those that there are; `-` when the run judges nothing. */
export function heldOf(document: HeldVerdict): string {
  if (!isJudged(document.verdict)) return '-';
  const held = document.expectations.filter((expectation) => expectation.pass === true).length;
  return `${formatCount(held)} of ${formatCount(document.expectations.length)}`;
}

/** `0.3 % [0.1 %, 0.6 %]`. */
export function measuredText({ measured, interval, unit }: ExpectationResult): string {
  return `${formatMeasured(measured, unit)} ${formatInterval(interval, unit)}`.trimEnd();
}

/** `measured 0.3 % [0.1 %, 0.6 %], wanted 0.1 %`. */
export function measuredPhrase(expectation: ExpectationResult): string {
  if (expectation.measured === null) return `cannot be measured, wanted ${expectation.wanted}`;
  return `measured ${measuredText(expectation)}, wanted ${expectation.wanted}`;
}

export function paintVerdict(text: string, verdict: Verdict, ink: Ink): string {
  if (verdict === 'pass') return ink.green(text);
  return ink.bold(verdict === 'fail' ? ink.red(text) : ink.yellow(text));
}
