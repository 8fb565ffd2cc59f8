/**
 * A suite as JUnit XML: a test suite for each scenario, a test case for each expectation.
 *
 * A scenario without a verdict is a test suite with one error, or a build would be green that has not seen it.
 * An expectation that did not hold is a failure. One that is undecided, and every one of a run that was invalid or
 * interrupted, is an error: it has neither passed nor failed, and a build must not take it for either.
 */
import type { ExpectationResult, SuiteDocument, SuiteError, VerdictDocument } from '../judge/verdict.js';
import { requestSentences } from './evidence-text.js';
import { leakHeadline, leakProof } from './leak-text.js';
import { isJudged, measuredPhrase, verdictMeanings } from './verdict-word.js';
import type { XmlElement } from './xml.js';
import { element, renderXml } from './xml.js';

interface TestCase {
  readonly name: string;
  readonly outcome: 'pass' | 'failure' | 'error';
  readonly type: string;
  readonly message: string;
  readonly lines: readonly string[];
}

export function renderJunit(suite: SuiteDocument): string {
  const scenarios = suite.scenarios.map((document) => ({ document, cases: casesOf(document) }));
  const unjudged = suite.errors.map((error) => ({ error, cases: [errorCase(error)] }));
  const all = [...scenarios, ...unjudged].flatMap((scenario) => scenario.cases);
  const durationMs = suite.scenarios.reduce((sum, document) => sum + document.durationMs, 0);
  return renderXml(
    element('testsuites', { name: 'floodproof', ...counts(all), time: seconds(durationMs) }, [
      ...scenarios.map(({ document, cases }) => suiteElement(document, cases)),
      ...unjudged.map(({ error, cases }) => errorSuiteElement(error, cases)),
    ]),
  );
}

function suiteElement(document: VerdictDocument, cases: readonly TestCase[]): XmlElement {
  const properties: Readonly<Record<string, string>> = {
    verdict: document.verdict,
    seed: String(document.seed),
    target: document.target,
    engine: document.engine,
    replay: document.replay,
    ...(document.decisionHash === null ? {} : { decisionHash: document.decisionHash }),
    ...Object.fromEntries(Object.entries(document.versions).map(([part, version]) => [`version.${part}`, version])),
  };
  return element(
    'testsuite',
    {
      name: document.scenario,
      ...counts(cases),
      skipped: 0,
      time: seconds(document.durationMs),
      timestamp: document.startedAt,
    },
    [
      element(
        'properties',
        {},
        Object.entries(properties).map(([name, value]) => element('property', { name, value })),
      ),
      ...cases.map((testCase) => caseElement(document.scenario, testCase, [`replay: ${document.replay}`])),
      ...output(document),
    ],
  );
}

/** What belongs to no single expectation. */
function output(document: VerdictDocument): XmlElement[] {
  const leaks = document.leaks.flatMap((leak) => [leakHeadline(leak), ...leakProof(leak).map((line) => `  ${line}`)]);
  const lines = [...leaks, ...document.notes];
  return lines.length === 0 ? [] : [element('system-out', {}, [lines.join('\n')])];
}

function errorSuiteElement({ scenario }: SuiteError, cases: readonly TestCase[]): XmlElement {
  return element(
    'testsuite',
    { name: scenario, ...counts(cases), skipped: 0, time: seconds(0) },
    cases.map((testCase) => caseElement(scenario, testCase, [])),
  );
}

/** @param last - stands under what did not pass, after its own lines. */
function caseElement(scenario: string, testCase: TestCase, last: readonly string[]): XmlElement {
  const { name, outcome, type, message, lines } = testCase;
  const attributes = { classname: `floodproof.${scenario}`, name, time: 0 };
  if (outcome === 'pass') return element('testcase', attributes);
  return element('testcase', attributes, [element(outcome, { message, type }, [[...lines, ...last].join('\n')])]);
}

function casesOf(document: VerdictDocument): TestCase[] {
  if (document.expectations.length === 0) return [verdictCase(document)];
  return document.expectations.map((expectation) => expectationCase(expectation, document));
}

function errorCase({ code, message }: SuiteError): TestCase {
  return { name: 'verdict', outcome: 'error', type: code, message, lines: [`${code}  ${message}`] };
}

/** A scenario without expectations still has a verdict, and one that says nothing must not look like a pass. */
function verdictCase(document: VerdictDocument): TestCase {
  return {
    name: 'verdict',
    outcome: document.verdict === 'pass' ? 'pass' : document.verdict === 'fail' ? 'failure' : 'error',
    type: document.verdict,
    message: verdictMeanings[document.verdict],
    lines: document.generator.faults,
  };
}

function expectationCase(expectation: ExpectationResult, document: VerdictDocument): TestCase {
  if (!isJudged(document.verdict)) {
    return {
      name: expectation.text,
      outcome: 'error',
      type: document.verdict,
      message: verdictMeanings[document.verdict],
      lines: document.generator.faults,
    };
  }
  return {
    name: expectation.text,
    outcome: expectation.pass === null ? 'error' : expectation.pass ? 'pass' : 'failure',
    type: expectation.pass === null ? 'undecided' : 'fail',
    message: measuredPhrase(expectation),
    lines: [...expectation.evidence, ...requestSentences(expectation).map((line) => `  ${line}`)],
  };
}

function counts(cases: readonly TestCase[]): { tests: number; failures: number; errors: number } {
  return {
    tests: cases.length,
    failures: cases.filter((testCase) => testCase.outcome === 'failure').length,
    errors: cases.filter((testCase) => testCase.outcome === 'error').length,
  };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
