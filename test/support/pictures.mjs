/**
 * Makes the README's pictures, `docs/images/*.png`: the report of a run that leaked, and the page of the same run while it
 * goes on, light and dark. In virtual time with a fixed seed, so the traffic in them is the same every time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const images = join(root, 'docs/images');
const main = join(root, 'dist/cli/main.js');
const chrome = process.env.CHROMIUM ?? '/usr/bin/chromium';
const WIDTH_PX = 1_200;
const BYTES_MAX = 200_000;
const DEADLINE_MS = 120_000;
/** What has been played of it when the live page is shown: two to three seconds of the attack. */
const midRun = /(?<![\d.])[56](?:\.\d+)? s of 8 s/;
const LEAKS = 3;
const weak = 'scenarios/policies/weakened/doubled-capacity.yaml';
const args = ['run', 'scenarios/release/order-flood-20x.yaml', '--target', 'core', '--gateway-policy', weak];

/** A working folder that has the scenarios under the names that the page tells. */
const place = mkdtempSync(join(tmpdir(), 'floodproof-pictures-'));
const inPlace = { cwd: place, timeout: DEADLINE_MS };

async function floodproof(words) {
  const child = spawn(process.execPath, [main, ...words], { ...inPlace, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  return code;
}

async function shoot(page, name) {
  const picture = await page.screenshot({ animations: 'disabled' });
  if (picture.length > BYTES_MAX)
    throw new Error(`${name} takes ${picture.length} bytes, and ${BYTES_MAX} are too many`);
  writeFileSync(join(images, name), picture);
  process.stdout.write(`docs/images/${name}: ${picture.length} bytes\n`);
}

/** The same page in both colours. */
async function inBothColours(browser, { url, height, name, prepare }) {
  await Promise.all(
    ['light', 'dark'].map(async (colorScheme) => {
      const page = await browser.newPage({ viewport: { width: WIDTH_PX, height }, colorScheme });
      await page.goto(url);
      await prepare(page);
      await shoot(page, `${name}-${colorScheme}.png`);
    }),
  );
}

async function savedReport() {
  const code = await floodproof([...args, '--out', 'runs']);
  if (code !== LEAKS) throw new Error(`the run that is to leak ended with ${code}`);
  // When and where it was made says nothing, and would change the picture each time.
  const [made] = readdirSync(join(place, 'runs'));
  const folder = 'results/runs/20260101-120000-order-flood-20x';
  mkdirSync(join(place, 'results/runs'), { recursive: true });
  renameSync(join(place, 'runs', made), join(place, folder));
  const file = join(place, folder, 'verdict.json');
  const verdict = JSON.parse(readFileSync(file, 'utf8'));
  const replay = verdict.replay.replace(/\S+$/, folder);
  writeFileSync(file, JSON.stringify({ ...verdict, startedAt: '2026-01-01T12:00:00.000Z', replay }));
  if ((await floodproof(['report', folder, '--format', 'html'])) !== 0) throw new Error('no report was made');
  return pathToFileURL(join(place, folder, 'report.html')).href;
}

async function livePictures(browser) {
  const words = [...args, '--speed', '1x', '--ui', '--out', 'results/runs'];
  const child = spawn(process.execPath, [main, ...words], { ...inPlace, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  try {
    let said = '';
    const url = await new Promise((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (chunk) => {
        said += chunk;
        const [, found] = /watch it at (\S+)\n/.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error(`the run ended without a page: ${said}`)));
    });
    const prepare = async (page) => {
      await page.locator('#timeline canvas').first().waitFor();
      await page.locator('.progress', { hasText: midRun }).waitFor();
    };
    await inBothColours(browser, { url, height: 1_210, name: 'live', prepare });
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

let browser = null;
try {
  mkdirSync(images, { recursive: true });
  symlinkSync(join(root, 'scenarios'), join(place, 'scenarios'));
  const url = await savedReport();
  browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] });
  const prepare = async (page) => {
    await page.locator('article.leak canvas').first().waitFor();
  };
  await inBothColours(browser, { url, height: 1_000, name: 'report', prepare });
  await livePictures(browser);
} finally {
  await browser?.close();
  rmSync(place, { recursive: true, force: true });
}
