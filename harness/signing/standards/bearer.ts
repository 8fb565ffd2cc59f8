/**
 * Bearer tokens of RFC 6750: `Authorization: Bearer <token>`. The token is the secret, and it is all that there is.
 *
 * A token of one's own API is sent as it is. Those that a trial world gives out read `<key id>.<secret>`, so that whoever
 * gets one knows whose it is; the last dot divides.
 */

import { demandRequestLine, malformedField, requestLineFault } from '../fields/received-fields.js';
import { sameSecret } from '../fields/same-secret.js';
import type { Claim, Malformed, OwnProfile, Received } from '../profile.js';

const AUTHORIZATION = 'authorization';
/** `b64token` of RFC 6750, section 2.1; no other spelling of the scheme is taken, though RFC 9110 would allow it. */
const token = /^[A-Za-z0-9\-._~+/]+=*$/;
const TOKEN_CHARS_MAX = 4096;
const SCHEME = 'Bearer ';

export const bearer: OwnProfile = {
  kind: 'own',
  name: 'bearer',
  title: 'Bearer token',
  source: 'RFC 6750, section 2.1',
  secretForm: 'utf8',
  keyKind: 'token',
  freshness: 'none',
  defaults: { windowUs: 5_000_000, futureUs: 0, replay: 'allow' },
  coverage: {
    method: false,
    path: false,
    query: false,
    body: false,
    host: false,
    unique: false,
    weaknesses: [
      'The secret itself is sent: whoever has seen one request can send any other, for as long as the token lives.',
      'Nothing is signed: a request can be changed on its way and sent again.',
    ],
  },
  slots: { signature: { place: 'header', name: AUTHORIZATION } },
  sign: (request, _stamp, { secret }) => {
    demandRequestLine(request);
    const { method, path, body } = request;
    const text = Buffer.from(secret).toString('utf8');
    // The secret stays out of the message.
    if (!isToken(text)) throw new RangeError('a bearer token is letters, digits and -._~+/ with = only at its end');
    return { method, path, headers: { [AUTHORIZATION]: SCHEME + text }, body: body === '' ? null : body };
  },
  read: (request) => readBearer(request),
};

function isToken(text: string): boolean {
  return text.length <= TOKEN_CHARS_MAX && token.test(text);
}

function readBearer(request: Received): Claim | Malformed {
  const field = request.headers[AUTHORIZATION];
  const sent = typeof field === 'string' && field.startsWith(SCHEME) ? field.slice(SCHEME.length) : '';
  const dot = sent.lastIndexOf('.');
  if (dot < 1 || !isToken(sent)) return malformedField(AUTHORIZATION, 'Bearer and a token, <key id>.<secret>');
  const fault = requestLineFault(request);
  if (fault !== null) return fault;
  const keyId = sent.slice(0, dot);
  return {
    keyId,
    // Any two requests with one token prove the same.
    message: keyId,
    signature: sent,
    freshness: { rule: 'none' },
    proves: (credential) => sameSecret(sent, Buffer.from(credential.secret).toString('utf8')),
    carriedBody: null,
  };
}
