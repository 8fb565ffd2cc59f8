/**
 * A suite as a short comment, for a run folder or a pull request: a table, and for what did not pass the evidence and how to see it again.
 */
import type { SuiteDocument, SuiteError, VerdictDocument } from '../judge/verdict.js';
import { requestSentences } from './evidence-text.js';
import { leakHeadline } from './leak-text.js';
import { latencyPowerText, leakPowerText } from './power-text.js';
import { formatCount, formatDurationMs } from './quantity.js';
import { repeatText } from './repeats.js';
import { visible } from './text.js';
import { heldOf, isJudged, measuredPhrase, verdictMeanings, verdictWords } from './verdict-word.js';

/** What is written out at most, so that a comment stays far below the 65,536 characters that the big hosts take. */
const SCENARIOS_DETAILED_MAX = 20;
const REPEATS_MAX = 40;
const SENTENCES_MAX = 5;
const REMARKS_MAX = 20;
const SENTENCE_LENGTH_MAX = 300;
/** A command is copied, and one with many flags is still whole. */
const REPLAY_LENGTH_MAX = 2000;

/** @param remarks - of the report itself, such as what of a saved run is missing; a sentence each. */
export function renderMarkdown(suite: SuiteDocument, remarks: readonly string[] = []): string {
  const passed = suite.scenarios.filter((scenario) => scenario.verdict === 'pass').length;
  const all = suite.scenarios.length + suite.errors.length;
  const lines = [
    `## Floodproof: ${verdictWords[suite.verdict]}`,
    '',
    `${formatCount(passed)} of ${formatCount(all)} scenarios passed (exit code ${suite.exitCode}).`,
  ];
  if (suite.scenarios.length > 0) {
    lines.push('', '| scenario | verdict | expectations | leaks | requests | took |', '|---|---|---:|---:|---:|---:|');
    for (const scenario of suite.scenarios) lines.push(row(scenario));
  }
  const repeats = suite.repeats.slice(0, REPEATS_MAX);
  if (repeats.length > 0) lines.push('', ...repeats.map((repeat) => `- ${inline(repeatText(repeat))}`));
  const moreRepeats = suite.repeats.length - repeats.length;
  if (moreRepeats > 0) lines.push(`- and ${formatCount(moreRepeats)} more expectations over several runs`);
  if (suite.errors.length > 0) lines.push('', ...withoutVerdict(suite.errors));
  if (remarks.length > 0) lines.push('', ...bullets(remarks, '', REMARKS_MAX));
  const others = suite.scenarios.filter((scenario) => scenario.verdict !== 'pass');
  for (const scenario of others.slice(0, SCENARIOS_DETAILED_MAX)) lines.push('', ...detail(scenario));
  const more = others.length - SCENARIOS_DETAILED_MAX;
  if (more > 0) lines.push('', `And ${formatCount(more)} more that did not pass.`);
  return `${lines.join('\n')}\n`;
}

function withoutVerdict(errors: readonly SuiteError[]): string[] {
  const lines = errors
    .slice(0, SCENARIOS_DETAILED_MAX)
    .map(({ scenario, code, message }) => `- ${inline(scenario)} has no verdict: ${inline(`${code}, ${message}`)}`);
  const more = errors.length - SCENARIOS_DETAILED_MAX;
  return more > 0 ? [...lines, `- and ${formatCount(more)} more`] : lines;
}

function row(scenario: VerdictDocument): string {
  const cells = [
    inline(scenario.scenario),
    verdictWords[scenario.verdict],
    heldOf(scenario),
    formatCount(scenario.leaks.length),
    formatCount(scenario.generator.sent),
    formatDurationMs(scenario.durationMs),
  ];
  return `| ${cells.join(' | ')} |`;
}

function detail(scenario: VerdictDocument): string[] {
  const lines = [
    `### ${inline(scenario.scenario)}: ${verdictWords[scenario.verdict]}`,
    '',
    `${inline(scenario.claim)} (seed ${scenario.seed}, target ${inline(scenario.target)})`,
    '',
  ];
  if (!isJudged(scenario.verdict)) {
    lines.push(`- ${verdictMeanings[scenario.verdict]}`, ...bullets(scenario.generator.faults, '  '));
  } else {
    for (const expectation of scenario.expectations) {
      if (expectation.pass === true) continue;
      const word = expectation.pass === null ? '??' : 'FAIL';
      lines.push(
        `- ${word} ${code(expectation.text)}: ${inline(measuredPhrase(expectation))}`,
        ...bullets(expectation.evidence, '  '),
        ...bullets(requestSentences(expectation), '  '),
      );
    }
    lines.push(...bullets(scenario.leaks.map(leakHeadline), ''));
    const power = [leakPowerText(scenario), latencyPowerText(scenario)].filter((text) => text !== null);
    lines.push(...bullets(power, ''));
  }
  lines.push('', '```', ...visible(shortened(scenario.replay, REPLAY_LENGTH_MAX)).split('```'), '```');
  return lines;
}

function bullets(sentences: readonly string[], indent: string, most = SENTENCES_MAX): string[] {
  const lines = sentences.slice(0, most).map((sentence) => `${indent}- ${inline(sentence)}`);
  const more = sentences.length - most;
  if (more > 0) lines.push(`${indent}- and ${formatCount(more)} more`);
  return lines;
}

/** A beginning that would be a list or a rule or, where a host takes "/close" for an order, one: up to the mark. */
const opening = /^\s*(?:\d+(?=[.)](?:\s|$))|(?=[-+=/]))/;

/** Text that came from outside, shown as it is: no markup, no mention of a person, no broken table. */
export function inline(text: string): string {
  return visible(shortened(text))
    .replace(/[\\`*_[\]<>#|~&$]/g, '\\$&')
    .replace(/@/g, '@\u200b')
    .replace(opening, '$&\\');
}

function shortened(text: string, most = SENTENCE_LENGTH_MAX): string {
  const characters = Array.from(text);
  return characters.length > most ? `${characters.slice(0, most).join('')}...` : text;
}

/** A code span with a fence longer than any that stands inside. */
function code(text: string): string {
  const clean = visible(shortened(text));
  const longest = Math.max(0, ...(clean.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${clean}${fence}` : `${fence} ${clean} ${fence}`;
}
