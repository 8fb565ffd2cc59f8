/**
 * The vocabulary of a gate: what it is compiled from, what it answers, and the interface that the TypeScript and the
 * native engine share. Nothing in here runs.
 */

import type { LimitNumbers } from './limit-numbers.js';

export type * from './limit-numbers.js';

/** What is known of a request, and a limit may count by. `master`: the account up to its first slash. */
export type LimitPart = 'ip' | 'master' | 'account' | 'key' | 'class';
/**
 * One to five different parts, in any order: each combination of their values has a counter; none: all requests share
 * one. A limit of one part, other than `class`, finds its counter by the hash of its text; `master` by that of the text
 * up to the slash; an address with a prefix by the hash of 18 bytes: 4 or 6, bits of the prefix, and 16 of the masked
 * address, an IPv4 address in the first four and zeros behind. Otherwise by the hash of the hashes of the parts in the order ip,
 * master, account, key, class, 8 bytes each, low half first, all little-endian; the class as its index and 0.
 * `master` needs a well-formed account with something before its first slash.
 */
export type LimitBy = readonly LimitPart[];

/**
 * Addresses that share their first bits count as one: `v4` 1 to 32, `v6` 1 to 128. The text must then be an address as
 * RFC 4291 section 2.2 and dotted decimal without leading zeros write it, with no zone; an IPv4-mapped one is IPv4.
 * Anything else is `malformed`.
 */
export interface IpPrefix {
  readonly v4: number;
  readonly v6: number;
}

/** Cells on top of a class's cost for a request about something younger than `underUs` (an order that is cancelled at once). */
export interface AgeCost {
  /** Whole microseconds, 1 to `HORIZON_US`. */
  readonly underUs: number;
  /** Whole cells, 0 to 2^31 - 1. */
  readonly cells: number;
}

/**
 * After `afterThrottles` throttles by this limit without an admission in between, the key of this limit is banned: the
 * first time for `stepsUs[0]`, the next for `stepsUs[1]` and so on, the last step again and again. A key that was not
 * banned for `forgetUs` since its last ban ended starts at the first step. The request that completes the count is
 * answered `throttled`, those after it `banned`; a banned request extends nothing. A key whose counter was full again in
 * between starts to count throttles anew, as a fresh key would; a throttle by a full counter (of a budget smaller than the
 * cost) is always the first. With several steps a key's slot is kept until its bans are forgotten.
 */
export interface BanSpec {
  /** Whole count, 1 to 2^31 - 1. */
  readonly afterThrottles: number;
  /** Whole microseconds each, 1 to `HORIZON_US`; 1 to 16 steps, none shorter than the one before. */
  readonly stepsUs: readonly number[];
  /** Whole microseconds, 1 to `HORIZON_US`; 0 when there is one step. */
  readonly forgetUs: number;
}

