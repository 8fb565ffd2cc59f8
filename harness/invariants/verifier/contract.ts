/** What a verifier of signed requests claims, and how it is called. Nothing in here runs. */
import type { CheckFailure, CheckOptions } from '../contract.js';

/** A request as a server has read it from the wire: strings are not decoded and not normalised. */
export interface VerifyRequest {
  readonly keyId: string;
  /** What the caller says that the time is, whole microseconds since 1970. */
  readonly timestampUs: number;
  /** For how long the caller lets the request be accepted, whole microseconds; 0 = as long as the verifier's rule says. */
  readonly windowUs: number;
  /** Makes two otherwise equal requests differ; 1 to 64 visible ASCII characters. */
  readonly nonce: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** What stands behind the question mark; '' = none. */
  readonly query: string;
  /** '' = none. */
  readonly body: string;
  readonly signature: string;
  /** What the caller says that it has signed with. */
  readonly algorithm: string;
  /** The account that the request wants to act for. */
  readonly account: string;
  /** The scope that the route demands of a key. */
  readonly scope: string;
}

export type UnsignedRequest = Omit<VerifyRequest, 'signature'>;

/** The fields that a signature can cover. */
export const signedFields = ['method', 'path', 'query', 'body', 'timestampUs', 'windowUs', 'nonce'] as const;
export type SignedField = (typeof signedFields)[number];

/**
 * What a verifier claims of itself: HMAC under a key's secret, a freshness window, one acceptance a signature. All that
 * is left out is the strictest claim, unless it says otherwise.
 */
export interface VerifierContract {
  /** Hash under the HMAC. Default sha256. */
  readonly hash?: 'sha256' | 'sha384' | 'sha512';
  /** Default `hex`: digits of either case. Base64 is that of RFC 4648 section 4, padded. */
  readonly encoding?: 'hex' | 'hex-lower' | 'base64';
  /** `one` (default): no other spelling of a right signature is taken (blanks, other alphabets, rubbish behind it). */
  readonly spelling?: 'one' | 'any';
  /** The text that callers sign. Default: that of the profile hmac-lines. */
  readonly text?: (request: UnsignedRequest) => string;
  /** What a signature promises to cover. Default: all of `signedFields`, `windowUs` only with `asksWindow`. */
  readonly signed?: readonly SignedField[];
  /** What a right request says in `algorithm`. Default `hmac-` and the hash. */
  readonly algorithm?: string;
  /** A request is stale when now - timestamp > min(the window it asks for, this). Whole microseconds, 1 to ten years. */
  readonly windowUsMax: number;
  /** A request is from the future when timestamp >= now + this. Whole microseconds, 0 to ten years. */
  readonly futureUs: number;
  /** `at`: a request is stale already when now - timestamp is the whole window. Default `after`. */
  readonly staleFrom?: 'after' | 'at';
  /** `after`: a request is from the future only when timestamp > now + `futureUs`. Default `at`. */
  readonly futureFrom?: 'after' | 'at';
  /** Whether a request may ask for a shorter window. Default true. */
  readonly asksWindow?: boolean;
  /** Grain of the verifier's clock, whole microseconds, 1 to 1 s. Default 1. */
  readonly grainUs?: number;
  /** In what steps timestamps and windows are written, whole microseconds, 1 to 1 s. Default 1,000. */
  readonly timestampGrainUs?: number;
  /** `refuse` (default): one acceptance a signature, for ever. `allow`: the scheme has no replay check. */
  readonly replay?: 'refuse' | 'allow';
  /** Signatures remembered at most, held against `Verifier.size`; when full, requests are refused. Default null: it says nothing. */
  readonly replayCapacity?: number | null;
  /** Of these at most for one key. Default null: as many as there are. */
  readonly replayPerKey?: number | null;
  /** Whether a request names the account that it acts for. Default true. */
  readonly accounts?: boolean;
  /** Whether keys have scopes. Default true. */
  readonly scopes?: boolean;
  /** What a clock that is set back may do: reopen no signature (`no-windfall`, default), or it is not promised. */
  readonly clockBack?: 'no-windfall' | 'undefined';
}

export interface VerifierAdapter {
  /** For reports. */
  readonly name: string;
  /** A verifier that knows no key and has seen no request. Called for every run; up to two are in use at once. */
  create(): Verifier | Promise<Verifier>;
}

/** A verifier that is under test. */
export interface Verifier {
  /** Adds or replaces a key. */
  addKey(keyId: string, secret: string, account: string, scopes: readonly string[]): void | Promise<void>;
  removeKey(keyId: string): void | Promise<void>;
  /**
   * @param nowUs - whole microseconds since 1970: what the verifier's clock shows.
   * @returns a refusal as a value, whatever the request holds.
   */
  verify(nowUs: number, request: VerifyRequest): Verified | Promise<Verified>;
  /** MACs computed so far. */
  work?(): number;
  /** Signatures remembered now. */
  size?(): number;
  close?(): void | Promise<void>;
}

export type Verified = 'accepted' | 'refused' | { readonly accepted: boolean; readonly reason?: string };

/** As for a limiter; `operations` are calls of `verify`. */
export type VerifierCheckOptions = Omit<CheckOptions, 'onProgress'>;

export interface VerifierReport {
  readonly verifier: string;
  readonly contract: VerifierContract;
  readonly runs: number;
  /** Calls of `verify`. */
  readonly operations: number;
  readonly pass: boolean;
  readonly failures: readonly CheckFailure[];
  /** Invariants that this contract does not claim or this verifier can not show, with the reason. */
  readonly skipped: readonly { readonly invariant: string; readonly because: string }[];
  readonly seed: number;
}

/** The invariants in the order in which they are checked. */
export const verifierInvariantNames = [
  'valid-accepted',
  'tampering-refused',
  'boundary-shift-refused',
  'duplicate-parameters-refused',
  'signature-form',
  'other-hash-refused',
  'other-key-refused',
  'unknown-key-refused',
  'unknown-key-work',
  'timestamp-edges',
  'replay-refused',
  'replay-respelled',
  'replay-race',
  'refused-claims-nothing',
  'full-memory-refuses',
  'keys-apart',
  'account-bound',
  'scope-bound',
  'revoked-refused',
  'clock-back',
  'bad-input-refused',
  'determinism',
] as const;
export type VerifierInvariantName = (typeof verifierInvariantNames)[number];
