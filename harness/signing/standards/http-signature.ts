/**
 * What the profiles of HTTP Message Signatures (RFC 9421) share: which components are signed, how the two fields are
 * written, and what a reader demands of them.
 *
 * A sender chooses himself what he signs, so that a verifier which takes his list takes a signature over nothing. Here
 * method, authority, path and query must be covered, and Content-Digest where there is a body. Beyond that: one signature,
 * with `created`, `nonce` and `keyid`, in the one spelling that the fields' serialisation gives.
 */
import {
  type BareItem,
  type Dictionary,
  type InnerList,
  parseDictionary,
  serializeInnerList,
  serializeString,
} from 'structured-headers';
import {
  demandRequestLine,
  malformedField,
  requestLineFault,
  TIMESTAMP_S_MAX,
  visibleField,
} from '../fields/received-fields.js';
import type {
  Coverage,
  FreshnessClaim,
  Malformed,
  ProfileDefaults,
  Received,
  SigningProfile,
  Stamp,
  Unsigned,
} from '../profile.js';
import { CONTENT_DIGEST, contentDigest } from './content-digest.js';
import { signatureBase } from './signature-base.js';

const INPUT = 'signature-input';
const SIGNATURE = 'signature';
const LABEL = 'sig1';

export const httpSignatureCoverage: Coverage = {
  method: true,
  path: true,
  query: true,
  body: true,
  host: true,
  unique: true,
  weaknesses: [
    'Headers that the sender did not name as signed can be changed.',
    'What is signed is the choice of the sender: a verifier that demands nothing takes a signature over nothing.',
  ],
};

/** The standard names no figures; these are common ones. It has a nonce, so that a signature need not be taken twice. */
export const httpSignatureDefaults: ProfileDefaults = { windowUs: 60_000_000, futureUs: 5_000_000, replay: 'refuse' };

export const httpSignatureSlots: SigningProfile['slots'] = {
  keyId: { place: 'header-part', header: INPUT, name: 'keyid' },
  signature: { place: 'header-part', header: SIGNATURE, name: LABEL },
  timestamp: { place: 'header-part', header: INPUT, name: 'created' },
  nonce: { place: 'header-part', header: INPUT, name: 'nonce' },
  window: { place: 'header-part', header: INPUT, name: 'expires' },
};

