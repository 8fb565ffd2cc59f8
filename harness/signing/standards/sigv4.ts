/**
 * AWS Signature Version 4 in the Authorization header: hex HMAC-SHA256 over a text with the hash of the canonical request,
 * under a key that is derived from the secret for one day, region and service.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { HmacKey } from '../../core/hmac-key.js';
import { isoOfMs, msOfIso } from '../fields/iso-time.js';
import { demandRequestLine, malformedField, requestLineFault, visibleField } from '../fields/received-fields.js';
import type { Claim, Credential, Malformed, OwnProfile, Received } from '../profile.js';
import { type CanonicalFields, canonicalRequest } from './sigv4-canonical.js';

const AUTHORIZATION = 'authorization';
const DATE = 'x-amz-date';
const CONTENT_HASH = 'x-amz-content-sha256';
const ALGORITHM = 'AWS4-HMAC-SHA256';
const DATE_CHARS = 8;
const QUERY_FAULT = 'the query must be percent-encoded UTF-8';
const DATE_WORDS = 'a time as 20150830T123600Z has it';
const KEY_ID_FORM = '[A-Za-z0-9_.-]{1,256}';
const keyIdForm = new RegExp(`^${KEY_ID_FORM}$`);
const authorizationForm = new RegExp(
  `^AWS4-HMAC-SHA256 Credential=(${KEY_ID_FORM})/([0-9]{8})/([a-z0-9-]{1,64})/([a-z0-9-]{1,64})/aws4_request, ` +
    'SignedHeaders=([a-z0-9;-]{1,1024}), Signature=([0-9a-f]{64})$',
);

export interface SigningScope {
  readonly region: string;
  readonly service: string;
}

/** Of a host of API Gateway its own; of any other, a load balancer's or a trial server's, what AWS's tools take first. */
export function scopeOf(host: string): SigningScope {
  const found = /\.execute-api\.([a-z0-9-]{1,64})\.amazonaws\.com$/.exec(host.toLowerCase());
  return { region: found?.[1] ?? 'us-east-1', service: 'execute-api' };
}

