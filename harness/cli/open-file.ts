/** Shows a page in the browser of whoever sits here, by the command that the system has for it. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FloodproofError } from '../errors.js';

interface Opener {
  readonly command: string;
  readonly args: readonly string[];
}

/** @param url - percent-encoded, as `URL` writes it: it holds no space and no quote. */
export function openerOf(platform: NodeJS.Platform, url: string): Opener {
  if (platform === 'darwin') return { command: 'open', args: [url] };
  // `start` is of the shell, and takes its first word in quotes for a title.
  if (platform === 'win32') return { command: 'cmd', args: ['/c', 'start', '""', url.replaceAll('&', '^&')] };
  return { command: 'xdg-open', args: [url] };
}

/** @throws {FloodproofError} FP_SYSTEM_ABSENT */
export async function openFile(path: string, platform: NodeJS.Platform): Promise<void> {
  await openUrl(pathToFileURL(resolve(path)).href, platform);
}

/** Done when the opener has begun; how it goes on is the browser's affair. @throws {FloodproofError} FP_SYSTEM_ABSENT */
export async function openUrl(url: string, platform: NodeJS.Platform): Promise<void> {
  const { command, args } = openerOf(platform, url);
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  await new Promise<void>((done, fail) => {
    child.once('spawn', done);
    child.once('error', (cause) => {
      const message = `cannot open a browser: ${cause.message}`;
      fail(new FloodproofError('FP_SYSTEM_ABSENT', message, { cause, hint: `open it yourself: ${url}` }));
    });
  });
  child.unref();
}
