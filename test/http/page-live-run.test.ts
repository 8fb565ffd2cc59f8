import { createServer, get, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { VerdictDocument } from '../../harness/judge/verdict.js';
import { readEvents } from '../support/event-stream.js';
import { inkOf, PageBrowser, scrollThrough } from '../support/page-browser.js';
import { runFolders, scratch, startCli } from '../support/run-cli.js';
import { verdictOf } from '../support/run-record.js';
import { listen } from './listening.js';

const place = scratch();
const browser = new PageBrowser();
afterAll(async () => {
  await browser.close();
  place.remove();
});

const pageUrl = /watch it at (http:\/\/127\.0\.0\.1:\d+\/\?token=\S+)\n/;
const weak = ['--gateway-policy', 'scenarios/policies/weakened/doubled-capacity.yaml'];
/** As the page writes verdicts. */
const words: Readonly<Record<VerdictDocument['verdict'], string>> = {
  pass: 'pass',
  fail: 'FAIL',
  undecided: 'undecided',
  invalid: 'INVALID',
  interrupted: 'interrupted',
};

/** Stands before a live page's server, and breaks off the streams that go through it until it is told to let them through. */
class Interposed {
  private readonly streams = new Set<ServerResponse>();
  private isBroken = false;

  async before(target: string): Promise<string> {
    const { host, search } = new URL(target);
    const server = createServer(({ url = '' }, response) => {
      if (this.isBroken) {
        response.destroy();
        return;
      }
      // Under its own name: to any other the server says nothing.
      get(`http://${host}${url}`, { headers: { host }, agent: false }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        response.on('close', () => answer.destroy());
      }).on('error', () => response.destroy());
      this.streams.add(response);
    });
    const { url } = await listen(server);
    return `${url}/${search}`;
  }

  breakOff(): void {
    this.isBroken = true;
    for (const stream of this.streams) stream.destroy();
    this.streams.clear();
  }

  mend(): void {
    this.isBroken = false;
  }
}

