/**
 * What a signing profile is: how one venue or standard signs a request, signing and reading side by side in one file of
 * this folder. Pure: time, nonces and secrets come in as arguments.
 *
 * Two kinds. A profile of kind `hmac` says which text is signed; the MAC itself is made elsewhere, by a gate (native where
 * it can be) or an `HmacKey`. A profile of kind `own` (public keys, derived keys, bearer keys) makes and checks its proof
 * itself.
 */
import type { HashName } from '../core/hmac-key.js';
import type { SignedWire } from './signed-wire.js';

/** A request before it is signed. */
export interface Unsigned {
  /** Upper-case. */
  readonly method: string;
  /** With query, percent-encoded, as it stands in the request line. */
  readonly path: string;
  /** '' = none. */
  readonly body: string;
  /** Host and port as the Host header has them; profiles that sign the host need it. */
  readonly host: string;
  /** Type of the body, such as `application/json`; null = none. */
  readonly contentType: string | null;
}

/** When and under which number a request is signed. */
export interface Stamp {
  /** Whole microseconds since 1970 by the signer's own clock. */
  readonly nowUs: number;
  /** Unique among the requests of its key: 1 to 32 letters, digits or `-`. */
  readonly nonce: string;
  /** Strictly rising from request to request of one key, at most 2^53 - 1; venues take microseconds since 1970. */
  readonly rising: number;
  /** Window that the request asks for, whole milliseconds; 0 = it asks for none and the target's own holds. */
  readonly windowMs: number;
}

/** What the holder of a key has. */
export interface Credential {
  readonly keyId: string;
  /**
   * The secret as bytes that go into the MAC. A venue that hands it out in base64 means these bytes; `secretText` gives
   * the text that its clients are given.
   */
  readonly secret: Uint8Array;
  /** '' where the profile has none. */
  readonly passphrase: string;
  /** PKCS #8 PEM; '' where the profile has none. */
  readonly privateKey: string;
  /** SubjectPublicKeyInfo PEM, which a verifier needs; '' where the profile has none. */
  readonly publicKey: string;
}

/** MAC of a text under the secret of `keyId`, in hash, encoding and text form of the profile. */
export type Sign = (keyId: string, text: string) => string;

/** A request as an HTTP server has received it. */
export interface Received {
  readonly method: string;
  /** The request target as received, with query, not decoded and not normalised. */
  readonly path: string;
  /** Lower-case names; an array when a header came more than once. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body's exact text, '' when there is none. */
  readonly body: string;
}

/** How fresh a request says that it is. */
export type FreshnessClaim =
  /** Fresh when timestamp < now + future and now - timestamp <= min(window, the policy's); `windowUs` 0 = the policy's. */
  | { readonly rule: 'window'; readonly timestampUs: number; readonly windowUs: number }
  /** Fresh when the nonce is higher than every accepted one of its key. */
  | { readonly rule: 'nonce'; readonly nonce: bigint }
  /** Fresh from `notBeforeUs` (null = always) until just before `expiresUs`. */
  | { readonly rule: 'expiry'; readonly expiresUs: number; readonly notBeforeUs: number | null }
  /** Never stale. */
  | { readonly rule: 'none' };

/** What a caller claims to have signed; nothing of it is verified yet. */
export interface Claim {
  readonly keyId: string;
  /** The signed text. Of kind `own` it is what the proof covers: two requests with one text are one request sent twice. */
  readonly message: string;
  /** As it was sent; of kind `own` it may be ''. */
  readonly signature: string;
  readonly freshness: FreshnessClaim;
  /** What a request proves beside its MAC (a passphrase, a public-key signature); null = nothing more. */
  readonly proves: ((credential: Credential) => boolean) | null;
  /** What the business takes for the body, where the profile carries it elsewhere (Gemini's payload); null = the body. */
  readonly carriedBody: string | null;
}

/** Why a request is not of the profile's form, in words for a log; never sent to a caller. */
export interface Malformed {
  readonly malformed: string;
}

