/** How fields of signed requests are read and written: each has one spelling, so that what is verified is what was signed. */
import type { Malformed, Received } from './profile.js';

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

/** Values of the parameter as they stand in a query or a form, not decoded; a name without `=` has the value ''. */
export function parameterValues(text: string, name: string): string[] {
  if (!text.includes(name)) return [];
  const start = `${name}=`;
  const parts = text.split('&').filter((part) => part === name || part.startsWith(start));
  return parts.map((part) => part.slice(start.length));
}

/** Whether the body is said to be a form, `a=1&b=2`. */
export function isForm({ headers }: Pick<Received, 'headers'>): boolean {
  return isFormType(oneHeader(headers, 'content-type'));
}

export function isFormType(contentType: string | null): boolean {
  if (contentType === null) return false;
  return (contentType.split(';', 1)[0] as string).trim().toLowerCase() === 'application/x-www-form-urlencoded';
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
