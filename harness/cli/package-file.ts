/** Files that come with the package, as they are named from here. */
import { dirname, join, relative } from 'node:path';
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
