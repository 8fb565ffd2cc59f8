/** Reads logs into rows that the judge can walk over. */

import { FloodproofError } from '../errors.js';
import type { Policy } from '../scenario/plan.js';
import { grouped, LineTally } from '../trace/line-tally.js';
import { type BoundMap, bindMap } from './bound-map.js';
import { visitLines } from './byte-lines.js';
import type { Callers } from './callers.js';
import { UnnamedRequests } from './class-guess.js';
import { type LineFinding, LineReader } from './line-reader.js';
import type { LogMap } from './log-map.js';
import { RowOrder } from './row-order.js';
import { RowStore, type StoreBounds } from './row-store.js';

/** Share of lines that may be unreadable, and that may come too late. */
const FAULTY_MAX = 0.01;
/** After so many lines a log that is mostly unreadable is given up. */
const TRIED_LINES = 1000;
/** How long a request is taken to have lasted, where nobody says so: this, or the grain of the times when it is longer. */
const LONGEST_US = 1_000_000;
/** Characters of a line that a message shows. */
const SHOWN = 120;

export interface ReadLogOptions {
  /** Read one after the other, the oldest first; `-` = stdin. */
  readonly files: readonly string[];
  readonly map: LogMap;
  readonly policy: Policy;
  readonly store?: StoreBounds;
}

/** What the lines were, by what came of reading them. */
export class LineCounts {
  lines = 0;
  rows = 0;
  readonly other = new LineTally();
  readonly otherWay = new LineTally();
  readonly leftOut = new LineTally();
  readonly form = new LineTally();
  readonly time = new LineTally();
  readonly number = new LineTally();
  readonly late = new LineTally();

  get unreadable(): number {
    return this.form.count + this.time.count + this.number.count;
  }

  /** "3 of another form (lines 1, 2 and 7), ..." of what could not be read. */
  get unreadableText(): string {
    const told = (tally: LineTally, what: string): string[] =>
      tally.count === 0 ? [] : [`${grouped(tally.count)} ${what} (${tally.places('line')})`];
    return [
      ...told(this.form, 'of another form'),
      ...told(this.time, 'without a readable time'),
      ...told(this.number, 'without a readable duration or number of orders'),
    ].join(', ');
  }
}

export interface LogRead {
  readonly store: RowStore;
  readonly callers: Callers;
  readonly counts: LineCounts;
  readonly bound: BoundMap;
  /** When the earliest row ended at the latest, since 1970: from then on nothing is missing. */
  readonly startUs: number;
  readonly grainUs: number;
  /** How long a request was taken to have lasted at most; null = each has its duration. */
  readonly longestUs: number | null;
  readonly isLongestSaid: boolean;
  readonly disorderUs: number;
}

/**
 * Reads every line once. Memory does not grow with the lines, but for callers and signatures (`NAMES_MAX`, `SIGNATURES_MAX`) and
 * what `RowOrder` and `RowStore` hold.
 *
 * @throws {FloodproofError} FP_FILE_UNREADABLE, FP_USAGE when the map does not fit the log, FP_LOG_UNREADABLE when more than
 *   one line of a hundred can't be read or comes too late, or no line is a request of the policy; FP_DISK.
 */
export async function readLog(options: ReadLogOptions): Promise<LogRead> {
  const reading = new Reading(options);
  try {
    for (const file of options.files) {
      reading.open(file);
      await visitLines(file, (bytes, start, end, line) => reading.add(bytes, start, end, line));
    }
    return reading.finish();
  } catch (error) {
    reading.store.close();
    throw error;
  }
}

interface Faulty {
  /** `access.log:12` */
  readonly place: string;
  readonly text: string;
}

class Reading {
  readonly store: RowStore;
  readonly #options: ReadLogOptions;
  readonly #counts = new LineCounts();
  readonly #order: RowOrder;
  readonly #unnamed = new UnnamedRequests();
  #file = '';
  #bound: BoundMap | null = null;
  #reader: LineReader | null = null;
  #startUs = 0;
  /** The first line that could not be read. */
  #faulty: Faulty | null = null;

