/** What a run folder holds, as other programs see it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { VerdictDocument } from '../../harness/judge/verdict.js';

/** Rows of a query over the run's `observations.parquet`, which the query names `observations`. */
export async function queryRecord(folder: string, query: string): Promise<Record<string, unknown>[]> {
  const database = await DuckDBInstance.create();
  const connection = await database.connect();
  try {
    const path = join(folder, 'observations.parquet').replaceAll("'", "''");
    await connection.run(`create view observations as select * from read_parquet('${path}')`);
    return (await connection.runAndReadAll(query)).getRowObjects();
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

/** The number that a query's only row has in its only column. */
export async function countRecord(folder: string, query: string): Promise<number> {
  const rows = await queryRecord(folder, query);
  const value = Object.values(rows[0] ?? {})[0];
  if (rows.length !== 1 || (typeof value !== 'bigint' && typeof value !== 'number'))
    throw new Error(`not one number: ${query}`);
  return Number(value);
}

export function verdictOf(folder: string): VerdictDocument {
  return JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8')) as VerdictDocument;
}

/** Names of the files in a folder, sorted. */
export function namesIn(folder: string): string[] {
  return readdirSync(folder).sort();
}
