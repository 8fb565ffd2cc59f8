import {
  columnNames,
  createColumns,
  type ObservationBatch,
  type ObservationColumns,
} from '../../harness/judge/observation.js';

export type ObservationRow = { [Name in keyof ObservationColumns]: number };

/** A batch made of rows; what a row leaves out is 0. */
export function batchOf(rows: readonly Partial<ObservationRow>[]): ObservationBatch {
  const columns = createColumns(rows.length);
  rows.forEach((row, index) => {
    for (const name of columnNames) columns[name][index] = row[name] ?? 0;
  });
  return { rows: rows.length, columns };
}

/** The rows of batches, for comparisons. */
export function rowsOf(batches: Iterable<ObservationBatch>): ObservationRow[] {
  const rows: ObservationRow[] = [];
  for (const batch of batches) {
    for (let index = 0; index < batch.rows; index++) {
      rows.push(Object.fromEntries(columnNames.map((name) => [name, batch.columns[name][index]])) as ObservationRow);
    }
  }
  return rows;
}
