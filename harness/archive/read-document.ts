/** A JSON file of a run folder, or why it can't be read. Nothing here throws: a folder is shown with what it has. */
import { join } from 'node:path';
import { readJson } from '../engine/record/saved-json.js';
import { type DocumentName, documentFault } from './document-checks.js';

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
