/**
 * Kraken Futures: HMAC-SHA512 over SHA256(postData || nonce || endpoint path), raw bytes, by the base64-decoded secret.
 *
 * Written from docs.kraken.com, "Futures REST Authentication": postData is query and body as they are sent, and the path
 * loses `/derivatives` at its start. The nonce is no longer asked for; where a header has one it is signed and must
 * rise. (The venue, when it was still Crypto Facilities, tolerated "nonces that are out of order for a brief period of
 * time" and told no length; here none are.)
 */
import { hash } from 'node:crypto';
import * as field from '../fields/received-fields.js';
import type { HmacProfile } from '../profile.js';

const KEY_HEADER = 'apikey';
const SIGNATURE_HEADER = 'authent';
const NONCE_HEADER = 'nonce';
const PREFIX = '/derivatives';

export const krakenFutures: HmacProfile = {
  kind: 'hmac',
  name: 'kraken-futures',
  title: 'Kraken Futures',
  source: 'https://docs.kraken.com/api/docs/guides/futures-rest',
  hash: 'sha512',
  encoding: 'base64',
  text: 'latin1',
  secretForm: 'base64',
  keyKind: 'secret',
  freshness: 'none',
  // No window. The figures are those of a gate that wants some.
  defaults: { windowUs: 5_000_000, futureUs: 1_000_000, replay: 'allow' },
  coverage: {
    method: false,
    path: true,
    query: true,
    body: true,
    host: false,
    unique: false,
    weaknesses: [
      'Without a nonce a request stays good for ever and can be sent again.',
      'A nonce that is sent can be moved into the end of the data and its header be left out: the text stays the same.',
      'Query, body, nonce and path are joined without a separator: what ends the one may begin the other.',
      'The method is not signed.',
      'A path under /derivatives signs like the path without it.',
    ],
  },
  slots: {
    keyId: { place: 'header', name: KEY_HEADER },
    signature: { place: 'header', name: SIGNATURE_HEADER },
  },
  sign: (request, _stamp, { keyId }, sign) => {
    field.demandRequestLine(request);
    const { method, path, body } = request;
    const headers = { [KEY_HEADER]: keyId, [SIGNATURE_HEADER]: sign(keyId, textOf(path, '', body)) };
    return { method, path, headers, body: body === '' ? null : body };
  },
  read: (request) => {
    const { headers, path, body } = request;
    const fault = field.requestLineFault(request);
    if (fault !== null) return fault;
    const keyId = field.visibleField(headers[KEY_HEADER]);
    if (keyId === null) return field.malformedField(KEY_HEADER, field.VISIBLE);
    const signature = field.patternField(headers[SIGNATURE_HEADER], field.base64OfSha512);
    if (signature === null) return field.malformedField(SIGNATURE_HEADER, field.BASE64_SHA512);
    const sent = headers[NONCE_HEADER];
    const nonce = sent === undefined ? 0n : field.nonceField(sent);
    if (nonce === null) return field.malformedField(NONCE_HEADER, 'a whole number of at most 64 bits, or left out');
    const message = textOf(path, typeof sent === 'string' ? sent : '', body);
    const freshness = sent === undefined ? ({ rule: 'none' } as const) : ({ rule: 'nonce', nonce } as const);
    return { keyId, message, signature, freshness, proves: null, carriedBody: null };
  },
};

/** The 32 bytes of a hash, one a character. */
function textOf(path: string, nonce: string, body: string): string {
  const mark = path.indexOf('?');
  const bare = mark < 0 ? path : path.slice(0, mark);
  const query = mark < 0 ? '' : path.slice(mark + 1);
  const endpoint = bare.startsWith(`${PREFIX}/`) ? bare.slice(PREFIX.length) : bare;
  return hash('sha256', query + body + nonce + endpoint, 'binary');
}
