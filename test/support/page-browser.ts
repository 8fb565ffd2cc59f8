/** The built page in a headless browser, with data put into it, and every request that it makes written down. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import type { PageData } from '../../harness/report/page-data.js';
import { builtUrl } from './built.js';
import { needs } from './needs.js';

/** How long a page may take for what a test waits for, milliseconds. */
const WAIT_MS = 30_000;

export interface OpenedPage {
  readonly page: Page;
  /** Addresses of everything that was asked for, the page itself among them. */
  readonly requests: readonly string[];
  /** What the page complained of: errors, and what its content policy forbade. */
  readonly complaints: readonly string[];
}

/** The built page with `data` in it. */
export function pageWith(data: PageData): string {
  const template = readFileSync(fileURLToPath(builtUrl('web/page.html')), 'utf8');
  const place = '<script id="page-data" type="application/json">';
  const parts = template.split(`${place}null</script>`);
  if (parts.length !== 2) throw new Error('the built page has no one place for its data');
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return parts.join(`${place}${json}</script>`);
}

/** One browser for the tests of a file; `close` ends it and removes what it was given. */
export class PageBrowser {
  private browser: Browser | null = null;
  private readonly folder = mkdtempSync(join(tmpdir(), 'floodproof-page-'));
  private files = 0;

  /** A page that was opened from a file, as a saved report is. */
  async open(context: TestContext, data: PageData, options: BrowserContextOptions = {}): Promise<OpenedPage> {
    const file = join(this.folder, `report-${this.files++}.html`);
    writeFileSync(file, pageWith(data));
    return await this.visit(context, pathToFileURL(file).href, options);
  }

  async visit(context: TestContext, address: string, options: BrowserContextOptions = {}): Promise<OpenedPage> {
    const executablePath = needs(context, 'chromium', 'apt-get install chromium');
    this.browser ??= await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const page = await this.browser.newPage({ viewport: { width: 1_280, height: 800 }, ...options });
    page.setDefaultTimeout(WAIT_MS);
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await page.goto(address);
    await page.waitForSelector('h1, [role=alert]');
    return { page, requests, complaints };
  }

  async close(): Promise<void> {
    await this.browser?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Draws every chart: those below come when they are scrolled to. */
export async function scrollThrough(page: Page): Promise<void> {
  for (const chart of await page.locator('figure.chart').all()) {
    await chart.scrollIntoViewIfNeeded();
    await chart.locator('canvas').waitFor();
  }
}

/** How many pixels of each chart are drawn upon. */
export async function inkOf(page: Page): Promise<number[]> {
  return await page.locator('figure.chart canvas').evaluateAll((canvases) =>
    canvases.map((element) => {
      const canvas = element as unknown as { width: number; height: number; getContext(kind: '2d'): PixelReader };
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let drawn = 0;
      for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 0) drawn++;
      return drawn;
    }),
  );
}

interface PixelReader {
  getImageData(x: number, y: number, width: number, height: number): { readonly data: ArrayLike<number> };
}
