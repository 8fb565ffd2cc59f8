/**
 * Lines of a log whose format is a text with variables in it, as nginx writes it: `$remote_addr [$time_local] "$request"`.
 *
 * A variable goes up to the text that follows it in the format. Between quotes it goes up to the quote that no backslash
 * precedes, since servers escape quotes within. A line must be used up by the format: of one that a caller has stretched, by
 * a name with brackets and quotes of its own, nothing is believed.
 */
import { FloodproofError } from '../errors.js';
import type { FieldPlaces, LogFields } from './log-fields.js';

const QUOTE = 34;
const BACKSLASH = 92;
const DASH = 45;

interface Variable {
  readonly name: string;
  /** What follows it; empty: the end of the line. */
  readonly until: Buffer;
  readonly isQuoted: boolean;
}

interface Parts {
  readonly before: Buffer;
  readonly variables: readonly Variable[];
}

/** @throws {FloodproofError} FP_USAGE when no line can be read by it. */
function partsOf(format: string): Parts {
  const pattern = /\$(?:\{([a-z0-9_]+)\}|([a-z0-9_]+))/gi;
  const found = [...format.matchAll(pattern)];
  const wrong = (message: string): FloodproofError =>
    new FloodproofError('FP_USAGE', `the log format ${message}`, {
      hint: 'write it as nginx has it in log_format, for example \'$remote_addr [$time_local] "$request" $status\'',
    });
  if (found.length === 0) throw wrong('names no variable');
  const variables = found.map((match, index): Variable => {
    const name = match[1] ?? match[2] ?? '';
    const start = match.index + match[0].length;
    const until = format.slice(start, found[index + 1]?.index);
    if (until === '' && index < found.length - 1) {
      throw wrong(`has nothing between $${name} and the variable behind it, so nobody can tell where one ends`);
    }
    const isQuoted = format[match.index - 1] === '"' && until.startsWith('"');
    return { name, until: Buffer.from(until, 'latin1'), isQuoted };
  });
  const repeated = variables.find(({ name }, index) => variables.findIndex((other) => other.name === name) < index);
  if (repeated !== undefined) throw wrong(`names $${repeated.name} twice`);
  return { before: Buffer.from(format.slice(0, found[0]?.index), 'latin1'), variables };
}

export class TextFormat implements LogFields {
  readonly names: readonly string[];
  readonly places: FieldPlaces;
  readonly #before: Buffer;
  readonly #variables: readonly Variable[];
  #bytes: Buffer = Buffer.alloc(0);

  constructor(format: string) {
    const { before, variables } = partsOf(format);
    this.#before = before;
    this.#variables = variables;
    this.names = variables.map(({ name }) => name);
    this.places = { starts: new Int32Array(this.names.length), ends: new Int32Array(this.names.length) };
  }

  read(bytes: Buffer, start: number, end: number): boolean {
    const variables = this.#variables;
    const { starts, ends } = this.places;
    this.#bytes = bytes;
    if (!standsAt(bytes, start, end, this.#before)) return false;
    let at = start + this.#before.length;
    for (let index = 0; index < variables.length; index++) {
      const { until, isQuoted } = variables[index] as Variable;
      const to = until.length === 0 ? end : isQuoted ? quoteIn(bytes, at, end) : find(bytes, at, end, until);
      if (to < 0 || (isQuoted && !standsAt(bytes, to, end, until))) return false;
      starts[index] = at;
      // A dash stands for nothing.
      ends[index] = to - at === 1 && bytes[at] === DASH ? at : to;
      at = to + until.length;
    }
    return at === end;
  }

  text(field: number): string | null {
    const start = this.places.starts[field] as number;
    const end = this.places.ends[field] as number;
    return start === end ? null : this.#bytes.toString('latin1', start, end);
  }
}

function standsAt(bytes: Buffer, at: number, end: number, text: Buffer): boolean {
  const size = text.length;
  if (at + size > end) return false;
  for (let index = 0; index < size; index++) if (bytes[at + index] !== text[index]) return false;
  return true;
}

/** Where `text` stands first; -1 = nowhere. */
function find(bytes: Buffer, from: number, end: number, text: Buffer): number {
  const first = text[0];
  const isOne = text.length === 1;
  // The way is short: a call of indexOf would take longer than the walk.
  for (let at = from; at < end; at++) {
    if (bytes[at] === first && (isOne || standsAt(bytes, at, end, text))) return at;
  }
  return -1;
}

function quoteIn(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return -1;
}
