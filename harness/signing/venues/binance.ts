/**
 * Binance's REST API: query and body in one text without a separator, signed by HMAC-SHA256 in hex, or by RSA or Ed25519
 * in base64. Time and window are parameters like any other; there is no nonce.
 *
 * Written from binance/binance-spot-api-docs, rest-api.md ("SIGNED Endpoint security", "Timing security"). Where that is
 * silent: `signature` is the last parameter of the place that it stands in, query or form, and stands in one of them only.
 */

import * as field from '../fields/received-fields.js';
import * as parts from '../fields/request-parts.js';
import { stampMsText } from '../fields/stamp-text.js';
import { isProof, type ProofScheme, proofOf } from '../keys/public-key-proof.js';
import type { Claim, Coverage, HmacProfile, Malformed, OwnProfile, Received, Stamp, Unsigned } from '../profile.js';
import type { SignedWire } from '../signed-wire.js';

const KEY_HEADER = 'x-mbx-apikey';

/** "If recvWindow is not sent, it defaults to 5000 milliseconds." */
const WINDOW_US_PLAIN = 5_000_000;
/** "Maximum recvWindow is 60000 milliseconds." */
const WINDOW_US_MAX = 60_000_000;

const coverage: Coverage = {
  method: false,
  path: false,
  query: true,
  body: true,
  host: false,
  unique: false,
  weaknesses: [
    'Query and body are joined without a separator: the query a=1 with the body b=2 signs like the query a=1b=2.',
    'Neither method nor path is signed: the parameters of a query of an order also cancel it.',
    'There is no nonce: a request can be sent again while its recvWindow lasts.',
    'A parameter of the body that also stands in the query is signed but not used.',
  ],
};

const shared = {
  source: 'binance/binance-spot-api-docs, rest-api.md',
  coverage,
  freshness: 'window',
  // A policy's window is the longest that it grants; what a request that asks for none gets is claimed below.
  defaults: { windowUs: WINDOW_US_MAX, futureUs: 1_000_000, replay: 'allow' },
  slots: {
    keyId: { place: 'header', name: KEY_HEADER },
    signature: { place: 'query', name: 'signature' },
    timestamp: { place: 'query', name: 'timestamp' },
    window: { place: 'query', name: 'recvWindow' },
  },
} as const;

export const binance: HmacProfile = {
  ...shared,
  kind: 'hmac',
  name: 'binance',
  title: 'Binance (HMAC)',
  hash: 'sha256',
  encoding: 'hex',
  text: 'utf8',
  secretForm: 'utf8',
  keyKind: 'secret',
  sign: (request, stamp, { keyId }, sign) => signed(request, stamp, keyId, (text) => sign(keyId, text)),
  read: (request) => {
    const read = readPayload(request);
    if ('malformed' in read) return read;
    const { signature } = read;
    if (!field.hexOfSha256.test(signature)) return field.malformedField('signature', field.HEX_SHA256);
    return claimOf(request, read, signature, null);
  },
};

export const binanceRsa = withPublicKey({
  name: 'binance-rsa',
  title: 'Binance (RSA)',
  keyKind: 'rsa',
  scheme: 'rsa-v1_5-sha256',
});

export const binanceEd25519 = withPublicKey({
  name: 'binance-ed25519',
  title: 'Binance (Ed25519)',
  keyKind: 'ed25519',
  scheme: 'ed25519',
});

interface KeyForm extends Pick<OwnProfile, 'name' | 'title' | 'keyKind'> {
  readonly scheme: ProofScheme;
}

function withPublicKey({ scheme, ...form }: KeyForm): OwnProfile {
  return {
    ...shared,
    ...form,
    kind: 'own',
    secretForm: 'none',
    sign: (request, stamp, { keyId, privateKey }) =>
      signed(request, stamp, keyId, (text) => encodeURIComponent(proofOf(scheme, text, privateKey))),
    read: (request) => {
      const read = readPayload(request);
      if ('malformed' in read) return read;
      // A plus sign that is not encoded is a blank in a query.
      if (!/^(?:[A-Za-z0-9/=]|%2[BF]|%3D)+$/i.test(read.signature)) {
        return field.malformedField('signature', 'base64, percent-encoded');
      }
      const signature = decodeURIComponent(read.signature);
      const { payload } = read;
      return claimOf(request, read, signature, ({ publicKey }) => isProof(scheme, payload, signature, publicKey));
    },
  };
}

