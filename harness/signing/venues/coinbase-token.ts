/**
 * What the two kinds of Coinbase's CDP keys share: a JSON Web Token in `Authorization: Bearer`, made anew for each request,
 * that names method, host and path of the request it is for and lives two minutes.
 *
 * The algorithm is the profile's, whatever the token's header says: a header with another one is malformed. A token is known
 * by what is signed, so that a second right signature of the same token, which ECDSA allows, makes no second request.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  demandRequestLine,
  malformedField,
  requestLineFault,
  TIMESTAMP_S_MAX,
  visibleField,
} from '../fields/received-fields.js';
import type { Claim, Coverage, Credential, Malformed, OwnProfile, Received } from '../profile.js';
import { readToken, signingInputOf, type TokenParts } from '../standards/json-web-token.js';

const AUTHORIZATION = 'authorization';
const SCHEME = 'Bearer ';
/** "Your JWT expires after 2 minutes": docs.cdp.coinbase.com, "JWT Authentication". */
const LIFE_SECONDS = 120;
const NONCE_HEX_DIGITS = 32;
/** r and s of P-256, and an Ed25519 signature (RFC 8032). */
const SIGNATURE_BYTES = 64;

/** What tells the kinds apart. */
export interface TokenForm {
  readonly algorithm: 'ES256' | 'EdDSA';
  /** First the one that is written. */
  readonly issuers: readonly string[];
  /** First the one that is written. */
  readonly audiences: readonly string[];
  /** The claim that names the request; `uris` is a list of one. Either is read. */
  readonly target: 'uri' | 'uris';
  readonly sign: (credential: Credential, text: string) => Buffer;
  /** Whether 64 bytes are the signature of the text. */
  readonly verify: (credential: Credential, text: string, signature: Buffer) => boolean;
}

const tokenCoverage: Coverage = {
  method: true,
  path: true,
  query: false,
  body: false,
  host: true,
  unique: true,
  weaknesses: [
    'The body is not signed: whoever holds a request in his hands can change the order in it.',
    'The query is not signed: whoever holds a request in his hands can change its parameters.',
    'A verifier that keeps no list of used tokens takes one for two minutes, with any body.',
  ],
};

type TokenProfile = Pick<
  OwnProfile,
  'kind' | 'secretForm' | 'freshness' | 'defaults' | 'coverage' | 'slots' | 'sign' | 'read'
>;

export function coinbaseToken(form: TokenForm): TokenProfile {
  const part = (name: string) => ({ place: 'token', header: AUTHORIZATION, name }) as const;
  return {
    kind: 'own',
    secretForm: 'none',
    freshness: 'expiry',
    defaults: { windowUs: LIFE_SECONDS * 1_000_000, futureUs: 0, replay: 'allow' },
    coverage: tokenCoverage,
    slots: { keyId: part('sub'), signature: part('signature'), timestamp: part('nbf'), window: part('exp') },
    sign: (request, { nowUs, nonce }, credential) => {
      demandRequestLine(request);
      const { method, path, body, host } = request;
      const seconds = Math.floor(nowUs / 1_000_000);
      const uri = targetOf(method, host, path);
      // Sixteen bytes in hex are what the venue's clients send; the stamp's nonce is as unique but of another form.
      const unique = createHash('sha256').update(nonce, 'utf8').digest('hex').slice(0, NONCE_HEX_DIGITS);
      const input = signingInputOf(
        { alg: form.algorithm, typ: 'JWT', kid: credential.keyId, nonce: unique },
        {
          aud: [form.audiences[0]],
          iss: form.issuers[0],
          nbf: seconds,
          exp: seconds + LIFE_SECONDS,
          sub: credential.keyId,
          iat: seconds,
          ...(form.target === 'uri' ? { uri } : { uris: [uri] }),
        },
      );
      const signature = form.sign(credential, input).toString('base64url');
      const headers = { [AUTHORIZATION]: `${SCHEME}${input}.${signature}` };
      return { method, path, headers, body: body === '' ? null : body };
    },
    read: (request) => readRequest(request, form),
  };
}

/** The request's method, host and path as a token names them. Hosts have no case. */
function targetOf(method: string, host: string, path: string): string {
  const start = path.indexOf('?');
  return `${method} ${host.toLowerCase()}${start < 0 ? path : path.slice(0, start)}`;
}

