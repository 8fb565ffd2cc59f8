/** Makes a folder and those above it. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FloodproofError } from '../../errors.js';

/**
 * Makes `path` where it is not there yet, one plain `mkdir` for each missing part: where a file system refuses a name
 * with ENOENT, as `/proc` does, Node's recursive one goes round for ever.
 *
 * @param what - what can't be made otherwise, for the message: "a run folder in results/runs".
 * @throws {FloodproofError} FP_DISK
 */
export function makeFolder(path: string, what: string, hint?: string): void {
  try {
    makeParts(resolve(path));
  } catch (cause) {
    const message = `cannot make ${what}: ${(cause as Error).message}`;
    throw new FloodproofError('FP_DISK', message, { cause, ...(hint === undefined ? {} : { hint }) });
  }
}

function makeParts(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeParts(parent);
  try {
    mkdirSync(folder);
  } catch (cause) {
    // Somebody else may have made it meanwhile.
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(folder)) throw cause;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
