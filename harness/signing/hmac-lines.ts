/**
 * The general signing profile: an HMAC over lines of text, sign and verify side by side.
 *
 * Covered by the signature: timestamp, nonce, key id, the window that the request asks for, method, path with query as
 * it stands in the request line, and the body, byte for byte. Not covered: host, user agent, content type and every
 * other header. Each field stands on a line of its own and none of them can hold a line feed, except the body, which
 * is last: no character can move over a boundary and keep the signature (`a=1` + `b=2` is never `a=1b=2`).
 *
 * The MAC itself is made elsewhere: the signing side gets a function, the verifying side hands the text to a gate.
 */
import type { AuthSpec } from '../core/spec.js';

export const signingHeaders = {
  keyId: 'x-api-key',
  /** Whole milliseconds since 1970. */
  timestamp: 'x-timestamp',
  /** 1 to 64 visible ASCII characters; makes two otherwise equal requests differ. */
  nonce: 'x-nonce',
  /** Whole milliseconds for which the request may be accepted, 0 = as long as the target's policy allows. */
  window: 'x-window',
  /** HMAC of the text, by the hash and in the encoding of the policy: HMAC-SHA256 in hex unless it says otherwise. */
  signature: 'x-signature',
} as const;

/** Ten years: no sane request asks for more, and microseconds stay exact. */
const WINDOW_MS_MAX = 10 * 366 * 86_400 * 1_000;
/** 2^53 - 1 microseconds. A timestamp written in microseconds by mistake is above it. */
const TIMESTAMP_MS_MAX = 9_007_199_254_740;
const KEY_ID_CHARS_MAX = 256;
const NONCE_CHARS_MAX = 64;

/** What is signed. `path` includes the query; `body` is '' when there is none. */
export interface SigningFields {
  readonly timestampMs: number;
  readonly nonce: string;
  readonly keyId: string;
  readonly windowMs: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** HMAC of `text` (UTF-8) under the secret of `keyId`, as the policy wants it written. */
export type Sign = (keyId: string, text: string) => string;

/** How a signature must look before a gate is asked whether it is right. */
export interface SignatureForm {
  readonly pattern: RegExp;
  readonly words: string;
}

const hexDigits = { sha256: 64, sha384: 96, sha512: 128 } as const;
const base64Forms = {
  sha256: { pattern: /^[A-Za-z0-9+/]{43}=$/, words: '44 characters of base64' },
  sha384: { pattern: /^[A-Za-z0-9+/]{64}$/, words: '64 characters of base64' },
  sha512: { pattern: /^[A-Za-z0-9+/]{86}==$/, words: '88 characters of base64' },
} as const;

export function signatureForm({ hash, encoding }: Pick<AuthSpec, 'hash' | 'encoding'>): SignatureForm {
  if (encoding === 'base64') return base64Forms[hash];
  const digits = hexDigits[hash];
  return { pattern: new RegExp(`^[0-9a-fA-F]{${digits}}$`), words: `${digits} hex digits` };
}

const hexOfSha256 = signatureForm({ hash: 'sha256', encoding: 'hex' });

/** What a verifier needs of a signed request; the units are the gate's. */
export interface SignedRequest {
  readonly keyId: string;
  readonly timestampUs: number;
  /** 0 = the policy's. */
  readonly windowUs: number;
  readonly message: string;
  readonly signature: string;
}

/** Why a request is not of the profile's form, in words for a log; never sent to a caller. */
export interface Malformed {
  readonly malformed: string;
}

/** Request headers as an HTTP server gives them: lower-case names; an array when a header came more than once. */
export type ReceivedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The text that is signed.
 *
 * @throws {RangeError} when a field other than the body holds a line break: the caller has a bug, and signing on would
 * make two different requests share one signature.
 */
export function textToSign(fields: SigningFields): string {
  const { nonce, keyId, windowMs, method, path, body } = fields;
  const timestamp = wholeNumber(fields.timestampMs, TIMESTAMP_MS_MAX, 'timestampMs');
  const last = body === '' ? lastOfBare : lastOfFull;
  if (last.path !== path || last.method !== method || last.windowMs !== windowMs) last.become(windowMs, method, path);
  demandNoBreak(nonce);
  demandNoBreak(keyId);
  return `${timestamp}\n${nonce}\n${keyId}${last.text}${body}`;
}

/** The lines that many requests share, as they were written last. */
class SharedLines {
  windowMs = -1;
  method = '';
  path = '';
  text = '';

