/**
 * The rows of a sealed record, `observations.parquet`, row group by row group: what is in memory at any time is one group
 * of it (50,000 rows as the seal writes them), and of that only the columns that somebody looks at.
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import { ROW_GROUP_ROWS } from '../engine/record/parquet.js';
import { openAtOnce } from '../engine/record/saved-json.js';
import { FloodproofError } from '../errors.js';
import {
  type ColumnName,
  columnNames,
  createColumns,
  type ObservationBatch,
  type ObservationColumns,
  type ObservationSource,
} from '../judge/observation.js';

type Metadata = ReturnType<typeof parquetMetadata>;
type RowGroup = Metadata['row_groups'][number];

/** Magic, length of the footer, magic. */
const SHORTEST_BYTES = 12;
/** Of a footer: 200 row groups take half a megabyte, so this is a record of more rows than a run can have. */
const FOOTER_BYTES_MAX = 1 << 28;
/** Of a row group: what a damaged footer may make us take at once. Rows as many as the seal writes into one. */
const GROUP_ROWS_MAX = ROW_GROUP_ROWS;
const GROUP_BYTES_MAX = 1 << 29;
/** In all; a run has ten million, and a record of a thousand million takes days to walk over. */
const SEALED_ROWS_MAX = 1_000_000_000;

export interface SealedRows {
  readonly rows: number;
  /** The key-value pairs of the footer: scenario, seed, schema. */
  readonly facts: ReadonlyMap<string, string>;
  /** @throws {FloodproofError} FP_RUN_UNREADABLE while it is walked over, where the file is damaged in its middle. */
  readonly source: ObservationSource;
}

/**
 * Opens a sealed record by its footer; rows are read when they are walked over, and the file is open only then.
 *
 * @throws {FloodproofError} FP_RUN_UNREADABLE when it is not there, cut off, or not a record of a run.
 */
