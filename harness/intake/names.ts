/** Numbers for the texts of a log that limits count by: addresses, accounts, keys. */
import { FloodproofError } from '../errors.js';
import { grouped } from '../trace/line-tally.js';

/** Of one kind at most: some 120 bytes each, and the judge keeps as many counters. */
const NAMES_MAX = 4_000_000;

export class Names {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #what: string;
  readonly #max: number;

  /** @param what - what they are, in the plural: for the message when there are too many. */
  constructor(what: string, max = NAMES_MAX) {
    this.#what = what;
    this.#max = max;
  }

  /** @throws {FloodproofError} FP_LOG_UNREADABLE for more than there may be. */
  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.length;
    if (number === this.#max) {
      throw new FloodproofError('FP_LOG_UNREADABLE', `the log has more than ${grouped(number)} ${this.#what}`, {
        hint: 'judge a shorter stretch of it, or name in the map a field with fewer values',
      });
    }
    this.texts.push(text);
    this.#numbers.set(text, number);
    return number;
  }
}
