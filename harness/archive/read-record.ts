/** The `plan.json` of a run folder, or why it can't be used. Nothing here throws: a folder is shown with what it has. */
import { join } from 'node:path';
import type { RunRecord } from '../engine/record/run-folder.js';
import { runRecordFault } from '../engine/record/run-record-check.js';
import { readJson } from '../engine/record/saved-json.js';

const RECORD_SCHEMA = 'floodproof/run/1';

export interface ReadRecord {
  readonly record: RunRecord | null;
  readonly fault: string | null;
  readonly isThere: boolean;
}

/** Named like the other documents: a file that is cut off is not one of another version. */
export function readRecord(folder: string): ReadRecord {
  const { value, fault, isThere } = readJson(join(folder, 'plan.json'));
  if (fault !== null) return { record: null, fault: `plan.json ${fault}`, isThere };
  const { schema } = (value ?? {}) as { readonly schema?: unknown };
  const wrong =
    typeof schema === 'string' && schema !== RECORD_SCHEMA
      ? `it is of the schema ${schema}, and this version reads ${RECORD_SCHEMA}`
      : runRecordFault(value);
  if (wrong !== null) return { record: null, fault: `plan.json can't be used: ${wrong}`, isThere: true };
  return { record: value as RunRecord, fault: null, isThere: true };
}
