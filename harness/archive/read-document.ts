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
  const path = join(folder, name);
  let parsed: unknown;
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { document: null, fault: `${name} is not a file`, isThere: true };
    if (stat.size > DOCUMENT_BYTES_MAX) {
      return { document: null, fault: `${name} has ${stat.size} bytes, which no run writes`, isThere: true };
    }
    if (stat.size === 0) return { document: null, fault: `${name} is empty`, isThere: true };
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    return { document: null, ...readFault(name, cause) };
  }
  const fault = documentFault(name, parsed);
  return fault === null
    ? { document: parsed as T, fault, isThere: true }
    : { document: null, fault: `${name} can't be shown: ${fault}`, isThere: true };
}

function readFault(name: string, cause: unknown): { readonly fault: string; readonly isThere: boolean } {
  if (cause instanceof SyntaxError) return { fault: `${name} is no JSON: it is cut off or was edited`, isThere: true };
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { fault: `${name} is not there`, isThere: false };
  return { fault: `${name} can't be read: ${message}`, isThere: true };
}
