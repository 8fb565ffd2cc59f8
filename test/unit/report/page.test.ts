import { describe, expect, it } from 'vitest';
import { renderPage } from '../../../harness/report/page.js';
import type { PageData } from '../../../harness/report/page-data.js';
import { pageRun, savedPage } from '../../../harness/report/page-run.js';
import type { Plan } from '../../../harness/scenario/plan.js';
import { aPlan } from '../../support/plan-builder.js';
import { aVerdict } from './verdict-samples.js';

const template = '<body><script id="page-data" type="application/json">null</script><script>run()</script></body>';

const hostile = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '$& $1 $` $$',
  '"quoted" \\ \n',
  '\u2028\u2029',
  '\u202eevil\u202c',
  '\u{1f4a5}',
];

const pageOf = (scenario: string): PageData =>
  savedPage([
    pageRun({
      folder: null,
      state: 'ended',
      plan: aPlan(),
      verdict: aVerdict({ scenario }),
      series: null,
      missing: [],
      error: null,
    }),
  ]);

describe('the saved page', () => {
  it.each(hostile)('holds %j as data that ends no script, and gives it back unchanged', (name) => {
    const html = renderPage(template, pageOf(name));
    const [, json = ''] = /<script id="page-data" type="application\/json">(.*?)<\/script>/s.exec(html) ?? [];
    expect(json).not.toMatch(/[<\u2028\u2029]/);
    expect((JSON.parse(json) as PageData).runs[0]?.scenario).toBe(name);
    expect(html.replace(json, 'null')).toBe(template);
  });

  it.each([
    ['no place', '<body></body>'],
    ['two places', template + template],
    ['a place that is taken', template.replace('null', '{}')],
  ])('is not made of a template with %s', (_, text) => {
    expect(() => renderPage(text, pageOf('a'))).toThrowError(expect.objectContaining({ code: 'FP_PAGE_ABSENT' }));
  });
});

describe('what the page is given of a run', () => {
  const nothing = { folder: null, state: 'ended', verdict: null, series: null, missing: [], error: 'cut off' } as const;

  it('has the plan in words and the length of the run', () => {
    const run = pageRun({ ...nothing, plan: aPlan() });
    expect(run).toMatchObject({
      scenario: 'test-scenario',
      totalMs: 11_000,
      warmupMs: 1000,
      policyFile: 'test-policy.yaml',
    });
    expect(run.plan).toContain('test-scenario');
  });

  it('has the policy in words, and another that was enforced in its place', () => {
    const plan = aPlan();
    const run = pageRun({ ...nothing, plan });
    expect(run.policyText).toContain(`What the policy ${plan.policy.name} promises`);
    for (const { name } of plan.policy.limits) expect(run.policyText).toContain(name);
    expect(run).not.toHaveProperty('enforcedPolicy');
    const weak = { ...plan.policy, name: 'doubled', file: 'doubled.yaml' };
    const other = pageRun({ ...nothing, plan, enforcedPolicy: weak });
    expect(other).toMatchObject({ policyFile: 'test-policy.yaml', policyText: run.policyText });
    expect(other.enforcedPolicy).toEqual({
      file: 'doubled.yaml',
      text: expect.stringContaining('What the policy doubled promises (doubled.yaml)'),
    });
    const edited = { file: 'edited.yaml' } as unknown as Plan['policy'];
    expect(pageRun({ ...nothing, plan, enforcedPolicy: edited }).enforcedPolicy).toEqual({
      file: 'edited.yaml',
      text: null,
    });
  });

  it('tells of a plan that can not be told in words, and goes on without', () => {
    const run = pageRun({ ...nothing, plan: { ...aPlan(), actors: [{}] } as unknown as Plan });
    expect(run.plan).toBeNull();
    expect(run.missing).toEqual([expect.stringMatching(/^plan\.json can't be told in words/)]);
  });

  it('takes the length from the verdict where there is nothing else', () => {
    const run = pageRun({ ...nothing, plan: null, verdict: aVerdict({ durationMs: 5 }) });
    expect(run).toMatchObject({ totalMs: 5, warmupMs: 0, plan: null, policyFile: null });
  });
});