export const sigv4: OwnProfile = {
  kind: 'own',
  name: 'sigv4',
  title: 'AWS Signature Version 4',
  source: 'docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html; aws4 1.13.2',
  secretForm: 'utf8',
  keyKind: 'secret',
  freshness: 'window',
  // RequestTimeTooSkewed beyond 15 minutes: docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. Other services say
  // five.
  defaults: { windowUs: 900_000_000, futureUs: 900_000_000, replay: 'allow' },
  coverage: {
    method: true,
    path: true,
    query: true,
    body: true,
    host: true,
    unique: false,
    weaknesses: [
      'There is no nonce: a request can be sent again until its window is over, which is half an hour wide.',
      'Parameters are sorted and decoded before they are signed: their order, and the spelling of escapes, can be changed.',
      'Headers that the sender did not name as signed can be changed.',
    ],
  },
  slots: {
    keyId: { place: 'header-part', header: AUTHORIZATION, name: 'Credential' },
    signature: { place: 'header-part', header: AUTHORIZATION, name: 'Signature' },
    timestamp: { place: 'header', name: DATE },
  },
  sign: ({ method, path, body, host, contentType }, { nowUs }, credential) => {
    demandRequestLine({ method, path });
    if (!keyIdForm.test(credential.keyId)) throw new RangeError('a key id of SigV4 is letters, digits and _.-');
    const dateTime = amzDateOf(nowUs);
    // "If the Content-Type header is present in the request, you must add it": create-signed-request, step 1.
    const type = contentType === null || body === '' ? [] : ([['content-type', contentType]] as const);
    const headers = [...type, ['host', host], [DATE, dateTime]] as const;
    const scope = scopeText(dateTime, scopeOf(host));
    const text = stringToSign({ method, path, headers, body }, dateTime, scope);
    if (text === null) throw new RangeError(`${QUERY_FAULT}: ${path}`);
    const names = headers.map(([name]) => name).join(';');
    const signature = derivedKey(credential, scope).mac(text, 'hex');
    const sent = {
      ...Object.fromEntries(type),
      [DATE]: dateTime,
      [AUTHORIZATION]: `${ALGORITHM} Credential=${credential.keyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    };
    return { method, path, headers: sent, body: body === '' ? null : body };
  },
  read: (request) => readSigv4(request),
};

/** null when the query is no percent-encoded UTF-8. */
function stringToSign(fields: CanonicalFields, dateTime: string, scope: string): string | null {
  const canonical = canonicalRequest(fields);
  return canonical === null ? null : `${ALGORITHM}\n${dateTime}\n${scope}\n${hash('sha256', canonical, 'hex')}`;
}

function scopeText(dateTime: string, { region, service }: SigningScope): string {
  return `${dateTime.slice(0, DATE_CHARS)}/${region}/${service}/aws4_request`;
}

/** Of each credential the key that was used last; its scope changes once a day. */
const derived = new WeakMap<Credential, { readonly scope: string; readonly key: HmacKey }>();

function derivedKey(credential: Credential, scope: string): HmacKey {
  const kept = derived.get(credential);
  if (kept?.scope === scope) return kept.key;
  let key: Buffer = Buffer.concat([Buffer.from('AWS4', 'utf8'), credential.secret]);
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part, 'utf8').digest();
  const made = { scope, key: new HmacKey(key, 'sha256') };
  derived.set(credential, made);
  return made.key;
}

function amzDateOf(nowUs: number): string {
  const iso = isoOfMs(Math.floor(nowUs / 1_000_000) * 1000);
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** Milliseconds since 1970, -1 for a text of another form. */
function msOfAmzDate(text: string): number {
  const found = /^([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z$/.exec(text);
  if (found === null) return -1;
  const [year, month, day, hour, minute, second] = found.slice(1);
  return msOfIso(`${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`);
}

function readSigv4(request: Received): Claim | Malformed {
  const { method, path, headers, body } = request;
  const field = headers[AUTHORIZATION];
  const parts = typeof field === 'string' ? authorizationForm.exec(field) : null;
  if (parts === null) return malformedField(AUTHORIZATION, `${ALGORITHM} with Credential, SignedHeaders, Signature`);
  const [keyId, day, region, service, names, signature] = parts.slice(1) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const dateTime = headers[DATE];
  const ms = typeof dateTime === 'string' ? msOfAmzDate(dateTime) : -1;
  if (typeof dateTime !== 'string' || ms < 0) return malformedField(DATE, DATE_WORDS);
  if (!dateTime.startsWith(day)) return { malformed: `the credential's day must be that of ${DATE}` };
  const host = visibleField(headers.host);
  if (host === null) return malformedField('host', 'a name or address, and a port');
  const own = scopeOf(host);
  if (region !== own.region || service !== own.service) {
    return { malformed: `the credential's scope must be ${own.region}/${own.service}` };
  }
  const signed = signedHeaders(names, headers);
  if ('malformed' in signed) return signed;
  const fault = requestLineFault(request) ?? contentHashFault(headers, body);
  if (fault !== null) return fault;
  const message = stringToSign({ method, path, headers: signed.pairs, body }, dateTime, scopeText(dateTime, own));
  if (message === null) return { malformed: QUERY_FAULT };
  return {
    keyId,
    message,
    signature,
    freshness: { rule: 'window', timestampUs: ms * 1000, windowUs: 0 },
    proves: (credential) => {
      const right = derivedKey(credential, scopeText(dateTime, own)).mac(message, 'hex');
      return timingSafeEqual(Buffer.from(right), Buffer.from(signature));
    },
    carriedBody: null,
  };
}

interface SignedHeaders {
  readonly pairs: readonly (readonly [name: string, value: string])[];
}

function signedHeaders(list: string, headers: Received['headers']): SignedHeaders | Malformed {
  const names = list.split(';');
  const pairs: (readonly [string, string])[] = [];
  for (const [index, name] of names.entries()) {
    const value = headers[name];
    if (typeof value !== 'string') return malformedField(name, 'it is named in SignedHeaders');
    if (index > 0 && name <= (names[index - 1] as string)) return { malformed: 'SignedHeaders must be sorted' };
    pairs.push([name, value]);
  }
  // "Host and every x-amz-* header of the request must be signed": create-signed-request, step 1.
  const wanted = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  const missing = wanted.find((name) => !names.includes(name));
  return missing === undefined ? { pairs } : { malformed: `SignedHeaders must name ${missing}` };
}

/** A body may be said to be unsigned (`UNSIGNED-PAYLOAD`) or to come in signed chunks: in here it must be signed whole. */
function contentHashFault(headers: Received['headers'], body: string): Malformed | null {
  const told = headers[CONTENT_HASH];
  if (told === undefined || told === hash('sha256', body, 'hex')) return null;
  return malformedField(CONTENT_HASH, 'SHA-256 of the body in hex');
}
