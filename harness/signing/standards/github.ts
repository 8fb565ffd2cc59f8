/**
 * GitHub's webhooks: `X-Hub-Signature-256: sha256=` and hex HMAC-SHA256 over the body alone. GitHub names no key: the
 * receiver finds the secret by the hook, whose id comes in a header that is not signed.
 */

import {
  demandRequestLine,
  malformedField,
  patternField,
  requestLineFault,
  VISIBLE,
  visibleField,
} from '../fields/received-fields.js';
import type { Claim, HmacProfile, Malformed, Received } from '../profile.js';

const KEY = 'x-github-hook-id';
const SIGNATURE = 'x-hub-signature-256';
const PREFIX = 'sha256=';

export const github: HmacProfile = {
  kind: 'hmac',
  name: 'github',
  title: "GitHub's webhooks",
  source: 'docs.github.com/en/webhooks, "Validating webhook deliveries"',
  hash: 'sha256',
  encoding: 'hex',
  text: 'utf8',
  secretForm: 'utf8',
  keyKind: 'secret',
  freshness: 'none',
  defaults: { windowUs: 5_000_000, futureUs: 0, replay: 'allow' },
  coverage: {
    method: false,
    path: false,
    query: false,
    body: true,
    host: false,
    unique: false,
    weaknesses: [
      'Only the body is signed: the same body proves itself at any path, with any method and any headers.',
      'There is no time and no nonce in what is signed: a delivery can be sent again for as long as the secret lives.',
      'All requests without a body have one signature.',
    ],
  },
  slots: { keyId: { place: 'header', name: KEY }, signature: { place: 'header', name: SIGNATURE } },
  sign: (request, _stamp, { keyId }, sign) => {
    demandRequestLine(request);
    const { method, path, body } = request;
    const headers = { [KEY]: keyId, [SIGNATURE]: PREFIX + sign(keyId, body) };
    return { method, path, headers, body: body === '' ? null : body };
  },
  read: (request) => readGithub(request),
};

function readGithub(request: Received): Claim | Malformed {
  const { headers, body } = request;
  const keyId = visibleField(headers[KEY]);
  if (keyId === null) return malformedField(KEY, VISIBLE);
  const signature = patternField(headers[SIGNATURE], /^sha256=[0-9a-fA-F]{64}$/);
  if (signature === null) return malformedField(SIGNATURE, 'sha256= and 64 hex digits');
  const fault = requestLineFault(request);
  if (fault !== null) return fault;
  return {
    keyId,
    message: body,
    signature: signature.slice(PREFIX.length),
    freshness: { rule: 'none' },
    proves: null,
    carriedBody: null,
  };
}
