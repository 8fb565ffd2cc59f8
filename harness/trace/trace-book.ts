/** Takes the rows of one trace file as they are read, within a stated memory, and makes a trace of them. */
import { createHash } from 'node:crypto';
import { deriveSeed } from '../actors/random.js';
import { type TraceFaultCode, TraceRefusal } from './faults.js';
import { grouped, LineTally } from './line-tally.js';
import type { LoadedTrace, TraceSummary } from './loaded-trace.js';
import type { RequestTable } from './request-table.js';
import { summaryOf } from './summary.js';
import { inTimeOrder, type TraceRows } from './time-order.js';

/** 8 bytes each, and 4 more where callers are told apart; twice that for a moment while they are put in order. */
export const STAMPS_MAX = 10_000_000;
export const CALLERS_MAX = 2 ** 20;
/** A longer name of a caller is kept as its digest. */
const NAME_CHARACTERS_MAX = 64;
/** Characters of a text that a message shows. */
const TEXT_SHOWN = 40;
const PIECE_ROWS = 2 ** 16;
/** Share of lines that may be left out. */
const LEFT_OUT_MAX = 0.01;
const MINUTE_US = 60_000_000;
/** From so many hours on, times that all stand in one minute of the hour are told of. */
const HOURS_TOLD = 12;
/** Rows that lie so far behind on average, or that share of the whole time, are in no order. */
const FAR_US = MINUTE_US;
const FAR_SHARE = 0.1;
/** After so many lines a file that is mostly unreadable is given up. */
const TRIED_LINES = 1000;

export interface BookOptions {
  readonly file: string;
  readonly tellsWho: boolean;
  /** Where what was asked is wanted too; null or left out = it is not. */
  readonly requests?: RequestTable | null;
  /** The largest share of the file's stamps that anybody wants of it. */
  readonly keepShare: number;
  /** Fixes which are kept of a file that is too large. */
  readonly seed: number;
  readonly word: 'line' | 'entry';
  /** Whether rows are expected in another order than that of their times. */
  readonly isOrderFree: boolean;
  readonly stampsMax: number;
  readonly callersMax: number;
}

export class TraceBook {
  stampForm: TraceSummary['stampForm'] = null;
  /** Lines that are cut short; those that were left out for it and others. */
  readonly cut = new LineTally();
  readonly #options: BookOptions;
  readonly #unreadable = new LineTally();
  readonly #unsorted = new LineTally();
  readonly #repeated = new LineTally();
  #leftOut = 0;
  /** What stands where the first unreadable time should. */
  #unreadableText: string | null = null;
  readonly #times: Float64Array[] = [];
  readonly #who: Uint32Array[] = [];
  readonly #requests: Uint32Array[] = [];
  #stored = 0;
  #seen = 0;
  #isSample = false;
  #isFull = false;
  #lastUs = Number.NEGATIVE_INFINITY;
  #highestUs = Number.NEGATIVE_INFINITY;
  /** Sum of how far rows lie behind the highest time above them. */
  #lateUs = 0;
  /** Minutes of the hour in which there are times. */
  readonly #minutes = new Set<number>();
  readonly #callers = new Map<string | number, number>();

  constructor(options: BookOptions) {
    this.#options = options;
  }