  become(windowMs: number, method: string, path: string): void {
    const window = wholeNumber(windowMs, WINDOW_MS_MAX, 'windowMs');
    const upper = method.toUpperCase();
    demandNoBreak(upper);
    demandNoBreak(path);
    this.text = `\n${window}\n${upper}\n${path}\n`;
    this.windowMs = windowMs;
    this.method = method;
    this.path = path;
  }
}

/** Of requests with a body, which mostly go to one path, and of those without. */
const lastOfFull = new SharedLines();
const lastOfBare = new SharedLines();

function demandNoBreak(field: string): void {
  if (hasBreak(field)) throw new RangeError('only the body of a signed request may hold a line break');
}

function hasBreak(field: string): boolean {
  return field.includes('\n') || field.includes('\r');
}

/** The headers that carry the fields and their signature; names are lower-case. */
export function headersFor(fields: SigningFields, sign: Sign): Record<string, string> {
  return {
    [signingHeaders.keyId]: fields.keyId,
    [signingHeaders.timestamp]: String(fields.timestampMs),
    [signingHeaders.nonce]: fields.nonce,
    [signingHeaders.window]: String(fields.windowMs),
    [signingHeaders.signature]: sign(fields.keyId, textToSign(fields)),
  };
}

/**
 * Reads what a caller claims to have signed. Says nothing about whether the signature is right.
 *
 * Strict on purpose: each field has exactly one spelling, so that the text which is verified is the text that was
 * signed. A header that is missing, came twice, has leading zeros, a sign, blanks or other characters is malformed.
 *
 * @param request.path - the request target as received, with query, not decoded and not normalised.
 * @param request.body - the body's exact text, '' when there is none. A server must refuse a body that is not valid
 * UTF-8 first: decoding would turn different bytes into the same replacement characters.
 */
export function readSigned(
  headers: ReceivedHeaders,
  request: { readonly method: string; readonly path: string; readonly body: string },
  form: SignatureForm = hexOfSha256,
): SignedRequest | Malformed {
  const keyId = headers[signingHeaders.keyId];
  if (!isVisible(keyId, KEY_ID_CHARS_MAX)) return malformed(signingHeaders.keyId, '1 to 256 visible characters');
  const nonce = headers[signingHeaders.nonce];
  if (!isVisible(nonce, NONCE_CHARS_MAX)) return malformed(signingHeaders.nonce, '1 to 64 visible characters');
  const timestampMs = readWholeNumber(headers[signingHeaders.timestamp], TIMESTAMP_MS_MAX);
  if (timestampMs < 0) return malformed(signingHeaders.timestamp, 'whole milliseconds since 1970, digits only');
  const windowMs = readWholeNumber(headers[signingHeaders.window], WINDOW_MS_MAX);
  if (windowMs < 0) return malformed(signingHeaders.window, 'whole milliseconds, digits only');
  const signature = headers[signingHeaders.signature];
  if (typeof signature !== 'string' || !form.pattern.test(signature)) {
    return malformed(signingHeaders.signature, form.words);
  }
  if (!/^[A-Z]{1,20}$/.test(request.method)) return { malformed: 'the method must be upper-case letters' };
  if (!/^\/[\x21-\x7e]*$/.test(request.path)) {
    return { malformed: 'the path must start with / and be visible ASCII; percent-encode the rest' };
  }
  const { method, path, body } = request;
  return {
    keyId,
    timestampUs: timestampMs * 1_000,
    windowUs: windowMs * 1_000,
    message: textToSign({ timestampMs, nonce, keyId, windowMs, method, path, body }),
    signature,
  };
}

function malformed(header: string, wanted: string): Malformed {
  return { malformed: `${header} must be given once: ${wanted}` };
}

function isVisible(value: string | readonly string[] | undefined, charsMax: number): value is string {
  return typeof value === 'string' && value.length <= charsMax && /^[\x21-\x7e]+$/.test(value);
}

/** The number, or -1 when the text is not its one canonical spelling or is above `max`. */
function readWholeNumber(text: string | readonly string[] | undefined, max: number): number {
  if (typeof text !== 'string' || text.length > 16 || !/^(?:0|[1-9][0-9]*)$/.test(text)) return -1;
  const value = Number(text);
  return value <= max ? value : -1;
}

function wholeNumber(value: number, max: number, name: string): string {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) {
    throw new RangeError(`${name} must be a whole number from 0 to ${max}, got ${value}`);
  }
  return value < SMALL_MAX ? String(value) : stampText(value);
}

/** The language writes numbers below this from a table of those that were written last. */
const SMALL_MAX = 2 ** 30;
const endings = Array.from({ length: 1000 }, (_, ending) => String(1000 + ending).slice(1));
// The seconds that were written last: most stamps of a busy sender share theirs, and writing them takes longest.
let seconds = -1;
let secondsText = '';

function stampText(ms: number): string {
  const wholeSeconds = Math.floor(ms / 1000);
  if (wholeSeconds !== seconds) {
    seconds = wholeSeconds;
    secondsText = String(wholeSeconds);
  }
  return secondsText + (endings[ms - wholeSeconds * 1000] as string);
}
