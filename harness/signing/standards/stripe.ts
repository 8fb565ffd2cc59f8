/**
 * Stripe's webhooks: `Stripe-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "t.body">`. Stripe names no key, since its
 * receiver knows the one secret of its URL; here `x-api-key` does, a header that is not signed.
 *
 * Of the header's forms one is taken: `t`, one `v1`, and at most one `v0` behind it, which Stripe sends for test events and
 * which proves nothing. While a secret is rolled Stripe sends two `v1`; such requests are refused here.
 */

import {
  demandRequestLine,
  malformedField,
  requestLineFault,
  TIMESTAMP_S_MAX,
  VISIBLE,
  visibleField,
  wholeNumberField,
} from '../fields/received-fields.js';
import { signingHeaders } from '../hmac-lines.js';
import type { Claim, HmacProfile, Malformed, Received } from '../profile.js';

const KEY = signingHeaders.keyId;
const SIGNATURE = 'stripe-signature';
const form = /^t=([0-9]+),v1=([0-9a-fA-F]{64})(?:,v0=[0-9a-fA-F]{64})?$/;

export const stripe: HmacProfile = {
  kind: 'hmac',
  name: 'stripe',
  title: "Stripe's webhooks",
  source: 'docs.stripe.com/webhooks, "Verify webhook signatures manually"',
  hash: 'sha256',
  encoding: 'hex',
  text: 'utf8',
  secretForm: 'utf8',
  keyKind: 'secret',
  freshness: 'window',
  // "Our libraries have a default tolerance of 5 minutes": docs.stripe.com/webhooks, "Preventing replay attacks". They look
  // at the past alone; here the same holds for the future, since a gate must forget at last what it has seen.
  defaults: { windowUs: 300_000_000, futureUs: 300_000_000, replay: 'allow' },
  coverage: {
    method: false,
    path: false,
    query: false,
    body: true,
    host: false,
    unique: false,
    weaknesses: [
      'Time and body are signed and nothing else: the same body proves itself at any path and with any method.',
      'There is no nonce: a delivery can be sent again until its window is over.',
      "Stripe's own libraries bound the past alone: a time of the future is good until five minutes after it.",
    ],
  },
  slots: {
    keyId: { place: 'header', name: KEY },
    signature: { place: 'header-part', header: SIGNATURE, name: 'v1' },
    timestamp: { place: 'header-part', header: SIGNATURE, name: 't' },
  },
  sign: (request, { nowUs }, { keyId }, sign) => {
    demandRequestLine(request);
    const { method, path, body } = request;
    const time = String(Math.floor(nowUs / 1_000_000));
    const headers = { [KEY]: keyId, [SIGNATURE]: `t=${time},v1=${sign(keyId, `${time}.${body}`)}` };
    return { method, path, headers, body: body === '' ? null : body };
  },
  read: (request) => readStripe(request),
};

function readStripe(request: Received): Claim | Malformed {
  const { headers, body } = request;
  const keyId = visibleField(headers[KEY]);
  if (keyId === null) return malformedField(KEY, VISIBLE);
  const field = headers[SIGNATURE];
  const parts = typeof field === 'string' ? form.exec(field) : null;
  const seconds = wholeNumberField(parts?.[1], TIMESTAMP_S_MAX);
  if (parts === null || seconds < 0) return malformedField(SIGNATURE, 't=, whole seconds since 1970, and one v1=, hex');
  const fault = requestLineFault(request);
  if (fault !== null) return fault;
  return {
    keyId,
    message: `${seconds}.${body}`,
    signature: parts[2] as string,
    freshness: { rule: 'window', timestampUs: seconds * 1_000_000, windowUs: 0 },
    proves: null,
    carriedBody: null,
  };
}
