/**
 * A JSON file that a run left, or why it can't be used. Whoever hands a run folder on decides what lies in it, so nothing
 * here waits for a pipe, takes more memory than a run's own files do, or gives out what would break who walks over it.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Above it a file is no document of a run, and reading it would take the memory of the machine. */
const DOCUMENT_BYTES_MAX = 256 * 1024 * 1024;
/** Of objects and lists in one another: a plan has about ten. Writing thousands again would end the stack. */
const DEPTH_MAX = 200;

export interface ReadJson {
  /** null where it can't be read. */
  readonly value: unknown;
  /** What is wrong with the file, to be set behind its name; null = it was read. */
  readonly fault: string | null;
  readonly isThere: boolean;
}

export function readJson(path: string): ReadJson {
  const unread = (fault: string, isThere = true): ReadJson => ({ value: null, fault, isThere });
  try {
    const text = textOf(path);
    if (text.fault !== null) return unread(text.fault);
    const value: unknown = JSON.parse(text.text);
    const odd = oddity(value);
    if (odd !== null) return unread(odd);
    return { value, fault: null, isThere: true };
  } catch (cause) {
    if (cause instanceof SyntaxError) return unread('is no JSON: it is cut off or was edited');
    const { code, message } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? unread('is not there', false)
      : unread(`can't be read: ${message}`);
  }
}

function textOf(path: string): { readonly text: string; readonly fault: null } | { readonly fault: string } {
  const fd = openAtOnce(path);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return { fault: 'is not a file' };
    if (stat.size > DOCUMENT_BYTES_MAX) return { fault: `has ${stat.size} bytes, which no run writes` };
    if (stat.size === 0) return { fault: 'is empty' };
    return { text: readFileSync(fd, 'utf8'), fault: null };
  } finally {
    closeSync(fd);
  }
}

/** Opens a file for reading; a pipe too, and without waiting for who writes into it. Windows has no such pipes. */
export function openAtOnce(path: string): number {
  return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

/** Level by level, so that no depth of it ends the stack. */
function oddity(value: unknown): string | null {
  let level = [value].filter(isNest);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > DEPTH_MAX) return `is nested more than ${DEPTH_MAX} deep, which no run writes`;
    // Checks of a document pass this name over, and whoever reads it would find under it what nobody has checked.
    if (level.some((nest) => Object.hasOwn(nest, '__proto__'))) return 'has the name __proto__, which no run writes';
    level = level.flatMap((nest) => Object.values(nest).filter(isNest));
  }
  return null;
}

function isNest(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
