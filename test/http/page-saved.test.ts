import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActorResult, VerdictDocument } from '../../harness/judge/verdict.js';
import type { SeriesDocument } from '../../harness/timeline/series.js';
import { axeFindings } from '../support/axe-findings.js';
import { inkOf, PageBrowser, scrollThrough } from '../support/page-browser.js';
import { onlyRunFolder, runCli, scratch } from '../support/run-cli.js';
import { verdictOf } from '../support/run-record.js';

const place = scratch();
const browser = new PageBrowser();
afterAll(async () => {
  await browser.close();
  place.remove();
});

let folder = '';
let verdict: VerdictDocument;
let series: SeriesDocument;
beforeAll(async () => {
  // In virtual time, so that it leaks the same on a busy machine.
  const weak = ['--gateway-policy', 'scenarios/policies/weakened/doubled-capacity.yaml'];
  const args = ['run', 'scenarios/release/order-flood-20x.yaml', '--target', 'core', ...weak, '--out', place.path];
  const { code, stderr } = await runCli(args, { deadlineMs: 60_000 });
  expect(code, stderr).toBe(3);
  folder = onlyRunFolder(place.path);
  verdict = verdictOf(folder);
  series = JSON.parse(readFileSync(join(folder, 'series.json'), 'utf8'));
});

async function open(context: Parameters<PageBrowser['visit']>[0], options: BrowserContextOptions = {}) {
  return await browser.visit(context, pathToFileURL(join(folder, 'report.html')).href, options);
}

