/**
 * Bybit v5: timestamp || key || window || (query of a GET, body of a POST), by HMAC-SHA256 in hex or RSA-SHA256 in base64.
 *
 * Written from bybit-exchange/docs, docs/v5/guide.mdx ("Authentication", "Create A Request"). The venue has GET and POST
 * only; here DELETE signs its query like GET, other methods their body like POST. The path is never signed.
 */

import * as field from '../fields/received-fields.js';
import * as parts from '../fields/request-parts.js';
import { stampMsText } from '../fields/stamp-text.js';
import { isProof, proofOf } from '../keys/public-key-proof.js';
import type { Claim, Coverage, HmacProfile, Malformed, OwnProfile, Received, Stamp, Unsigned } from '../profile.js';
import type { SignedWire } from '../signed-wire.js';

const names = {
  keyId: 'x-bapi-api-key',
  timestamp: 'x-bapi-timestamp',
  window: 'x-bapi-recv-window',
  signature: 'x-bapi-sign',
} as const;

/** "Default value is 5,000", milliseconds. */
const WINDOW_MS_PLAIN = 5_000;
/** The guide states no maximum; ten years keep microseconds exact. */
const WINDOW_MS_MAX = 10 * 366 * 86_400 * 1_000;

const coverage: Coverage = {
  method: false,
  path: false,
  query: 'by-method',
  body: 'by-method',
  host: false,
  unique: false,
  weaknesses: [
    'Neither method nor path is signed: what stands in a path can be changed, and a query be sent to another path.',
    'The query of a POST is not signed, nor is the body of a GET.',
    'Timestamp, key, window and data are joined without a separator.',
    'There is no nonce: a request can be sent again while its window lasts.',
  ],
};

const shared = {
  source: 'bybit-exchange/docs, docs/v5/guide.mdx',
  coverage,
  freshness: 'window',
  // A policy's window is the longest that it grants. The venue states no longest; a minute is what its clients ask for at most.
  defaults: { windowUs: 60_000_000, futureUs: 1_000_000, replay: 'allow' },
  slots: {
    keyId: { place: 'header', name: names.keyId },
    signature: { place: 'header', name: names.signature },
    timestamp: { place: 'header', name: names.timestamp },
    window: { place: 'header', name: names.window },
  },
} as const;

export const bybit: HmacProfile = {
  ...shared,
  kind: 'hmac',
  name: 'bybit',
  title: 'Bybit (HMAC)',
  hash: 'sha256',
  encoding: 'hex',
  text: 'utf8',
  secretForm: 'utf8',
  keyKind: 'secret',
  sign: (request, stamp, { keyId }, sign) => signed(request, stamp, keyId, (text) => sign(keyId, text)),
  read: (request) => read(request, { pattern: field.hexOfSha256, words: field.HEX_SHA256 }, () => null),
};

export const bybitRsa: OwnProfile = {
  ...shared,
  kind: 'own',
  name: 'bybit-rsa',
  title: 'Bybit (RSA)',
  secretForm: 'none',
  keyKind: 'rsa',
  sign: (request, stamp, { keyId, privateKey }) =>
    signed(request, stamp, keyId, (text) => proofOf('rsa-v1_5-sha256', text, privateKey)),
  read: (request) =>
    read(
      request,
      { pattern: /^[A-Za-z0-9+/]+={0,2}$/, words: 'base64' },
      (text, signature) =>
        ({ publicKey }) =>
          isProof('rsa-v1_5-sha256', text, signature, publicKey),
    ),
};

function signed(request: Unsigned, stamp: Stamp, keyId: string, sign: (text: string) => string): SignedWire {
  field.demandRequestLine(request);
  const { method, path, body } = request;
  const timestamp = stampMsText(stamp.nowUs);
  const window = stamp.windowMs === 0 ? '' : String(stamp.windowMs);
  const headers: Record<string, string> = {
    [names.keyId]: keyId,
    [names.timestamp]: timestamp,
    [names.signature]: sign(timestamp + keyId + window + dataOf(method, path, body)),
  };
  if (window !== '') headers[names.window] = window;
  return { method, path, headers, body: body === '' ? null : body };
}

function dataOf(method: string, path: string, body: string): string {
  return method === 'GET' || method === 'DELETE' ? parts.queryOf(path) : body;
}

function read(
  request: Received,
  form: { readonly pattern: RegExp; readonly words: string },
  prove: (text: string, signature: string) => Claim['proves'],
): Claim | Malformed {
  const { method, path, headers, body } = request;
  const fault = field.requestLineFault(request);
  if (fault !== null) return fault;
  const keyId = field.visibleField(headers[names.keyId]);
  if (keyId === null) {
    return field.malformedField(names.keyId, field.VISIBLE);
  }
  const timestamp = headers[names.timestamp];
  const timestampMs = field.wholeNumberField(timestamp, field.TIMESTAMP_MS_MAX);
  if (typeof timestamp !== 'string' || timestampMs < 0) {
    return field.malformedField(names.timestamp, field.MILLISECONDS);
  }
  const window = headers[names.window] ?? '';
  const windowMs = window === '' ? WINDOW_MS_PLAIN : field.wholeNumberField(window, WINDOW_MS_MAX);
  if (typeof window !== 'string' || windowMs <= 0)
    return field.malformedField(names.window, 'whole milliseconds above 0, or left out');
  const signature = field.patternField(headers[names.signature], form.pattern);
  if (signature === null) return field.malformedField(names.signature, form.words);
  const message = timestamp + keyId + window + dataOf(method, path, body);
  const freshness = { rule: 'window', timestampUs: timestampMs * 1_000, windowUs: windowMs * 1_000 } as const;
  return { keyId, message, signature, freshness, proves: prove(message, signature), carriedBody: null };
}
