import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { VerdictDocument } from '../../../harness/judge/verdict.js';
import { suiteDocument } from '../../../harness/report/json.js';
import { renderSuite, renderVerdict } from '../../../harness/report/terminal.js';
import { displayWidth } from '../../../harness/report/text.js';
import { aFailure, aGenerator, aLeak, anActor, anExpectation, aSuiteError, aVerdict } from './verdict-samples.js';

const plain = { color: false, width: 80 };

describe('renderVerdict', () => {
  test('a pass in 80 columns', () => {
    expect(renderVerdict(aVerdict(), plain)).toMatchInlineSnapshot(`
      "order-flood-5x  pass
        One key that sends five times its limit gets its limit and no more, and nobody
        else notices.
        seed 42, target gateway, engine native, took 8.25 s

        actor      label    sent  admitted  throttled  refused  banned  errors
        customers  legit  12,345    12,340          5        0       0       0
        flooder    abuse  12,345     4,690      7,655        0       0       0

        actor      label  false blocks  leak      p50     p99
        customers  legit        0.04 %     0  1.23 ms  8.5 ms
        flooder    abuse             -     0  1.23 ms  8.5 ms

        expectation                   wanted  measured [95 %]
        legit.falseBlockRate <= 0.1%  0.1 %   0 % [0 %, 0.08 %]  pass

        generator  20,000 asked, 20,000 sent, 19,998 answered; own delay p99 1.2 ms,
                   waiting for the target p99 300 us
        worst      second 3: own delay p99 4.5 ms, event loop held up 12 ms, garbage
                   collection 3 ms, stolen CPU 1 %
        unsure     0 requests; a leak of 3 cells or more would have been proved
      "
    `);
  });

  test('a failure in 80 columns', () => {
    expect(renderVerdict(aFailure(), plain)).toMatchInlineSnapshot(`
      "order-flood-5x  FAIL
        One key that sends five times its limit gets its limit and no more, and nobody
        else notices.
        seed 42, target gateway, engine native, took 8.25 s
        fail: an expectation did not hold

        actor      label    sent  admitted  throttled  refused  banned  errors
        customers  legit  12,345    12,340          5        0       0       0
        flooder    abuse  12,345     4,690      7,655        0       0       0

        actor      label  false blocks  leak      p50     p99
        customers  legit        0.04 %     0  1.23 ms  8.5 ms
        flooder    abuse             -     0  1.23 ms  8.5 ms

        expectation                 wanted                      measured [95 %]
        legit.falseBlockRate <=     0.1 %                       0 % [0 %, 0.08 %] pass
        0.1%
        abuse.leak <= 0             0 cells                     12 cells          FAIL
            - limit orders-key let key k-7f3a take 42 cells between 2 s and 3 s, where
              its policy allows 30: no order of decisions within sending and answer
              explains the other 12
        legit.latency.p99 in attack max(2 x 24 ms, 50 ms) = 50  cannot be told    ??
        <= max(2x calm, 50ms)       ms
            - no honest request was admitted in the phase attack

        leaks
          limit orders-key, key k-7f3a: at least 12 cells over the bound
            42 cells certainly admitted from 2,000 ms to 3,000 ms (1 s), bound 30
            cells
            capacity 20 + 10 per 1 s x 1 s = 30 cells
            counting by answer time would have claimed 15 cells
            flooder order.place: sent 2,000 ms, answered 2,001 ms
            flooder order.place: sent 2,001 ms, answered 2,002 ms
            flooder order.place: sent 2,002 ms, answered 2,003 ms
            and 39 more requests

        generator  20,000 asked, 20,000 sent, 19,998 answered; own delay p99 1.2 ms,
                   waiting for the target p99 300 us
        worst      second 3: own delay p99 4.5 ms, event loop held up 12 ms, garbage
                   collection 3 ms, stolen CPU 1 %
        unsure     0 requests; a leak of 3 cells or more would have been proved

        replay: floodproof run scenarios/release/order-flood-5x.yaml --seed 42
      "
    `);
  });

  test('a wide page has the actors in one table', () => {
    const lines = renderVerdict(aFailure(), { color: false, width: 130 }).split('\n');
    expect(lines.filter((line) => line.includes('customers'))).toHaveLength(1);
    expect(lines.find((line) => line.includes('customers'))).toMatch(/legit .*12,345 .*0\.04 % .*8\.5 ms/);
  });

  test('the actors are in one table as soon as it fits to the column', () => {
    const linesAt = (width: number): number =>
      renderVerdict(aVerdict(), { color: false, width })
        .split('\n')
        .filter((line) => line.includes('customers')).length;
    const widest = Math.max(
      ...renderVerdict(aVerdict(), { color: false, width: 200 })
        .split('\n')
        .filter((line) => line.includes('customers'))
        .map(displayWidth),
    );
    // The eleven gaps between twelve columns can be narrower by one each; for the twelfth there is no room.
    expect([linesAt(widest), linesAt(widest - 11), linesAt(widest - 13)]).toEqual([1, 1, 2]);
  });

  test('colours add nothing but colour', () => {
    const painted = renderVerdict(aFailure(), { color: true, width: 100 });
    expect(painted).toContain('\u001b[31m');
    expect(stripVTControlCharacters(painted)).toBe(renderVerdict(aFailure(), { color: false, width: 100 }));
  });

  test('only the replay command may be wider than the page', () => {
    const long = 'w'.repeat(90);
    const document = aFailure({
      scenario: long,
      claim: `${long} ${long}`,
      target: `http://127.0.0.1:3000/${long}`,
      actors: { [long]: anActor({ sent: 1e9, admitted: 1e9, throttled: 1e9 }) },
      notes: [long],
      replay: `floodproof run ${long}.yaml --seed 42`,
    });
    for (const width of [20, 80, 100, 140]) {
      const lines = renderVerdict(document, { color: false, width }).split('\n');
      const wide = lines.filter((line) => displayWidth(line) > Math.max(80, width));
      expect(wide.every((line) => line.startsWith('  replay: '))).toBe(true);
    }
  });

  test('the replay command is printed whole, and only when the verdict is not a pass', () => {
    expect(renderVerdict(aFailure(), { color: false, width: 20 })).toContain(`  replay: ${aFailure().replay}\n`);
    expect(renderVerdict(aVerdict(), plain)).not.toContain('replay');
  });

  test('evidence stands under an expectation that failed or is undecided, not under one that held', () => {
    const document = aVerdict({
      expectations: [
        anExpectation({ text: 'first', evidence: ['because of one'] }),
        anExpectation({ text: 'second', pass: false, evidence: ['because of two'] }),
        anExpectation({ text: 'third', pass: null, measured: null, evidence: ['because of three'] }),
      ],
    });
    const lines = renderVerdict(document, plain).split('\n');
    const at = (text: string): number => lines.findIndex((line) => line.includes(text));
    expect(at('because of one')).toBe(-1);
    expect([at('because of two') - at('second'), at('because of three') - at('third')]).toEqual([1, 1]);
    expect(lines[at('second')]).toMatch(/FAIL$/);
    expect(lines[at('third')]).toMatch(/cannot be told .*\?\?$/);
  });

  test('a run that was invalid shows why, and calls nothing passed or failed', () => {
    const faults = ['own delay p99 of 400 ms in second 3 is above 250 ms: use a machine that does nothing else'];
    const text = renderVerdict(aFailure({ verdict: 'invalid', generator: aGenerator({ faults }) }), plain);
    expect(text).toContain('order-flood-5x  INVALID\n');
    expect(text).toContain('  - own delay p99 of 400 ms in second 3 is above 250 ms');
    expect(text).toMatch(/\(pass\)\n/);
    expect(text).toMatch(/\(FAIL\)\n/);
  });

  test('an interrupted run says that nothing is judged', () => {
    const text = renderVerdict(aVerdict({ verdict: 'interrupted' }), plain);
    expect(text).toContain('interrupted: the run was stopped before its end');
  });

  test('leaks beyond the tenth and evidence beyond the twelfth are counted', () => {
    const text = renderVerdict(
      aFailure({
        leaks: Array.from({ length: 13 }, (_, index) => aLeak({ key: `k${index}` })),
        expectations: [
          anExpectation({ pass: false, evidence: Array.from({ length: 15 }, (_, index) => `sentence ${index}`) }),
        ],
      }),
      plain,
    );
    expect(text).toContain('and 3 more leaks, see verdict.json');
    expect(text).toContain('and 3 more, see verdict.json');
    expect(text).not.toContain('key k10');
  });

  test('one leak too many is one, not some', () => {
    const leaks = Array.from({ length: 11 }, () => aLeak());
    expect(renderVerdict(aFailure({ leaks }), plain)).toContain('and 1 more leak, see verdict.json');
  });

  test('a leak of a global limit is nobody’s key, and a naive count that saw nothing says so', () => {
    const text = renderVerdict(aFailure({ leaks: [aLeak({ key: '*', naiveExcessCells: 0, excessCells: 1 })] }), plain);
    expect(text).toContain('limit orders-key, all callers together: at least 1 cell over the bound');
    expect(text).toContain('counting by answer time would have claimed nothing');
  });

  test('a run without limits says that it could have proved nothing', () => {
    const text = renderVerdict(aVerdict({ smallestProvableLeak: null, unsure: 1 }), plain);
    expect(text).toContain('unsure     1 request; no limit matched a request, so no leak could have been');
  });

  test('a run without a worst second, actors and expectations is still a page', () => {
    const document = aVerdict({ actors: {}, expectations: [], generator: aGenerator({ worstSecond: null }) });
    const text = renderVerdict(document, plain);
    expect(text).toContain('no actor sent anything');
    expect(text).toContain('no expectation was written for this scenario');
    expect(text).not.toContain('worst');
  });

  test('the hash of the decisions is shown when there is one', () => {
    expect(renderVerdict(aVerdict({ decisionHash: 'f00d' }), plain)).toContain('  decisions f00d\n');
  });

  test('nothing that comes from outside reaches the terminal as a command', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => `${text}\u001b]0;title\u0007`);
    fc.assert(
      fc.property(hostile, (text) => {
        const page = renderVerdict(hostileDocument(text), plain);
        expect(page.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('renderSuite', () => {
  test('one line a scenario, the sum, and how to replay what did not pass', () => {
    const suite = suiteDocument([
      aVerdict({ scenario: 'calm-baseline' }),
      aFailure({ scenario: 'replay' }),
      aVerdict({ scenario: 'order-flood-100x', verdict: 'invalid', replay: 'floodproof run b.yaml --seed 1' }),
    ]);
    expect(renderSuite(suite, plain)).toMatchInlineSnapshot(`
      "verdict  scenario          expectations  leaks  requests    took
      pass     calm-baseline           1 of 1      0    20,000  8.25 s
      FAIL     replay                  1 of 3      1    20,000  8.25 s
      INVALID  order-flood-100x             -      0    20,000  8.25 s
      FAIL  1 of 3 scenarios passed, exit code 3
      replay: floodproof run scenarios/release/order-flood-5x.yaml --seed 42
      replay: floodproof run b.yaml --seed 1
      "
    `);
  });

  test('a scenario without a verdict is counted and told with its reason', () => {
    const unplayed = { code: 'interrupted', message: 'not played: the suite was stopped before' };
    const errors = Array.from({ length: 24 }, (_, index) =>
      index === 0 ? aSuiteError({ scenario: 'broken' }) : aSuiteError({ scenario: `s${index}`, ...unplayed }),
    );
    const lines = renderSuite(suiteDocument([aVerdict()], errors), plain).split('\n');
    expect(lines.slice(2, 6)).toEqual([
      'INTERRUPTED  1 of 25 scenarios passed, exit code 130',
      'no verdict: broken: FP_GATEWAY_FAILED, the gateway process ended by itself',
      '            (SIGKILL)',
      'no verdict: s1: interrupted, not played: the suite was stopped before',
    ]);
    expect(lines.slice(-2)).toEqual(['and 4 more without a verdict', '']);
  });

  test('a suite without scenarios has the sum alone', () => {
    expect(renderSuite(suiteDocument([]), plain)).toBe('UNDECIDED  0 of 0 scenarios passed, exit code 5\n');
  });

  test('colours add nothing but colour', () => {
    const suite = suiteDocument([aVerdict(), aFailure()]);
    expect(stripVTControlCharacters(renderSuite(suite, { color: true, width: 80 }))).toBe(renderSuite(suite, plain));
  });
});

function hostileDocument(text: string): VerdictDocument {
  return aFailure({
    scenario: text,
    claim: text,
    target: text,
    decisionHash: text,
    replay: text,
    notes: [text],
    generator: aGenerator({ faults: [text] }),
    actors: { [text]: anActor() },
    expectations: [anExpectation({ text, wanted: text, unit: text, pass: false, evidence: [text] })],
    leaks: [aLeak({ limit: text, key: text, because: text })],
  });
}