describe('the report.html of a run that leaked', () => {
  test('says the verdict, and of each expectation what verdict.json says', async (context) => {
    const { page, requests, complaints } = await open(context);
    expect(await page.locator('h1').textContent()).toBe('order-flood-20x');
    expect(await page.locator('.headline .mark').textContent()).toMatch(/FAIL$/);
    const rows = page.locator('#expectations tbody > tr:not(.evidence):has(> th)');
    const shown = await rows.evaluateAll((all) =>
      all
        .filter((row) => row.parentElement?.closest('tbody tr') === null)
        .map((row) => [row.querySelector('th')?.textContent, row.querySelector('.mark')?.textContent?.slice(2)]),
    );
    const told = verdict.expectations.map(({ text, pass }) => [text, pass === true ? 'pass' : 'FAIL']);
    expect(shown).toEqual(told);
    expect(requests).toEqual([page.url()]);
    expect(complaints).toEqual([]);
  });

  test('says at its head which policy was enforced and which judged by, and what both promise', async (context) => {
    const { page } = await open(context);
    const facts = await page.locator('header.run .facts').textContent();
    expect(facts).toContain('judged byscenarios/policies/spot-exchange.yaml');
    expect(facts).toContain('enforcedscenarios/policies/weakened/doubled-capacity.yaml');
    expect(await page.locator('header.run .notice').allTextContents()).toContain(
      'The target enforced the policy scenarios/policies/weakened/doubled-capacity.yaml, ' +
        'and is judged by scenarios/policies/spot-exchange.yaml.',
    );
    const told = await page.locator('#provenance .source').allTextContents();
    expect(told).toHaveLength(3);
    expect(told[1]).toContain('(scenarios/policies/spot-exchange.yaml)');
    expect(told[2]).toContain('(scenarios/policies/weakened/doubled-capacity.yaml)');
    expect(told[1]).toContain('at most 20 + 10 per 1s x w');
    expect(told[2]).toContain('at most 40 + 10 per 1s x w');
    expect(told[1]).not.toBe(told[2]);
  });

  test('opens the failure to its sentences, its proof and its requests, and closes it', async (context) => {
    const { page } = await open(context);
    const failure = page.getByRole('button', { name: 'abuse.leak <= 0' });
    // The first failure is open when the page comes.
    expect(await failure.getAttribute('aria-expanded')).toBe('true');
    const proofs = page.locator('#expectations article.leak');
    expect(await proofs.count()).toBe(verdict.leaks.length);
    for (const [index, leak] of verdict.leaks.entries()) {
      const proof = proofs.nth(index);
      expect(await proof.locator('h3').first().textContent()).toContain(`Limit ${leak.limit}`);
      expect(await proof.textContent()).toContain(leak.because);
      expect(await proof.locator('table').last().locator('tbody tr').count()).toBe(leak.requests.length);
      await proof.locator('figure.chart').scrollIntoViewIfNeeded();
      await proof.locator('canvas').waitFor();
    }
    for (const sentence of verdict.expectations[0]?.evidence ?? []) {
      expect(await page.locator('#expectations').getByText(sentence).isVisible()).toBe(true);
    }
    await failure.click();
    expect(await failure.getAttribute('aria-expanded')).toBe('false');
    expect(await proofs.count()).toBe(0);
  });

  test('draws every chart, those over time with all bins of series.json', async (context) => {
    const { page, requests, complaints } = await open(context);
    await scrollThrough(page);
    const points = await page
      .locator('#timeline figure.chart')
      .evaluateAll((figures) => figures.map((one) => one.getAttribute('data-points')));
    expect(points).toHaveLength(1 + series.actors.length);
    expect(new Set(points)).toEqual(new Set([String(series.bins)]));
    for (const pixels of await inkOf(page)) expect(pixels).toBeGreaterThan(500);
    expect(requests).toEqual([page.url()]);
    expect(complaints).toEqual([]);
  });

  test('tells the same counts and percentiles of an actor wherever it tells them', async (context) => {
    const { page } = await open(context);
    const count = (value: number): string => value.toLocaleString('en-US');
    const summaries = await page.locator('#timeline figure.chart .summary').allTextContents();
    for (const [index, { name }] of series.actors.entries()) {
      const { sent, admitted } = verdict.actors[name] as ActorResult;
      expect(summaries[1 + index]).toMatch(`${count(sent)} sent, ${count(admitted)} admitted`);
      expect(summaries[1 + index]).not.toContain('warm-up');
      // The customers press hardest in the warm-up, which is no part of these figures.
      expect(summaries[1 + index]).not.toMatch(/ at -/);
      const row = (table: string): ReturnType<typeof page.locator> =>
        page.locator(`${table} tbody tr`).filter({ has: page.locator('th', { hasText: name }) });
      const figures = await row('#actors').locator('td').allTextContents();
      const told = await row('#latency').locator('td').allTextContents();
      expect([told[0], told[4], told[5]]).toEqual(figures.slice(-3));
      // Fewer leave fewer than ten above a p99.
      if (admitted < 1_000) expect(told[4]).toBe('-');
    }
    expect(await page.locator('#latency td[title]').count()).toBeGreaterThan(2);
    expect(await page.locator('#timeline .lead').textContent()).toMatch(
      /^Times count from the start of the first phase, 0 s; the warm-up lies before it, .* Phases: calm 0 s to 2 s, attack /,
    );
  });

  test('shows the interval of a leak in all charts at once', async (context) => {
    const { page } = await open(context);
    const latency = page.locator('#latency figure.chart').first();
    await latency.getByRole('button', { name: 'Show as table' }).click();
    expect(await latency.locator('tbody tr').count()).toBe(series.bins);
    await page.getByRole('button', { name: 'Show this interval in all charts' }).first().click();
    // 2,002.5 ms to 2,208.5 ms, and as much again before and after.
    await expect
      .poll(async () => await page.locator('.zoomed').textContent())
      .toMatch(/^Shown: 1\.79\d* s to 2\.41\d* s$/);
    const few = await latency.locator('tbody tr').count();
    expect(few).toBeLessThan(series.bins / 4);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(async () => await latency.locator('tbody tr').count()).toBe(series.bins);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing in it in ${colorScheme} colours`, async (context) => {
      const { page } = await open(context, { colorScheme });
      await scrollThrough(page);
      expect(await page.locator('html').getAttribute('data-theme')).toBe(colorScheme);
      expect(await axeFindings(page)).toEqual([]);
    });
  }
});