function readRequest(request: Received, form: TokenForm): Claim | Malformed {
  const field = request.headers[AUTHORIZATION];
  const token = typeof field === 'string' && field.startsWith(SCHEME) ? readToken(field.slice(SCHEME.length)) : null;
  if (token === null) return malformedField(AUTHORIZATION, 'Bearer and a JSON Web Token');
  const read = readClaims(token, form);
  if ('malformed' in read) return read;
  const host = visibleField(request.headers.host);
  if (host === null) return malformedField('host', 'a name or address, and a port');
  const fault = requestLineFault(request);
  if (fault !== null) return fault;
  const target = targetOf(request.method, host, request.path);
  const { signingInput, signature, signatureText } = token;
  return {
    keyId: read.keyId,
    message: signingInput,
    signature: signatureText,
    freshness: {
      rule: 'expiry',
      // RFC 7519: not before `nbf`, and not on or after `exp`.
      notBeforeUs: read.notBefore * 1_000_000,
      expiresUs: read.expires * 1_000_000,
    },
    proves: (credential) => isSame(read.target, target) && form.verify(credential, signingInput, signature),
    carriedBody: null,
  };
}

function isSame(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8')];
  return first.length === second.length && timingSafeEqual(first, second);
}

interface ReadClaims {
  readonly keyId: string;
  readonly notBefore: number;
  readonly expires: number;
  readonly target: string;
}

const headerNames = new Set(['alg', 'typ', 'kid', 'nonce']);
const claimNames = new Set(['iss', 'sub', 'aud', 'nbf', 'exp', 'iat', 'uri', 'uris']);

function readClaims({ header, claims, signature }: TokenParts, form: TokenForm): ReadClaims | Malformed {
  if (header.alg !== form.algorithm) return { malformed: `the token's alg must be ${form.algorithm}` };
  if (signature.length !== SIGNATURE_BYTES)
    return { malformed: `the token's signature must be ${SIGNATURE_BYTES} bytes` };
  if (header.typ !== undefined && header.typ !== 'JWT') return { malformed: "the token's typ must be JWT" };
  const unknown = unknownName(header, headerNames) ?? unknownName(claims, claimNames);
  // `crit`, `jwk` and their like ask a verifier for more than it does.
  if (unknown !== null) return { malformed: `the token has a member that is not known here: ${unknown}` };
  if (typeof header.nonce !== 'string' || !/^[0-9A-Za-z-]{1,64}$/.test(header.nonce)) {
    return { malformed: "the token's nonce must be 1 to 64 letters and digits" };
  }
  const keyId = typeof header.kid === 'string' ? visibleField(header.kid) : null;
  if (keyId === null || claims.sub !== keyId) return { malformed: "the token's kid and sub must be one key id" };
  if (!form.issuers.includes(String(claims.iss)))
    return { malformed: `the token's iss must be ${form.issuers.join(' or ')}` };
  if (!isAudience(claims.aud, form.audiences))
    return { malformed: `the token's aud must be [${form.audiences.join('] or [')}]` };
  const target = targetClaim(claims);
  if (target === null) return { malformed: "the token's uri must be given once, as METHOD host/path" };
  const { nbf: notBefore, exp: expires, iat } = claims;
  if (!isSeconds(notBefore) || !isSeconds(expires) || (iat !== undefined && !isSeconds(iat))) {
    return { malformed: "the token's nbf, exp and iat must be whole seconds since 1970" };
  }
  if (expires <= notBefore || expires - notBefore > LIFE_SECONDS) {
    return { malformed: `the token's life must be 1 to ${LIFE_SECONDS} seconds` };
  }
  return { keyId, notBefore, expires, target };
}

function unknownName(members: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): string | null {
  return Object.keys(members).find((name) => !known.has(name)) ?? null;
}

/** Clients of the venue's own leave it out. */
function isAudience(aud: unknown, audiences: readonly string[]): boolean {
  return aud === undefined || (Array.isArray(aud) && aud.length === 1 && audiences.includes(String(aud[0])));
}

function targetClaim({ uri, uris }: Readonly<Record<string, unknown>>): string | null {
  if (uris === undefined) return typeof uri === 'string' ? uri : null;
  if (uri !== undefined || !Array.isArray(uris) || uris.length !== 1) return null;
  return typeof uris[0] === 'string' ? uris[0] : null;
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= TIMESTAMP_S_MAX;
}
