/**
 * Kraken's spot REST API: HMAC-SHA512 over path || SHA256(nonce || data), raw bytes, by the base64-decoded secret. The
 * nonce is a parameter of the data that must rise from request to request of one key.
 *
 * Written from docs.kraken.com, "Spot REST Authentication". There, data is the POST body, a form or JSON. Requests that
 * Kraken has not are signed alike: data is the query as it stands, then the body; and the nonce is a member of a JSON
 * object, else a parameter of a form, else a parameter of the query, so that a body of any other kind stays what it is.
 */
import { hash } from 'node:crypto';
import { type JsonMember, jsonMembers, withFirstMember, withoutMember } from '../fields/json-members.js';
import * as field from '../fields/received-fields.js';
import * as parts from '../fields/request-parts.js';
import type { HmacProfile, Malformed, Received, Unsigned } from '../profile.js';

const KEY_HEADER = 'api-key';
const SIGNATURE_HEADER = 'api-sign';

export const kraken: HmacProfile = {
  kind: 'hmac',
  name: 'kraken',
  title: 'Kraken spot',
  source: 'https://docs.kraken.com/api/docs/guides/spot-rest-auth',
  hash: 'sha512',
  encoding: 'base64',
  text: 'latin1',
  secretForm: 'base64',
  keyKind: 'secret',
  freshness: 'nonce',
  // No window: the nonce alone tells. The figures are those of a gate that wants some.
  defaults: { windowUs: 5_000_000, futureUs: 1_000_000, replay: 'refuse' },
  coverage: {
    method: false,
    path: true,
    query: true,
    body: true,
    host: false,
    unique: true,
    weaknesses: [
      'Query and body are joined without a separator: what ends the one may begin the other.',
      'The method is not signed.',
      'A nonce is no time: a request that was held back stays good until its key uses a higher one.',
    ],
  },
  slots: {
    keyId: { place: 'header', name: KEY_HEADER },
    signature: { place: 'header', name: SIGNATURE_HEADER },
    nonce: { place: 'parameter', name: 'nonce' },
  },
  sign: (request, { rising }, { keyId }, sign) => {
    field.demandRequestLine(request);
    const nonce = String(rising);
    const { path, body, contentType } = withNonce(request, nonce);
    const signature = sign(keyId, textOf(path, nonce, body));
    const headers: Record<string, string> = { [KEY_HEADER]: keyId, [SIGNATURE_HEADER]: signature };
    if (contentType !== null) headers['content-type'] = contentType;
    return { method: request.method, path, headers, body: body === '' ? null : body };
  },
  read: (request) => {
    const { headers, path, body } = request;
    const fault = field.requestLineFault(request);
    if (fault !== null) return fault;
    const keyId = field.visibleField(headers[KEY_HEADER]);
    if (keyId === null) return field.malformedField(KEY_HEADER, field.VISIBLE);
    const signature = field.patternField(headers[SIGNATURE_HEADER], field.base64OfSha512);
    if (signature === null) return field.malformedField(SIGNATURE_HEADER, field.BASE64_SHA512);
    const found = readNonce(request);
    if ('malformed' in found) return found;
    const freshness = { rule: 'nonce', nonce: BigInt(found.nonce) } as const;
    const message = textOf(path, found.nonce, body);
    return { keyId, message, signature, freshness, proves: null, carriedBody: found.carriedBody };
  },
};

/** One byte a character: the path is ASCII, the hash comes as latin1. */
function textOf(path: string, nonce: string, body: string): string {
  const mark = path.indexOf('?');
  if (mark < 0) return path + hash('sha256', nonce + body, 'binary');
  return path.slice(0, mark) + hash('sha256', nonce + path.slice(mark + 1) + body, 'binary');
}

interface Placed {
  readonly path: string;
  readonly body: string;
  /** null = as it was. */
  readonly contentType: string | null;
}

/** @throws {RangeError} when the request has a nonce of its own. */
function withNonce({ method, path, body, contentType }: Unsigned, nonce: string): Placed {
  const query = parts.queryOf(path);
  const isForm = parts.isFormType(contentType);
  if (hasNonce(query) || (isForm && hasNonce(body))) throw taken;
  if (body === '' && (method === 'POST' || method === 'PUT' || method === 'PATCH')) {
    return { path, body: `nonce=${nonce}`, contentType: parts.FORM_TYPE };
  }
  if (isForm && body !== '') return { path, body: `nonce=${nonce}&${body}`, contentType: null };
  if (body !== '' && isObjectText(body, contentType)) {
    return { path, body: withFirstMember(body, `"nonce":"${nonce}"`), contentType: null };
  }
  const joint = path.includes('?') ? (path.endsWith('?') ? '' : '&') : '?';
  return { path: `${path}${joint}nonce=${nonce}`, body, contentType: null };
}

const taken = new RangeError("a request that Kraken's profile signs can't have a nonce of its own");

function hasNonce(text: string): boolean {
  return text !== '' && parts.parameterValues(text, 'nonce').length > 0;
}

/**
 * Whether a body goes out as a JSON object. One that is said to be JSON is believed when it begins and ends like an
 * object, since to parse each would take as long as to sign it; one that may have a nonce already is looked at closely.
 *
 * @throws {RangeError} when the object has a nonce of its own.
 */
function isObjectText(body: string, contentType: string | null): boolean {
  const isPlain = body.startsWith('{') && body.endsWith('}') && contentType === 'application/json';
  if (isPlain && !body.includes('nonce') && !body.includes('\\u')) return true;
  const members = jsonMembers(body);
  if (members === null) return false;
  if (members.some(({ name }) => name === 'nonce')) throw taken;
  return true;
}

interface Found {
  readonly nonce: string;
  readonly carriedBody: string | null;
}

function readNonce(request: Received): Found | Malformed {
  const { path, body } = request;
  const isForm = parts.isForm(request);
  const inQuery = parts.parameterValues(parts.queryOf(path), 'nonce');
  const inForm = isForm ? parts.parameterValues(body, 'nonce') : [];
  const members = isForm || body === '' ? null : jsonMembers(body);
  const inBody = members?.filter(({ name }) => name === 'nonce') ?? [];
  const texts = [...inQuery, ...inForm, ...inBody.map(({ value }) => value.replace(/^"(.*)"$/, '$1'))];
  const [nonce] = texts;
  if (nonce === undefined || texts.length > 1 || field.nonceField(nonce) === null) {
    return field.malformedField('nonce', 'a whole number of at most 64 bits, in the body or the query');
  }
  if (inForm.length > 0) return { nonce, carriedBody: withoutPair(body) };
  if (members === null || inBody.length === 0) return { nonce, carriedBody: null };
  return { nonce, carriedBody: withoutMember(body, members, members.indexOf(inBody[0] as JsonMember)) };
}

/** The form as its sender had it before the nonce came in. */
function withoutPair(form: string): string {
  const parts = form.split('&');
  return parts.filter((part) => !part.startsWith('nonce=')).join('&');
}
