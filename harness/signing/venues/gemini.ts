/**
 * Gemini: a header carries the request as base64 of a JSON object with path and nonce, and the MAC, HMAC-SHA384 in hex, is
 * that of the base64 itself. The HTTP body is empty; one that comes all the same is not read.
 *
 * Written from developer.gemini.com, "Private API invocation": "The hashes are always taken on the base64 string directly,
 * with no normalization"; nonces rise within a session, which is a key.
 */

import * as field from '../fields/received-fields.js';
import type { HmacProfile } from '../profile.js';
import { payloadText, readPayload } from './gemini-payload.js';

const names = { keyId: 'x-gemini-apikey', payload: 'x-gemini-payload', signature: 'x-gemini-signature' } as const;

export const gemini: HmacProfile = {
  kind: 'hmac',
  name: 'gemini',
  title: 'Gemini',
  source: 'https://developer.gemini.com/authentication/api-key',
  hash: 'sha384',
  encoding: 'hex',
  text: 'utf8',
  secretForm: 'utf8',
  keyKind: 'secret',
  freshness: 'nonce',
  // No window: the nonce alone tells. The figures are those of a gate that wants some.
  defaults: { windowUs: 5_000_000, futureUs: 1_000_000, replay: 'refuse' },
  coverage: {
    method: false,
    path: true,
    query: true,
    body: true,
    host: false,
    unique: true,
    weaknesses: [
      'The method is not signed.',
      'What stands in the HTTP body is not signed, and must not be read.',
      'A nonce is no time: a request that was held back stays good until its key uses a higher one.',
    ],
  },
  slots: {
    keyId: { place: 'header', name: names.keyId },
    signature: { place: 'header', name: names.signature },
    nonce: { place: 'payload', header: names.payload, name: 'nonce' },
  },
  sign: (request, { rising }, { keyId }, sign) => {
    field.demandRequestLine(request);
    const payload = Buffer.from(payloadText(request, String(rising)), 'utf8').toString('base64');
    const headers = {
      'content-type': 'text/plain',
      [names.keyId]: keyId,
      [names.payload]: payload,
      [names.signature]: sign(keyId, payload),
    };
    return { method: request.method, path: request.path, headers, body: null };
  },
  read: (request) => {
    const { headers, path } = request;
    const fault = field.requestLineFault(request);
    if (fault !== null) return fault;
    const keyId = field.visibleField(headers[names.keyId]);
    if (keyId === null) return field.malformedField(names.keyId, field.VISIBLE);
    const signature = field.patternField(headers[names.signature], field.hexOfSha384);
    if (signature === null) return field.malformedField(names.signature, field.HEX_SHA384);
    const payload = headers[names.payload];
    const text = typeof payload === 'string' ? textOfBase64(payload) : null;
    const read = text === null ? null : readPayload(text);
    if (typeof payload !== 'string' || read === null) {
      return field.malformedField(names.payload, 'base64 of a JSON object with one request and one nonce');
    }
    if (read.request !== path) return { malformed: 'the payload is that of another path' };
    const freshness = { rule: 'nonce', nonce: read.nonce } as const;
    return { keyId, message: payload, signature, freshness, proves: null, carriedBody: read.body };
  },
};

/** The text, or null when it is not the one spelling of a text in UTF-8. */
function textOfBase64(base64: string): string | null {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  // Other alphabets, padding that is missing, bits that mean nothing, and bytes that are no UTF-8 come back otherwise.
  return Buffer.from(text, 'utf8').toString('base64') === base64 ? text : null;
}
