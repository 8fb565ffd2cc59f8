/** The files of the project: what git tracks, and what it would. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const houseRoot = fileURLToPath(new URL('../../', import.meta.url));

export interface HouseFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Paths of all files, sorted; ignored ones are left out, and so are those that were deleted but not yet committed. */
export function housePaths(): string[] {
  const listing = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: houseRoot,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = new Set(listing.split('\0').filter((path) => path !== ''));
  return [...paths].filter((path) => existsSync(join(houseRoot, path))).toSorted();
}

/** The text files among them that `select` takes. A file with a NUL byte is no text. */
export function houseTexts(select: (path: string) => boolean): HouseFile[] {
  return housePaths()
    .filter(select)
    .map((path) => ({ path, text: readFileSync(join(houseRoot, path), 'utf8') }))
    .filter((file) => !file.text.includes('\0'));
}