  /**
   * @param request - Its number in `BookOptions.requests`, where that is given.
   * @throws {TraceRefusal} FP_TRACE_LARGE for too many callers.
   */
  add(line: number, atUs: number, who: string | number | null, request = 0): void {
    if (atUs < this.#highestUs) {
      this.#unsorted.add(line);
      this.#lateUs += this.#highestUs - atUs;
    } else {
      this.#highestUs = atUs;
    }
    this.#minutes.add(Math.floor(atUs / MINUTE_US) % 60);
    if (atUs === this.#lastUs) this.#repeated.add(line);
    this.#lastUs = atUs;
    const row = this.#seen++;
    if (this.#stored === this.#options.stampsMax) this.#shrink();
    if (this.#isFull || (this.#isSample && !this.#isKept(row))) return;
    this.#store(atUs, who === null ? 0 : this.#caller(line, who), request);
  }

  /**
   * A line that tells nothing.
   *
   * @param text - What stands where a time should, when there is something.
   * @throws {TraceRefusal} nearly all lines are such.
   */
  leaveOut(line: number, why: 'cut' | 'stamp', text = ''): void {
    (why === 'cut' ? this.cut : this.#unreadable).add(line);
    if (why === 'stamp') this.#unreadableText ??= copyOf(text.slice(0, TEXT_SHOWN));
    this.#leftOut++;
    if (this.#leftOut + this.#seen === TRIED_LINES && this.#leftOut > TRIED_LINES / 2) this.#refuseUnreadable();
  }

  /** @throws {TraceRefusal} nothing, too much or too little of the file can be read. */
  finish(): LoadedTrace {
    const { file, stampsMax, tellsWho, keepShare } = this.#options;
    if (this.#leftOut > LEFT_OUT_MAX * (this.#leftOut + this.#seen)) this.#refuseUnreadable();
    if (this.#stored === 0) throw new TraceRefusal('FP_TRACE_STAMP', { file }, 'there is no time in the file');
    if (this.#isFull) {
      const percent = Math.max(0.001, Math.floor((stampsMax / this.#seen) * 95_000) / 1000);
      throw new TraceRefusal(
        'FP_TRACE_LARGE',
        { file },
        `the file holds ${grouped(this.#seen)} times, and ${grouped(stampsMax)} are kept in memory at most`,
        `write "keep: ${percent}%" or less at every actor that takes its arrivals from it`,
      );
    }
    const { timesUs, who, requests = null } = inTimeOrder(this.#rows());
    const firstUs = timesUs[0] as number;
    const offsetsUs = new Float64Array(new SharedArrayBuffer(timesUs.byteLength));
    for (let i = 0; i < offsetsUs.length; i++) offsetsUs[i] = (timesUs[i] as number) - firstUs;
    const names = tellsWho && who !== null ? inOrderOfAppearance(who, this.#callers.size) : null;
    const durationUs = offsetsUs[offsetsUs.length - 1] ?? 0;
    const trace = {
      offsetsUs,
      who: names,
      keptShare: this.#isSample ? keepShare : 1,
      ...(requests === null
        ? {}
        : { requests: { rows: shared(requests), distinct: this.#options.requests?.distinct ?? [] } }),
    };
    return { ...trace, summary: summaryOf(trace, { file, stampForm: this.stampForm, notes: this.#notes(durationUs) }) };
  }

  #store(atUs: number, who: number, request: number): void {
    const place = this.#stored % PIECE_ROWS;
    if (place === 0 && this.#times.length * PIECE_ROWS === this.#stored) {
      this.#times.push(new Float64Array(PIECE_ROWS));
      if (this.#options.tellsWho) this.#who.push(new Uint32Array(PIECE_ROWS));
      if (this.#options.requests != null) this.#requests.push(new Uint32Array(PIECE_ROWS));
    }
    const piece = Math.floor(this.#stored / PIECE_ROWS);
    (this.#times[piece] as Float64Array)[place] = atUs;
    if (this.#options.tellsWho) (this.#who[piece] as Uint32Array)[place] = who;
    if (this.#options.requests != null) (this.#requests[piece] as Uint32Array)[place] = request;
    this.#stored++;
  }

  #caller(line: number, who: string | number): number {
    const name = typeof who === 'string' && who.length > NAME_CHARACTERS_MAX ? digestOf(who) : who;
    const known = this.#callers.get(name);
    if (known !== undefined) return known;
    const number = this.#callers.size;
    if (number === this.#options.callersMax) {
      throw new TraceRefusal(
        'FP_TRACE_LARGE',
        { file: this.#options.file, line },
        `more than ${grouped(number)} different callers`,
        'choose a column with fewer values, or leave "who" out',
      );
    }
    this.#callers.set(typeof name === 'string' ? copyOf(name) : name, number);
    return number;
  }

  /** Whether the sample holds this row of the file: a matter of seed and row alone. */
  #isKept(row: number): boolean {
    return deriveSeed(this.#options.seed, 'trace', row) / 2 ** 53 < this.#options.keepShare;
  }

  /** Memory is used up: what is held becomes a sample, or the rest is only counted. All rows so far are held, in order. */
  #shrink(): void {
    if (this.#isSample || this.#options.keepShare >= 1) {
      this.#isFull = true;
      return;
    }
    this.#isSample = true;
    const held = this.#stored;
    this.#stored = 0;
    for (let row = 0; row < held; row++) {
      if (!this.#isKept(row)) continue;
      const piece = Math.floor(row / PIECE_ROWS);
      const place = row % PIECE_ROWS;
      const atUs = (this.#times[piece] as Float64Array)[place] as number;
      this.#store(atUs, this.#who[piece]?.[place] ?? 0, this.#requests[piece]?.[place] ?? 0);
    }
  }

  #rows(): TraceRows {
    const rows: TraceRows = {
      timesUs: new Float64Array(this.#stored),
      who: this.#options.tellsWho ? new Uint32Array(this.#stored) : null,
      ...(this.#options.requests == null ? {} : { requests: new Uint32Array(this.#stored) }),
    };
    for (let from = 0; from < this.#stored; from += PIECE_ROWS) {
      const rest = Math.min(PIECE_ROWS, this.#stored - from);
      rows.timesUs.set((this.#times[from / PIECE_ROWS] as Float64Array).subarray(0, rest), from);
      rows.who?.set((this.#who[from / PIECE_ROWS] as Uint32Array).subarray(0, rest), from);
      rows.requests?.set((this.#requests[from / PIECE_ROWS] as Uint32Array).subarray(0, rest), from);
    }
    this.#times.length = 0;
    this.#who.length = 0;
    this.#requests.length = 0;
    return rows;
  }

  #refuseUnreadable(): never {
    const { file, word } = this.#options;
    const all = grouped(this.#leftOut + this.#seen);
    const told = (tally: LineTally, what: string): string[] =>
      tally.count === 0 ? [] : [`${grouped(tally.count)} ${what} (${tally.places(word)})`];
    const parts = [...told(this.#unreadable, 'without a readable time'), ...told(this.cut, 'cut short or malformed')];
    const code: TraceFaultCode = this.#unreadable.count > 0 ? 'FP_TRACE_STAMP' : 'FP_TRACE_CUT';
    const line = this.#unreadable.first[0] ?? this.cut.first[0] ?? 1;
    const text = this.#unreadableText ?? '';
    const shown = text === '' ? '' : `; the first of these has ${JSON.stringify(text)}`;
    const hint = /[;\t|]/.test(text) ? 'columns are parted by commas (RFC 4180): export the file so' : undefined;
    throw new TraceRefusal(code, { file, line }, `of the first ${all} there are ${parts.join(' and ')}${shown}`, hint);
  }

  #orderWords(durationUs: number): string {
    const place = this.#options.word === 'entry' ? 'an entry' : 'a line';
    const words = `are earlier than ${place} above them; all were put in order`;
    // Turned round, as exports with the newest first are, or without meaning; a log is late by a request's time at most.
    const isFar = this.#lateUs > Math.min(FAR_US, FAR_SHARE * durationUs) * this.#seen;
    return isFar ? `${words}, which they were far from: see whether these are the right times` : words;
  }

  #notes(durationUs: number): string[] {
    const { file, word, isOrderFree, keepShare } = this.#options;
    const of = `of ${grouped(this.#leftOut + this.#seen)}`;
    const note = (tally: LineTally, what: string): string[] =>
      tally.count === 0 ? [] : [`${file}: ${grouped(tally.count)} ${of} ${what} (${tally.places(word)})`];
    return [
      ...note(this.#unreadable, 'have no readable time and were left out'),
      ...note(
        this.cut,
        this.#leftOut === this.#unreadable.count
          ? 'are cut short and were read as far as they go'
          : 'are cut short or malformed and were left out',
      ),
      ...(isOrderFree ? [] : note(this.#unsorted, this.#orderWords(durationUs))),
      ...note(this.#repeated, 'are of the same moment as the one before'),
      ...(this.#minutes.size === 1 && durationUs > HOURS_TOLD * 60 * MINUTE_US
        ? [`${file}: all its times are in one and the same minute of the hour: see whether these are the right times`]
        : []),
      ...(this.#isSample ? [`${file}: too large for memory, so a sample of ${keepShare * 100} % was loaded`] : []),
    ];
  }
}

/** In memory that threads share. */
function shared(numbers: Uint32Array): Uint32Array {
  const copy = new Uint32Array(new SharedArrayBuffer(numbers.byteLength));
  copy.set(numbers);
  return copy;
}

/** The same text in memory of its own: a text cut out of another keeps all of that one, here a whole piece of the file. */
function copyOf(name: string): string {
  return Buffer.from(name, 'utf16le').toString('utf16le');
}

function digestOf(name: string): string {
  return createHash('sha256').update(name, 'utf16le').digest('base64');
}

/** The same callers under numbers from 0 in the order in which they come first. */
function inOrderOfAppearance(who: Uint32Array, callers: number): Uint32Array {
  const names = new Uint32Array(new SharedArrayBuffer(who.byteLength));
  const numbers = new Int32Array(callers).fill(-1);
  let next = 0;
  for (let i = 0; i < who.length; i++) {
    const caller = who[i] as number;
    if (numbers[caller] === -1) numbers[caller] = next++;
    names[i] = numbers[caller] as number;
  }
  return names;
}
