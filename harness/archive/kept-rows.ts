/** The rows that a run folder keeps: the sealed record, or what a run that was cut off had written until then. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mergedObservations } from '../engine/record/observation-file.js';
import { FloodproofError } from '../errors.js';
import {
  type ColumnName,
  columnNames,
  createColumns,
  type ObservationBatch,
  type ObservationSource,
} from '../judge/observation.js';
import { openSealedRows } from './sealed-rows.js';

export const SEALED_NAME = 'observations.parquet';
/** Written while a run goes on, one for each thread. */
const openName = /^observations\.\d{1,4}\.arrows$/;

export interface KeptRows {
  /** null = there are none that can be read. */
  readonly source: ObservationSource | null;
  /** Rows of a sealed record; null = not known before they are read. */
  readonly count: number | null;
  /** What a sealed record says of itself. */
  readonly facts: ReadonlyMap<string, string>;
  /** Whether they come from a run that was cut off. */
  readonly isOpen: boolean;
  readonly isThere: boolean;
  readonly faults: readonly string[];
}

export function keptRows(folder: string): KeptRows {
  const faults: string[] = [];
  const names = namesIn(folder);
  const isSealed = names.includes(SEALED_NAME);
  if (isSealed) {
    try {
      const { rows, facts, source } = openSealedRows(join(folder, SEALED_NAME));
      return { source, count: rows, facts, isOpen: false, isThere: true, faults };
    } catch (error) {
      if (!(error instanceof FloodproofError)) throw error;
      faults.push(error.message);
    }
  }
  const open = names.filter((name) => openName.test(name) && hasBytes(join(folder, name)));
  if (open.length > 0) {
    const source = mergedObservations(open.map((name) => join(folder, name)));
    return { source: guarded(source), count: null, facts: new Map(), isOpen: true, isThere: true, faults };
  }
  return { source: null, count: null, facts: new Map(), isOpen: false, isThere: isSealed, faults };
}

/** What the reader of Arrow's form says of bytes that are none, or makes of them, is no bug of ours. */
function guarded(source: ObservationSource): ObservationSource {
  return function* walk() {
    try {
      for (const batch of source()) {
        const odd = columnNames.find((name) => !isColumn(batch, name));
        if (odd !== undefined) throw new Error(`they have no column ${odd} of ${batch.rows} rows`);
        yield batch;
      }
    } catch (cause) {
      if (cause instanceof FloodproofError) throw cause;
      const message = `the rows of a run that was cut off are damaged: ${(cause as Error).message}`;
      throw new FloodproofError('FP_RUN_UNREADABLE', message, { cause });
    }
  };
}

const empty = createColumns(0);

function isColumn({ rows, columns }: ObservationBatch, name: ColumnName): boolean {
  const column: unknown = columns[name];
  return column instanceof empty[name].constructor && (column as { readonly length: number }).length === rows;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function hasBytes(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size > 0;
}