/** The request's text to sign, and the headers that go with it; that of the signature is to be added. */
export interface SignatureDraft {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws {RangeError} for a method, path or key id that can't be carried. */
export function draftSignature(request: Unsigned, stamp: Stamp, keyId: string, algorithm: string): SignatureDraft {
  demandRequestLine(request);
  if (visibleField(keyId) === null) throw new RangeError('a key id must be 1 to 256 visible characters');
  const { method, path, body, host } = request;
  const created = Math.floor(stamp.nowUs / 1_000_000);
  const expires = stamp.windowMs === 0 ? '' : `;expires=${created + Math.ceil(stamp.windowMs / 1000)}`;
  const digest = body === '' ? '' : contentDigest(body);
  const names = `("@method" "@authority" "@path" "@query"${digest === '' ? '' : ' "content-digest"'})`;
  const nonce = serializeString(stamp.nonce);
  const params = `${names};created=${created}${expires};nonce=${nonce};keyid=${serializeString(keyId)};alg="${algorithm}"`;
  const start = path.indexOf('?');
  // The same as `signatureBase` makes of these components, and several times as fast.
  const base =
    `"@method": ${method}\n"@authority": ${host.toLowerCase()}\n"@path": ${start < 0 ? path : path.slice(0, start)}\n` +
    `"@query": ${start < 0 ? '?' : path.slice(start)}\n` +
    `${digest === '' ? '' : `"content-digest": ${digest}\n`}"@signature-params": ${params}`;
  const headers: Record<string, string> = { [INPUT]: `${LABEL}=${params}` };
  if (digest !== '') headers[CONTENT_DIGEST] = digest;
  return { base, headers };
}

export function signatureHeader(base64: string): Readonly<Record<string, string>> {
  return { [SIGNATURE]: `${LABEL}=:${base64}:` };
}

/** What a request claims that is signed so. */
export interface ReadSignature {
  readonly keyId: string;
  readonly base: string;
  /** Base64 in its one spelling. */
  readonly signature: string;
  readonly freshness: FreshnessClaim;
  /** The field that covers the body; null where there is neither a body nor a signed field. */
  readonly digest: string | null;
}

export function readSignature(request: Received, algorithm: string): ReadSignature | Malformed {
  const { headers } = request;
  const input = readInput(headers[INPUT]);
  if (input === null) return malformedField(INPUT, 'one signature, in the spelling of its serialisation');
  const signature = readBytes(headers[SIGNATURE], input.label);
  if (signature === null) return malformedField(SIGNATURE, `the bytes of ${input.label} in base64`);
  const params = readParams(input.covered[1], algorithm);
  if ('malformed' in params) return params;
  const fault = requestLineFault(request) ?? coverageFault(input.covered, request);
  if (fault !== null) return fault;
  const host = visibleField(headers.host);
  if (host === null) return malformedField('host', 'a name or address, and a port');
  let base: string;
  try {
    const { method, path } = request;
    base = signatureBase({ method, path, scheme: null, host, status: null, headers }, input.covered, input.text);
  } catch (error) {
    return { malformed: `${INPUT}: ${error instanceof Error ? error.message : String(error)}` };
  }
  // A signed digest is checked without a body, too: a body that was taken away leaves it behind.
  const isCovered = input.covered[0].some(([name]) => name === CONTENT_DIGEST);
  const digest = isCovered ? (headers[CONTENT_DIGEST] as string) : null;
  return { ...params, base, signature, digest };
}

interface Input {
  readonly label: string;
  readonly covered: InnerList;
  /** Its serialisation. */
  readonly text: string;
}

function readInput(field: Received['headers'][string]): Input | null {
  if (typeof field !== 'string') return null;
  let dictionary: Dictionary;
  try {
    dictionary = parseDictionary(field);
  } catch {
    return null;
  }
  const [first, ...more] = dictionary;
  if (first === undefined || more.length > 0) return null;
  const [label, member] = first;
  if (!Array.isArray(member[0])) return null;
  const covered = member as InnerList;
  const text = serializeInnerList(covered);
  return field === `${label}=${text}` ? { label, covered, text } : null;
}

function readBytes(field: Received['headers'][string], label: string): string | null {
  const head = `${label}=:`;
  if (typeof field !== 'string' || !field.startsWith(head) || !field.endsWith(':')) return null;
  const base64 = field.slice(head.length, -1);
  return base64 !== '' && Buffer.from(base64, 'base64').toString('base64') === base64 ? base64 : null;
}

const paramNames = new Set(['created', 'expires', 'nonce', 'keyid', 'alg', 'tag']);

function readParams(
  params: ReadonlyMap<string, BareItem>,
  algorithm: string,
): Pick<ReadSignature, 'keyId' | 'freshness'> | Malformed {
  const unknown = [...params.keys()].find((name) => !paramNames.has(name));
  if (unknown !== undefined) return { malformed: `${INPUT} has a parameter that is not known here: ${unknown}` };
  const [created, expires, nonce] = [params.get('created'), params.get('expires'), params.get('nonce')];
  const [keyid, alg] = [params.get('keyid'), params.get('alg')];
  const keyId = typeof keyid === 'string' ? visibleField(keyid) : null;
  if (keyId === null) return { malformed: `${INPUT} must have a keyid of 1 to 256 visible characters` };
  if (typeof nonce !== 'string' || nonce === '' || nonce.length > 64) {
    return { malformed: `${INPUT} must have a nonce of 1 to 64 characters` };
  }
  if (alg !== undefined && alg !== algorithm) return { malformed: `${INPUT} must have the alg ${algorithm}` };
  if (!isSeconds(created)) return { malformed: `${INPUT} must have created, whole seconds since 1970` };
  if (expires !== undefined && (!isSeconds(expires) || expires <= created)) {
    return { malformed: `${INPUT} must have expires in whole seconds and after created` };
  }
  const windowUs = expires === undefined ? 0 : (expires - created) * 1_000_000;
  return { keyId, freshness: { rule: 'window', timestampUs: created * 1_000_000, windowUs } };
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= TIMESTAMP_S_MAX;
}

function coverageFault([components]: InnerList, { body, headers }: Received): Malformed | null {
  const names = new Set<unknown>();
  for (const [name, params] of components) {
    if (params.size > 0) return { malformed: `${INPUT} covers what is not taken: ${name}` };
    if (Array.isArray(headers[String(name)])) return malformedField(String(name), `it is named in ${INPUT}`);
    names.add(name);
  }
  const target = names.has('@request-target') ? [] : ['@path', '@query'];
  const wanted = ['@method', '@authority', ...target, ...(body === '' ? [] : [CONTENT_DIGEST])];
  const missing = wanted.find((name) => !names.has(name));
  return missing === undefined ? null : { malformed: `${INPUT} must cover ${missing}` };
}