/** Time and window go to the end of the query, whatever the body is; the signature stands behind them. */
function signed(request: Unsigned, stamp: Stamp, keyId: string, sign: (text: string) => string): SignedWire {
  field.demandRequestLine(request);
  const { method, path, body } = request;
  const asked = stamp.windowMs === 0 ? '' : `recvWindow=${stamp.windowMs}&`;
  const stamps = `${asked}timestamp=${stampMsText(stamp.nowUs)}`;
  const mark = path.indexOf('?');
  const query = mark < 0 ? '' : path.slice(mark + 1);
  demandFree(request, query);
  const joint = query === '' ? '' : '&';
  const signature = sign(query + joint + stamps + body);
  return {
    method,
    path: `${path}${mark < 0 ? '?' : joint}${stamps}&signature=${signature}`,
    headers: { [KEY_HEADER]: keyId },
    body: body === '' ? null : body,
  };
}

const ownNames = ['signature', 'timestamp', 'recvWindow'] as const;

/** @throws {RangeError} for a request that has a parameter of the profile's own already. */
function demandFree({ body, contentType }: Unsigned, query: string): void {
  const taken = query === '' ? undefined : ownNames.find((name) => parts.parameterValues(query, name).length > 0);
  const form = body !== '' && parts.isFormType(contentType) && parts.parameterValues(body, 'signature').length > 0;
  if (taken !== undefined || form) {
    throw new RangeError(`a request that Binance's profile signs can't have a parameter ${taken ?? 'signature'}`);
  }
}

interface Payload {
  readonly keyId: string;
  readonly payload: string;
  /** As it stands. */
  readonly signature: string;
}

function readPayload(request: Received): Payload | Malformed {
  const { headers, path, body } = request;
  const fault = field.requestLineFault(request);
  if (fault !== null) return fault;
  const keyId = field.visibleField(headers[KEY_HEADER]);
  if (keyId === null) return field.malformedField(KEY_HEADER, field.VISIBLE);
  const query = parts.queryOf(path);
  const form = parts.isForm(request) ? body : '';
  const inQuery = parts.parameterValues(query, 'signature').length;
  if (inQuery + parts.parameterValues(form, 'signature').length !== 1) return badSignature;
  const place = splitSignature(inQuery === 1 ? query : form);
  if (place === null) return badSignature;
  const payload = inQuery === 1 ? place.before + body : query + place.before;
  return { keyId, payload, signature: place.signature };
}

const badSignature = field.malformedField('signature', 'the last parameter of the query or of a form');

/** The text without its last parameter, which must be the signature; null when it is not. */
function splitSignature(text: string): { readonly before: string; readonly signature: string } | null {
  const end = text.lastIndexOf('&');
  const last = text.slice(end + 1);
  const name = 'signature=';
  if (!last.startsWith(name)) return null;
  return { before: text.slice(0, Math.max(0, end)), signature: last.slice(name.length) };
}

function claimOf(request: Received, read: Payload, signature: string, proves: Claim['proves']): Claim | Malformed {
  const timestampUs = readStamp(request);
  if (timestampUs < 0) return field.malformedField('timestamp', 'milliseconds or microseconds since 1970, digits only');
  const windowUs = readWindow(request);
  if (windowUs <= 0) return field.malformedField('recvWindow', 'above 0, at most 60000 ms, with up to three decimals');
  const freshness = { rule: 'window', timestampUs, windowUs } as const;
  return { keyId: read.keyId, message: read.payload, signature, freshness, proves, carriedBody: null };
}

/** "If a parameter sent in both the query string and request body, the query string parameter will be used." */
function usedValues(request: Received, name: string): readonly string[] {
  const inQuery = parts.parameterValues(parts.queryOf(request.path), name);
  if (inQuery.length > 0 || !parts.isForm(request)) return inQuery;
  return parts.parameterValues(request.body, name);
}

/**
 * Microseconds, -1 for none. Milliseconds and microseconds are told apart by size: what is too large for milliseconds is
 * microseconds, so that those of the first 104 days of 1970 would be taken for milliseconds.
 */
function readStamp(request: Received): number {
  const [text, second] = usedValues(request, 'timestamp');
  if (text === undefined || second !== undefined) return -1;
  const value = field.wholeNumberField(text, Number.MAX_SAFE_INTEGER);
  return value > field.TIMESTAMP_MS_MAX ? value : value * 1_000;
}

/** Microseconds; 0 or -1 for a window that the venue does not know. */
function readWindow(request: Received): number {
  const [text, second] = usedValues(request, 'recvWindow');
  if (text === undefined) return WINDOW_US_PLAIN;
  const found = /^(0|[1-9][0-9]{0,4})(?:\.([0-9]{1,3}))?$/.exec(text);
  if (found === null || second !== undefined) return -1;
  const windowUs = Number(found[1]) * 1_000 + Number((found[2] ?? '').padEnd(3, '0'));
  return windowUs <= WINDOW_US_MAX ? windowUs : -1;
}
