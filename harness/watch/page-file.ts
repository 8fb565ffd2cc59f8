/** The page as it was built and what a browser may do with it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FloodproofError } from '../errors.js';

/** From `dist/watch`, and from the sources when those are run. */
function templateUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../../dist/web/page.html' : '../web/page.html', import.meta.url);
}

/** @throws {FloodproofError} FP_PAGE_ABSENT */
export function readPageTemplate(url = templateUrl()): string {
  const path = fileURLToPath(url);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new FloodproofError('FP_PAGE_ABSENT', `the page is not there: ${(cause as Error).message}`, { cause });
  }
}

const element = /<(script|style)\b([^>]*)>([\s\S]*?)<\/\1>/gi;

/**
 * The Content-Security-Policy header of the page: it runs the scripts that stand in it, and none that anybody managed to
 * write into its data, and it asks nobody but the server that it came from.
 */
export function pagePolicy(template: string): string {
  const hashes = [...template.matchAll(element)]
    .filter(([, name, attributes = '']) => name?.toLowerCase() === 'script' && !attributes.includes('application/json'))
    .map(([, , , content = '']) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.length === 0 ? "'none'" : hashes.join(' ')}`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
