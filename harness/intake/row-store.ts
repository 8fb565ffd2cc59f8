/**
 * Keeps the rows of a log between the walks of the judge: the first million in memory, further ones in a file that has no name
 * as soon as it is open, so that nothing of it stays whatever becomes of this process.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FloodproofError } from '../errors.js';
import type { ObservationBatch, ObservationColumns, ObservationSource } from '../judge/observation.js';
import { type LogColumns, logColumns, moveRows } from './log-columns.js';

const BATCH_ROWS = 16_384;
const MEMORY_BATCHES = 64;

export interface StoreBounds {
  readonly batchRows?: number;
  readonly memoryBatches?: number;
}

export class RowStore {
  rows = 0;
  /** The earliest start and the latest end of all rows, since 1970. */
  firstUs = Number.POSITIVE_INFINITY;
  lastUs = Number.NEGATIVE_INFINITY;
  readonly #batchRows: number;
  readonly #memoryBatches: number;
  readonly #held: LogColumns[] = [];
  #open: LogColumns;
  #openRows = 0;
  #written = 0;
  #fd: number | null = null;
  #folder: string | null = null;

  constructor({ batchRows = BATCH_ROWS, memoryBatches = MEMORY_BATCHES }: StoreBounds = {}) {
    this.#batchRows = batchRows;
    this.#memoryBatches = memoryBatches;
    this.#open = logColumns(batchRows);
  }

  /** Takes the first `rows` of `from`, which must come in the order of their ends. @throws {FloodproofError} FP_DISK */
  take(from: LogColumns, rows: number): void {
    for (let at = 0; at < rows; at++) this.firstUs = Math.min(this.firstUs, from.sentUs[at] as number);
    if (rows > 0) this.lastUs = Math.max(this.lastUs, from.concludedUs[rows - 1] as number);
    this.rows += rows;
    for (let at = 0; at < rows; ) {
      const taken = Math.min(rows - at, this.#batchRows - this.#openRows);
      moveRows(from, { from: at, rows: taken }, this.#open, this.#openRows);
      this.#openRows += taken;
      at += taken;
      if (this.#openRows === this.#batchRows) this.#keep();
    }
  }

  #keep(): void {
    this.#openRows = 0;
    if (this.#held.length < this.#memoryBatches) {
      this.#held.push(this.#open);
      this.#open = logColumns(this.#batchRows);
    } else this.#write();
  }

  /**
   * The rows as the judge reads them, with times from `originUs` on.
   *
   * @param offsets - of each actor the number of its first identity.
   */
  source(originUs: number, offsets: readonly number[]): ObservationSource {
    const store = this;
    const observe = observer(this.#batchRows, originUs, offsets);
    return function* (): Generator<ObservationBatch> {
      for (const held of store.#held) yield observe(held, store.#batchRows);
      const room = logColumns(store.#batchRows);
      for (let batch = 0; batch < store.#written; batch++) {
        store.#readBack(room, batch);
        yield observe(room, store.#batchRows);
      }
      if (store.#openRows > 0) yield observe(store.#open, store.#openRows);
    };
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(): void {
    try {
      this.#fd ??= this.#openFile();
      const bytes = new Uint8Array(this.#open.memory);
      let at = 0;
      while (at < bytes.length) at += writeSync(this.#fd, bytes, at);
    } catch (cause) {
      throw new FloodproofError(
        'FP_DISK',
        `cannot keep the rows of the log in ${tmpdir()}: ${(cause as Error).message}`,
        {
          hint: 'free some space, or set TMPDIR to a folder with half of the size of the log',
          cause,
        },
      );
    }
    this.#written++;
  }

  #openFile(): number {
    this.#folder = mkdtempSync(join(tmpdir(), 'floodproof-judge-'));
    const fd = openSync(join(this.#folder, 'rows'), 'w+');
    try {
      rmSync(this.#folder, { recursive: true });
      this.#folder = null;
    } catch {
      // Not every system lets go of the name of an open file: it is removed at the end.
    }
    return fd;
  }

  #readBack(room: LogColumns, batch: number): void {
    const bytes = new Uint8Array(room.memory);
    let at = 0;
    while (at < bytes.length) {
      const read = readSync(this.#fd as number, bytes, at, bytes.length - at, batch * bytes.length + at);
      if (read === 0) throw new Error('the file with the rows of the log has been cut');
      at += read;
    }
  }
}

/** Turns batches into observations, in memory that the next one uses again. */
function observer(
  batchRows: number,
  originUs: number,
  offsets: readonly number[],
): (from: LogColumns, rows: number) => ObservationBatch {
  const sentUs = new Float64Array(batchRows);
  const concludedUs = new Float64Array(batchRows);
  const answeredUs = new Float64Array(batchRows);
  const identity = new Uint32Array(batchRows);
  const kind = new Uint8Array(batchRows);
  const retryAfterMs = new Int32Array(batchRows).fill(-1);
  return (from, rows) => {
    for (let at = 0; at < rows; at++) {
      const sent = (from.sentUs[at] as number) - originUs;
      sentUs[at] = sent;
      concludedUs[at] = (from.concludedUs[at] as number) - originUs;
      // So that answered - sent is the duration, and not the width of what is known.
      answeredUs[at] = sent + (from.durationUs[at] as number);
      identity[at] = (from.identity[at] as number) + (offsets[from.actor[at] as number] as number);
    }
    const columns: ObservationColumns = {
      intendedUs: sentUs,
      dispatchedUs: sentUs,
      sentUs,
      answeredUs,
      concludedUs,
      actor: from.actor,
      identity,
      requestClass: from.requestClass,
      elements: from.elements,
      kind,
      outcome: from.outcome,
      status: from.status,
      limit: from.limit,
      ip: from.ip,
      account: from.account,
      key: from.key,
      signature: from.signature,
      retryAfterMs,
    };
    return { rows, columns };
  };
}
