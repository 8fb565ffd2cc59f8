/**
 * Whether the fields of a received request have their one spelling. What a profile verifies must be what was signed, so
 * a field that is missing, came twice, or has blanks, signs or leading zeros is none.
 */
import type { Malformed, Received, Unsigned } from '../profile.js';

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

/** The field when it came once as 1 to 256 visible ASCII characters with blanks between them, else null. */
export function wordsField(field: Field): string | null {
  if (typeof field !== 'string' || field.length > FIELD_CHARS_MAX) return null;
  return /^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/.test(field) ? field : null;
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
export const hexOfSha384 = /^[0-9a-fA-F]{96}$/;
export const base64OfSha512 = /^[A-Za-z0-9+/]{85}[AQgw]==$/;
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
export const HEX_SHA384 = '96 hex digits';
export const BASE64_SHA512 = '88 characters of base64';
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

/** 2^64 - 1. */
const NONCE_MAX = 18_446_744_073_709_551_615n;
const NONCE_DIGITS_MAX = 20;

/** The nonce, unsigned 64 bits unless `max` says less; null when the field is not its one spelling in digits. */
export function nonceField(field: Field, max = NONCE_MAX): bigint | null {
  if (typeof field !== 'string' || field.length > NONCE_DIGITS_MAX || !/^(?:0|[1-9][0-9]*)$/.test(field)) return null;
  const value = BigInt(field);
  return value <= max ? value : null;
}
