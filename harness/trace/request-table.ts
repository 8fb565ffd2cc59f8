/** The different requests of one recording in CSV, each once, within a stated memory. */
import type { IntentMethod } from '../actors/actor.js';
import type { RecordedRequest } from '../actors/recorded-requests.js';
import { requestClasses } from '../scenario/plan.js';
import { TraceRefusal } from './faults.js';
import { grouped } from './line-tally.js';

/** Columns of a recording of requests, whatever others it has. A row whose class is empty asks nothing. */
export const requestColumns = ['class', 'method', 'path', 'type', 'body'] as const;
/** One field for each of `requestColumns`, in their order. */
export type RequestFields = readonly [requestClass: string, method: string, path: string, type: string, body: string];

export const recordedMethods: ReadonlySet<string> = new Set<IntentMethod>([
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'HEAD',
  'OPTIONS',
]);
/** What may stand in a request line: no blank, no control character, nothing beyond ASCII. */
const pathForm = /^\/[\x21-\x7e]*$/;
const typeForm = /^[\x20-\x7e]{1,256}$/;
/** As many as an observation can tell. */
const ELEMENTS_MAX = 65_535;

const DISTINCT_MAX = 2 ** 20;
/** Each worker thread has a copy. */
const CHARACTERS_MAX = 64 * 2 ** 20;

export class RequestTable {
  readonly distinct: (RecordedRequest | null)[] = [];
  readonly #file: string;
  readonly #numbers = new Map<string, number>();
  #characters = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * The number of the request that a line holds.
   * @throws {TraceRefusal} FP_TRACE_FORMAT for one that can't be sent, FP_TRACE_LARGE for too many different ones.
   */
  numberOf(line: number, fields: RequestFields): number {
    const key = fields.join('\n');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.distinct.length;
    this.#characters += key.length;
    if (number === DISTINCT_MAX || this.#characters > CHARACTERS_MAX) {
      const message = `more than ${grouped(number)} different requests, or ${grouped(CHARACTERS_MAX)} characters of them`;
      const hint = 'record a shorter stretch, or leave bodies out';
      throw new TraceRefusal('FP_TRACE_LARGE', { file: this.#file, line }, message, hint);
    }
    this.distinct.push(this.#read(line, fields));
    this.#numbers.set(key, number);
    return number;
  }

  #read(line: number, [name, method, path, type, body]: RequestFields): RecordedRequest | null {
    if (name === '') return null;
    const requestClass = (requestClasses as readonly string[]).indexOf(name);
    if (requestClass < 0) this.#refuse(line, 'class', name, `the classes are ${requestClasses.join(', ')}`);
    if (!recordedMethods.has(method))
      this.#refuse(line, 'method', method, `it is one of ${[...recordedMethods].join()}`);
    if (!pathForm.test(path)) this.#refuse(line, 'path', path, 'it begins with "/" and is percent-encoded');
    if (type !== '' && !typeForm.test(type)) this.#refuse(line, 'type', type, 'it is a media type');
    return {
      requestClass,
      method: method as IntentMethod,
      path,
      body: body === '' ? null : body,
      contentType: type === '' || body === '' || isJsonType(type) ? null : type,
      elements: name === 'order.place' ? elementsOf(body) : 1,
    };
  }

  #refuse(line: number, column: string, text: string, hint: string): never {
    const shown = JSON.stringify(text.slice(0, 40));
    throw new TraceRefusal('FP_TRACE_FORMAT', { file: this.#file, line }, `no such ${column}: ${shown}`, hint);
  }
}

/** Plain JSON, as it is sent where nothing else is said. */
function isJsonType(type: string): boolean {
  return type.toLowerCase() === 'application/json';
}

/** A batch is a JSON array of orders. */
function elementsOf(body: string): number {
  if (!body.startsWith('[')) return 1;
  try {
    const orders: unknown = JSON.parse(body);
    return Array.isArray(orders) ? Math.min(Math.max(1, orders.length), ELEMENTS_MAX) : 1;
  } catch {
    return 1;
  }
}
