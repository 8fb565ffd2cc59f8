/**
 * The vocabulary of a gate: what it is compiled from, what it answers, and the interface that the TypeScript and the
 * native engine share. Nothing in here runs.
 */

/**
 * `capacity` cells at most, `refillCells` come back every `refillPeriodUs`; exact, no float in the state.
 *
 * Exactness has a price: with n/p the reduced fraction refillCells/refillPeriodUs, a gate is refused when n is above
 * 29,000 or when 2 x capacity x p is above 2^53 - 1.
 */
export interface TokenBucketNumbers {
  readonly family: 'token-bucket';
  /** Whole cells, 1 to 2^31 - 1. */
  readonly capacity: number;
  /** Whole cells, 1 to 2^31 - 1. */
  readonly refillCells: number;
  /** Whole microseconds, 1 to 2^53 - 1. */
  readonly refillPeriodUs: number;
}

/** `capacity` cells in each window of `windowUs`. */
export interface FixedWindowNumbers {
  readonly family: 'fixed-window';
  /** Whole cells, 1 to 2^31 - 1. */
  readonly capacity: number;
  /** Whole microseconds, 1 to 2^52. */
  readonly windowUs: number;
  /**
   * `calendar`: windows start at multiples of `windowUs` since 1970. `first-hit`: at a key's first request after the
   * last window ended; a request that another limit throttles leaves no trace, so it starts none.
   */
  readonly anchor: 'calendar' | 'first-hit';
}

export type LimitNumbers = TokenBucketNumbers | FixedWindowNumbers;
export type LimitBy = 'ip' | 'account' | 'key' | 'global';

/**
 * After `afterThrottles` throttles by this limit without an admission in between, the key of this limit is banned for
 * `forUs`. The request that completes the count is answered `throttled`, those after it `banned`; a banned request
 * extends nothing. A key whose counter was full again in between starts to count anew, as a fresh key would.
 */
export interface BanSpec {
  /** Whole count, 1 to 2^31 - 1. */
  readonly afterThrottles: number;
  /** Whole microseconds, 1 to `HORIZON_US`. */
  readonly forUs: number;
}

export interface LimitSpec {
  readonly name: string;
  /** By key: signed classes only. By account: the key's account in signed classes, the claimed one in the others. */
  readonly by: LimitBy;
  readonly numbers: LimitNumbers;
  /** Cells by request class index; 0 = the limit does not match that class. */
  readonly costs: readonly number[];
  readonly ban: BanSpec | null;
  /**
   * Keys that the table is made for, 1 to 10^7: it has a quarter more slots, so that as many keys find one. Keys that
   * find none share one cold counter until a slot in their reach is free.
   */
  readonly maxKeys: number;
}

export interface AuthSpec {
  /** By request class index: must the request be signed? */
  readonly signed: readonly boolean[];
  /** Hash under the HMAC. */
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  /**
   * How signatures are written: hex digits of either case, or base64 (RFC 4648 section 4: standard alphabet, padded).
   * No other spelling of the same bytes is taken: the unused last bits of base64 must be 0.
   */
  readonly encoding: 'hex' | 'base64';
  /** A request is stale when now - timestamp > min(the window it asks for, this). Whole microseconds, 1 to `HORIZON_US`. */
  readonly windowUsMax: number;
  /** A request is from the future when timestamp >= now + this. Whole microseconds, 0 to `HORIZON_US`. */
  readonly futureUs: number;
  /** Signatures remembered at most, 1 to 10^7; null: no replay check. When full, signed requests are refused, none is forgotten. */
  readonly replayCapacity: number | null;
  /**
   * Of these at most for one key, 1 to `replayCapacity`, so that one key can not use up the memory of all. Not looked
   * at when `replayCapacity` is null.
   */
  readonly replayPerKey: number;
}

/**
 * Two whole numbers from 0 to 2^32 - 1: the key of the hash that finds a caller's counter. Random in production, or an
 * attacker could choose names that meet in one place; fixed where a run is to be repeated. Both engines use it alike.
 */
export type HashSecret = readonly [k0: number, k1: number];

/** A policy, compiled: everything that a gate needs, and nothing that needs a clock or a file. */
export interface GateSpec {
  /** Names of the request classes, 1 to 65,536; their index is `classId` everywhere else. */
  readonly classes: readonly string[];
  /** At most 64. */
  readonly limits: readonly LimitSpec[];
  readonly auth: AuthSpec | null;
  /** The instant at which the gate is made, whole microseconds since 1970, at most 2^52 - `HORIZON_US`. No request is decided as if before it. */
  readonly originUs: number;
}

/** What a gate decided. 0 is admitted; every other number is a refusal with its reason. */
export const Decision = {
  admitted: 0,
  /** Come back at `answer[Answer.retryAtUs]`. */
  throttled: 1,
  /** Cost above capacity: this request can never pass. */
  never: 2,
  banned: 3,
  /** An id, a timestamp or a signature that is not of the right form. */
  malformed: 4,
  unknownKey: 5,
  badSignature: 6,
  stale: 7,
  fromFuture: 8,
  replayed: 9,
  /** The replay memory, or this key's share of it, is full: refused, since forgetting a signature would reopen it. */
  replayFull: 10,
} as const;
export type Decision = (typeof Decision)[keyof typeof Decision];

export const decisionNames: readonly string[] = [
  'admitted',
  'throttled',
  'never',
  'banned',
  'malformed',
  'unknown-key',
  'bad-signature',
  'stale',
  'from-future',
  'replayed',
  'replay-full',
];

