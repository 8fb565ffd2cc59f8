/**
 * Deribit: HMAC-SHA256 in hex over lines, for REST requests and for `public/auth` with `client_signature`.
 *
 * Written from docs.deribit.com, "Deribit signature credentials": a timestamp is "valid for 60 seconds since generation,
 * after that time any request with an old timestamp will be rejected", and a nonce is for "single usage". How far ahead of
 * the server a timestamp may be is not told; here a second, as elsewhere.
 */

import * as field from '../fields/received-fields.js';
import { stampMsText } from '../fields/stamp-text.js';
import type { HmacProfile } from '../profile.js';

const HEADER = 'authorization';
const SCHEME = 'deri-hmac-sha256 ';
const NONCE_CHARS_MAX = 64;

export const deribit: HmacProfile = {
  kind: 'hmac',
  name: 'deribit',
  title: 'Deribit',
  source: 'https://docs.deribit.com/#authentication',
  hash: 'sha256',
  encoding: 'hex',
  text: 'utf8',
  secretForm: 'utf8',
  keyKind: 'secret',
  freshness: 'window',
  defaults: { windowUs: 60_000_000, futureUs: 1_000_000, replay: 'refuse' },
  coverage: {
    method: true,
    path: true,
    query: true,
    body: true,
    host: false,
    unique: true,
    weaknesses: [
      'A captured signature of a request can open a session: by the published formulas the rest of its text is the data of public/auth.',
    ],
  },
  slots: {
    keyId: { place: 'header-part', header: HEADER, name: 'id' },
    signature: { place: 'header-part', header: HEADER, name: 'sig' },
    timestamp: { place: 'header-part', header: HEADER, name: 'ts' },
    nonce: { place: 'header-part', header: HEADER, name: 'nonce' },
  },
  sign: (request, { nowUs, nonce }, { keyId }, sign) => {
    field.demandRequestLine(request);
    const { method, path, body } = request;
    const timestamp = stampMsText(nowUs);
    if (keyId.includes(',')) throw new RangeError(`a Deribit key can't have a comma: ${keyId}`);
    const signature = sign(keyId, textOf(timestamp, nonce, method, path, body));
    const authorization = `${SCHEME}id=${keyId},ts=${timestamp},sig=${signature},nonce=${nonce}`;
    return { method, path, headers: { [HEADER]: authorization }, body: body === '' ? null : body };
  },
  read: (request) => {
    const { method, path, headers, body } = request;
    const fault = field.requestLineFault(request);
    if (fault !== null) return fault;
    const found = partsOf(headers[HEADER]);
    if (found === null) return field.malformedField(HEADER, `${SCHEME}id=,ts=,sig=,nonce=, each part once`);
    const { ts, sig: signature } = found;
    const keyId = field.visibleField(found.id);
    const nonce = field.visibleField(found.nonce);
    if (keyId === null) return field.malformedField('id', field.VISIBLE);
    if (nonce === null || nonce.length > NONCE_CHARS_MAX)
      return field.malformedField('nonce', '1 to 64 visible characters');
    if (!field.hexOfSha256.test(signature)) return field.malformedField('sig', field.HEX_SHA256);
    const timestampMs = field.wholeNumberField(ts, field.TIMESTAMP_MS_MAX);
    if (timestampMs < 0) return field.malformedField('ts', field.MILLISECONDS);
    const freshness = { rule: 'window', timestampUs: timestampMs * 1_000, windowUs: 0 } as const;
    const message = textOf(ts, nonce, method, path, body);
    return { keyId, message, signature, freshness, proves: null, carriedBody: null };
  },
};

function textOf(timestamp: string, nonce: string, method: string, path: string, body: string): string {
  return `${timestamp}\n${nonce}\n${method}\n${path}\n${body}\n`;
}

/**
 * What a session's `public/auth` with grant type `client_signature` signs.
 *
 * @param fields.timestamp - whole milliseconds since 1970, in digits.
 * @param fields.data - any text, '' for none.
 */
export function clientSignatureText(fields: {
  readonly timestamp: string;
  readonly nonce: string;
  readonly data: string;
}): string {
  return `${fields.timestamp}\n${fields.nonce}\n${fields.data}`;
}

interface Parts {
  readonly id: string;
  readonly ts: string;
  readonly sig: string;
  readonly nonce: string;
}

/** The four parts in any order, each once and no other; a blank may follow a comma, as the documentation has it. */
function partsOf(header: string | readonly string[] | undefined): Parts | null {
  if (typeof header !== 'string' || !header.startsWith(SCHEME)) return null;
  const parts: Record<keyof Parts, string> = { id: '', ts: '', sig: '', nonce: '' };
  const pieces = header.slice(SCHEME.length).split(',');
  // Of four pieces with four names in all, one that comes twice leaves another empty, which is malformed.
  if (pieces.length !== 4) return null;
  for (const spaced of pieces) {
    const piece = spaced.startsWith(' ') ? spaced.slice(1) : spaced;
    const mark = piece.indexOf('=');
    const name = piece.slice(0, Math.max(0, mark));
    if (name !== 'id' && name !== 'ts' && name !== 'sig' && name !== 'nonce') return null;
    parts[name] = piece.slice(mark + 1);
  }
  return parts;
}
