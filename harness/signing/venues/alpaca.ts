/** Alpaca: key and secret in two headers. Nothing is signed, so that whoever has seen one request can send any other. */

import {
  demandRequestLine,
  malformedField,
  requestLineFault,
  VISIBLE,
  visibleField,
  wordsField,
} from '../fields/received-fields.js';
import { sameSecret } from '../fields/same-secret.js';
import type { Claim, Malformed, OwnProfile, Received } from '../profile.js';

const KEY = 'apca-api-key-id';
const SECRET = 'apca-api-secret-key';

export const alpaca: OwnProfile = {
  kind: 'own',
  name: 'alpaca',
  title: 'Alpaca',
  source: 'docs.alpaca.markets/docs/authentication; ccxt 4.5.84, alpaca.js, sign()',
  secretForm: 'utf8',
  keyKind: 'secret',
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
      'The secret itself is sent: whoever has seen one request can send any other, for as long as the key lives.',
      'Nothing is signed: a request can be changed on its way and sent again.',
    ],
  },
  slots: { keyId: { place: 'header', name: KEY }, signature: { place: 'header', name: SECRET } },
  sign: (request, _stamp, { keyId, secret }) => {
    demandRequestLine(request);
    const { method, path, body } = request;
    const headers = { [KEY]: keyId, [SECRET]: Buffer.from(secret).toString('utf8') };
    return { method, path, headers, body: body === '' ? null : body };
  },
  read: (request) => readAlpaca(request),
};

function readAlpaca(request: Received): Claim | Malformed {
  const { headers } = request;
  const keyId = visibleField(headers[KEY]);
  if (keyId === null) return malformedField(KEY, VISIBLE);
  const secret = wordsField(headers[SECRET]);
  if (secret === null) return malformedField(SECRET, VISIBLE);
  const fault = requestLineFault(request);
  if (fault !== null) return fault;
  return {
    keyId,
    // Any two requests of a key prove the same.
    message: keyId,
    signature: secret,
    freshness: { rule: 'none' },
    proves: (credential) => sameSecret(secret, Buffer.from(credential.secret).toString('utf8')),
    carriedBody: null,
  };
}
