/**
 * BitMEX: hex HMAC-SHA256 over `VERB || path?query || expires || body`, good until `expires`.
 *
 * A verifier without an upper bound takes a digit too that has moved from the end of the URL to the front of `expires`.
 * Here such an instant is above 2^53 microseconds, and with it malformed.
 */

import {
  demandRequestLine,
  HEX_SHA256,
  hexOfSha256,
  malformedField,
  patternField,
  requestLineFault,
  SECONDS,
  TIMESTAMP_S_MAX,
  VISIBLE,
  visibleField,
  wholeNumberField,
} from '../fields/received-fields.js';
import type { Claim, HmacProfile, Malformed, Received } from '../profile.js';

const KEY = 'api-key';
const SIGNATURE = 'api-signature';
const EXPIRES = 'api-expires';

/** Life of a request that asks for no window. The venue sets no bound; clients take 5 s (ccxt) to 60 s (bitmex-api). */
const DEFAULT_LIFE_MS = 5_000;

export const bitmex: HmacProfile = {
  kind: 'hmac',
  name: 'bitmex',
  title: 'BitMEX',
  source: 'bitmex.com/app/apiKeysUsage; ccxt 4.4.100, bitmex.js, sign()',
  hash: 'sha256',
  encoding: 'hex',
  text: 'utf8',
  secretForm: 'utf8',
  keyKind: 'secret',
  freshness: 'expiry',
  defaults: { windowUs: 60_000_000, futureUs: 0, replay: 'allow' },
  coverage: {
    method: true,
    path: true,
    query: true,
    body: true,
    host: false,
    unique: false,
    weaknesses: [
      'The expiry has no upper bound: a request that expires in ten years can be sent again for ten years.',
      'There is no nonce: a request can be sent again until it expires.',
      'Nothing stands between path and expiry: `/order?n=1` until T signs like `/order?n=` until 1T, centuries later.',
    ],
  },
  slots: {
    keyId: { place: 'header', name: KEY },
    signature: { place: 'header', name: SIGNATURE },
    timestamp: { place: 'header', name: EXPIRES },
  },
  sign: (request, { nowUs, windowMs }, { keyId }, sign) => {
    demandRequestLine(request);
    const { method, path, body } = request;
    const lifeSeconds = Math.ceil((windowMs === 0 ? DEFAULT_LIFE_MS : windowMs) / 1000);
    const expires = String(Math.floor(nowUs / 1_000_000) + lifeSeconds);
    const headers = {
      [KEY]: keyId,
      [EXPIRES]: expires,
      [SIGNATURE]: sign(keyId, `${method}${path}${expires}${body}`),
    };
    return { method, path, headers, body: body === '' ? null : body };
  },
  read: (request) => readBitmex(request),
};

function readBitmex(request: Received): Claim | Malformed {
  const { method, path, headers, body } = request;
  const keyId = visibleField(headers[KEY]);
  if (keyId === null) return malformedField(KEY, VISIBLE);
  const expires = wholeNumberField(headers[EXPIRES], TIMESTAMP_S_MAX);
  if (expires < 0) return malformedField(EXPIRES, SECONDS);
  const signature = patternField(headers[SIGNATURE], hexOfSha256);
  if (signature === null) return malformedField(SIGNATURE, HEX_SHA256);
  const fault = requestLineFault(request);
  if (fault !== null) return fault;
  return {
    keyId,
    message: `${method}${path}${expires}${body}`,
    signature,
    // "A UNIX timestamp after which the request is no longer valid": at that instant it still is.
    freshness: { rule: 'expiry', expiresUs: expires * 1_000_000 + 1, notBeforeUs: null },
    proves: null,
    carriedBody: null,
  };
}
