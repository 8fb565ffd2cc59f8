import { afterAll, describe, expect, test } from 'vitest';
import type { PageData, PageRun } from '../../harness/report/page-data.js';
import { PageBrowser, scrollThrough } from '../support/page-browser.js';
import { samplePage } from '../support/page-sample.js';

const browser = new PageBrowser();
afterAll(() => browser.close());

/** A page of which something is not what the page reads there. */
function spoiled(change: (run: PageRun) => unknown): PageData {
  const data = samplePage({ bins: 40, actors: 2 });
  return { ...data, runs: data.runs.map((run) => ({ ...run, ...(change(run) as Partial<PageRun>) })) };
}

const sections = ['expectations', 'actors', 'timeline', 'limits', 'latency', 'refusals', 'hardest-hit', 'fairness'];
const all = [...sections, 'generator', 'provenance'];

describe('a page of which one section can not be drawn', () => {
  for (const { section, change } of [
    { section: 'hardest-hit', change: ({ verdict }: PageRun) => ({ verdict: { ...verdict, hardestHit: [null] } }) },
    { section: 'provenance', change: ({ verdict }: PageRun) => ({ verdict: { ...verdict, versions: null } }) },
    { section: 'limits', change: ({ series }: PageRun) => ({ series: { ...series, limits: [null] } }) },
  ]) {
    test(`says so of ${section}, and draws the others`, async (context) => {
      const { page } = await browser.open(context, spoiled(change));
      const alerts = page.locator('#page [role=alert]').filter({ hasText: 'could not be drawn' });
      expect(await alerts.count()).toBe(1);
      expect(await page.locator(`#${section} [role=alert]`).textContent()).toMatch(/: this part could not be drawn/);
      for (const id of all) expect(await page.locator(`section#${id}`).count(), id).toBe(1);
      await scrollThrough(page);
      expect(await page.locator('#timeline canvas').count()).toBeGreaterThan(0);
    });
  }

  test('says so of a run of which nothing can be drawn, and keeps its controls', async (context) => {
    const change = ({ series }: PageRun) => ({ series: { ...series, phases: null, fromMs: null, actors: null } });
    const { page } = await browser.open(context, spoiled(change));
    expect(await page.locator('#run [role=alert]').textContent()).toMatch(/This run: this part could not be drawn/);
    expect(await page.locator('header').count()).toBeGreaterThan(0);
  });
});
