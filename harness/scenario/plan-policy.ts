/** The part of a plan that a policy file becomes: what a target promises, and which defects it is given on purpose. */
import type { AgeCost, BanSpec, IpPrefix, LimitBy } from '../core/spec.js';
import type { ProfileName } from '../signing/profile-names.js';

/**
 * The requests that the harness knows how to make, in the order of their class index.
 * A policy's `match` names them; a gate is compiled with exactly this list.
 */
export const requestClasses = [
  'login',
  'ticker',
  'account',
  'order.place',
  'order.amend',
  'order.cancel',
  'order.list',
  'time',
  'markets',
  'book',
] as const;
export type RequestClass = (typeof requestClasses)[number];

interface PolicyLimitBase {
  readonly name: string;
  readonly by: LimitBy;
  /** null when `by` has no ip in it. */
  readonly ipPrefix: IpPrefix | null;
  /** Cells by request class index for each element, 0 = not matched; as long as `requestClasses`. */
  readonly costs: readonly number[];
  /** By request class index, see `LimitSpec`; as long as `requestClasses`. */
  readonly ageCosts: readonly (readonly AgeCost[])[];
  readonly ban: BanSpec | null;
  /** Whoever is throttled or banned by this limit loses the connection with it. */
  readonly kills: boolean;
  /** Judges, but changes no decision; the gateway tells in an answer what it would have said. */
  readonly isShadow: boolean;
  readonly maxKeys: number;
}
export interface TokenBucketLimit extends PolicyLimitBase {
  readonly family: 'token-bucket';
  readonly capacity: number;
  readonly refillCells: number;
  readonly refillPeriodUs: number;
}
/** A counter that falls by `refillCells` per `refillPeriodUs` and must not rise above `capacity`: a token bucket seen from below. */
export interface DecayingCounterLimit extends PolicyLimitBase {
  readonly family: 'decaying-counter';
  readonly capacity: number;
  readonly refillCells: number;
  readonly refillPeriodUs: number;
}
export interface LeakyQueueLimit extends PolicyLimitBase {
  readonly family: 'leaky-queue';
  /** Served at once. */
  readonly capacity: number;
  /** Admitted, and served when their turn comes. */
  readonly queueCells: number;
  readonly refillCells: number;
  readonly refillPeriodUs: number;
}
interface WindowLimitBase extends PolicyLimitBase {
  readonly capacity: number;
  readonly windowUs: number;
  readonly anchor: 'calendar' | 'first-hit';
}
export interface FixedWindowLimit extends WindowLimitBase {
  readonly family: 'fixed-window';
  /** Whether requests that are throttled, by this limit or another, count too. */
  readonly countsDenied: boolean;
}
/** Orders that are filled give cells back, never more than were used in the window (Binance). */
export interface FillCounterLimit extends WindowLimitBase {
  readonly family: 'fill-counter';
  /** By request class index: cells that one admitted request can give back at most, now or later; 0 = none. */
  readonly creditsMax: readonly number[];
}
/** `capacity` cells a window, and what is earned in it on top (Deribit's order-to-volume ratio). */
export interface RatioMonitorLimit extends WindowLimitBase {
  readonly family: 'ratio-monitor';
  /** By request class index: cells that one admitted request can earn at most, now or later; 0 = none. */
  readonly creditsMax: readonly number[];
}
/** At most `capacity` cells in any window of `windowUs`. */
export interface SlidingLogLimit extends PolicyLimitBase {
  readonly family: 'sliding-log';
  readonly capacity: number;
  readonly windowUs: number;
}
/** Two calendar windows, the last one weighted: see `SlidingCounterNumbers`. */
export interface SlidingCounterLimit extends PolicyLimitBase {
  readonly family: 'sliding-counter';
  readonly capacity: number;
  readonly windowUs: number;
}
/** `capacity` cells for the whole run and what is earned; when they are used up, one request each `trickleUs`. */
export interface EarnedBudgetLimit extends PolicyLimitBase {
  readonly family: 'earned-budget';
  readonly capacity: number;
  readonly trickleUs: number | null;
  /** By request class index: cells that one admitted request can earn at most, now or later; 0 = none. */
  readonly creditsMax: readonly number[];
}
/** At most `capacity` cells between admission and answer. */
export interface ConcurrencyLimit extends PolicyLimitBase {
  readonly family: 'concurrency';
  readonly capacity: number;
}
export type PolicyLimit =
  | TokenBucketLimit
  | DecayingCounterLimit
  | LeakyQueueLimit
  | FixedWindowLimit
  | FillCounterLimit
  | RatioMonitorLimit
  | SlidingLogLimit
  | SlidingCounterLimit
  | EarnedBudgetLimit
  | ConcurrencyLimit;

