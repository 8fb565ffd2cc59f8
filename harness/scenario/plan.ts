/**
 * The plan: what scenario and policy files become. Plain, frozen data: it can be printed, saved as `plan.json`, sent to
 * worker threads and read back. Every time is whole microseconds; run times count from the start of the warm-up.
 */
import type { AgeCost, BanSpec, IpPrefix, LimitBy } from '../core/spec.js';

/**
 * The requests that the harness knows how to make, in the order of their class index.
 * A policy's `match` names them; a gate is compiled with exactly this list.
 */
export const requestClasses = ['login', 'ticker', 'account', 'order.place', 'order.amend', 'order.cancel'] as const;
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
  readonly profile: 'hmac-lines';
  /** Hash under the HMAC. */
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
}

export interface Phase {
  readonly name: string;
  readonly startUs: number;
  /** Exclusive. */
  readonly endUs: number;
}

export type Label = 'legit' | 'abuse';

/** Rates are of the whole actor, in arrivals per second (any finite number above 0). */
export type Arrivals =
  | { readonly process: 'constant'; readonly ratePerSecond: number }
  | { readonly process: 'ramp'; readonly fromPerSecond: number; readonly toPerSecond: number }
  | { readonly process: 'poisson'; readonly ratePerSecond: number };

export interface ActorPlan {
  readonly name: string;
  readonly label: Label;
  /** Identities of this actor, at least 1. */
  readonly population: number;
  /** A name of `harness/scenario/behaviours.ts`. */
  readonly behaviour: string;
  /** The behaviour's parameters, checked and with defaults filled in. */
  readonly params: Readonly<Record<string, number | string | boolean>>;
  readonly arrivals: Arrivals;
  /** The spans in which arrivals happen; [start, end). The warm-up belongs to actors that are not bound to phases. */
  readonly active: readonly { readonly startUs: number; readonly endUs: number }[];
}

/** A value of an expectation's right side. `relative` = factor times the same metric in another phase. */
export type ExpectedValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'relative'; readonly factor: number; readonly phase: string }
  | { readonly kind: 'max' | 'min'; readonly values: readonly ExpectedValue[] };

export interface Expectation {
  /** As written. */
  readonly text: string;
  /** `legit`, `abuse`, `all`, or the name of an actor. */
  readonly subject: string;
  /** A name of `harness/scenario/metrics.ts`, for example `latency.p99`. */
  readonly metric: string;
  /** null = all measured phases. */
  readonly phase: string | null;
  readonly operator: '<=' | '<' | '>=' | '>' | '==';
  /** In the metric's own unit (ratio, microseconds, cells, count, per second). */
  readonly wanted: ExpectedValue;
  /** `(95%)`: the whole interval must satisfy it, not only the point estimate. */
  readonly wholeInterval: boolean;
}

export interface GeneratorBounds {
  /** Own dispatch delay, 99th percentile over the run. */
  readonly ownDelayP99Us: number;
  /** Own dispatch delay, 99th percentile of any one second. */
  readonly ownDelayP99WorstSecondUs: number;
  /** Share of due requests that must have been handed over, 0 to 1. */
  readonly sentShare: number;
}

export interface RequestSettings {
  /** A request without an answer after this long is given up and counted as an error. */
  readonly timeoutUs: number;
  /** Connections that one source address keeps at most. */
  readonly connectionsPerIp: number;
  /** Requests that may wait or fly at once in the run; further arrivals are counted as unsent, the target's failure. */
  readonly openMax: number;
}

export interface Plan {
  readonly schema: 'floodproof/plan/1';
  readonly name: string;
  readonly file: string;
  readonly claim: string;
  readonly maps: readonly string[];
  readonly policy: Policy;
  readonly warmupUs: number;
  /** Phases follow each other; the first starts at `warmupUs`. */
  readonly phases: readonly Phase[];
  readonly actors: readonly ActorPlan[];
  readonly expectations: readonly Expectation[];
  readonly generator: GeneratorBounds;
  readonly request: RequestSettings;
  /** How long a limit must hold for "contained", and service for "recovered" (`timeToContain`, `recovery`). */
  readonly holdUs: number;
}

/** The end of the last phase. */
export function planEndUs(plan: Plan): number {
  return plan.phases.at(-1)?.endUs ?? plan.warmupUs;
}
