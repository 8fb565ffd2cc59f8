/** Traces in CSV (RFC 4180): the first line names the columns, one of them is the time. */
import { TraceRefusal } from './faults.js';
import { type RequestFields, type RequestTable, requestColumns } from './request-table.js';
import { StampReader } from './stamp.js';
import { LINE_CHARACTERS_MAX, type TextLine, textLines } from './text-lines.js';
import type { TraceBook } from './trace-book.js';

export interface CsvColumns {
  /** null = the first. */
  readonly timeColumn: string | null;
  /** null = nobody is told apart. */
  readonly whoColumn: string | null;
  /** Where what was asked goes; null or left out = it is not wanted. */
  readonly requests?: RequestTable | null;
}

interface Layout {
  readonly columns: number;
  readonly time: number;
  /** -1 = none. */
  readonly who: number;
  /** Of `requestColumns`; null = they are not wanted. */
  readonly request: readonly number[] | null;
  readonly stamps: StampReader;
}

/**
 * Reads the rows of a file into `book`. A file without a line of names can be read by its first column: its first line is
 * a row when a time stands in front.
 *
 * @throws {TraceRefusal}
 */
export async function readCsv(file: string, wanted: CsvColumns, book: TraceBook): Promise<void> {
  let layout: Layout | null = null;
  const take = ({ text, line }: TextLine): void => {
    const fields = csvFields(text);
    if (layout === null) {
      const { isHeader, ...found } = layoutOf(file, fields, wanted);
      layout = found;
      if (isHeader) return;
    }
    if (fields === null || fields.length !== layout.columns) {
      leaveOutLines(book, line, linesOf(text));
      return;
    }
    const stamp = fields[layout.time] as string;
    const atUs = layout.stamps.read(stamp);
    if (atUs === null) book.leaveOut(line, 'stamp', stamp);
    else book.add(line, atUs, layout.who < 0 ? null : (fields[layout.who] as string), numberOf(line, fields, layout));
  };
  const numberOf = (line: number, fields: readonly string[], { request }: Layout): number => {
    if (request === null || wanted.requests == null) return 0;
    return wanted.requests.numberOf(line, request.map((index) => fields[index]) as unknown as RequestFields);
  };
  const records = new RecordJoiner(file);
  for await (const lines of textLines(file, 'utf-8')) {
    for (const line of lines) {
      const record = records.join(line);
      if (record !== null && record.text !== '') take(record);
    }
  }
  // The end of the file cut it.
  if (records.openLine !== null) leaveOutLines(book, records.openLine, records.openLines);
  book.stampForm = (layout as Layout | null)?.stamps.form ?? null;
}

/** A quote too many swallows lines up to the next one: each of them is lost, and counts. */
function leaveOutLines(book: TraceBook, first: number, count: number): void {
  for (let line = first; line < first + count; line++) book.leaveOut(line, 'cut');
}

function linesOf(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Puts lines together that a quoted line end has parted. */
class RecordJoiner {
  readonly #file: string;
  readonly #parts: string[] = [];
  #characters = 0;
  #firstLine = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Where the record begins whose quotes are still open; null = none. */
  get openLine(): number | null {
    return this.#parts.length === 0 ? null : this.#firstLine;
  }

  get openLines(): number {
    return this.#parts.length;
  }

  /** The record that ends with this line; null = its quotes are still open. */
  join(next: TextLine): TextLine | null {
    const isTurning = next.text.includes('"') && quotes(next.text) % 2 === 1;
    if (this.#parts.length === 0) {
      if (!isTurning) return next;
      this.#firstLine = next.line;
      this.#characters = 0;
    }
    this.#parts.push(next.text);
    this.#characters += next.text.length + 1;
    if (isTurning && this.#parts.length > 1) {
      const text = this.#parts.join('\n');
      this.#parts.length = 0;
      return { text, line: this.#firstLine };
    }
    if (this.#characters > LINE_CHARACTERS_MAX) {
      const place = { file: this.#file, line: this.#firstLine };
      throw new TraceRefusal('FP_TRACE_FORMAT', place, 'a quote is opened and not closed within a million characters');
    }
    return null;
  }
}

function quotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
}

/** The fields of one record; null = its quotes are not as RFC 4180 has them. */
export function csvFields(record: string): readonly string[] | null {
  if (!record.includes('"')) return record.split(',');
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (record[at] === '"') {
      let end = record.indexOf('"', at + 1);
      while (end >= 0 && record[end + 1] === '"') end = record.indexOf('"', end + 2);
      if (end < 0) return null;
      fields.push(record.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
      if (at === record.length) return fields;
      if (record[at] !== ',') return null;
    } else {
      const comma = record.indexOf(',', at);
      const field = record.slice(at, comma < 0 ? record.length : comma);
      if (field.includes('"')) return null;
      fields.push(field);
      if (comma < 0) return fields;
      at = comma;
    }
    at++;
  }
}

function layoutOf(
  file: string,
  first: readonly string[] | null,
  { timeColumn, whoColumn, requests = null }: CsvColumns,
): Layout & { readonly isHeader: boolean } {
  if (first === null) throw new TraceRefusal('FP_TRACE_FORMAT', { file, line: 1 }, 'the first line is no line of CSV');
  const isHeader = timeColumn !== null || new StampReader(null).read(first[0] as string) === null;
  const names = first.map((name) => name.trim());
  if (!isHeader && (whoColumn !== null || requests !== null)) {
    throw new TraceRefusal(
      'FP_TRACE_COLUMN',
      { file, line: 1 },
      `the first line names no columns, so there is no "${whoColumn ?? requestColumns[0]}"`,
    );
  }
  const place = (name: string): number => {
    const index = names.indexOf(name);
    if (index >= 0) return index;
    const known = names.map((other) => `"${other}"`).join(', ');
    throw new TraceRefusal('FP_TRACE_COLUMN', { file, line: 1 }, `there is no column "${name}", but ${known}`);
  };
  return {
    isHeader,
    columns: first.length,
    time: timeColumn === null ? 0 : place(timeColumn),
    who: whoColumn === null ? -1 : place(whoColumn),
    request: requests === null ? null : requestColumns.map(place),
    stamps: new StampReader(isHeader ? (timeColumn ?? (names[0] as string)) : null),
  };
}