describe('the page of a suite that is really played', () => {
  test('moves with it, shows each verdict as it was saved, and tells the end', async (context) => {
    const out = join(place.path, 'suite');
    const scenarios = ['calm-baseline', 'order-flood-20x'].map((name) => `scenarios/release/${name}.yaml`);
    const cli = startCli(['run', ...scenarios, ...weak, '--ui', '--out', out], { deadlineMs: 120_000 });
    const [, url = ''] = await cli.waitFor('stderr', pageUrl);
    const { page, requests, complaints } = await browser.visit(context, url);
    await page.getByText('Live.').waitFor();
    expect(await page.locator('nav.runs tbody tr').count()).toBe(2);
    expect(await page.locator('h1').textContent()).toBe('calm-baseline');
    const overview = page.locator('#timeline figure.chart').first();
    await overview.locator('canvas').waitFor();
    const points = async (): Promise<number> => Number(await overview.getAttribute('data-points'));
    const before = await points();
    await expect.poll(points, { timeout: 30_000 }).toBeGreaterThan(before);
    // Who chose nothing sees what is being played.
    await expect.poll(async () => await page.locator('h1').textContent(), { timeout: 60_000 }).toBe('order-flood-20x');
    const legend = overview.locator('.legend');
    await expect.poll(async () => await legend.textContent(), { timeout: 60_000 }).toContain('flooder');
    const { code } = await cli.ended;
    await page.getByText(`The run is over. Exit code ${code}.`).waitFor();
    const saved = runFolders(out).map(verdictOf);
    const shown = await page
      .locator('nav.runs tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [row.querySelector('.mark')?.textContent?.slice(2), row.querySelector('th')?.textContent]),
      );
    expect(shown).toEqual(saved.map(({ verdict, scenario }) => [words[verdict], scenario]));
    await page.getByRole('button', { name: 'order-flood-20x' }).click();
    const leaks = saved.find(({ scenario }) => scenario === 'order-flood-20x')?.leaks ?? [];
    expect(leaks.length).toBeGreaterThan(0);
    expect(await page.locator('#expectations article.leak').count()).toBe(leaks.length);
    // What only the end can tell is there too.
    expect(await page.locator('#limits figure.chart').count()).toBeGreaterThan(0);
    await scrollThrough(page);
    for (const pixels of await inkOf(page)) expect(pixels).toBeGreaterThan(500);
    expect(requests.map((address) => new URL(address).pathname)).toEqual(['/', '/events']);
    expect(new Set(requests.map((address) => new URL(address).host))).toEqual(new Set([new URL(url).host]));
    expect(complaints).toEqual([]);
  });

  test('has all of the run again after its stream broke off, and no bin twice', async (context) => {
    const out = join(place.path, 'broken');
    // The clock of the run goes as that of the wall, and the machine has no say in the verdict.
    const args = ['run', 'scenarios/release/order-flood-20x.yaml', '--target', 'core', '--speed', '1x'];
    const cli = startCli([...args, ...weak, '--ui', '--out', out], { deadlineMs: 120_000 });
    const [, url = ''] = await cli.waitFor('stderr', pageUrl);
    const others = readEvents(url);
    const between = new Interposed();
    const { page } = await browser.visit(context, await between.before(url));
    await page.getByText('Live.').waitFor();
    const overview = page.locator('#timeline figure.chart').first();
    const points = async (): Promise<number> => Number(await overview.getAttribute('data-points'));
    await expect.poll(points, { timeout: 30_000 }).toBeGreaterThan(0);
    between.breakOff();
    await page.getByText('The connection to the run is lost.').waitFor();
    const atBreak = await points();
    // Somebody else is told a second of it meanwhile, so that nobody is told those bins again but with the whole page.
    const other = await others;
    await other.next('series', ({ series }) => series.firstBin + series.bins >= atBreak + 15);
    between.mend();
    await page.getByText('Live.').waitFor();
    await expect.poll(points, { timeout: 30_000 }).toBeGreaterThan(atBreak + 15);
    await overview.getByRole('button', { name: 'Show as table' }).click();
    // Customers send in every bin, so that those of the break would be missed.
    const first = overview.locator('tbody td:nth-of-type(1)');
    const values = (await first.allTextContents()).slice(0, atBreak + 15);
    expect(values.filter((text) => /[1-9]/.test(text)).length).toBe(values.length);
    const { code } = await cli.ended;
    expect(code).toBe(3);
    await page.getByText('The run is over. Exit code 3.').waitFor();
    const [folder = ''] = runFolders(out);
    expect(await page.locator('.headline .mark').textContent()).toContain(words[verdictOf(folder).verdict]);
    const moments = await overview.locator('tbody th').allTextContents();
    expect(moments.length).toBe(await points());
    expect(new Set(moments).size).toBe(moments.length);
  });

  test('is nothing to who has another token, or none', async () => {
    const args = ['run', 'test/cli/files/long.yaml', '--target', 'core', '--speed', '1x', '--ui'];
    const cli = startCli([...args, '--out', join(place.path, 'secret')], { deadlineMs: 60_000 });
    const [, url = ''] = await cli.waitFor('stderr', pageUrl);
    const token = new URL(url).searchParams.get('token') ?? '';
    const wrong = ['', token.slice(1), `${token}x`, token.toLowerCase(), 'a'.repeat(token.length)];
    const { origin } = new URL(url);
    for (const path of ['/', '/events']) {
      const asked = [path, ...wrong.map((one) => `${path}?token=${encodeURIComponent(one)}`)];
      for (const address of asked) {
        const answer = await fetch(`${origin}${address}`);
        expect([address, answer.status, await answer.text()]).toEqual([address, 404, 'not found\n']);
      }
    }
    cli.child.kill('SIGINT');
    expect((await cli.ended).code).toBe(130);
  });
});
