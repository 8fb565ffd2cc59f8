/** Writes concluded requests of a virtual run as rows of the record, in the order in which they are concluded. */

import type { Intent } from '../../actors/actor.js';
import {
  createColumns,
  NONE,
  type ObservationBatch,
  type ObservationColumns,
  sliceColumns,
} from '../../judge/observation.js';
import type { FlightTable } from './flight-table.js';

const BATCH_ROWS = 16_384;

export class RowRecorder {
  private readonly sink: (batch: ObservationBatch) => void;
  private readonly look: (batch: ObservationBatch) => void;
  private columns: ObservationColumns = createColumns(BATCH_ROWS);
  private rows = 0;
  /** Of them, how many `look` was given. */
  private shown = 0;

  /**
   * @param sink - takes each batch for good.
   * @param look - is given every row once, before `sink` has it: when its batch is full, or by `show`.
   */
  constructor(sink: (batch: ObservationBatch) => void, look: (batch: ObservationBatch) => void = () => undefined) {
    this.sink = sink;
    this.look = look;
  }

  /** @param answeredUs - 0 = no answer came. */
  record(table: FlightTable, slot: number, answeredUs: number, concludedUs: number): void {
    const { columns, rows } = this;
    const intent = table.intents[slot] as Intent;
    const { identity, replay } = intent;
    const sentUs = table.sentUs[slot] as number;
    columns.intendedUs[rows] = table.intendedUs[slot] as number;
    // The generator of virtual time is never late, and nothing waits for a connection.
    columns.dispatchedUs[rows] = sentUs;
    columns.sentUs[rows] = sentUs;
    columns.answeredUs[rows] = answeredUs;
    columns.concludedUs[rows] = concludedUs;
    columns.actor[rows] = identity.actor;
    columns.identity[rows] = identity.index;
    columns.requestClass[rows] = intent.requestClass;
    columns.elements[rows] = intent.elements;
    columns.kind[rows] = intent.kind;
    columns.outcome[rows] = table.outcome[slot] as number;
    columns.status[rows] = table.status[slot] as number;
    columns.limit[rows] = table.limit[slot] as number;
    columns.ip[rows] = identity.ipIndex;
    columns.account[rows] = replay === null ? intent.accountIndex : replay.accountIndex;
    // A key that was made up is nobody's.
    const signs = intent.signed && intent.claims === null;
    columns.key[rows] = replay === null ? (signs ? identity.keyIndex : NONE) : replay.keyIndex;
    columns.signature[rows] = table.signature[slot] as number;
    columns.retryAfterMs[rows] = table.retryAfterMs[slot] as number;
    this.rows = rows + 1;
    if (this.rows === BATCH_ROWS) this.flush();
  }

  /** Lets `look` see what is there: at a slow pace a batch takes minutes to be full. */
  show(): void {
    const { rows, shown } = this;
    if (rows === shown) return;
    this.shown = rows;
    this.look({ rows: rows - shown, columns: sliceColumns(this.columns, rows, shown) });
  }

  flush(): void {
    this.show();
    if (this.rows === 0) return;
    const { rows, columns } = this;
    this.rows = 0;
    this.shown = 0;
    this.columns = createColumns(BATCH_ROWS);
    this.sink({ rows, columns });
  }
}
