import { describe, expect, it } from 'vitest';
import { hasTwin, plansWithTwin, twinExitCode, twinLines, twinResult } from '../../../harness/cli/weak-twins.js';
import type { ExpectationResult, Verdict, VerdictDocument } from '../../../harness/judge/verdict.js';
import type { Plan } from '../../../harness/scenario/plan.js';
import { loadScenario } from '../../../harness/scenario/scenario.js';
import { goodPolicy, goodScenario, textReader } from '../../support/scenario-files.js';

function planWith(fails: string, expect: string): Plan {
  const text = goodScenario
    .replace('phases:', `weak: { policy: weak.yaml, fails: [${fails}] }\nphases:`)
    .replace('abuse.leak <= 0', expect);
  const weak = goodPolicy.replace('name: small', 'name: sieve');
  return loadScenario(textReader({ 's.yaml': text, 'policy.yaml': goodPolicy, 'weak.yaml': weak }), 's.yaml');
}

const plan = planWith('abuse.leak, legit.goodput', 'abuse.leak <= 0\n  - legit.goodput in attack >= 1/s');

function result(metric: string, pass: boolean | null): ExpectationResult {
  return { text: `${metric} <= 0`, metric, wanted: '', measured: 1, interval: null, pass, unit: '', evidence: [] };
}

function document(verdict: Verdict, expectations: readonly ExpectationResult[]): VerdictDocument {
  return { verdict, expectations } as unknown as VerdictDocument;
}

function resultOf(verdict: Verdict, expectations: readonly ExpectationResult[]) {
  if (!hasTwin(plan)) throw new Error('the plan names no twin');
  return twinResult(plan, document(verdict, expectations));
}

describe('a weak twin', () => {
  it('is exposed when each expectation that it must fail fails, whatever the others do', () => {
    const expectations = [
      result('abuse.leak', false),
      result('legit.goodput in attack', false),
      result('legit.falseBlockRate', true),
    ];
    expect(resultOf('fail', expectations)).toEqual({ scenario: 'small', policy: 'sieve', isExposed: true, held: [] });
  });

  it('is exposed by one phase of several', () => {
    const expectations = [
      result('abuse.leak in calm', true),
      result('abuse.leak in attack', false),
      result('legit.goodput in attack', false),
    ];
    expect(resultOf('fail', expectations).isExposed).toBe(true);
  });

  it.each([
    {
      because: 'one held',
      verdict: 'fail' as const,
      expectations: [result('abuse.leak', false), result('legit.goodput in attack', true)],
      held: ['legit.goodput in attack <= 0 held'],
    },
    {
      because: 'one is undecided',
      verdict: 'fail' as const,
      expectations: [result('abuse.leak', null), result('legit.goodput in attack', false)],
      held: ['abuse.leak <= 0 is undecided'],
    },
    {
      because: 'a metric is not the one that its name begins like',
      verdict: 'fail' as const,
      expectations: [result('abuse.leakRatio', false), result('legit.goodput', false)],
      held: ['abuse.leak was not judged'],
    },
    {
      because: 'the generator fell behind, which is nobody else’s fault',
      verdict: 'invalid' as const,
      expectations: [result('abuse.leak', false), result('legit.goodput', false)],
      held: ['the run is invalid'],
    },
  ])('is not exposed when $because', ({ verdict, expectations, held }) => {
    expect(resultOf(verdict, expectations)).toMatchObject({ isExposed: false, held });
  });

  it('is not exposed by a run without a verdict', () => {
    if (!hasTwin(plan)) throw new Error('the plan names no twin');
    expect(twinResult(plan, null)).toMatchObject({
      isExposed: false,
      held: ['abuse.leak was not judged', 'legit.goodput was not judged'],
    });
  });
});

describe('a suite of weak twins', () => {
  const exposed = { scenario: 'a', policy: 'x', isExposed: true, held: [] };
  const held = { scenario: 'b', policy: 'y', isExposed: false, held: ['abuse.leak <= 0 held', 'it is undecided'] };

  it('says which are exposed and which are not, and how many', () => {
    expect(twinLines([exposed, held], 3)).toEqual([
      'exposed      a: x',
      'NOT exposed  b: y (abuse.leak <= 0 held; it is undecided)',
      'weak twins exposed: 1 of 2, exit code 3',
    ]);
  });

  it.each([
    { results: [exposed], suite: 3, code: 0, because: 'a failing verdict is what is wanted' },
    { results: [exposed], suite: 5, code: 0, because: 'an undecided expectation besides changes nothing' },
    { results: [exposed, held], suite: 3, code: 3, because: 'one is not exposed' },
    { results: [held], suite: 0, code: 3, because: 'a pass is what is not wanted' },
    { results: [exposed], suite: 130, code: 130, because: 'an interrupt stays one' },
    { results: [exposed, held], suite: 4, code: 4, because: 'the environment failed' },
    { results: [exposed], suite: 1, code: 1, because: 'a bug stays one' },
    { results: [exposed], suite: 2, code: 2, because: 'bad usage stays that' },
  ])('ends with $code after $suite: $because', ({ results, suite, code }) => {
    expect(twinExitCode(results, suite)).toBe(code);
  });

  it('leaves out scenarios without a twin, and says so; none at all is bad usage', () => {
    const notes: string[] = [];
    const console = { note: (line: string) => notes.push(line) } as unknown as Parameters<typeof plansWithTwin>[1];
    const plain = { ...plan, name: 'plain', weak: null };
    expect(plansWithTwin([plan, plain], console)).toEqual([plan]);
    expect(notes).toEqual(['left out: plain names no weak twin']);
    expect(() => plansWithTwin([plain], console)).toThrow('none of these scenarios names a weak twin');
  });
});