/**
 * What the signature covers. What is false here, whoever holds the request in his hands can change. `by-method`: of GET
 * and DELETE the query is signed and a body is not; of other methods it is the other way round (Bybit).
 */
export interface Coverage {
  readonly method: boolean;
  readonly path: boolean;
  readonly query: boolean | 'by-method';
  readonly body: boolean | 'by-method';
  readonly host: boolean;
  /** Whether two requests of one key differ in what is signed even in one instant: by a nonce or a rising number. */
  readonly unique: boolean;
  /** Weaknesses by design, a sentence each: `a=1` and `b=2` sign like `a=1b=2`, a far expiry makes a long-lived request. */
  readonly weaknesses: readonly string[];
}

/** Numbers that the venue documents; a policy may state others. Whole microseconds. */
export interface ProfileDefaults {
  readonly windowUs: number;
  readonly futureUs: number;
  /** Whether the venue's protocol refuses a signature that was used. */
  readonly replay: 'refuse' | 'allow';
}

/** Where in a request a part of the signature stands, for those who look for it or spoil it. */
export type Slot =
  | { readonly place: 'header' | 'query' | 'form'; readonly name: string }
  /** A member of the JSON body that a request has, else a parameter of its form, else of its query (Kraken's nonce). */
  | { readonly place: 'parameter'; readonly name: string }
  /** A named part of one header, `name=value` between commas, semicolons or blanks; the value may stand in quotes or colons. */
  | { readonly place: 'header-part'; readonly header: string; readonly name: string }
  /** A member of the JSON in base64 that a header carries (Gemini's payload). */
  | { readonly place: 'payload'; readonly header: string; readonly name: string }
  /** A claim (or the signature, by the name `signature`) of the JSON Web Token that a header carries. */
  | { readonly place: 'token'; readonly header: string; readonly name: string };

interface ProfileBase {
  readonly name: string;
  /** As a person says it: `Binance (HMAC)`. */
  readonly title: string;
  /** Document or code that the profile was written from. */
  readonly source: string;
  readonly coverage: Coverage;
  readonly defaults: ProfileDefaults;
  /** Which rule of `FreshnessClaim` the profile's requests claim. */
  readonly freshness: FreshnessClaim['rule'];
  readonly slots: Readonly<Partial<Record<'keyId' | 'signature' | 'timestamp' | 'nonce' | 'window', Slot>>>;
  /** How the secret's bytes are written for people and clients. */
  readonly secretForm: 'utf8' | 'base64' | 'none';
  /** What a credential of this profile has beside its secret; the secret of a `token` is all of it, its key's id too. */
  readonly keyKind: 'secret' | 'token' | 'secret-and-passphrase' | 'ed25519' | 'p256' | 'rsa';
  /**
   * Reads what a caller claims. Strict: each field has one spelling, so that what is verified is what was signed; missing,
   * doubled and misspelt ones are malformed. Says nothing about whether the signature is right. Never throws.
   */
  read(request: Received): Claim | Malformed;
}

export interface HmacProfile extends ProfileBase {
  readonly kind: 'hmac';
  readonly hash: HashName;
  readonly encoding: 'hex' | 'base64';
  /** How the text is turned into bytes: `latin1`, one byte a character, where raw bytes are signed (Kraken). */
  readonly text: 'utf8' | 'latin1';
  /** The request as it goes over the wire. @throws {RangeError} for a field that the profile can't carry. */
  sign(request: Unsigned, stamp: Stamp, credential: Credential, sign: Sign): SignedWire;
}

export interface OwnProfile extends ProfileBase {
  readonly kind: 'own';
  /** The request as it goes over the wire. @throws {RangeError} for a field that the profile can't carry. */
  sign(request: Unsigned, stamp: Stamp, credential: Credential): SignedWire;
}

export type SigningProfile = HmacProfile | OwnProfile;

export function isMalformed(claim: Claim | Malformed): claim is Malformed {
  return 'malformed' in claim;
}