export function openSealedRows(path: string): SealedRows {
  const metadata = withFile(path, (fd) => readFooter(path, fd));
  const missing = columnNames.filter((name) => !metadata.schema.some((element) => element.name === name));
  if (missing.length > 0) throw unreadable(path, `it has no column ${missing.join(', ')}`);
  const rows = rowsOf(
    path,
    metadata,
    withFile(path, (fd) => fstatSync(fd).size),
  );
  const facts = new Map((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']));
  return { rows, facts, source: () => walk(path, metadata) };
}

/**
 * Rows of all groups, as far as the file can hold them: a group has bytes of its own, so that a small file has few groups, and
 * no more rows than the seal writes into one, however well they are packed.
 *
 * @throws {FloodproofError} FP_RUN_UNREADABLE when the footer tells of more, before any of them is walked over.
 */
function rowsOf(path: string, { row_groups: groups }: Metadata, fileBytes: number): number {
  let rows = 0;
  let end = 0;
  for (const group of groups) {
    const count = Number(group.num_rows);
    if (!(count >= 0 && count <= GROUP_ROWS_MAX)) {
      throw unreadable(path, `its footer is damaged: a group of ${count} rows`);
    }
    rows += count;
    for (const { meta_data: meta } of group.columns) {
      if (meta === undefined) continue;
      const start = startOf(meta);
      const bytes = Number(meta.total_compressed_size);
      // A page has a header, so a column of rows is never empty; and the seal writes one behind the other.
      if (count > 0 && !(start >= end && bytes > 0 && start + bytes <= fileBytes)) {
        throw unreadable(path, 'its footer is damaged: rows that have no place of their own in the file');
      }
      end = start + bytes;
    }
  }
  if (rows > SEALED_ROWS_MAX) throw unreadable(path, `it has ${rows} rows, more than ${SEALED_ROWS_MAX}`);
  return rows;
}

function startOf(meta: Chunk['meta']): number {
  return Number(meta.dictionary_page_offset ?? meta.data_page_offset);
}

function readFooter(path: string, fd: number): Metadata {
  const stat = fstatSync(fd);
  if (!stat.isFile()) throw unreadable(path, 'it is no file');
  const bytes = stat.size;
  if (bytes === 0) throw unreadable(path, 'it is empty');
  if (bytes < SHORTEST_BYTES) throw unreadable(path, 'it is cut off');
  const tail = readBytes(path, fd, bytes - 8, 8);
  const isSealed = tail[4] === 0x50 && tail[5] === 0x41 && tail[6] === 0x52 && tail[7] === 0x31;
  if (!isSealed) throw unreadable(path, 'it is cut off, or no Parquet file: it does not end in PAR1');
  const footerBytes = new DataView(tail.buffer, tail.byteOffset, 8).getUint32(0, true) + 8;
  if (footerBytes > Math.min(bytes, FOOTER_BYTES_MAX)) throw unreadable(path, 'its footer is damaged');
  try {
    return parquetMetadata(readBytes(path, fd, bytes - footerBytes, footerBytes));
  } catch (cause) {
    throw unreadable(path, `its footer is damaged: ${(cause as Error).message}`, cause);
  }
}

function* walk(path: string, metadata: Metadata): Generator<ObservationBatch> {
  const fd = openFile(path);
  try {
    for (const group of metadata.row_groups) {
      const rows = Number(group.num_rows);
      if (rows > 0) yield { rows, columns: groupColumns(path, fd, metadata, group) };
    }
  } finally {
    closeSync(fd);
  }
}

/** Where in the file a column of a group lies. */
interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly meta: NonNullable<RowGroup['columns'][number]['meta_data']>;
}

/** The columns of one group; its bytes are read at once, and each column is unpacked when it is first looked at. */
function groupColumns(path: string, fd: number, metadata: Metadata, group: RowGroup): ObservationColumns {
  const rows = Number(group.num_rows);
  const chunks = new Map<string, Chunk>();
  for (const { meta_data: meta } of group.columns) {
    if (meta === undefined) continue;
    const start = startOf(meta);
    chunks.set(meta.path_in_schema.join('.'), { start, end: start + Number(meta.total_compressed_size), meta });
  }
  const from = Math.min(...[...chunks.values()].map(({ start }) => start));
  const length = Math.max(...[...chunks.values()].map(({ end }) => end)) - from;
  if (!(from >= 0 && length >= 0 && length <= GROUP_BYTES_MAX)) throw unreadable(path, 'its footer is damaged');
  const bytes = readBytes(path, fd, from, length);
  const tree = parquetSchema(metadata);
  const unpack = (name: ColumnName): ObservationColumns[ColumnName] => {
    const chunk = chunks.get(name);
    if (chunk === undefined) throw unreadable(path, `a group of rows lacks the column ${name}`);
    const target = createColumn(name, rows);
    let filled = 0;
    try {
      const { buffer, byteOffset } = bytes;
      const view = new DataView(buffer, byteOffset + chunk.start - from, chunk.end - chunk.start);
      const schemaPath = getTreePath(tree, [name]);
      const element = schemaPath.at(-1)?.element ?? tree.element;
      const decoder = { pathInSchema: [name], element, schemaPath, parsers: DEFAULT_PARSERS, ...chunk.meta };
      const select = { groupStart: 0, groupRows: rows, selectStart: 0, selectEnd: rows };
      for (const part of readColumn({ view, offset: 0 }, select, decoder).data) {
        target.set(part as unknown as ArrayLike<number>, filled);
        filled += part.length;
      }
    } catch (cause) {
      throw unreadable(path, `its column ${name} is damaged: ${(cause as Error).message}`, cause);
    }
    if (filled !== rows) throw unreadable(path, `its column ${name} has ${filled} of ${rows} rows`);
    return target;
  };
  return lazyColumns(unpack);
}

const empty = createColumns(0);

function createColumn(name: ColumnName, rows: number): ObservationColumns[ColumnName] {
  const Column = empty[name].constructor as Float64ArrayConstructor;
  return new Column(rows);
}

function lazyColumns(unpack: (name: ColumnName) => ObservationColumns[ColumnName]): ObservationColumns {
  const columns = {};
  for (const name of columnNames) {
    Object.defineProperty(columns, name, {
      enumerable: true,
      configurable: true,
      get: () => {
        const value = unpack(name);
        Object.defineProperty(columns, name, { enumerable: true, value });
        return value;
      },
    });
  }
  return columns as ObservationColumns;
}

function readBytes(path: string, fd: number, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, bytes, filled, length - filled, from + filled);
    if (count === 0) throw unreadable(path, 'it is cut off');
    filled += count;
  }
  return bytes;
}

function openFile(path: string): number {
  try {
    return openAtOnce(path);
  } catch (cause) {
    throw unreadable(path, (cause as Error).message, cause);
  }
}

function withFile<T>(path: string, use: (fd: number) => T): T {
  const fd = openFile(path);
  try {
    return use(fd);
  } catch (cause) {
    if (cause instanceof FloodproofError) throw cause;
    throw unreadable(path, (cause as Error).message, cause);
  } finally {
    closeSync(fd);
  }
}

function unreadable(path: string, why: string, cause?: unknown): FloodproofError {
  return new FloodproofError('FP_RUN_UNREADABLE', `cannot read ${path}: ${why}`, { cause });
}
