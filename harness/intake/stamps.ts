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
/** "." less "0". */
const POINT = -2;

/** Reads a plain number of a unit. What was read stands in the fields until the next call. */
export class NumberReader {
  /** Whole microseconds; what is finer is cut off. */
  us = 0;
  grainUs = 1;
  readonly #digits: number;

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
    let value = 0;
    let digits = 0;
    let point = -1;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at) - 48;
      if (code >= 0 && code <= 9) {
        if (point >= 0 && digits - point >= this.#digits) continue;
        value = value * 10 + code;
        digits++;
      } else if (code === POINT && point < 0 && digits > 0) point = digits;
      else return false;
    }
    if (digits === 0) return false;
    this.grainUs = 10 ** (this.#digits - (point < 0 ? 0 : digits - point));
    this.us = value * this.grainUs;
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
  #text = '';
  #isReadable = false;

  constructor(options: StampOptions) {
    this.#options = options;
    this.#number = new NumberReader(options.unit);
  }

  /** @returns whether it is a time of the form that is named. */
  read(text: string): boolean {
    if (text === this.#text) return this.#isReadable;
    this.#text = text;
    this.#isReadable = this.#parse(text);
    return this.#isReadable;
  }

  #parse(text: string): boolean {
    const { form, rounding } = this.#options;
    let atUs: number | null;
    let grainUs = SECOND_US;
    if (form === 'number') {
      atUs = this.#number.read(text) ? this.#number.us : null;
      grainUs = this.#number.grainUs;
    } else if (form === 'clf') atUs = accessLogUs(text);
    else {
      atUs = this.#isoUs(text);
      grainUs = isoGrainUs(text);
    }
    if (atUs === null) return false;
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
