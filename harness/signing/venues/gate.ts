/**
 * Gate, API v4: hex HMAC-SHA512 over five lines: method, path, query without percent-encoding, hex SHA-512 of the body,
 * timestamp. A line break that hides in the query as `%0A` is refused: it could stand for another line.
 */
import { hash } from 'node:crypto';
import { percentDecoded } from '../fields/percent-decoded.js';
import {
  DECIMAL_SECONDS,
  decimalSecondsField,
  demandRequestLine,
  HEX_SHA512,
  hexOfSha512,
  malformedField,
  patternField,
  requestLineFault,
  VISIBLE,
  visibleField,
} from '../fields/received-fields.js';
import type { Claim, HmacProfile, Malformed, Received } from '../profile.js';

const KEY = 'key';
const SIGN = 'sign';
const TIMESTAMP = 'timestamp';

const QUERY_FAULT = 'the query must be percent-encoded UTF-8 without line breaks';

export const gate: HmacProfile = {
  kind: 'hmac',
  name: 'gate',
  title: 'Gate',
  source: 'gate.com/docs/developers/apiv4, "Authentication"; ccxt 4.5.84, gate.js, sign()',
  hash: 'sha512',
  encoding: 'hex',
  text: 'utf8',
  secretForm: 'utf8',
  keyKind: 'secret',
  freshness: 'window',
  // The same page: the timestamp may differ from the server's time by at most 60 seconds.
  defaults: { windowUs: 60_000_000, futureUs: 60_000_000, replay: 'allow' },
  coverage: {
    method: true,
    path: true,
    query: true,
    body: true,
    host: false,
    unique: false,
    weaknesses: [
      'The query is signed decoded: `?a=1%26b=2` signs like `?a=1&b=2`.',
      'There is no nonce: a request can be sent again until its window is over, which is two minutes wide.',
    ],
  },
  slots: {
    keyId: { place: 'header', name: KEY },
    signature: { place: 'header', name: SIGN },
    timestamp: { place: 'header', name: TIMESTAMP },
  },
  sign: (request, { nowUs }, { keyId }, sign) => {
    demandRequestLine(request);
    const { method, path, body } = request;
    const timestamp = String(Math.floor(nowUs / 1_000_000));
    const text = textOf(request, timestamp);
    if (text === null) throw new RangeError(`${QUERY_FAULT}: ${path}`);
    const headers = { [KEY]: keyId, [TIMESTAMP]: timestamp, [SIGN]: sign(keyId, text) };
    return { method, path, headers, body: body === '' ? null : body };
  },
  read: (request) => readGate(request),
};

const hashOfNothing = hash('sha512', '', 'hex');

/** null when the query can't be signed. */
function textOf({ method, path, body }: Pick<Received, 'method' | 'path' | 'body'>, timestamp: string): string | null {
  const start = path.indexOf('?');
  const bare = start < 0 ? path : path.slice(0, start);
  const query = start < 0 ? '' : percentDecoded(path.slice(start + 1));
  if (query === null || query.includes('\n') || query.includes('\r')) return null;
  const bodyHash = body === '' ? hashOfNothing : hash('sha512', body, 'hex');
  return `${method}\n${bare}\n${query}\n${bodyHash}\n${timestamp}`;
}

function readGate(request: Received): Claim | Malformed {
  const { headers } = request;
  const keyId = visibleField(headers[KEY]);
  if (keyId === null) return malformedField(KEY, VISIBLE);
  const timestampUs = decimalSecondsField(headers[TIMESTAMP]);
  if (timestampUs < 0) return malformedField(TIMESTAMP, DECIMAL_SECONDS);
  const signature = patternField(headers[SIGN], hexOfSha512);
  if (signature === null) return malformedField(SIGN, HEX_SHA512);
  const fault = requestLineFault(request);
  if (fault !== null) return fault;
  const message = textOf(request, headers[TIMESTAMP] as string);
  if (message === null) return { malformed: QUERY_FAULT };
  return {
    keyId,
    message,
    signature,
    freshness: { rule: 'window', timestampUs, windowUs: 0 },
    proves: null,
    carriedBody: null,
  };
}
