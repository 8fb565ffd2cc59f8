/** Rows as one whole Arrow IPC stream: schema, one record batch, end. */
import {
  type DataType,
  Field,
  Float64,
  Int16,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Uint8,
  Uint16,
  Uint32,
} from 'apache-arrow';
import { columnNames, type ObservationColumns, observationSchema, sliceColumns } from '../../judge/observation.js';

const arrowTypes: Record<string, () => DataType> = {
  f64: () => new Float64(),
  u32: () => new Uint32(),
  i32: () => new Int32(),
  u16: () => new Uint16(),
  i16: () => new Int16(),
  u8: () => new Uint8(),
};

const schema = new Schema(
  columnNames.map((name) => new Field(name, (arrowTypes[observationSchema[name]] as () => DataType)(), false)),
);

/** Bytes of one whole Arrow IPC stream that holds the first `rows` rows. */
export function encodeSegment(columns: ObservationColumns, rows: number): Uint8Array {
  const cut = sliceColumns(columns, rows);
  const children = schema.fields.map((field) =>
    makeData({ type: field.type, length: rows, data: cut[field.name as keyof ObservationColumns] }),
  );
  const data = makeData({ type: new Struct(schema.fields), length: rows, children });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'stream');
}
