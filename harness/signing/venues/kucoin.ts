/**
 * KuCoin: base64 HMAC-SHA256 over `timestamp || METHOD || path?query || body`, the URL not percent-encoded.
 *
 * A key has a passphrase that its owner chose. Keys of version 2 and 3, the only ones that there are since 2021, send it
 * as base64 HMAC-SHA256 under the key's secret; it depends on nothing else, so that it is the same in every request.
 */
import { timingSafeEqual } from 'node:crypto';
import { HmacKey } from '../../core/hmac-key.js';
import { percentDecoded } from '../fields/percent-decoded.js';
import {
  BASE64_SHA256,
  base64OfSha256,
  demandRequestLine,
  MILLISECONDS,
  malformedField,
  patternField,
  requestLineFault,
  TIMESTAMP_MS_MAX,
  VISIBLE,
  visibleField,
  wholeNumberField,
} from '../fields/received-fields.js';
import type { Credential, HmacProfile, Malformed, Received } from '../profile.js';

const KEY = 'kc-api-key';
const SIGN = 'kc-api-sign';
const TIMESTAMP = 'kc-api-timestamp';
const PASSPHRASE = 'kc-api-passphrase';
const VERSION = 'kc-api-key-version';

const sealed = new WeakMap<Credential, string>();

/** The passphrase as it is sent. Worked out once for each credential. */
function sealedPassphrase(credential: Credential): string {
  const kept = sealed.get(credential);
  if (kept !== undefined) return kept;
  const made = new HmacKey(credential.secret, 'sha256').mac(credential.passphrase, 'base64');
  sealed.set(credential, made);
  return made;
}

export const kucoin: HmacProfile = {
  kind: 'hmac',
  name: 'kucoin',
  title: 'KuCoin',
  source: 'kucoin.com/docs-new/authentication; ccxt 4.5.84, kucoin.js, sign()',
  hash: 'sha256',
  encoding: 'base64',
  text: 'utf8',
  secretForm: 'utf8',
  keyKind: 'secret-and-passphrase',
  freshness: 'window',
  // "The difference between your timestamp and the API server time must be less than 5 seconds": KuCoin, "Timestamps".
  defaults: { windowUs: 5_000_000, futureUs: 5_000_000, replay: 'allow' },
  coverage: {
    method: true,
    path: true,
    query: true,
    body: true,
    host: false,
    unique: false,
    weaknesses: [
      'Nothing stands between URL and body: `/orders?a=1` with the body `2` signs like `/orders?a=12` without one.',
      'The URL is signed decoded: `?a=1%26b=2` signs like `?a=1&b=2`.',
      'There is no nonce: a request can be sent again until its window is over.',
      'The passphrase goes out alike in every request: whoever has seen one request has it.',
    ],
  },
  slots: {
    keyId: { place: 'header', name: KEY },
    signature: { place: 'header', name: SIGN },
    timestamp: { place: 'header', name: TIMESTAMP },
  },
  sign: (request, { nowUs }, credential, sign) => {
    demandRequestLine(request);
    const { method, path, body } = request;
    const url = percentDecoded(path);
    if (url === null) throw new RangeError(`the path is no percent-encoded UTF-8: ${path}`);
    const timestamp = String(Math.floor(nowUs / 1000));
    const headers = {
      [KEY]: credential.keyId,
      [SIGN]: sign(credential.keyId, `${timestamp}${method}${url}${body}`),
      [TIMESTAMP]: timestamp,
      [PASSPHRASE]: sealedPassphrase(credential),
      [VERSION]: '2',
    };
    return { method, path, headers, body: body === '' ? null : body };
  },
  read: (request) => readKucoin(request),
};

function readKucoin(request: Received): ReturnType<HmacProfile['read']> {
  const { method, path, headers, body } = request;
  const keyId = visibleField(headers[KEY]);
  if (keyId === null) return malformedField(KEY, VISIBLE);
  const signature = patternField(headers[SIGN], base64OfSha256);
  if (signature === null) return malformedField(SIGN, BASE64_SHA256);
  const timestampMs = wholeNumberField(headers[TIMESTAMP], TIMESTAMP_MS_MAX);
  if (timestampMs < 0) return malformedField(TIMESTAMP, MILLISECONDS);
  const passphrase = patternField(headers[PASSPHRASE], base64OfSha256);
  if (passphrase === null) return malformedField(PASSPHRASE, BASE64_SHA256);
  if (patternField(headers[VERSION], /^[23]$/) === null) return malformedField(VERSION, '2 or 3');
  const fault: Malformed | null = requestLineFault(request);
  if (fault !== null) return fault;
  const url = percentDecoded(path);
  if (url === null) return { malformed: 'the path must be percent-encoded UTF-8' };
  return {
    keyId,
    message: `${timestampMs}${method}${url}${body}`,
    signature,
    freshness: { rule: 'window', timestampUs: timestampMs * 1000, windowUs: 0 },
    proves: (credential) => timingSafeEqual(Buffer.from(sealedPassphrase(credential)), Buffer.from(passphrase)),
    carriedBody: null,
  };
}
