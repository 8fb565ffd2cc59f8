import { afterAll, describe, expect, test } from 'vitest';
import { inkOf, PageBrowser, scrollThrough } from '../support/page-browser.js';
import { sampleComparison, sampleDefaults, samplePage, sampleRun } from '../support/page-sample.js';

const browser = new PageBrowser();
afterAll(() => browser.close());

const bins = 120;

const sumOfBins = (counts: readonly number[] | undefined): number => (counts ?? []).reduce((sum, one) => sum + one, 0);

describe('the page of a saved run', () => {
  test('draws every chart with all its points, and asks nothing of anywhere', async (context) => {
    const { page, requests, complaints } = await browser.open(context, samplePage({ bins, actors: 3 }));
    await scrollThrough(page);
    const points = await page
      .locator('figure.chart')
      .evaluateAll((figures) => figures.map((one) => one.getAttribute('data-points')));
    // One course, the overview, three actors twice, limits, the distribution, refusals, two of the generator.
    expect(points.length).toBeGreaterThan(14);
    expect(points.filter((count) => count === String(bins)).length).toBeGreaterThan(10);
    const drawn = await inkOf(page);
    expect(drawn.length).toBe(points.length);
    for (const pixels of drawn) expect(pixels).toBeGreaterThan(500);
    expect(requests).toEqual([page.url()]);
    expect(complaints).toEqual([]);
  });

  test('does not draw what is far below what is in sight', async (context) => {
    const { page } = await browser.open(context, samplePage({ bins }));
    await page.locator('figure.chart canvas').first().waitFor();
    const figures = await page.locator('figure.chart').count();
    expect(await page.locator('figure.chart canvas').count()).toBeLessThan(figures / 2);
  });

  test('zooms all charts of time where one is dragged over, and shows all again on a double click', async (context) => {
    const { page } = await browser.open(context, samplePage({ bins, actors: 2 }));
    const chart = page.getByRole('application', { name: /^Admitted requests per second/ });
    await chart.scrollIntoViewIfNeeded();
    const plot = chart.locator('.u-over');
    const box = await plot.boundingBox();
    if (box === null) throw new Error('the chart has no plot');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 50, { steps: 4 });
    await page.mouse.up();
    const shown = page.locator('.zoomed');
    // 30 s with 5 s of warm-up before the first phase: its middle is at 10 s.
    await expect.poll(async () => await shown.textContent()).toMatch(/^Shown: (?:9\.9|10)\S* s to 17\.\S* s$/);
    const others = page.locator('#latency figure.chart').first();
    await others.getByRole('button', { name: 'Show as table' }).click();
    expect(await others.locator('tbody tr').count()).toBeLessThan(bins / 3);
    await plot.dblclick({ position: { x: 20, y: 20 } });
    await expect.poll(async () => await shown.textContent()).toBe('');
    expect(await others.locator('tbody tr').count()).toBe(bins);
  });

  test('draws the same picture when all is shown again', async (context) => {
    const { page } = await browser.open(context, samplePage({ bins, actors: 2 }));
    const chart = page.getByRole('application', { name: /^Requests per second of market-makers/ });
    const canvas = chart.locator('canvas');
    await chart.scrollIntoViewIfNeeded();
    await canvas.waitFor();
    const picture = async (): Promise<unknown> =>
      await canvas.evaluate((element) => (element as unknown as { toDataURL(): string }).toDataURL());
    const before = await picture();
    await chart.focus();
    await page.keyboard.press('+');
    await expect.poll(picture).not.toBe(before);
    await page.keyboard.press('Escape');
    await expect.poll(picture).toBe(before);
  });

  test('opens a failure to what shows it, down to the requests', async (context) => {
    const { page } = await browser.open(context, samplePage({ bins, actors: 3 }));
    const opener = page.getByRole('button', { name: 'legit.falseBlockRate <= 0.1%' });
    expect(await opener.getAttribute('aria-expanded')).toBe('false');
    expect(await page.getByText('86 of 20,512 answers').count()).toBe(0);
    await opener.click();
    expect(await opener.getAttribute('aria-expanded')).toBe('true');
    await page.getByText('86 of 20,512 answers').waitFor();
    const requests = page.getByRole('group', { name: 'Requests behind: legit.falseBlockRate <= 0.1%' });
    expect(await requests.locator('tbody tr').count()).toBe(5);
    expect(await requests.locator('tbody tr').last().textContent()).toContain('never');
    expect(await page.getByRole('button', { name: 'legit.fairness >= 0.9' }).count()).toBe(0);
  });

  test('proves a leak under its expectation, and shows its interval in all charts', async (context) => {
    const { page } = await browser.open(context, samplePage({ bins, actors: 3 }));
    const leak = page.getByRole('article', { name: /orders-by-key, key k-17: at least 44 cells too many/ });
    expect(await leak.textContent()).toContain('240 cells were admitted between 20 s and 20.956 s');
    expect(await leak.locator('tbody tr').count()).toBe(8);
    await leak.getByRole('button', { name: 'Show this interval' }).click();
    expect(await page.locator('.zoomed').textContent()).toBe('Shown: 19.04 s to 21.91 s');
  });

  test('leaves out the charts of actors that are not chosen', async (context) => {
    const { page } = await browser.open(context, samplePage({ bins, actors: 3 }));
    expect(await page.locator('#timeline figure.chart').count()).toBe(4);
    await page.getByRole('checkbox', { name: /market-makers/ }).uncheck();
    expect(await page.locator('#timeline figure.chart').count()).toBe(3);
    expect(await page.locator('#latency figure.chart h3').allTextContents()).not.toContain('market-makers');
  });

  test('shows limits that leaked first, and those that were hardly used to who asks for them', async (context) => {
    const data = samplePage({ bins, actors: 3 });
    const runs = data.runs.map((run) => {
      if (run.series === null) throw new Error('no series was made');
      const { limits } = run.series;
      const far = { actor: 0, limit: 'orders-day', keys: 1, admittedCells: new Array<number>(bins).fill(1) };
      const roomy = { ...far, boundCells: new Array<number>(bins).fill(200_000) };
      return { ...run, series: { ...run.series, limits: [roomy, ...limits] } };
    });
    const { page } = await browser.open(context, { ...data, runs });
    const titles = page.locator('#limits figure.chart h3');
    expect(await titles.first().textContent()).toBe('orders-by-key, order-flooder 12 keys');
    expect((await titles.allTextContents()).join()).not.toContain('orders-day');
    await page.getByRole('button', { name: '1 more, of which never a tenth of the bound was used' }).click();
    expect(await titles.last().textContent()).toBe('orders-day, retail-traders 1 key');
    const chart = page.locator('#limits figure.chart').last();
    await chart.scrollIntoViewIfNeeded();
    await chart.locator('canvas').waitFor();
    expect(await chart.locator('.summary').textContent()).toContain('never above the bound, which lies far above');
  });

  test('says of a sum that no verdict tells that the warm-up is in it', async (context) => {
    const data = samplePage({ bins, actors: 2 });
    const runs = data.runs.map((run) => ({ ...run, verdict: null, error: 'cut off' }));
    const { page } = await browser.open(context, { ...data, runs });
    const summaries = await page.locator('#timeline figure.chart .summary').allTextContents();
    const [, sent] = /^([\d,]+) sent/.exec(summaries[1] ?? '') ?? [];
    const row = page.locator('#actors tbody tr').first().locator('td');
    expect((await row.allTextContents()).slice(0, 2)).toEqual(['legit', sent]);
    const throttled = sumOfBins(data.runs[0]?.series?.actors[0]?.refusals.throttled);
    expect(await row.nth(3).textContent()).toBe(throttled.toLocaleString('en-US'));
    expect(await page.locator('#actors caption').textContent()).toBe(
      'As far as it was played with the warm-up; nothing of it is judged.',
    );
    expect(summaries[1]).toMatch(/ sent, [\d,]+ admitted with the warm-up; most sent: /);
    expect(await page.locator('#limits figure.chart .summary').last().textContent()).toContain('with the warm-up');
  });

  test('chooses among the runs of a suite, the first that did not pass before others', async (context) => {
    const good = sampleRun({ ...sampleDefaults, bins, leak: false, scenario: 'calm-day' });
    const [bad] = samplePage({ bins }).runs;
    if (bad === undefined) throw new Error('no run was made');
    const { page } = await browser.open(context, { ...samplePage(), runs: [good, bad] });
    expect(await page.locator('h1').textContent()).toBe('order-flood-window-edge');
    await page.getByRole('button', { name: 'calm-day' }).click();
    expect(await page.locator('h1').textContent()).toBe('calm-day');
    expect(await page.title()).toBe('calm-day: pass - Floodproof');
  });

  test('draws the baseline behind, and says first what got worse', async (context) => {
    const before = sampleRun({ ...sampleDefaults, bins, leak: false, seed: 3 });
    const data = samplePage({ bins, actors: 3 });
    const baseline = { run: before, comparison: sampleComparison('order-flood-window-edge') };
    const { page } = await browser.open(context, { ...data, baseline });
    expect(await page.locator('#comparison tbody tr').first().textContent()).toContain('worse');
    // What did not change is there, but takes no room until it is asked for.
    const same = page.locator('#comparison tbody tr', { hasText: 'legit.latency.p50' });
    expect(await same.isVisible()).toBe(false);
    await page.getByText('1 more metric that did not change').click();
    expect(await same.isVisible()).toBe(true);
    expect(await page.locator('#timeline .legend').nth(1).textContent()).toContain('admitted, baseline');
    expect(await page.locator('#latency .legend').first().textContent()).toContain('p99, baseline');
  });

  test('shows what there is of a run of which parts are missing', async (context) => {
    const [whole] = samplePage({ bins }).runs;
    if (whole === undefined) throw new Error('no run was made');
    const runs = [
      { ...whole, scenario: 'no-series', series: null, missing: ['series.json is cut off: no charts'] },
      { ...whole, scenario: 'no-verdict', verdict: null, error: 'FP_TARGET_DOWN: the target went away' },
      { ...whole, scenario: 'nothing', verdict: null, series: null, plan: null, policyFile: null, folder: null },
    ];
    const { page, complaints } = await browser.open(context, { ...samplePage(), runs });
    await page.getByText('series.json is cut off: no charts').waitFor();
    expect(await page.locator('#expectations').count()).toBe(1);
    await page.getByRole('button', { name: 'no-verdict' }).click();
    await page.getByRole('alert').getByText('the target went away').waitFor();
    expect(await page.locator('#timeline').count()).toBe(1);
    await page.getByRole('button', { name: 'nothing' }).click();
    expect(await page.locator('h1').textContent()).toBe('nothing');
    expect(complaints).toEqual([]);
  });
});
