import { describe, expect, test } from 'vitest';
import { annotationLines } from '../../../harness/report/annotations.js';
import { suiteDocument } from '../../../harness/report/json.js';
import { aFailure, anExpectation, aSuiteError, aVerdict } from './verdict-samples.js';

describe('annotationLines', () => {
  test('a suite that passed has none', () => {
    expect(annotationLines(suiteDocument([aVerdict()]))).toEqual([]);
  });

  test('each expectation that did not hold has a line, and those that held have none', () => {
    expect(annotationLines(suiteDocument([aVerdict(), aFailure()]))).toEqual([
      '::error title=Floodproof order-flood-5x%3A FAIL::abuse.leak <= 0: measured 12 cells, wanted 0 cells',
      '::error title=Floodproof order-flood-5x%3A FAIL::legit.latency.p99 in attack <= max(2x calm, 50ms): ' +
        'cannot be measured, wanted max(2 x 24 ms, 50 ms) = 50 ms',
    ]);
  });

  test('what judges nothing says why, and what has no verdict too', () => {
    expect(
      annotationLines(suiteDocument([aFailure({ verdict: 'invalid' })], [aSuiteError({ scenario: 'other' })])),
    ).toEqual([
      '::error title=Floodproof other%3A no verdict::FP_GATEWAY_FAILED: the gateway process ended by itself (SIGKILL)',
      '::error title=Floodproof order-flood-5x%3A INVALID::' +
        'the generator itself fell behind, so the run says nothing about the target',
    ]);
  });

  test('no text from elsewhere ends a line, begins a command or a property, or goes on for ever', () => {
    const text = `a\r\n::stop-commands::x%0A100%${'y'.repeat(2_000)}`;
    const failure = aFailure({
      scenario: 'a,file=b::c\n::error::d',
      expectations: [anExpectation({ text, pass: false })],
    });
    const [line = '', ...more] = annotationLines(suiteDocument([failure]));
    expect(more).toEqual([]);
    expect(line).toMatch(
      /^::error title=Floodproof a%2Cfile=b%3A%3Ac %3A%3Aerror%3A%3Ad%3A FAIL::a ::stop-commands::x%250A100%25y+$/,
    );
    expect(line).not.toMatch(/[\r\n]/);
    expect(line.length).toBeLessThan(700);
  });

  test('there are ten at most', () => {
    const errors = Array.from({ length: 30 }, (_, index) => aSuiteError({ scenario: `s${index}` }));
    expect(annotationLines(suiteDocument([], errors))).toHaveLength(10);
  });
});
