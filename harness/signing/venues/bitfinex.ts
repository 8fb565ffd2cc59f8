/**
 * Bitfinex v2: `/api` || path || nonce || body, by HMAC-SHA384 in hex. The query is not signed.
 *
 * Written from docs.bitfinex.com, "Authenticated Endpoints", and "Requirements and Limitations": "The nonce provided must
 * be strictly increasing but should not exceed the MAX_SAFE_INTEGER constant value of 9007199254740991."
 */

import * as field from '../fields/received-fields.js';
import * as parts from '../fields/request-parts.js';
import type { HmacProfile } from '../profile.js';

const names = { keyId: 'bfx-apikey', nonce: 'bfx-nonce', signature: 'bfx-signature' } as const;

const NONCE_MAX = 9_007_199_254_740_991n;

export const bitfinex: HmacProfile = {
  kind: 'hmac',
  name: 'bitfinex',
  title: 'Bitfinex',
  source: 'https://docs.bitfinex.com/docs/rest-auth',
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
    query: false,
    body: true,
    host: false,
    unique: true,
    weaknesses: [
      'The query is not signed.',
      'The method is not signed.',
      'Path and nonce are joined without a separator: digits that end a path may move into the nonce, which then is higher.',
      'A nonce is no time: a request that was held back stays good until its key uses a higher one.',
    ],
  },
  slots: {
    keyId: { place: 'header', name: names.keyId },
    signature: { place: 'header', name: names.signature },
    nonce: { place: 'header', name: names.nonce },
  },
  sign: (request, { rising }, { keyId }, sign) => {
    field.demandRequestLine(request);
    const { method, path, body } = request;
    const nonce = String(rising);
    const headers = {
      [names.keyId]: keyId,
      [names.nonce]: nonce,
      [names.signature]: sign(keyId, `/api${parts.barePath(path)}${nonce}${body}`),
    };
    return { method, path, headers, body: body === '' ? null : body };
  },
  read: (request) => {
    const { headers, path, body } = request;
    const fault = field.requestLineFault(request);
    if (fault !== null) return fault;
    const keyId = field.visibleField(headers[names.keyId]);
    if (keyId === null) return field.malformedField(names.keyId, field.VISIBLE);
    const nonce = field.nonceField(headers[names.nonce], NONCE_MAX);
    if (nonce === null) return field.malformedField(names.nonce, 'a whole number of at most 9007199254740991');
    const signature = field.patternField(headers[names.signature], field.hexOfSha384);
    if (signature === null) return field.malformedField(names.signature, field.HEX_SHA384);
    const message = `/api${parts.barePath(path)}${nonce}${body}`;
    return { keyId, message, signature, freshness: { rule: 'nonce', nonce }, proves: null, carriedBody: null };
  },
};
