/** Collects concluded flights as columns and hands them on in batches: when a batch is full, and when asked. */
import { createColumns, NONE, type ObservationColumns } from '../judge/observation.js';
import type { Flight } from '../targets/http/flight.js';

const BATCH_ROWS = 4096;

export type BatchSink = (rows: number, columns: ObservationColumns) => void;

export class Recorder {
  private readonly sink: BatchSink;
  private readonly spare: ObservationColumns[] = [];
  private columns: ObservationColumns;
  private rows = 0;
  private lastConcludedUs = 0;

  constructor(sink: BatchSink) {
    this.sink = sink;
    this.columns = createColumns(BATCH_ROWS);
  }

  record(flight: Flight): void {
    const { columns, rows } = this;
    const { intent } = flight;
    // The clock is monotonic, but two flights may read it in another order than they are recorded in.
    this.lastConcludedUs = Math.max(this.lastConcludedUs, flight.concludedUs);
    columns.intendedUs[rows] = flight.intendedUs;
    columns.dispatchedUs[rows] = flight.dispatchedUs;
    columns.sentUs[rows] = flight.sentUs;
    columns.answeredUs[rows] = flight.answeredUs;
    columns.concludedUs[rows] = this.lastConcludedUs;
    columns.actor[rows] = intent.identity.actor;
    columns.identity[rows] = intent.identity.index;
    columns.requestClass[rows] = intent.requestClass;
    columns.elements[rows] = intent.elements;
    columns.kind[rows] = intent.kind;
    columns.outcome[rows] = flight.outcome;
    columns.status[rows] = flight.status;
    columns.limit[rows] = flight.limit;
    columns.ip[rows] = intent.identity.ipIndex;
    columns.account[rows] = intent.replay?.accountIndex ?? intent.accountIndex;
    // A key that was made up is nobody's.
    const signs = intent.signed && intent.claims === null;
    columns.key[rows] = intent.replay?.keyIndex ?? (signs ? intent.identity.keyIndex : NONE);
    columns.signature[rows] = flight.signature;
    columns.retryAfterMs[rows] = flight.retryAfterMs;
    this.rows = rows + 1;
    if (this.rows === BATCH_ROWS) this.flush();
  }

  /** Hands on what is there; nothing happens when there is nothing. */
  flush(): void {
    if (this.rows === 0) return;
    const { rows, columns } = this;
    this.rows = 0;
    this.columns = this.spare.pop() ?? createColumns(BATCH_ROWS);
    this.sink(rows, columns);
  }

  /** Takes a batch's columns back for use again, at most a few. */
  recycle(columns: ObservationColumns): void {
    if (this.spare.length < 4 && columns.intendedUs.length === BATCH_ROWS) this.spare.push(columns);
  }
}
