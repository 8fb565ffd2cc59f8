/**
 * OKX v5: ISO timestamp || METHOD || path with query || body, by HMAC-SHA256 in base64; and a passphrase in a header of
 * its own. Written from the venue's documentation, "REST Authentication", as ccxt 4.5.84 has it in code.
 */
import { isoOfMs, msOfIso } from '../fields/iso-time.js';
import * as field from '../fields/received-fields.js';
import { sameSecret } from '../fields/same-secret.js';
import type { HmacProfile } from '../profile.js';

const names = {
  keyId: 'ok-access-key',
  signature: 'ok-access-sign',
  timestamp: 'ok-access-timestamp',
  passphrase: 'ok-access-passphrase',
} as const;

export const okx: HmacProfile = {
  kind: 'hmac',
  name: 'okx',
  title: 'OKX',
  source: 'https://www.okx.com/docs-v5/en/#overview-rest-authentication',
  hash: 'sha256',
  encoding: 'base64',
  text: 'utf8',
  secretForm: 'utf8',
  keyKind: 'secret-and-passphrase',
  freshness: 'window',
  // 30 s to either side of the server's clock is background knowledge: reports of error 50102 name it, and no page of the
  // venue's own was at hand. So is the edge: exactly 30 s behind is taken for fresh, exactly 30 s ahead is not.
  defaults: { windowUs: 30_000_000, futureUs: 30_000_000, replay: 'allow' },
  coverage: {
    method: true,
    path: true,
    query: true,
    body: true,
    host: false,
    unique: false,
    weaknesses: [
      'Path with query and body are joined without a separator: what ends the one may begin the other.',
      'There is no nonce: a request can be sent again while its timestamp is fresh.',
      'The passphrase is sent as it is and is not signed.',
    ],
  },
  slots: {
    keyId: { place: 'header', name: names.keyId },
    signature: { place: 'header', name: names.signature },
    timestamp: { place: 'header', name: names.timestamp },
  },
  sign: (request, { nowUs }, { keyId, passphrase }, sign) => {
    field.demandRequestLine(request);
    const { method, path, body } = request;
    const timestamp = isoOfMs(Math.floor(nowUs / 1_000));
    const headers = {
      [names.keyId]: keyId,
      [names.timestamp]: timestamp,
      [names.passphrase]: passphrase,
      [names.signature]: sign(keyId, timestamp + method + path + body),
    };
    return { method, path, headers, body: body === '' ? null : body };
  },
  read: (request) => {
    const { method, path, headers, body } = request;
    const fault = field.requestLineFault(request);
    if (fault !== null) return fault;
    const keyId = field.visibleField(headers[names.keyId]);
    if (keyId === null) return field.malformedField(names.keyId, field.VISIBLE);
    const timestamp = headers[names.timestamp];
    const timestampMs = typeof timestamp === 'string' ? msOfIso(timestamp) : -1;
    if (typeof timestamp !== 'string' || timestampMs < 0) {
      return field.malformedField(names.timestamp, 'ISO 8601 with milliseconds, 2020-12-08T09:08:57.715Z');
    }
    const sent = field.wordsField(headers[names.passphrase]);
    if (sent === null) return field.malformedField(names.passphrase, field.VISIBLE);
    const signature = field.patternField(headers[names.signature], field.base64OfSha256);
    if (signature === null) return field.malformedField(names.signature, field.BASE64_SHA256);
    const freshness = { rule: 'window', timestampUs: timestampMs * 1_000, windowUs: 0 } as const;
    const message = timestamp + method + path + body;
    const proves = ({ passphrase }: { readonly passphrase: string }) => sameSecret(sent, passphrase);
    return { keyId, message, signature, freshness, proves, carriedBody: null };
  },
};
