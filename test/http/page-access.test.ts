import { afterAll, describe, expect, test } from 'vitest';
import { axeFindings } from '../support/axe-findings.js';
import { PageBrowser, scrollThrough } from '../support/page-browser.js';
import { sampleComparison, sampleDefaults, samplePage, sampleRun } from '../support/page-sample.js';

const browser = new PageBrowser();
afterAll(() => browser.close());

const bins = 60;
const [bad] = samplePage({ bins, actors: 4 }).runs;
const good = sampleRun({ ...sampleDefaults, bins, leak: false, scenario: 'calm-day' });
if (bad === undefined) throw new Error('no run was made');
const everything = {
  ...samplePage(),
  runs: [{ ...bad, missing: ['plan.json is not there'] }, good],
  baseline: { run: good, comparison: sampleComparison(bad.scenario) },
};

describe('the page is for everybody', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing in ${colorScheme} colours, with evidence and a table opened`, async (context) => {
      const { page } = await browser.open(context, everything, { colorScheme });
      await page.getByRole('button', { name: 'legit.falseBlockRate <= 0.1%' }).click();
      await page.locator('#timeline').getByRole('button', { name: 'Show as table' }).first().click();
      await scrollThrough(page);
      expect(await axeFindings(page)).toEqual([]);
    });
  }

  test('axe finds nothing in a window of 320 pixels, and nothing is wider than it', async (context) => {
    const { page } = await browser.open(context, everything, { viewport: { width: 320, height: 640 } });
    await scrollThrough(page);
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  test('a chart tells its values to who moves about in it by keys, zooms, and shows all again', async (context) => {
    const { page } = await browser.open(context, samplePage({ bins: 80, actors: 2 }));
    const chart = page.getByRole('application', { name: /^Requests per second of market-makers/ });
    const told = page.locator('#timeline figure.chart').nth(2).locator('[aria-live]');
    await chart.focus();
    await chart.locator('canvas').waitFor();
    await page.keyboard.press('Home');
    await expect
      .poll(async () => await told.textContent())
      .toMatch(/^-4\.875 s, warm-up: intended \d+\/s, sent \d+\/s, admitted \d+\/s\.$/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => await told.textContent()).toMatch(/^-4\.625 s, warm-up: /);
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(async () => await told.textContent()).toMatch(/^-2\.125 s, warm-up: /);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => await told.textContent()).toMatch(/^-2\.375 s, warm-up: /);
    await page.keyboard.press('End');
    await expect.poll(async () => await told.textContent()).toMatch(/^14\.88 s, recovery: /);
    await page.keyboard.press('+');
    await expect.poll(async () => await told.textContent()).toMatch(/^Shown: 4\.\d+ s to 14\.\d+ s\.$/);
    expect(await page.locator('.zoomed').textContent()).toMatch(/^Shown: 4\.\d+ s to 14\.\d+ s$/);
    await page.keyboard.press('-');
    await expect.poll(async () => await page.locator('.zoomed').textContent()).toBe('');
    await page.keyboard.press('+');
    await page.keyboard.press('Escape');
    await expect.poll(async () => await told.textContent()).toBe('All of the run is shown.');
    expect(await page.locator('.zoomed').textContent()).toBe('');
  });

  test('the keys reach the switch of the evidence and every chart', async (context) => {
    const { page } = await browser.open(context, samplePage({ bins, actors: 2 }));
    const opener = page.getByRole('button', { name: 'legit.falseBlockRate <= 0.1%' });
    await opener.focus();
    await page.keyboard.press('Enter');
    expect(await opener.getAttribute('aria-expanded')).toBe('true');
    const unreachable = await page
      .locator('figure.chart .plot')
      .evaluateAll((plots) => plots.filter((one) => one.getAttribute('tabindex') !== '0').length);
    expect(unreachable).toBe(0);
  });

  test('the choice of colours overrules the system, and a reload remembers it', async (context) => {
    const { page } = await browser.open(context, samplePage({ bins, actors: 2 }), { colorScheme: 'dark' });
    const ground = async (): Promise<unknown> => await page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await ground();
    await page.getByLabel('Colours').selectOption('light');
    await expect.poll(ground).not.toBe(dark);
    const light = await ground();
    await page.reload();
    await page.waitForSelector('h1');
    expect(await ground()).toBe(light);
    await page.getByLabel('Colours').selectOption('system');
    await expect.poll(ground).toBe(dark);
  });

  test('the system decides where nobody chose', async (context) => {
    const { page } = await browser.open(context, samplePage({ bins, actors: 2 }), { colorScheme: 'light' });
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => await page.locator('html').getAttribute('data-theme')).toBe('dark');
  });
});

describe('the page on paper', () => {
  test('is light, draws all charts, opens all evidence, and has no controls', async (context) => {
    const { page } = await browser.open(context, samplePage({ bins, actors: 4 }), { colorScheme: 'dark' });
    const figures = await page.locator('figure.chart').count();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await expect.poll(async () => await page.locator('figure.chart canvas').count()).toBeGreaterThanOrEqual(figures);
    expect(await page.locator('figure.chart:not(:has(canvas))').count()).toBe(0);
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
    expect(await page.getByText('86 of 20,512 answers').isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Show as table' }).count()).toBe(0);
    expect(await page.locator('.bar-top').isVisible()).toBe(false);
    const paper = await page.pdf({ format: 'A4' });
    expect(paper.subarray(0, 5).toString()).toBe('%PDF-');
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    await expect.poll(async () => await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.getByText('86 of 20,512 answers').count()).toBe(0);
  });
});
