/** Files that come with the package, as they are named from here. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Beside `dist` as well as beside the sources. */
const packageFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A path as it is shortest from here. */
function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

/** A file of the package, from here when it lies below. */
export function packageFile(...parts: readonly string[]): string {
  return fromHere(join(packageFolder, ...parts));
}

/**
 * The path that somebody means on a command line: what is there is meant as it stands; `scenarios/...` that is not there is
 * what the package brings, so that its documents' commands work in a project that has installed it. References within files
 * are not looked up so: what they miss is a fault.
 */
export function meantPath(path: string): string {
  if (existsSync(path)) return path;
  const parts = normalize(path).split(/[\\/]/);
  if (parts[0] !== 'scenarios') return path;
  const packaged = packageFile(...parts);
  return existsSync(packaged) ? packaged : path;
}