  constructor(options: ReadLogOptions) {
    this.#options = options;
    this.store = new RowStore(options.store);
    this.#order = new RowOrder({
      windowUs: options.map.windowUs,
      take: (columns, rows) => this.store.take(columns, rows),
    });
  }

  open(file: string): void {
    this.#file = file;
  }

  add(bytes: Buffer, start: number, end: number, line: number): void {
    if (start === end) return;
    this.#reader ??= this.#bind(bytes.subarray(start, end));
    const counts = this.#counts;
    counts.lines++;
    const found = this.#reader.read(bytes, start, end);
    if (found !== 'row') {
      this.#note(found, line, bytes, start, end);
      return;
    }
    if (counts.rows++ === 0) this.#startUs = this.#reader.row.concludedUs;
    if (this.#order.add(this.#reader.row)) counts.late.add(line);
  }

  finish(): LogRead {
    this.#order.finish();
    const counts = this.#counts;
    const files = this.#options.files.join(', ');
    const refuse = (message: string, hint: string): never => {
      throw new FloodproofError('FP_LOG_UNREADABLE', message, { hint });
    };
    if (this.#reader === null || this.#bound === null)
      return refuse(`there is no line in ${files}`, 'name a log with lines');
    if (counts.unreadable > FAULTY_MAX * counts.lines) this.#refuseUnreadable();
    if (counts.rows === 0) {
      refuse(
        `of the ${grouped(counts.lines)} lines none is a request that the map gives a class to`,
        ['name the paths in a file and add --map FILE; of what was seen:', ...this.#unnamed.mapLines].join('\n    '),
      );
    }
    if (counts.late.count > FAULTY_MAX * counts.lines) {
      refuse(
        `${grouped(counts.late.count)} of ${grouped(counts.lines)} lines (${counts.late.places('line')}) come more than the window behind others`,
        'name rotated logs the oldest first, sort the log by time, or widen "window" in the map',
      );
    }
    const { stamps, callers } = this.#reader;
    return {
      store: this.store,
      callers,
      counts,
      bound: this.#bound,
      startUs: this.#startUs + this.#order.disorderUsMax,
      grainUs: stamps.grainUsMax,
      longestUs: this.#bound.duration === null ? this.#longestUs() : null,
      isLongestSaid: this.#options.map.longestUs !== null,
      disorderUs: this.#order.disorderUsMax,
    };
  }

  #bind(first: Buffer): LineReader {
    const { map, policy } = this.#options;
    this.#bound = bindMap(map, first);
    return new LineReader(this.#bound, policy, { orders: map.orders, longestUs: this.#longestUs() });
  }

  #longestUs(): number {
    return this.#options.map.longestUs ?? LONGEST_US;
  }

  #note(found: Exclude<LineFinding, 'row'>, line: number, bytes: Buffer, start: number, end: number): void {
    const counts = this.#counts;
    if (found === 'other') {
      counts.other.add(line);
      // Of a log that has a row the hint is never wanted.
      const asked = counts.rows === 0 ? (this.#reader?.asked ?? null) : null;
      if (asked !== null) this.#unnamed.note(asked.method, asked.path);
    } else if (found === 'other-way') counts.otherWay.add(line);
    else if (found === 'left-out') counts.leftOut.add(line);
    else {
      counts[found].add(line);
      this.#faulty ??= {
        place: `${this.#file}:${line}`,
        text: bytes.toString('latin1', start, Math.min(end, start + SHOWN)),
      };
      if (counts.lines === TRIED_LINES && counts.unreadable > TRIED_LINES / 2) this.#refuseUnreadable();
    }
  }

  #refuseUnreadable(): never {
    const { lines, unreadableText } = this.#counts;
    const { place, text } = this.#faulty as Faulty;
    throw new FloodproofError(
      'FP_LOG_UNREADABLE',
      `of the first ${grouped(lines)} lines there are ${unreadableText}; ${place} has ${JSON.stringify(text)}`,
      { hint: "say how lines are written: --log-format with nginx's own text, or a map" },
    );
  }
}
