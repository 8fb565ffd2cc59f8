/**
 * Times and durations of a log as whole microseconds, each with the grain in which it is written: the digits behind the point
 * say how much of the true moment was cut off.
 */
import { accessLogUs, StampReader } from '../trace/stamp.js';

export type StampForm = 'clf' | 'iso' | 'number';
export type TimeUnit = 's' | 'ms' | 'us' | 'ns';
/** How a time was made shorter than its clock: cut off, taken to the nearest, or nobody knows which. */
export type Rounding = 'down' | 'nearest' | 'either';

/** Digits behind the point that make microseconds of it. */
const digitsOf: Readonly<Record<TimeUnit, number>> = { s: 6, ms: 3, us: 0, ns: -3 };
const SECOND_US = 1_000_000;
/** Microseconds of a unit, by the digits that are left of six behind a second's point. */
const grains = [1, 10, 100, 1000, 10_000, 100_000, SECOND_US] as const;
/** A text of more bytes is read anew each time. */
const REMEMBERED_BYTES = 64;
/** "." less "0". */
const POINT = -2;

/** Reads a plain number of a unit. What was read stands in the fields until the next call. */
export class NumberReader {
  /** Whole microseconds; what is finer is cut off. */
  us = 0;
  grainUs = 1;
  readonly #digits: number;
  #value = 0;
  #count = 0;
  /** How many digits stand before the point; -1 = there is none yet. */
  #point = -1;

  constructor(unit: TimeUnit) {
    this.#digits = digitsOf[unit];
  }

  /** @returns whether it is a number of at least 0 that can be read exactly. */
  read(text: string): boolean {
    // Nanoseconds of today are more than a double holds: their last three digits are cut off as text.
    if (this.#digits < 0) {
      const whole = /^(\d{1,19})(?:\.\d*)?$/.exec(text)?.[1];
      if (whole === undefined) return false;
      this.us = Number(whole.slice(0, this.#digits) || '0');
      return this.us <= Number.MAX_SAFE_INTEGER;
    }
    this.#begin();
    for (let at = 0; at < text.length; at++) if (!this.#take(text.charCodeAt(at))) return false;
    return this.#finish();
  }

  /** The same of the bytes from `start` to just before `end`. */
  readBytes(bytes: Buffer, start: number, end: number): boolean {
    if (this.#digits < 0) return this.read(bytes.toString('latin1', start, end));
    this.#begin();
    for (let at = start; at < end; at++) if (!this.#take(bytes[at] as number)) return false;
    return this.#finish();
  }

  #begin(): void {
    this.#value = 0;
    this.#count = 0;
    this.#point = -1;
  }

  /** @returns whether it can belong to a number. */
  #take(character: number): boolean {
    const code = character - 48;
    if (code >= 0 && code <= 9) {
      if (this.#point >= 0 && this.#count - this.#point >= this.#digits) return true;
      this.#value = this.#value * 10 + code;
      this.#count++;
      return true;
    }
    if (code !== POINT || this.#point >= 0 || this.#count === 0) return false;
    this.#point = this.#count;
    return true;
  }

  #finish(): boolean {
    if (this.#count === 0) return false;
    this.grainUs = grains[this.#digits - (this.#point < 0 ? 0 : this.#count - this.#point)] as number;
    this.us = this.#value * this.grainUs;
    return this.us <= Number.MAX_SAFE_INTEGER;
  }
}

export interface StampOptions {
  readonly form: StampForm;
  /** Of numbers. */
  readonly unit: TimeUnit;
  /** Minutes east of Greenwich, for times that name no zone. */
  readonly zoneMinutes: number;
  /** Of the clock, where it is coarser than the digits; 0 = it is not. */
  readonly grainUs: number;
  readonly rounding: Rounding;
}

/** Reads the times of one log; the same text as before is not read again. */
export class LogStamps {
  /** The first and the last microsecond in which the true moment can lie. */
  firstUs = 0;
  lastUs = 0;
  /** The coarsest grain of any time so far. */
  grainUsMax = 0;
  readonly #options: StampOptions;
  readonly #number: NumberReader;
  readonly #iso = new StampReader(null);
  #text: string | null = null;
  #isReadable = false;
  readonly #bytes = new Uint8Array(REMEMBERED_BYTES);
  #size = 0;

  constructor(options: StampOptions) {
    this.#options = options;
    this.#number = new NumberReader(options.unit);
  }

  /** @returns whether it is a time of the form that is named. */
  read(text: string): boolean {
    if (text === this.#text) return this.#isReadable;
    this.#text = text;
    this.#size = 0;
    this.#isReadable = this.#parse(text);
    return this.#isReadable;
  }

  /** The same of the bytes from `start` to just before `end`, taken as latin1. */
  readBytes(bytes: Buffer, start: number, end: number): boolean {
    if (this.#options.form === 'number') {
      this.#text = null;
      return this.#number.readBytes(bytes, start, end) && this.#settle(this.#number.us, this.#number.grainUs);
    }
    if (this.#isSame(bytes, start, end)) return this.#isReadable;
    const isReadable = this.read(bytes.toString('latin1', start, end));
    this.#size = Math.min(end - start, REMEMBERED_BYTES);
    for (let at = 0; at < this.#size; at++) this.#bytes[at] = bytes[start + at] as number;
    return isReadable;
  }

  #isSame(bytes: Buffer, start: number, end: number): boolean {
    const size = end - start;
    // One that is longer was not remembered to its end.
    if (size !== this.#size || size === 0 || size === REMEMBERED_BYTES) return false;
    const known = this.#bytes;
    for (let at = 0; at < size; at++) if (known[at] !== bytes[start + at]) return false;
    return true;
  }

  #parse(text: string): boolean {
    const { form } = this.#options;
    if (form === 'number') return this.#number.read(text) && this.#settle(this.#number.us, this.#number.grainUs);
    const atUs = form === 'clf' ? accessLogUs(text) : this.#isoUs(text);
    return atUs !== null && this.#settle(atUs, form === 'clf' ? SECOND_US : isoGrainUs(text));
  }

  #settle(atUs: number, digitsUs: number): true {
    const { rounding } = this.#options;
    let grainUs = digitsUs;
    // A clock that ticks in a grain of its own may have ticked last a grain ago, and its digits are cut off besides.
    if (this.#options.grainUs > grainUs) grainUs += this.#options.grainUs;
    this.grainUsMax = Math.max(this.grainUsMax, grainUs);
    this.firstUs = rounding === 'down' ? atUs : atUs - Math.ceil(grainUs / 2);
    this.lastUs =
      atUs + (rounding === 'down' ? grainUs - 1 : rounding === 'nearest' ? Math.ceil(grainUs / 2) : grainUs);
    return true;
  }

  #isoUs(text: string): number | null {
    if (text.charCodeAt(4) !== 45) return null;
    const atUs = this.#iso.read(text);
    if (atUs === null) return null;
    return /(?:[zZ]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$/.test(text.slice(10))
      ? atUs
      : atUs - this.#options.zoneMinutes * 60 * SECOND_US;
  }
}

function isoGrainUs(text: string): number {
  const digits = /[.,](\d+)/.exec(text)?.[1]?.length ?? 0;
  // Without seconds at all it is a minute.
  if (digits === 0 && !/:\d{2}:/.test(text)) return 60 * SECOND_US;
  return 10 ** Math.max(0, 6 - digits);
}
