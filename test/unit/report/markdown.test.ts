import { describe, expect, test } from 'vitest';
import { suiteDocument } from '../../../harness/report/json.js';
import { renderMarkdown } from '../../../harness/report/markdown.js';
import { aFailure, aGenerator, aLeak, anExpectation, aSuiteError, aVerdict } from './verdict-samples.js';

describe('renderMarkdown', () => {
  test('a suite with a failure', () => {
    const suite = suiteDocument([aVerdict({ scenario: 'calm-baseline' }), aFailure()]);
    expect(renderMarkdown(suite)).toMatchInlineSnapshot(`
      "## Floodproof: FAIL

      1 of 2 scenarios passed (exit code 3).

      | scenario | verdict | expectations | leaks | requests | took |
      |---|---|---:|---:|---:|---:|
      | calm-baseline | pass | 1 of 1 | 0 | 20,000 | 8.25 s |
      | order-flood-5x | FAIL | 1 of 3 | 1 | 20,000 | 8.25 s |

      ### order-flood-5x: FAIL

      One key that sends five times its limit gets its limit and no more, and nobody else notices. (seed 42, target gateway)

      - FAIL \`abuse.leak <= 0\`: measured 12 cells, wanted 0 cells
        - limit orders-key let key k-7f3a take 42 cells between 2 s and 3 s, where its policy allows 30: no order of decisions within sending and answer explains the other 12
      - ?? \`legit.latency.p99 in attack <= max(2x calm, 50ms)\`: cannot be measured, wanted max(2 x 24 ms, 50 ms) = 50 ms
        - no honest request was admitted in the phase attack
      - limit orders-key, key k-7f3a: at least 12 cells over the bound
      - a leak of 3 cells or more would have been proved

      \`\`\`
      floodproof run scenarios/release/order-flood-5x.yaml --seed 42
      \`\`\`
      "
    `);
  });

  test.each([
    ['/close', '\\/close'],
    ['- a', '\\- a'],
    ['  + a', '  \\+ a'],
    ['===', '\\==='],
    ['12. a', '12\\. a'],
    ['12) a', '12\\) a'],
    ['1.5 s late', '1.5 s late'],
    ['a /close - 1. b', 'a /close - 1. b'],
  ])('a claim that begins as %s is text, and no list, rule or order to the host', (claim, shown) => {
    expect(renderMarkdown(suiteDocument([aFailure({ claim })]))).toContain(`\n${shown} (seed 42, target`);
  });

  test('an expectation or a replay command of any length is cut', () => {
    const expectation = anExpectation({ pass: false, text: 'x'.repeat(100_000) });
    const text = renderMarkdown(
      suiteDocument([aFailure({ expectations: [expectation], replay: 'y'.repeat(100_000) })]),
    );
    expect(text.length).toBeLessThan(10_000);
  });

  test('a scenario without a verdict is counted and told with its reason', () => {
    const errors = Array.from({ length: 21 }, (_, index) => aSuiteError({ scenario: `s${index}` }));
    const text = renderMarkdown(suiteDocument([aVerdict()], errors));
    expect(text).toContain('1 of 22 scenarios passed (exit code 4).');
    expect(text).toContain(
      '\n- s0 has no verdict: FP\\_GATEWAY\\_FAILED, the gateway process ended by itself (SIGKILL)\n',
    );
    expect(text).not.toContain('s20 ');
    expect(text).toContain('\n- and 1 more\n');
  });

  test('a pass is a table alone', () => {
    const text = renderMarkdown(suiteDocument([aVerdict()]));
    expect(text).toContain('## Floodproof: pass\n');
    expect(text).not.toContain('###');
  });

  test('a run that was invalid says why instead of what was measured', () => {
    const generator = aGenerator({ faults: ['second 3 was late'] });
    const text = renderMarkdown(suiteDocument([aFailure({ verdict: 'invalid', generator })]));
    expect(text).toContain('- the generator itself fell behind, so the run says nothing about the target\n');
    expect(text).toContain('  - second 3 was late\n');
    expect(text).not.toContain('measured');
  });

  test('text from outside makes no markup, mentions nobody and breaks no table', () => {
    const text = renderMarkdown(
      suiteDocument([
        aFailure({
          scenario: 'a|b',
          claim: 'see <img src=x> [here](http://127.0.0.1) @team #1 `x`',
          replay: 'floodproof run "```x"',
          leaks: [aLeak({ key: '*everyone*' })],
          expectations: [anExpectation({ text: 'a ``b`` c', pass: false, evidence: ['first\nsecond'] })],
        }),
      ]),
    );
    expect(text).toContain('| a\\|b | FAIL |');
    expect(text).toContain('see \\<img src=x\\> \\[here\\](http://127.0.0.1) @\u200bteam \\#1 \\`x\\`');
    expect(text).toContain('``` a ``b`` c ```');
    expect(text).toContain('key \\*everyone\\*');
    expect(text).toContain('- first second\n');
    expect(text.match(/^```$/gm)).toHaveLength(2);
  });

  test('a long suite is cut, and says what was left out', () => {
    const evidence = Array.from({ length: 9 }, () => 'e'.repeat(5_000));
    const failure = aFailure({ expectations: [anExpectation({ pass: false, evidence })], leaks: [] });
    const text = renderMarkdown(suiteDocument(Array.from({ length: 25 }, () => failure)));
    expect(text).toContain('  - and 4 more\n');
    expect(text).toContain('And 5 more that did not pass.\n');
    expect(text.length).toBeLessThan(65_536);
  });

  test('a suite without scenarios has no table', () => {
    expect(renderMarkdown(suiteDocument([]))).toBe(
      '## Floodproof: UNDECIDED\n\n0 of 0 scenarios passed (exit code 5).\n',
    );
  });
});
