/** The file beside another, under whose name a text is written until it is whole. */
import { openSync, rmSync, statSync } from 'node:fs';

export function partName(path: string): string {
  return `${path}.part`;
}

/**
 * Opens the part of `path` anew, for writing. What lay there, from a writer that was killed, goes; a link is not followed, or
 * whoever hands a folder on would choose which file of ours is written over.
 *
 * @throws {Error} when it can't be made, or when `path` is something else than a file: a device or a pipe would be replaced.
 */
export function openPart(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) throw new Error('it is a folder');
  if (stat !== undefined && !stat.isFile())
    throw new Error('it is a device or a pipe, and a file would take its place');
  rmSync(partName(path), { force: true });
  return openSync(partName(path), 'wx');
}