export interface PolicyAuth {
  /** Signing profile, see `harness/signing`. */
  readonly profile: ProfileName;
  /** Hash under the HMAC; of a profile of kind `own` the hash by which the gate keeps what was used. */
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly encoding: 'hex' | 'base64';
  /** By request class index. */
  readonly signed: readonly boolean[];
  readonly windowUs: number;
  readonly futureUs: number;
  /** `refuse`: one acceptance per signature, at most `replayCapacity` remembered. `allow`: the protocol has no replay check. */
  readonly replay: 'refuse' | 'allow';
  readonly replayCapacity: number;
  /** Of these at most for one key. */
  readonly replayPerKey: number;
}

/** Where the target takes the caller's address from. */
export type ClientIpRule =
  | { readonly from: 'socket' }
  /** The entry of X-Forwarded-For that the nth trusted proxy from the right has added; 1 = the last. */
  | { readonly from: 'trusted-hop'; readonly hops: number }
  /** The right-most of peer and entries that lies in none of these ranges, each `address/bits`. */
  | { readonly from: 'trusted-proxies'; readonly ranges: readonly string[] }
  /** The left-most entry of X-Forwarded-For, which any caller can forge: a weakness to try the harness with. */
  | { readonly from: 'forwarded-leftmost' };

export interface Policy {
  readonly name: string;
  /** Path as the user gave it, for messages. */
  readonly file: string;
  readonly auth: PolicyAuth | null;
  readonly clientIp: ClientIpRule;
  readonly limits: readonly PolicyLimit[];
  /** Grain of the target's clock, at least 1. */
  readonly resolutionUs: number;
  /** A limit is counted on each of this many nodes. */
  readonly nodes: number;
  /** Cells of stated overshoot, added to every bound. */
  readonly slackCells: number;
  /** Nobody else uses these identities during the run, and their counters are fresh at its start. */
  readonly exclusive: boolean;
  /** How long after sending a decision can still fall when no answer came. */
  readonly latestDecisionUs: number;
  /** Cost of the gateway's password hash (scrypt). */
  readonly password: { readonly scryptN: number; readonly scryptR: number; readonly scryptP: number };
  /** Defects that whoever enforces this policy is to have, so that a scenario can be tried on them. */
  readonly weaknesses: readonly Weakness[];
}

/** Defects that the embedded gateway and the core target can be given on purpose. */
export const weaknessTable = {
  'batches-as-one': 'a batch costs as much as one request, whatever it holds',
  'late-charge':
    'limits of windows look first and charge some milliseconds later, so that requests of one instant all pass',
  'wall-clock-limits': 'limits follow the wall clock, so that a step of it forward refills them',
  'lenient-text':
    'what is verified is not the text that came but a normalised one: percent-encoding, order and duplicates of parameters and JSON spelling do not matter',
  'quick-unknown-names': 'a login under a name that does not exist is answered without a password hash',
  'forgets-replays-on-restart': 'the memory of used signatures is empty after a restart',
  'node-local-replays': 'each of several nodes remembers only the signatures that it has seen itself',
  'ignores-nonces': 'numbers that must rise are not looked at, so that a request that was seen can be sent again',
  'early-nonces':
    'a number is used up before the signature over it is checked, so that a forgery with a high one shuts out the owner',
  'unsigned-orders': 'orders are taken without a look at their signature',
} as const;
export type Weakness = keyof typeof weaknessTable;
