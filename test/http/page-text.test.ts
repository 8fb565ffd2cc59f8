import { afterAll, describe, expect, test } from 'vitest';
import type { PageData, PageRun } from '../../harness/report/page-data.js';
import { PageBrowser, pageWith, scrollThrough } from '../support/page-browser.js';
import { samplePage } from '../support/page-sample.js';

const browser = new PageBrowser();
afterAll(() => browser.close());

/** Every text of the run that files or a target may have written. */
function named(text: string): PageData {
  const data = samplePage({ scenario: text, actorName: text, bins: 40, actors: 2 });
  const runs = data.runs.map((run): PageRun => {
    const { verdict, series } = run;
    if (verdict === null || series === null) throw new Error('no run was made');
    return {
      ...run,
      claim: text,
      folder: text,
      plan: text,
      policyFile: text,
      missing: [text],
      error: text,
      series: {
        ...series,
        phases: series.phases.map((phase) => ({ ...phase, name: text })),
        limits: series.limits.map((limit) => ({ ...limit, limit: text })),
      },
      verdict: {
        ...verdict,
        target: text,
        replay: text,
        notes: [text],
        versions: { [text]: text },
        expectations: verdict.expectations.map((expectation) => ({
          ...expectation,
          text,
          wanted: text,
          evidence: [text],
        })),
        leaks: verdict.leaks.map((leak) => ({ ...leak, limit: text, key: text, because: text })),
      },
    };
  });
  return { ...data, runs };
}

const hostile: readonly { readonly text: string; readonly shown: string; readonly because: string }[] = [
  { text: '<script>alert(1)</script>', shown: '<script>alert(1)</script>', because: 'markup is text' },
  {
    text: '</script><img src=x onerror=alert(1)>',
    shown: '</script><img src=x onerror=alert(1)>',
    because: 'the data end at no tag',
  },
  { text: '"quoted" & \'single\' $& $1', shown: '"quoted" & \'single\' $& $1', because: 'no quote ends an attribute' },
  { text: 'emoji 🏦 中文', shown: 'emoji 🏦 中文', because: 'every script is text' },
  {
    text: 'abc\u202egnp.exe',
    shown: 'abc\\u202egnp.exe',
    because: 'a mark that turns the direction is told, not obeyed',
  },
  { text: 'سيناريو الهجوم', shown: 'سيناريو الهجوم', because: 'right-to-left text is isolated' },
  { text: '<!--', shown: '<!--', because: 'a comment hides nothing' },
  { text: 'constructor', shown: 'constructor', because: 'a name is no property' },
];

describe('a name that is meant to do harm', () => {
  for (const { text, shown, because } of hostile) {
    test(`is shown as text: ${because}`, async (context) => {
      const { page, requests, complaints } = await browser.open(context, named(text));
      expect(await page.locator('h1').textContent()).toBe(shown);
      expect(await page.locator('h1 bdi').count()).toBe(1);
      expect(await page.title()).toContain(shown);
      await scrollThrough(page);
      expect(await page.locator('script').count()).toBe(2);
      expect(await page.locator('img').count()).toBe(0);
      expect(requests).toEqual([page.url()]);
      expect(complaints).toEqual([]);
    });
  }
});

test('a page into which a script found its way runs its own alone', async (context) => {
  const { page } = await browser.open(context, samplePage({ bins: 40, actors: 2 }));
  const ran = await page.evaluate(
    `(() => {
      const script = document.createElement('script');
      script.textContent = 'window.harmed = true';
      document.body.append(script);
      return window.harmed === true;
    })()`,
  );
  expect(ran).toBe(false);
});

test('a page with 300 bins of six actors is below a mebibyte, and most of that is data', () => {
  expect(pageWith(samplePage()).length).toBeLessThan(1_048_576);
  expect(pageWith({ ...samplePage(), runs: [] }).length).toBeLessThan(200_000);
});

test('a page without any run says so', async (context) => {
  const { page, complaints } = await browser.open(context, { ...samplePage(), runs: [] });
  await page.getByText('No run was put into this page.').waitFor();
  expect(complaints).toEqual([]);
});
