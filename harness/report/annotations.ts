/**
 * What did not pass as workflow commands of GitHub Actions, which it shows at the pull request.
 * @see https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions (setting an error message)
 */
import type { SuiteDocument, VerdictDocument } from '../judge/verdict.js';
import { visible } from './text.js';
import { isJudged, measuredPhrase, verdictMeanings, verdictWords } from './verdict-word.js';

/** The host shows ten errors of a step, and leaves out the others. */
const ANNOTATIONS_MAX = 10;
const TEXT_LENGTH_MAX = 500;

/** A line for each expectation that did not hold, and for each scenario without a judgement; none when all passed. */
export function annotationLines(suite: SuiteDocument): string[] {
  const lines = [
    ...suite.errors.map(({ scenario, code, message }) => line(`${scenario}: no verdict`, `${code}: ${message}`)),
    ...suite.scenarios.filter(({ verdict }) => verdict !== 'pass').flatMap(linesOf),
  ];
  return lines.slice(0, ANNOTATIONS_MAX);
}

function linesOf(scenario: VerdictDocument): string[] {
  const title = `${scenario.scenario}: ${verdictWords[scenario.verdict]}`;
  if (!isJudged(scenario.verdict)) return [line(title, verdictMeanings[scenario.verdict])];
  return scenario.expectations
    .filter(({ pass }) => pass !== true)
    .map((expectation) => line(title, `${expectation.text}: ${measuredPhrase(expectation)}`));
}

function line(title: string, text: string): string {
  return `::error title=${escapeProperty(`Floodproof ${title}`)}::${escapeText(text)}`;
}

function escapeText(text: string): string {
  const characters = Array.from(visible(text));
  return characters.slice(0, TEXT_LENGTH_MAX).join('').replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
