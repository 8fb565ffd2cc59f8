/** The real files behind the scenario room's reader. */
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { FloodproofError } from '../errors.js';
import type { FileReader } from '../scenario/file-reader.js';
import { nearPaths } from './near-path.js';
import { meantPath } from './package-file.js';

/** No scenario or policy is longer; a larger file is a mistake, and is not read into memory. */
const FILE_BYTES_MAX = 1_048_576;
/** A hint names no more folders than this. */
const WITHIN_NAMED_MAX = 3;

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['EACCES', 'permission is denied'],
  ['EPERM', 'permission is denied'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'its links lead in a circle'],
  ['ENAMETOOLONG', 'the path is too long'],
]);

function unreadable(path: string, cause: unknown): FloodproofError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = reasons.get(code) ?? (cause instanceof Error ? cause.message : String(cause));
  const near = code === 'ENOENT' ? nearPaths(path) : [];
  const hint = near.length > 0 ? { hint: `did you mean ${near.join(' or ')}?` } : {};
  return new FloodproofError('FP_FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { ...hint, cause });
}

function read(path: string): string {
  let bytes: Buffer;
  try {
    const stat = statSync(path);
    if (stat.isFile() && stat.size > FILE_BYTES_MAX) {
      throw new Error(`it has ${stat.size} bytes, at most ${FILE_BYTES_MAX} are read`);
    }
    // A pipe or a device would wait for ever or have no end.
    if (!stat.isFile() && !stat.isDirectory()) throw new Error('it is not a regular file');
    bytes = readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new FloodproofError('FP_FILE_UNREADABLE', `cannot read ${path}: it is not UTF-8 text`, {
      hint: 'save the file as UTF-8',
      cause: error,
    });
  }
}

export const fileReader: FileReader = {
  read,
  resolve(from, reference) {
    return isAbsolute(reference) ? normalize(reference) : join(dirname(from), reference);
  },
};

/**
 * The scenario files that paths of a command line mean: a file is itself, a folder its .yaml and .yml files in the
 * order of their names (not those of folders within).
 *
 * @throws {FloodproofError} FP_FILE_UNREADABLE, or FP_FILE_EMPTY for a folder without such files.
 */
export function expandPaths(paths: readonly string[]): readonly string[] {
  return paths.map(meantPath).flatMap((path) => {
    try {
      if (!statSync(path).isDirectory()) return [path];
    } catch (error) {
      throw unreadable(path, error);
    }
    const files = filesOf(path);
    if (files.length > 0) return files;
    const within = foldersOf(path).filter(holdsFiles).slice(0, WITHIN_NAMED_MAX);
    throw new FloodproofError('FP_FILE_EMPTY', `the folder ${path} holds no .yaml file`, {
      ...(within.length > 0 && { hint: `folders within it are not looked into: name ${within.join(' or ')}` }),
    });
  });
}

function filesOf(folder: string): readonly string[] {
  return entriesOf(folder, (entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name));
}

/** For a hint alone, so that a folder which can't be read is none worth naming. */
function holdsFiles(folder: string): boolean {
  try {
    return filesOf(folder).length > 0;
  } catch {
    return false;
  }
}

function foldersOf(folder: string): readonly string[] {
  return entriesOf(folder, (entry) => entry.isDirectory());
}

function entriesOf(folder: string, isWanted: (entry: Dirent) => boolean): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(isWanted)
      .map((entry) => join(folder, entry.name))
      .sort();
  } catch (error) {
    throw unreadable(folder, error);
  }
}
