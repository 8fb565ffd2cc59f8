/**
 * Seals a finished run's observations as one Parquet file that other tools open. Written row group by row group under a
 * temporary name, flushed to the disk and renamed: a file that bears its final name is whole.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { FloodproofError } from '../../errors.js';
import {
  type ColumnName,
  columnNames,
  createColumns,
  type ObservationColumns,
  type ObservationSource,
  observationSchema,
} from '../../judge/observation.js';

/** Rows of a group at most. */
export const ROW_GROUP_ROWS = 50_000;

const parquetTypes = {
  f64: { type: 'DOUBLE' },
  // Indexes stay below 2^31, and NONE (all bits set) reads as -1.
  u32: { type: 'INT32' },
  i32: { type: 'INT32' },
  u16: { type: 'INT32', converted_type: 'UINT_16' },
  i16: { type: 'INT32', converted_type: 'INT_16' },
  u8: { type: 'INT32', converted_type: 'UINT_8' },
} as const;

/** Parquet has no narrow integers: every whole-number column is stored as 32 bits with its true type noted. */
function storedArray(name: ColumnName, columns: ObservationColumns, rows: number): Float64Array | Int32Array {
  const column = columns[name].subarray(0, rows);
  if (column instanceof Float64Array) return column;
  if (column instanceof Uint32Array) return new Int32Array(column.buffer, column.byteOffset, rows);
  return Int32Array.from(column);
}

/**
 * Writes all rows of `source` to `path`.
 * @param metadata - key-value pairs kept in the file's footer.
 * @returns the number of rows.
 * @throws FP_DISK when the disk is full or the folder cannot be written; nothing is left at `path` then.
 */
export function sealParquet(
  path: string,
  source: ObservationSource,
  metadata: Readonly<Record<string, string>>,
): number {
  const temporary = `${path}.part`;
  try {
    const rows = writeRows(temporary, source, metadata);
    const fd = openSync(temporary, 'r+');
    fsyncSync(fd);
    closeSync(fd);
    renameSync(temporary, path);
    return rows;
  } catch (cause) {
    rmSync(temporary, { force: true });
    if (cause instanceof FloodproofError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw new FloodproofError('FP_DISK', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

function writeRows(path: string, source: ObservationSource, metadata: Readonly<Record<string, string>>): number {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [
      { name: 'observations', num_children: columnNames.length },
      ...columnNames.map((name) => ({
        name,
        repetition_type: 'REQUIRED' as const,
        ...parquetTypes[observationSchema[name]],
      })),
    ],
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: 'floodproof',
  });
  const group = createColumns(ROW_GROUP_ROWS);
  let filled = 0;
  let total = 0;
  const flush = (): void => {
    if (filled === 0) return;
    writer.write({
      columnData: columnNames.map((name) => ({ name, data: storedArray(name, group, filled), nullable: false })),
      rowGroupSize: ROW_GROUP_ROWS,
    });
    total += filled;
    filled = 0;
  };
  for (const batch of source()) {
    for (let from = 0; from < batch.rows; ) {
      const take = Math.min(batch.rows - from, ROW_GROUP_ROWS - filled);
      for (const name of columnNames) {
        group[name].set(batch.columns[name].subarray(from, from + take) as never, filled);
      }
      filled += take;
      from += take;
      if (filled === ROW_GROUP_ROWS) flush();
    }
  }
  flush();
  writer.finish();
  return total;
}