/**
 * Indexes into `Gate.answer`.
 * - limit: index of the limit that decided; when admitted, the matching limit with the fewest cells left; -1 = none.
 * - remaining: whole cells left in that limit's counter for this key, after this decision.
 * - retryAtUs: throttled or banned: first whole microsecond at which this same request could pass all the limits that were looked at, bans included; else 0.
 * - resetAtUs: first whole microsecond from now on at which that counter is full again (as if fresh); 0 when limit is -1.
 * - cold: 1 when that limit's cold counter decided, either since no slot was free or since the key is new and starts from a copy of it; else 0.
 */
export const Answer = { limit: 0, remaining: 1, retryAtUs: 2, resetAtUs: 3, cold: 4, size: 5 } as const;

/** Ten years: the horizon over which decisions are exact. Later times are decided as if at the horizon (fails closed). */
export const HORIZON_US = 10 * 366 * 86_400 * 1_000_000;

/**
 * Decides requests. Both engines give the same decisions and the same answers, bit for bit.
 *
 * Time is an argument: whole microseconds since 1970 on a clock that the caller wants to be bound to. The gate never
 * goes back: a `nowUs` below the highest seen so far (or below `originUs`) is decided at that highest.
 *
 * Order of a decision: limits by ip, signature, freshness, replay claim, all other limits. A request that any limit
 * throttles charges nothing and gives its replay claim back; one that the verifier refuses keeps the charge by ip.
 * When several limits throttle, the one with the latest retry time is named (the first of equals).
 *
 * Counters are found by a keyed hash of 64 bits. Two names that share all of them (one pair among 6 x 10^9 names is to
 * be expected) share a counter: they get less than they should, never more.
 */
export interface Gate {
  readonly engine: 'ts' | 'native';
  /** Filled by every call that decides one request; see `Answer`. */
  readonly answer: Float64Array;
  /**
   * Adds or replaces a key. Claims of its signatures stay remembered.
   * @param secret - text is taken as UTF-8; a secret that a venue hands out in base64 or hex is passed as its bytes.
   * @param account - 1 to 256 visible ASCII characters, or '' for none (then limits by account refuse the key's requests).
   * @throws FP_KEY_INVALID
   */
  addKey(keyId: string, secret: string | Uint8Array, account: string): void;
  /** @returns false when the key was not there. */
  removeKey(keyId: string): boolean;
  /**
   * Decides one request: verifier and every matching limit.
   * @param ip - the caller's address as text, at most 64 characters; '' only when no limit is by ip.
   * @param account - for unsigned classes what the request claims (the login's user name); signed classes take the key's account.
   * @param keyId - '' for an unsigned request.
   * @param timestampUs - the signed timestamp, whole microseconds since 1970.
   * @param windowUs - the window that the request asks for; 0 = the policy's. It must be part of the signed text, as the
   *   timestamp is: a claim is kept for just this window, so a window that a thief can widen would reopen the signature.
   * @param message - the signed text; UTF-8 is hashed.
   * @param signature - as `AuthSpec.encoding` says; of another length or alphabet it is a bad signature.
   */
  decide(
    nowUs: number,
    classId: number,
    ip: string,
    account: string,
    keyId: string,
    timestampUs: number,
    windowUs: number,
    message: string,
    signature: string,
  ): Decision;
  /** Only the limits, as if the verifier had said yes: `account` and `keyId` are believed, no keyring is asked. */
  limit(nowUs: number, classId: number, ip: string, account: string, keyId: string): Decision;
  /** Only the verifier with its replay claim; leaves the limits alone. @throws FP_GATE_INVALID when the gate has no `auth` */
  verify(
    nowUs: number,
    keyId: string,
    timestampUs: number,
    windowUs: number,
    message: string,
    signature: string,
  ): Decision;
  /**
   * Decides `count` packed records (see `harness/core/record.ts`) in order, as `decide` would.
   * Writes one decision each to `decisions` and `Answer.size` numbers each to `answers`.
   * Text fields are taken as the bytes they are, so a message may be binary here.
   * @throws FP_BATCH_INVALID before deciding any when a record is cut short, a buffer is too small, shared between threads or overlaps another.
   * @throws FP_TIME_INVALID, FP_CLASS_INVALID before deciding any, for the first record at fault.
   */
  decideBatch(records: Uint8Array, count: number, decisions: Uint8Array, answers: Float64Array): void;
  /**
   * `decide` for one packed record, given alone in its buffer or at its start.
   * @throws as `decideBatch` does
   */
  decideRecord(record: Uint8Array): Decision;
  /**
   * Keeps who calls under a number, so that later calls need no text. Texts that are not of the right form are kept as
   * such, and answered `malformed` where a limit needs them.
   * @returns 0 for the first caller, then 1, 2 and so on; at most 10^7.
   * @throws FP_CALLERS_FULL
   */
  internCaller(ip: string, account: string, keyId: string): number;
  /** `limit` for an interned caller. @throws FP_CALLER_INVALID when no caller has this number */
  limitCaller(nowUs: number, classId: number, caller: number): Decision;
  /**
   * `limitCaller` for the first `count` of `callers` at one instant, in order. Writes one decision each to `decisions`,
   * and `Answer.size` numbers each to `answers` unless it is null.
   * @throws FP_BATCH_INVALID, FP_TIME_INVALID, FP_CLASS_INVALID, FP_CALLER_INVALID before deciding any.
   */
  limitBatch(
    nowUs: number,
    classId: number,
    callers: Uint32Array,
    count: number,
    decisions: Uint8Array,
    answers: Float64Array | null,
  ): void;
  /** HMAC of `message` (UTF-8) under `keyId`'s secret in the gate's hash and encoding, hex in lower case. @throws FP_KEY_INVALID when the key is unknown */
  sign(keyId: string, message: string): string;
}
