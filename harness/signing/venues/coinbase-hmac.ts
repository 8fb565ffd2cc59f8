/**
 * What the two Coinbase venues with HMAC keys share: base64 HMAC-SHA256 over `timestamp || METHOD || path || body` under a
 * secret that is handed out in base64, and a passphrase that its owner chose, in clear.
 */

import {
  BASE64_SHA256,
  base64OfSha256,
  DECIMAL_SECONDS,
  decimalSecondsField,
  demandRequestLine,
  malformedField,
  patternField,
  requestLineFault,
  SECONDS,
  TIMESTAMP_S_MAX,
  VISIBLE,
  visibleField,
  wholeNumberField,
  wordsField,
} from '../fields/received-fields.js';
import { sameSecret } from '../fields/same-secret.js';
import type { Claim, HmacProfile, Malformed, Received } from '../profile.js';

const KEY = 'cb-access-key';
const SIGN = 'cb-access-sign';
const TIMESTAMP = 'cb-access-timestamp';
const PASSPHRASE = 'cb-access-passphrase';

/** What tells them apart. */
export interface CoinbaseForm {
  readonly name: 'coinbase-exchange' | 'coinbase-international';
  readonly title: string;
  readonly source: string;
  readonly signsQuery: boolean;
  /** Whether a timestamp may have decimals. */
  readonly decimals: boolean;
  /** By how much a timestamp may be off, either way. */
  readonly windowUs: number;
  readonly weaknesses: readonly string[];
}

export function coinbaseHmac(form: CoinbaseForm): HmacProfile {
  const { name, title, source, windowUs, signsQuery, weaknesses } = form;
  return {
    kind: 'hmac',
    name,
    title,
    source,
    hash: 'sha256',
    encoding: 'base64',
    text: 'utf8',
    secretForm: 'base64',
    keyKind: 'secret-and-passphrase',
    freshness: 'window',
    defaults: { windowUs, futureUs: windowUs, replay: 'allow' },
    coverage: { method: true, path: true, query: signsQuery, body: true, host: false, unique: false, weaknesses },
    slots: {
      keyId: { place: 'header', name: KEY },
      signature: { place: 'header', name: SIGN },
      timestamp: { place: 'header', name: TIMESTAMP },
    },
    sign: (request, { nowUs }, { keyId, passphrase }, sign) => {
      demandRequestLine(request);
      const { method, path, body } = request;
      const timestamp = String(Math.floor(nowUs / 1_000_000));
      const headers = {
        [KEY]: keyId,
        [SIGN]: sign(keyId, `${timestamp}${method}${signedPath(path, signsQuery)}${body}`),
        [TIMESTAMP]: timestamp,
        [PASSPHRASE]: passphrase,
      };
      return { method, path, headers, body: body === '' ? null : body };
    },
    read: (request) => readCoinbase(request, form),
  };
}

function signedPath(path: string, signsQuery: boolean): string {
  if (signsQuery) return path;
  const start = path.indexOf('?');
  return start < 0 ? path : path.slice(0, start);
}

function readCoinbase(request: Received, { signsQuery, decimals }: CoinbaseForm): Claim | Malformed {
  const { method, path, headers, body } = request;
  const keyId = visibleField(headers[KEY]);
  if (keyId === null) return malformedField(KEY, VISIBLE);
  const signature = patternField(headers[SIGN], base64OfSha256);
  if (signature === null) return malformedField(SIGN, BASE64_SHA256);
  const timestampUs = decimals ? decimalSecondsField(headers[TIMESTAMP]) : wholeSecondsUs(headers[TIMESTAMP]);
  if (timestampUs < 0) return malformedField(TIMESTAMP, decimals ? DECIMAL_SECONDS : SECONDS);
  const passphrase = wordsField(headers[PASSPHRASE]);
  if (passphrase === null) return malformedField(PASSPHRASE, VISIBLE);
  const fault = requestLineFault(request);
  if (fault !== null) return fault;
  return {
    keyId,
    message: `${headers[TIMESTAMP]}${method}${signedPath(path, signsQuery)}${body}`,
    signature,
    freshness: { rule: 'window', timestampUs, windowUs: 0 },
    proves: (credential) => sameSecret(passphrase, credential.passphrase),
    carriedBody: null,
  };
}

function wholeSecondsUs(field: Received['headers'][string]): number {
  const seconds = wholeNumberField(field, TIMESTAMP_S_MAX);
  return seconds < 0 ? seconds : seconds * 1_000_000;
}
