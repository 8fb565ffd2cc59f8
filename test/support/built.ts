/**
 * Modules of the built program. Worker threads and processes run compiled modules, so whoever starts them in a test needs
 * `dist`; `npm test` builds it first.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param path - From `dist`, for example `engine/play.js`. */
export function builtUrl(path: string): string {
  const url = new URL(`../../dist/${path}`, import.meta.url);
  if (!existsSync(fileURLToPath(url))) throw new Error(`${path} is not built: run "npm run build" first`);
  return url.href;
}
