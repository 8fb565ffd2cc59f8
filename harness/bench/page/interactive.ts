/** How long a report takes to be of use in a browser that has never seen it. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const WAIT_MS = 60_000;
const names = ['chromium', 'chromium-browser', 'google-chrome'] as const;

export interface Interactive {
  /** From the start of the navigation until the first chart was drawn. */
  readonly drawnMs: number;
  /** Until a click upon an expectation, made then, had changed the page. */
  readonly answeredMs: number;
}

/** Why it can't be measured here, or how a page is opened. */
export type PageOpener = { readonly absent: string } | { readonly open: (page: string) => Promise<Interactive> };

/** It runs in the page, from before its own scripts on, and looks once a frame, as the page is drawn. */
const lookout = `window.floodproofBench = new Promise((resolve, reject) => {
  let drawnMs = 0;
  let button = null;
  let before = '';
  const isDrawn = (canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((byte) => byte > 0);
  };
  const look = () => {
    const now = performance.now();
    if (now > ${WAIT_MS}) return reject(new Error('the page was of no use after ' + now + ' ms'));
    if (drawnMs === 0) {
      const canvas = document.querySelector('figure.chart canvas');
      if (canvas !== null && isDrawn(canvas)) drawnMs = performance.now();
    } else if (button === null) {
      button = document.querySelector('#expectations button[aria-expanded]');
      before = button?.getAttribute('aria-expanded');
      button?.click();
    } else if (button.getAttribute('aria-expanded') !== before) {
      return resolve({ drawnMs, answeredMs: now });
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})`;

/** The driver comes with a checkout, and the browser with the system. */
export async function pageOpener(): Promise<PageOpener> {
  const executablePath = programIn(process.env.PATH ?? '');
  if (executablePath === null) return { absent: 'Chromium is not installed ("apt-get install chromium")' };
  const driver = await import('playwright-core').catch(() => null);
  if (driver === null) return { absent: 'playwright-core is not installed: it comes with a checkout' };
  return {
    open: async (page) => {
      // A browser of its own for each, so that nothing is compiled or kept from the one before.
      const browser = await driver.chromium.launch({ executablePath, args: ['--no-sandbox'] });
      try {
        const tab = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
        await tab.addInitScript(lookout);
        await tab.goto(pathToFileURL(page).href);
        return (await tab.evaluate('window.floodproofBench')) as Interactive;
      } finally {
        await browser.close();
      }
    },
  };
}

function programIn(path: string): string | null {
  for (const folder of path.split(delimiter)) {
    for (const name of names) if (folder !== '' && isProgram(join(folder, name))) return join(folder, name);
  }
  return null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
