import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { LiveEvent, PageData, PageRun, SeriesDocument } from '../../harness/report/page-data.js';
import { PageBrowser, pageWith } from '../support/page-browser.js';
import { sampleDefaults, samplePage, sampleRun, seriesPart } from '../support/page-sample.js';

const browser = new PageBrowser();
afterAll(() => browser.close());

const bins = 80;
const whole = sampleRun({ ...sampleDefaults, bins, actors: 3, leak: false });
if (whole.series === null) throw new Error('no series was made');
const all: SeriesDocument = whole.series;

const part = (from: number, to: number): SeriesDocument => seriesPart(all, from, to);

const running: PageRun = { ...whole, state: 'running', verdict: null, series: null };
const livePage: PageData = { ...samplePage(), mode: 'live', runs: [running] };

/** Serves the page and a stream of events that the test writes. */
class LiveRun {
  private readonly server: Server;
  private readonly streams: ServerResponse[] = [];
  /** Addresses under which the stream was asked for. */
  readonly asked: string[] = [];

  constructor() {
    this.server = createServer((request, response) => {
      if (!request.url?.startsWith('/events')) {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(pageWith({ ...livePage, runs: [] }));
        return;
      }
      this.asked.push(request.url);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      // A short wait before the browser tries again, or the test would take its usual three seconds.
      response.write('retry: 50\n\n');
      this.streams.push(response);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/?token=s3cret`;
  }

  send({ event, data }: LiveEvent): void {
    this.streams.at(-1)?.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  breakOff(): void {
    this.streams.at(-1)?.destroy();
  }

  async close(): Promise<void> {
    for (const stream of this.streams) stream.destroy();
    await new Promise((done) => this.server.close(done));
  }
}

let live: LiveRun | null = null;
afterEach(async () => {
  await live?.close();
  live = null;
});

describe('the page of a run that goes on', () => {
  test('grows with the bins that come, shows the verdict in the end, and then closes the stream', async (context) => {
    live = new LiveRun();
    const { page, complaints } = await browser.visit(context, await live.listen());
    await page.getByText('Nothing has been heard of the run yet.').waitFor();
    await expect.poll(() => live?.asked).toEqual(['/events?token=s3cret']);
    live.send({ event: 'page', data: livePage });
    await page.getByText('Live.').waitFor();
    live.send({ event: 'series', data: { index: 0, series: part(0, 20) } });
    const overview = page.locator('#timeline figure.chart').first();
    await expect.poll(async () => await overview.getAttribute('data-points')).toBe('20');
    live.send({ event: 'series', data: { index: 0, series: part(18, 40) } });
    await expect.poll(async () => await overview.getAttribute('data-points')).toBe('40');
    await expect.poll(async () => await page.locator('.progress').textContent()).toContain('10 s of 20 s');
    await overview.locator('canvas').waitFor();
    live.send({ event: 'run', data: { index: 0, run: whole } });
    await page.locator('h1 + .mark').getByText('pass').waitFor();
    expect(await page.locator('.progress').count()).toBe(0);
    live.send({ event: 'end', data: { exitCode: 0 } });
    await page.getByText('The run is over. Exit code 0.').waitFor();
    live.breakOff();
    live.send({ event: 'page', data: livePage });
    expect(await page.locator('.connection').textContent()).toBe('The run is over. Exit code 0.');
    expect(live.asked.length).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('says when the connection is lost, keeps what it has, and comes back', async (context) => {
    live = new LiveRun();
    const { page } = await browser.visit(context, await live.listen());
    await expect.poll(() => live?.asked.length).toBe(1);
    live.send({ event: 'page', data: { ...livePage, runs: [{ ...running, series: part(0, 12) }] } });
    await expect.poll(async () => await page.locator('#timeline figure.chart').count()).toBe(4);
    live.breakOff();
    await expect.poll(() => live?.asked.length).toBe(2);
    expect(await page.locator('.connection').textContent()).toMatch(/^The connection to the run is lost\./);
    expect(await page.locator('#timeline figure.chart').count()).toBe(4);
    live.send({ event: 'page', data: { ...livePage, runs: [{ ...running, series: part(0, 30) }] } });
    await page.getByText('Live.').waitFor();
    expect(await page.locator('#timeline figure.chart').first().getAttribute('data-points')).toBe('30');
  });

  test('keeps the zoom while bins come in', async (context) => {
    live = new LiveRun();
    const { page } = await browser.visit(context, await live.listen());
    await expect.poll(() => live?.asked.length).toBe(1);
    live.send({ event: 'page', data: { ...livePage, runs: [{ ...running, series: part(0, 40) }] } });
    const chart = page.getByRole('application', { name: /^Admitted requests/ });
    await chart.locator('canvas').waitFor();
    await chart.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('+');
    const shown = await page.locator('.zoomed').textContent();
    expect(shown).toMatch(/^Shown: -/);
    live.send({ event: 'series', data: { index: 0, series: part(40, 60) } });
    await expect
      .poll(async () => await page.locator('#timeline figure.chart').first().getAttribute('data-points'))
      .toBe('60');
    expect(await page.locator('.zoomed').textContent()).toBe(shown);
  });
});
