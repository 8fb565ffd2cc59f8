/** A JSON file of a run folder, or why it can't be read. Nothing here throws: a folder is shown with what it has. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentName, documentFault } from './document-checks.js';

/** Above it a file is no document of a run, and reading it would take the memory of the machine. */
const DOCUMENT_BYTES_MAX = 256 * 1024 * 1024;

export type ReadDocument<T> =
  | { readonly document: T; readonly fault: null; readonly isThere: true }
  | { readonly document: null; readonly fault: string; readonly isThere: boolean };

/** @returns the document as it was parsed, when what reports read of it is there. */
export function readDocument<T>(folder: string, name: DocumentName): ReadDocument<T> {
  const read = readJson(join(folder, name));
  if (read.fault !== null) return { document: null, fault: `${name} ${read.fault}`, isThere: read.isThere };
  const fault = documentFault(name, read.value);
  return fault === null
    ? { document: read.value as T, fault, isThere: true }
    : { document: null, fault: `${name} can't be shown: ${fault}`, isThere: true };
}

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
    const stat = statSync(path);
    if (!stat.isFile()) return unread('is not a file');
    if (stat.size > DOCUMENT_BYTES_MAX) return unread(`has ${stat.size} bytes, which no run writes`);
    if (stat.size === 0) return unread('is empty');
    return { value: JSON.parse(readFileSync(path, 'utf8')), fault: null, isThere: true };
  } catch (cause) {
    if (cause instanceof SyntaxError) return unread('is no JSON: it is cut off or was edited');
    const { code, message } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? unread('is not there', false)
      : unread(`can't be read: ${message}`);
  }
}
