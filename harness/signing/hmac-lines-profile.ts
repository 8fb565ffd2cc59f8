/** The general profile of `hmac-lines.ts` behind the interface that all profiles share. */
import type { AuthSpec } from '../core/spec.js';
import { headersFor, readSigned, signatureForm, signingHeaders } from './hmac-lines.js';
import type { HmacProfile } from './profile.js';

/** By hash and encoding, which a policy may choose for this profile alone. */
export function hmacLines({ hash, encoding }: Pick<AuthSpec, 'hash' | 'encoding'>): HmacProfile {
  const form = signatureForm({ hash, encoding });
  return {
    kind: 'hmac',
    name: 'hmac-lines',
    title: 'HMAC over lines of text',
    source: 'harness/signing/hmac-lines.ts',
    hash,
    encoding,
    text: 'utf8',
    secretForm: 'utf8',
    keyKind: 'secret',
    freshness: 'window',
    defaults: { windowUs: 5_000_000, futureUs: 1_000_000, replay: 'refuse' },
    coverage: { method: true, path: true, query: true, body: true, host: false, unique: true, weaknesses: [] },
    slots: {
      keyId: { place: 'header', name: signingHeaders.keyId },
      signature: { place: 'header', name: signingHeaders.signature },
      timestamp: { place: 'header', name: signingHeaders.timestamp },
      nonce: { place: 'header', name: signingHeaders.nonce },
      window: { place: 'header', name: signingHeaders.window },
    },
    sign: ({ method, path, body }, { nowUs, nonce, windowMs }, { keyId }, sign) => {
      const timestampMs = Math.floor(nowUs / 1000);
      const headers = headersFor({ timestampMs, nonce, keyId, windowMs, method, path, body }, sign);
      return { method, path, headers, body: body === '' ? null : body };
    },
    read: ({ method, path, headers, body }) => {
      const signed = readSigned(headers, { method, path, body }, form);
      if ('malformed' in signed) return signed;
      const { keyId, message, signature, timestampUs, windowUs } = signed;
      const freshness = { rule: 'window', timestampUs, windowUs } as const;
      return { keyId, message, signature, freshness, proves: null, carriedBody: null };
    },
  };
}