export interface LimitSpec {
  readonly name: string;
  /**
   * By key: signed classes only. By account or master: the key's account in signed classes, the claimed one in the
   * others. A limit by ip, or by ip and class, stands before the verifier, every other one after it. A limit by key (and
   * more) does not match unsigned classes.
   */
  readonly by: LimitBy;
  /** null: each text is an address of its own. Only with `ip` in `by`. */
  readonly ipPrefix: IpPrefix | null;
  readonly numbers: LimitNumbers;
  /** Cells by request class index, for each element of a request; 0 = the limit does not match that class. */
  readonly costs: readonly number[];
  /**
   * By request class index: in rising order of `underUs`, the first that the age is under counts; at most 16. Empty where
   * the cost of the class is 0.
   */
  readonly ageCosts: readonly (readonly AgeCost[])[];
  /**
   * Judges and counts as if it were enforced, alone: what it says never changes a decision, only `Answer.shadow`.
   * One that would have denied the request strikes and charges nothing; one that would not is charged with the request,
   * when the enforced limits of its place are. It is asked when the limits of its place are asked, and left out when the
   * request lacks what it counts by. With `countsDenied` it counts what it or the enforced limits denied. A `release`
   * takes cells back from a shadow limit too, also of a request that it would have denied: nothing tells which of two
   * alike requests has ended, the one that it let pass or the one that it did not, so no rule gets both right.
   */
  readonly isShadow: boolean;
  readonly ban: BanSpec | null;
  /**
   * Keys that the table is made for, 1 to 10^7: it has a quarter more slots, so that nearly all of as many keys find
   * one. Up to 103 all of them do. Keys that find none share one cold counter until a slot in their reach is free.
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
  /**
   * How a signed text is turned into bytes: UTF-8 when it is left out; `latin1`, one byte a character, where what is signed
   * are raw bytes. A text with a character above U+00FF is `malformed` then. A message that is bytes already is hashed as
   * it is.
   */
  readonly text?: 'utf8' | 'latin1';
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
 * - delayUs: admitted: how long the request has to wait for its turn in the slowest queue, else 0.
 * - shadow: index of the first shadow limit that would have denied the request, had it been enforced; -1 = none.
 *
 * A time that never comes (a budget that is never full again, a request that ends at no known time) is `NEVER_US`.
 */
export const Answer = {
  limit: 0,
  remaining: 1,
  retryAtUs: 2,
  resetAtUs: 3,
  cold: 4,
  delayUs: 5,
  shadow: 6,
  size: 7,
} as const;

/** Stands for a time that never comes. */
export const NEVER_US = Number.MAX_SAFE_INTEGER;

/** Ten years: the horizon over which decisions are exact. Later times are decided as if at the horizon (fails closed). */
export const HORIZON_US = 10 * 366 * 86_400 * 1_000_000;

/**
 * Decides requests. Both engines give the same decisions and the same answers, bit for bit.
 *
 * Time is an argument: whole microseconds since 1970 on a clock that the caller wants to be bound to. The gate never
 * goes back: a `nowUs` below the highest seen so far (or below `originUs`) is decided at that highest.
 *
 * A request costs a limit `costs[class]` x its elements and what `ageCosts` adds for its age, once. Where the sum is above
 * 2^31 - 1 it is `never`, in every family.
 *
 * Order of a decision: limits by ip, signature, freshness, replay claim, all other limits. A request that any limit
 * throttles charges nothing and gives its replay claim back; one that the verifier refuses keeps the charge by ip.
 * When several limits throttle, the one with the latest retry time is named (the first of equals).
 * A request whose text for a limit by ip is malformed is refused before any limit is asked.
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
   * @param message - the signed text; what `AuthSpec.text` makes of it is hashed.
   * @param signature - as `AuthSpec.encoding` says; of another length or alphabet it is a bad signature.
   * @param elements - of a batch, whole, 1 to 65,535; 1 when left out.
   * @param ageUs - of what the request is about (the order that it cancels), whole microseconds; 0 when left out, which
   *   costs most.
   * @throws FP_TIME_INVALID, FP_CLASS_INVALID, FP_ELEMENTS_INVALID, FP_TIME_INVALID for the age, looked at in this order
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
    elements?: number,
    ageUs?: number,
  ): Decision;
  /** Only the limits, as if the verifier had said yes: `account` and `keyId` are believed, no keyring is asked. */
  limit(
    nowUs: number,
    classId: number,
    ip: string,
    account: string,
    keyId: string,
    elements?: number,
    ageUs?: number,
  ): Decision;
  /**
   * Ends a request that was admitted: what it held of limits of the family `concurrency` is free again. `account` and
   * `keyId` are believed, as in `limit`; they, the class and the elements must be those that were decided on. Nothing
   * falls below 0, and a counter that is not known is left alone.
   * @throws FP_TIME_INVALID, FP_CLASS_INVALID, FP_ELEMENTS_INVALID, looked at in this order
   */
  release(nowUs: number, classId: number, ip: string, account: string, keyId: string, elements?: number): void;
  /**
   * Gives cells to a counter of the limit at index `limit`, see `FixedWindowNumbers.credit` and `EarnedBudgetNumbers`.
   * @param cells - whole, 1 to 2^31 - 1.
   * @param classId - looked at only where the limit is by class: cells are also taken for a class that it does not match.
   * @returns whether the counter took it: false when the key has no slot of its own (so nobody else gets what it earned),
   *   when its window is over or was never started, or when a text is not of the right form. A key that is new to a budget
   *   takes a slot, where one is free.
   * @throws FP_TIME_INVALID, FP_CLASS_INVALID, and FP_CREDIT_INVALID when there is no such limit, it takes no credit, or `cells` is out of range.
   */
  credit(
    nowUs: number,
    limit: number,
    classId: number,
    ip: string,
    account: string,
    keyId: string,
    cells: number,
  ): boolean;
  /**
   * Puts other limits in the place of this gate's, at `nowUs`. Classes, `auth` and `originUs` must be the same.
   *
   * A limit keeps its counters, bans and cold counter when the gate had one of the same name, family, `by`, `ipPrefix`,
   * `maxKeys`, `isShadow`, with a ban or without as before, and the same `windowUs` and `anchor` where it has any: cells
   * that are used stay used. The debt of a bucket or a queue is rounded up to the finest grain of the new rate, and is at
   * most the new capacity; a log keeps its latest cells, at most the new capacity; a window, a budget or a concurrency
   * count stays as it is, and when it is above the new capacity nothing passes until it has fallen below. Bans go on for
   * as long as they were given; throttles are counted on, and so are the bans of a key that the old rule has not
   * forgotten by then, at most as many as there are new steps (a limit of one step forgets a ban when it ends). Every other limit starts with fresh counters.
   * Interned callers are forgotten. The tables before and after are in memory together for a moment.
   *
   * To the bit: of a bucket with a debt of q whole cells and r / p of one, the new debt is q x p' + ceil(r x p' / p) in
   * units of the new rate, p and p' being the periods of the reduced fractions, and it is at most capacity x p' (of a queue
   * capacity + queueCells). Of a log's oldest kept entry there may be a part of its cells left. Instants stay.
   * @throws FP_TIME_INVALID
   * @throws FP_GATE_INVALID, and nothing has changed: when the spec is wrong, or the gate is shared between threads.
   */
  change(nowUs: number, spec: GateSpec): void;
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
   * @throws FP_TIME_INVALID, FP_CLASS_INVALID before deciding any, for the first record at fault; its age is looked at last.
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
   * @param number - of a caller who is forgotten for this one; a new number when left out.
   * @returns 0 for the first caller, then 1, 2 and so on; at most 10^7.
   * @throws FP_CALLERS_FULL; FP_CALLER_INVALID when no caller has this number.
   */
  internCaller(ip: string, account: string, keyId: string, number?: number): number;
  /** `limit` for an interned caller. @throws as `limit` does, and last FP_CALLER_INVALID when no caller has this number */
  limitCaller(nowUs: number, classId: number, caller: number, elements?: number, ageUs?: number): Decision;
  /**
   * `sign` and then `decide` in one call, for an interned caller: makes the MAC of `message` under the caller's key, and
   * decides the request as if it had come with this MAC, which is worked out a second time as for any other. Where
   * requests of the class are not signed nothing is, and the limits alone decide.
   * @throws FP_TIME_INVALID, FP_CLASS_INVALID, FP_ELEMENTS_INVALID, FP_TIME_INVALID for the age, FP_CALLER_INVALID, and last
   *   FP_KEY_INVALID when the class is signed and the gate does not know the caller's key; nothing has changed then.
   */
  decideSigned(
    nowUs: number,
    classId: number,
    caller: number,
    timestampUs: number,
    windowUs: number,
    message: string,
    elements?: number,
    ageUs?: number,
  ): Decision;
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
  /**
   * HMAC of `message` under `keyId`'s secret in the gate's hash, encoding and text form, hex in lower case.
   * @throws FP_KEY_INVALID when the key is unknown; TypeError for a text that the gate's text form cannot carry.
   */
  sign(keyId: string, message: string): string;
}
