/**
 * Whether the fields of a received request have their one spelling. What a profile verifies must be what was signed, so
 * a field that is missing, came twice, or has blanks, signs or leading zeros is none.
 */
import type { Malformed, Received, Unsigned } from './profile.js';

type Field = string | readonly string[] | undefined;

/** 2^53 - 1 microseconds. A timestamp written in a finer unit by mistake is above it. */
export const TIMESTAMP_MS_MAX = 9_007_199_254_740;
export const TIMESTAMP_S_MAX = 9_007_199_254;

const FIELD_CHARS_MAX = 256;
const MS_DIGITS_MAX = 16;
/** Ten digits, a dot and nine decimals. */
const DECIMAL_CHARS_MAX = 20;

/** The field when it came once as 1 to 256 visible ASCII characters, else null. */
export function visibleField(field: Field): string | null {
  if (typeof field !== 'string' || field.length > FIELD_CHARS_MAX || !/^[\x21-\x7e]+$/.test(field)) return null;
  return field;
}

/** The number when the field is its one canonical spelling and at most `max`, else -1. */
export function wholeNumberField(field: Field, max: number): number {
  if (typeof field !== 'string' || field.length > MS_DIGITS_MAX || !/^(?:0|[1-9][0-9]*)$/.test(field)) return -1;
  const value = Number(field);
  return value <= max ? value : -1;
}

/**
 * Whole microseconds of a number of seconds since 1970 that may have up to nine decimals, as venues take it whose clients
 * send what `time.time()` says; -1 for everything else. What is finer than a microsecond is cut off.
 */
export function decimalSecondsField(field: Field): number {
  if (typeof field !== 'string' || field.length > DECIMAL_CHARS_MAX) return -1;
  const parts = /^(0|[1-9][0-9]*)(?:\.([0-9]{1,9}))?$/.exec(field);
  if (parts === null) return -1;
  const seconds = Number(parts[1]);
  if (seconds > TIMESTAMP_S_MAX - 1) return -1;
  return seconds * 1_000_000 + Number((parts[2] ?? '').padEnd(6, '0').slice(0, 6));
}

/** The field when it came once and the whole of it is of the pattern, else null. */
export function patternField(field: Field, pattern: RegExp): string | null {
  return typeof field === 'string' && pattern.test(field) ? field : null;
}

/** MACs as text. The last sign of base64 may hold no bits that mean nothing, or one MAC would have several spellings. */
export const base64OfSha256 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
/** Hex is taken in either case: every venue that writes hex decodes it. */
export const hexOfSha256 = /^[0-9a-fA-F]{64}$/;
export const hexOfSha512 = /^[0-9a-fA-F]{128}$/;

export function malformedField(name: string, wanted: string): Malformed {
  return { malformed: `${name} must be given once: ${wanted}` };
}

export const VISIBLE = '1 to 256 visible characters';
export const MILLISECONDS = 'whole milliseconds since 1970, digits only';
export const SECONDS = 'whole seconds since 1970, digits only';
export const DECIMAL_SECONDS = 'seconds since 1970, with at most nine decimals';
export const BASE64_SHA256 = '44 characters of base64';
export const HEX_SHA256 = '64 hex digits';
export const HEX_SHA512 = '128 hex digits';

/** What is wrong with method and path, null = nothing: both must have one spelling, too. */
export function requestLineFault({ method, path }: Pick<Received, 'method' | 'path'>): Malformed | null {
  if (!/^[A-Z]{1,20}$/.test(method)) return { malformed: 'the method must be upper-case letters' };
  if (!/^\/[\x21-\x7e]*$/.test(path)) {
    return { malformed: 'the path must start with / and be visible ASCII; percent-encode the rest' };
  }
  return null;
}

/** @throws {RangeError} when method or path can't stand in a request line. */
export function demandRequestLine(request: Pick<Unsigned, 'method' | 'path'>): void {
  const fault = requestLineFault(request);
  if (fault !== null) throw new RangeError(fault.malformed);
}

export const KEY_ID_CHARS_MAX = 256;
/** 2^53 - 1 microseconds as milliseconds: a stamp written in microseconds by mistake is above it. */
export const STAMP_MS_MAX = 9_007_199_254_740;
/** 2^64 - 1. */
const NONCE_MAX = 18_446_744_073_709_551_615n;
const NONCE_DIGITS_MAX = 20;

/** The header's value, or null when it is missing or came more than once. */
export function oneHeader(headers: Received['headers'], name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

/** @param wanted - in words, behind `must be given once:`. */
export function malformed(field: string, wanted: string): Malformed {
  return { malformed: `${field} must be given once: ${wanted}` };
}

/** Whether the text is 1 to `charsMax` visible ASCII characters. */
export function isVisible(text: string | null, charsMax: number): text is string {
  return text !== null && text.length <= charsMax && /^[\x21-\x7e]+$/.test(text);
}

/** The number, or -1 when the text is not its one spelling in digits or is above `max`, which is below 10^16. */
export function readWholeNumber(text: string | null, max: number): number {
  if (text === null || text.length > 16 || !/^(?:0|[1-9][0-9]*)$/.test(text)) return -1;
  const value = Number(text);
  return value <= max ? value : -1;
}

/** The nonce, unsigned 64 bits at most, or null when the text is not its one spelling in digits. */
export function readNonce(text: string | null, max = NONCE_MAX): bigint | null {
  if (text === null || text.length > NONCE_DIGITS_MAX || !/^(?:0|[1-9][0-9]*)$/.test(text)) return null;
  const value = BigInt(text);
  return value <= max ? value : null;
}

/** Why method and path can't be part of a signed text, null when they can. */
export function unsignable({ method, path }: Pick<Received, 'method' | 'path'>): Malformed | null {
  if (!/^[A-Z]{1,20}$/.test(method)) return { malformed: 'the method must be upper-case letters' };
  if (/^\/[\x21-\x7e]*$/.test(path)) return null;
  return { malformed: 'the path must start with / and be visible ASCII; percent-encode the rest' };
}

/** The path without its query. */
export function barePath(path: string): string {
  const mark = path.indexOf('?');
  return mark < 0 ? path : path.slice(0, mark);
}

/** The query without its question mark, '' when there is none. */
export function queryOf(path: string): string {
  const mark = path.indexOf('?');
  return mark < 0 ? '' : path.slice(mark + 1);
}

const endings = Array.from({ length: 1_000 }, (_, ending) => String(1_000 + ending).slice(1));
// The seconds that were written last: most stamps of a busy sender share theirs, and writing them takes longest.
let lastSeconds = -1;
let lastSecondsText = '';

/**
 * Whole milliseconds since 1970 in digits, from the microseconds of a stamp.
 *
 * @throws {RangeError} for a time before 1970 or beyond 2^53 - 1 microseconds.
 */
export function stampMsText(nowUs: number): string {
  if (!(nowUs >= 0 && nowUs <= Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`nowUs must be 0 to 2^53 - 1 microseconds, got ${nowUs}`);
  }
  const ms = Math.floor(nowUs / 1_000);
  const seconds = Math.floor(ms / 1_000);
  if (seconds !== lastSeconds) {
    lastSeconds = seconds;
    lastSecondsText = seconds === 0 ? '' : String(seconds);
  }
  return seconds === 0 ? String(ms) : lastSecondsText + (endings[ms - seconds * 1_000] as string);
}
