import { describe, expect, it } from 'vitest';
import type { ComparedMetric, ComparisonDocument } from '../../../harness/compare/comparison.js';
import { renderComparison, renderComparisonMarkdown } from '../../../harness/report/compare-text.js';

const metric: ComparedMetric = {
  subject: 'legit',
  metric: 'service.p50',
  phase: null,
  unit: 'us',
  baseline: 1000,
  run: 500,
  baselineInterval: null,
  runInterval: null,
  test: 'resampling',
  change: -0.5,
  changeInterval: [-0.653, -1.11e-16],
  finding: 'better',
  because: 'it fell',
  expectations: [],
};
const sides = (verdict: string): ComparisonDocument['run'] => ({
  folders: ['a'],
  verdicts: [verdict],
  startedAt: '2026-01-02T03:04:05.000Z',
});
const document = (changes: Partial<ComparisonDocument> = {}): ComparisonDocument => ({
  schema: 'floodproof/comparison/1',
  scenario: 'flood',
  baseline: sides('pass'),
  run: sides('fail'),
  metrics: [metric],
  regressions: [],
  differences: ['engine: ts -> native'],
  notes: [],
  ...changes,
});
const terminal = (changes: Partial<ComparisonDocument> = {}): string =>
  renderComparison(document(changes), { color: false, width: 100, all: false });

describe('a comparison in words', () => {
  it('writes no share with an exponent', () => {
    expect(terminal()).toContain('-65.3 % to 0 %');
    const told = (share: number): string => terminal({ metrics: [{ ...metric, change: share, changeInterval: null }] });
    expect(told(1e-8)).toContain(' +0.000001 % ');
    expect(told(9e-9)).toContain(' 0 % ');
    expect(told(-9e-9)).toContain(' 0 % ');
  });

  it('says nothing of caution where both sides were judged and played alike', () => {
    expect(terminal().split('\n')[0]).toBe('flood  no regression; 1 better');
    expect(renderComparisonMarkdown(document())).not.toContain('CAUTION');
  });

  it.each([
    [{ baseline: sides('none') }, 'the baseline has no verdict'],
    [{ run: sides('invalid') }, 'the run is invalid'],
    [{ run: sides('interrupted') }, 'the run is interrupted'],
    [{ differences: ['target: gateway -> core', 'seed: 1 -> 2'] }, 'target: gateway -> core'],
    [{ differences: ['enforced policy: a -> b'] }, 'enforced policy: a -> b'],
    [{ differences: ['delay each way: none -> 5 ms by relay'] }, 'delay each way: none -> 5 ms by relay'],
  ])('warns in its first lines of %j', (changes, sentence) => {
    const [first, second] = terminal(changes).split('\n');
    expect(first).toBe('flood  no regression; 1 better; CAUTION');
    expect(second).toBe(`  CAUTION: ${sentence}`);
    const markdown = renderComparisonMarkdown(document(changes)).split('\n');
    expect(markdown[0]).toMatch(/; CAUTION$/);
    expect(markdown[2]).toBe(`- **CAUTION**: ${sentence.replaceAll('>', '\\>')}`);
  });
});
