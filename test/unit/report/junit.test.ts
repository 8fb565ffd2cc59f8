import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { VerdictDocument } from '../../../harness/judge/verdict.js';
import { suiteDocument } from '../../../harness/report/json.js';
import { renderJunit } from '../../../harness/report/junit.js';
import { aFailure, aGenerator, aLeak, anExpectation, aSuiteError, aVerdict } from './verdict-samples.js';
import type { XmlNode } from './xml-reader.js';
import { readXml } from './xml-reader.js';

function read(...documents: readonly VerdictDocument[]): XmlNode {
  return readXml(renderJunit(suiteDocument(documents)));
}

function casesOf(
  suite: XmlNode | undefined,
): { name: string | undefined; outcome: string; type: string | undefined }[] {
  return (suite?.children ?? [])
    .filter((node) => node.name === 'testcase')
    .map((node) => ({
      name: node.attributes.name,
      outcome: node.children[0]?.name ?? 'pass',
      type: node.children[0]?.attributes.type,
    }));
}

describe('renderJunit', () => {
  test('each scenario is a test suite and each expectation a test case', () => {
    const root = read(aVerdict({ scenario: 'calm' }), aFailure({ scenario: 'flood' }));
    expect(root.attributes).toEqual({ name: 'floodproof', tests: '4', failures: '1', errors: '1', time: '16.500' });
    expect(root.children.map((suite) => suite.attributes.name)).toEqual(['calm', 'flood']);
    expect(root.children[1]?.attributes).toMatchObject({ tests: '3', failures: '1', errors: '1', skipped: '0' });
    expect(casesOf(root.children[1])).toEqual([
      { name: 'legit.falseBlockRate <= 0.1%', outcome: 'pass', type: undefined },
      { name: 'abuse.leak <= 0', outcome: 'failure', type: 'fail' },
      { name: 'legit.latency.p99 in attack <= max(2x calm, 50ms)', outcome: 'error', type: 'undecided' },
    ]);
    expect(root.children[1]?.children.find((node) => node.name === 'testcase')?.attributes.classname).toBe(
      'floodproof.flood',
    );
  });

  test('a failure holds what was measured, the evidence and the replay command', () => {
    const failure = read(aFailure()).children[0]?.children.find((node) => node.children[0]?.name === 'failure');
    expect(failure?.children[0]?.attributes.message).toBe('measured 12 cells, wanted 0 cells');
    expect(failure?.children[0]?.text).toContain('limit orders-key let key k-7f3a take 42 cells');
    expect(failure?.children[0]?.text).toMatch(
      /\nreplay: floodproof run scenarios\/release\/order-flood-5x\.yaml --seed 42$/,
    );
  });

  test('the properties say what was run, with which versions, and how to run it again', () => {
    const properties = read(aVerdict({ decisionHash: 'f00d' })).children[0]?.children[0]?.children ?? [];
    expect(Object.fromEntries(properties.map((node) => [node.attributes.name, node.attributes.value]))).toEqual({
      verdict: 'pass',
      seed: '42',
      target: 'gateway',
      engine: 'native',
      replay: 'floodproof run scenarios/release/order-flood-5x.yaml --seed 42',
      decisionHash: 'f00d',
      'version.floodproof': '0.1.0',
      'version.node': '20.20.0',
    });
  });

  test.each(['invalid', 'interrupted'] as const)(
    'every expectation of a run that is %s is an error, even one that seems to have held',
    (verdict) => {
      const generator = aGenerator({ faults: ['the generator was late'] });
      const root = read(aFailure({ verdict, generator }));
      expect(casesOf(root.children[0]).map(({ outcome, type }) => `${outcome} ${type}`)).toEqual(
        Array.from({ length: 3 }, () => `error ${verdict}`),
      );
      expect(root.attributes).toMatchObject({ failures: '0', errors: '3' });
      expect(root.children[0]?.children.find((node) => node.name === 'testcase')?.children[0]?.text).toContain(
        'the generator was late',
      );
    },
  );

  test.each([
    { verdict: 'pass', outcome: 'pass' },
    { verdict: 'fail', outcome: 'failure' },
    { verdict: 'undecided', outcome: 'error' },
    { verdict: 'invalid', outcome: 'error' },
    { verdict: 'interrupted', outcome: 'error' },
  ] as const)('a scenario without expectations has one test case: $verdict is $outcome', ({ verdict, outcome }) => {
    const cases = casesOf(read(aVerdict({ verdict, expectations: [] })).children[0]);
    expect(cases.map((testCase) => [testCase.name, testCase.outcome])).toEqual([['verdict', outcome]]);
  });

  test('leaks and notes stand in the output of their suite', () => {
    const suite = read(aFailure({ leaks: [aLeak()], notes: ['the address of the target was shared'] })).children[0];
    const output = suite?.children.find((node) => node.name === 'system-out')?.text ?? '';
    expect(output).toContain('limit orders-key, key k-7f3a: at least 12 cells over the bound\n');
    expect(output).toContain('the address of the target was shared');
  });

  test('a scenario without a verdict is a test suite with one error, so that no build is green without it', () => {
    const errors = [
      aSuiteError({ scenario: 'broken' }),
      aSuiteError({ scenario: 'unplayed', code: 'interrupted', message: 'not played' }),
    ];
    const root = readXml(renderJunit(suiteDocument([aVerdict()], errors)));
    expect(root.attributes).toMatchObject({ tests: '3', failures: '0', errors: '2' });
    expect(root.children.slice(1).map((suite) => suite.attributes)).toEqual([
      { name: 'broken', tests: '1', failures: '0', errors: '1', skipped: '0', time: '0.000' },
      { name: 'unplayed', tests: '1', failures: '0', errors: '1', skipped: '0', time: '0.000' },
    ]);
    expect(root.children.slice(1).flatMap(casesOf)).toEqual([
      { name: 'verdict', outcome: 'error', type: 'FP_GATEWAY_FAILED' },
      { name: 'verdict', outcome: 'error', type: 'interrupted' },
    ]);
    const error = root.children[1]?.children[0]?.children[0];
    expect(error?.attributes.message).toBe('the gateway process ended by itself (SIGKILL)');
  });

  test('a suite without scenarios is an empty document', () => {
    expect(read().children).toEqual([]);
  });

  test('the document is well-formed whatever the texts are', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(']]>', '"><x y="', "'", '&#0;', '\u0000', '\ud800', '<!DOCTYPE a>', '\u001b[31m'),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const root = read(
          aFailure({
            scenario: text,
            target: text,
            replay: text,
            startedAt: text,
            versions: { [text]: text },
            notes: [text],
            leaks: [aLeak({ key: text, limit: text, because: text })],
            expectations: [anExpectation({ text, wanted: text, unit: text, pass: false, evidence: [text, text] })],
          }),
        );
        expect(casesOf(root.children[0])).toHaveLength(1);
      }),
      { seed: 7, numRuns: 1_000 },
    );
  });
});
