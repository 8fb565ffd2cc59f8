/** Ratios and whole numbers of files. */
import { accepted, complained, type Parsed, show } from './faults.js';

export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

const percentPattern = /^(\d{1,9}(?:\.\d{1,9})?) ?%$/;

/** "0.1%" or 0.001. A number above 1 is taken for a forgotten percent sign. */
export function parseRatio(input: unknown, range: NumberRange = { min: 0, max: 1 }): Parsed<number> {
  const match = typeof input === 'string' ? percentPattern.exec(input.trim()) : null;
  const value = match === null ? input : Number(match[1]) / 100;
  if (typeof value !== 'number' || Number.isNaN(value)) {
    return complained('FP_RATIO_INVALID', `must be a ratio, got ${show(input)}`);
  }
  if (value < range.min || value > range.max) {
    const hint = typeof input === 'number' && value > 1 && value <= 100 ? `write "${value}%"` : undefined;
    const wanted = `${formatRatio(range.min)} to ${formatRatio(range.max)}`;
    return complained('FP_RATIO_INVALID', `must be ${wanted}, got ${show(input)}`, hint);
  }
  return accepted(value);
}

/** A whole number; text such as "100" or "1_000" is not one. */
export function parseCount(input: unknown, range: NumberRange): Parsed<number> {
  if (typeof input !== 'number' || !Number.isFinite(input)) {
    return complained('FP_COUNT_INVALID', `must be a whole number, got ${show(input)}`);
  }
  if (!Number.isInteger(input)) return complained('FP_COUNT_INVALID', `must be a whole number, got ${input}`);
  if (input < range.min || input > range.max) {
    return complained('FP_COUNT_RANGE', `must be ${range.min} to ${range.max}, got ${input}`);
  }
  return accepted(input);
}

/** Any number in range; text such as "100" is not one. */
export function parseNumber(input: unknown, range: NumberRange): Parsed<number> {
  if (typeof input !== 'number' || !Number.isFinite(input)) {
    return complained('FP_NUMBER_INVALID', `must be a number, got ${show(input)}`);
  }
  if (input < range.min || input > range.max) {
    return complained('FP_NUMBER_RANGE', `must be ${range.min} to ${range.max}, got ${input}`);
  }
  return accepted(input);
}

const ppmPattern = /^(-?\d{1,9}(?:\.\d{1,6})?) ?ppm$/;
/** A clock that is a tenth too fast or too slow is broken, not drifting. */
const PPM_MAX = 100_000;

/** How far a clock runs off: "50ppm" ahead, "-50ppm" behind. */
export function parsePpm(input: unknown): Parsed<number> {
  const match = typeof input === 'string' ? ppmPattern.exec(input.trim()) : null;
  if (match === null) {
    return complained(
      'FP_NUMBER_INVALID',
      `must be parts per million, got ${show(input)}`,
      'write for example "50ppm"',
    );
  }
  const ppm = Number(match[1]);
  if (Math.abs(ppm) > PPM_MAX) {
    return complained('FP_NUMBER_RANGE', `must be -${PPM_MAX}ppm to ${PPM_MAX}ppm, got ${show(input)}`);
  }
  return accepted(ppm);
}

/** 0.001 is "0.1%". Rounded to twelve digits, which hides the error of the multiplication. */
export function formatRatio(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(12))}%`;
}
