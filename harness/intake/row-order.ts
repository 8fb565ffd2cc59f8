/**
 * Puts the rows of a log in the order in which they were concluded, within a bounded window: lines are nearly in order, since a
 * server writes them when requests end, and each of its processes for itself.
 *
 * A row that comes too late for the window is let through with its end moved up to where the order stands. Its interval only
 * gets wider by that, and so whatever is found still holds: it is counted and not dropped, for a request that is missing would
 * make a limiter look emptier than it was.
 */
import { inTimeOrder } from '../trace/time-order.js';
import { type LogColumns, logColumns, moveRow, moveRows, putRow } from './log-columns.js';
import type { LogRow } from './log-row.js';

/** Rows that wait for their turn at first, and at most: 54 bytes each, and as many again for a moment. */
const WAITING_FIRST = 65_536;
const WAITING_MAX = 1_048_576;

export interface RowOrderOptions {
  readonly windowUs: number;
  /** Takes the first `rows` of `columns`; all come in their order. */
  readonly take: (columns: LogColumns, rows: number) => void;
  readonly waitingFirst?: number;
  readonly waitingMax?: number;
}

export class RowOrder {
  /** Rows that came too late. */
  late = 0;
  /** By how much a row was behind the highest end above it, at most. */
  disorderUsMax = 0;
  readonly #options: RowOrderOptions;
  readonly #waitingMax: number;
  #waiting: LogColumns;
  #capacity: number;
  #count = 0;
  #isSorted = true;
  #highestUs = Number.NEGATIVE_INFINITY;
  #frontierUs = Number.NEGATIVE_INFINITY;

  constructor(options: RowOrderOptions) {
    this.#options = options;
    this.#capacity = options.waitingFirst ?? WAITING_FIRST;
    this.#waitingMax = options.waitingMax ?? WAITING_MAX;
    this.#waiting = logColumns(this.#capacity);
  }

  /** @returns whether it came too late. */
  add(row: LogRow): boolean {
    // First of all, as it moves the frontier on.
    if (this.#count === this.#capacity) this.#makeRoom();
    const isLate = row.concludedUs < this.#frontierUs;
    if (row.concludedUs < this.#highestUs) {
      this.disorderUsMax = Math.max(this.disorderUsMax, this.#highestUs - row.concludedUs);
      this.#isSorted = false;
    } else this.#highestUs = row.concludedUs;
    if (isLate) {
      this.late++;
      row.concludedUs = this.#frontierUs;
    }
    putRow(this.#waiting, this.#count++, row);
    return isLate;
  }

  /** Lets all go that still wait. */
  finish(): void {
    this.#sort();
    this.#release(this.#count);
  }

  #makeRoom(): void {
    this.#sort();
    const ends = this.#waiting.concludedUs;
    const untilUs = this.#highestUs - this.#options.windowUs;
    let ready = 0;
    while (ready < this.#count && (ends[ready] as number) <= untilUs) ready++;
    if (4 * ready >= this.#capacity) this.#release(ready);
    else if (this.#capacity < this.#waitingMax) this.#moveTo(logColumns(2 * this.#capacity), 0);
    // More requests within the window than may wait: it is shorter for them.
    else this.#release(Math.max(ready, this.#capacity >> 1));
  }

  #sort(): void {
    if (this.#isSorted) return;
    this.#isSorted = true;
    const order = Uint32Array.from({ length: this.#count }, (_, index) => index);
    const timesUs = this.#waiting.concludedUs.slice(0, this.#count);
    const { who } = inTimeOrder({ timesUs, who: order });
    const sorted = logColumns(this.#capacity);
    for (let index = 0; index < this.#count; index++)
      moveRow(this.#waiting, (who as Uint32Array)[index] as number, sorted, index);
    this.#waiting = sorted;
  }

  #release(rows: number): void {
    if (rows === 0) return;
    this.#options.take(this.#waiting, rows);
    this.#frontierUs = this.#waiting.concludedUs[rows - 1] as number;
    this.#moveTo(this.#waiting, rows);
  }

  /** Keeps the rows from `from` on. */
  #moveTo(to: LogColumns, from: number): void {
    moveRows(this.#waiting, { from, rows: this.#count - from }, to, 0);
    this.#waiting = to;
    this.#capacity = to.sentUs.length;
    this.#count -= from;
  }
}
