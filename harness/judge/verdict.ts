/**
 * The verdict document, `verdict.json` of a run folder and an element of the suite document of `floodproof run --json`.
 * Times are milliseconds here (a person reads it), exact microseconds are in the observations.
 */

import type { Controls } from './controls.js';

export type Verdict = 'pass' | 'fail' | 'undecided' | 'invalid' | 'interrupted';

/** A request that shows something; times are milliseconds since the first phase. */
export interface EvidenceRequest {
  readonly intendedMs: number;
  /** null = never written, never answered. */
  readonly sentMs: number | null;
  readonly answeredMs: number | null;
  readonly actor: string;
  readonly identity: number;
  readonly requestClass: string;
  /** Name of its outcome: `admitted`, `throttled` ... */
  readonly outcome: string;
  /** The limit that the answer named; null = none. */
  readonly limit: string | null;
  /**
   * Left out = it is itself what the expectation speaks of. `unsure`: it can't be told whether it is. `original`: the first that
   * was accepted with its signature, whoever sent it; those that repeat it are meant.
   */
  readonly role?: 'unsure' | 'original';
  /** Number of its signature, where that is what was repeated. */
  readonly signature?: number;
}

/** An honest identity, and what the run did to it. */
export interface HitIdentity {
  readonly actor: string;
  readonly identity: number;
  /** Its account and the address that it came from, as text. */
  readonly account: string;
  readonly ip: string;
  readonly answered: number;
  /** Blocks that the policy did not call for, of it. */
  readonly falseBlocks: number;
  /** Blocks of which that can't be told. */
  readonly unsureBlocks: number;
}

export interface ExpectationResult {
  readonly text: string;
  /** `subject.metric`, with ` in phase` when it has one. */
  readonly metric: string;
  /** Right side in words, in the metric's unit. */
  readonly wanted: string;
  /** In the metric's unit; null = cannot be told (no such request); the string "infinite" = never happened. */
  readonly measured: number | 'infinite' | null;
  /** 95 % interval of `measured`, null when the metric has none. */
  readonly interval: readonly [number, number] | null;
  /** null = undecided. */
  readonly pass: boolean | null;
  readonly unit: string;
  /** Under a failure or an undecided one: what shows it, a sentence each. */
  readonly evidence: readonly string[];
  /**
   * Some of the requests behind `evidence`, the worst first, at most 20; left out = a leak, which has its own, or there are
   * none to show.
   */
  readonly requests?: readonly EvidenceRequest[];
}

export interface ActorResult {
  readonly label: 'legit' | 'abuse';
  readonly sent: number;
  readonly admitted: number;
  readonly throttled: number;
  readonly refused: number;
  readonly banned: number;
  readonly errors: number;
  /** null for abuse. */
  readonly falseBlockRate: number | null;
  readonly leakCells: number;
  readonly latencyMs: { readonly p50: number | null; readonly p99: number | null; readonly p999: number | null };
}

/** A broken promise, with what proves it. */
export interface Leak {
  readonly limit: string;
  /** The key of the limit: an address, an account, a key id, `*` for a global limit. */
  readonly key: string;
  /** Cells certainly admitted above the bound, at least this many. */
  readonly excessCells: number;
  readonly admittedCells: number;
  readonly boundCells: number;
  /** The closed interval of the proof, milliseconds since the first phase. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What counting by answer time would have claimed, in cells above the bound (0 = nothing). */
  readonly naiveExcessCells: number;
  /** First requests of the interval, at most 20: sent and answered in ms, actor, class. Older versions leave out the rest. */
  readonly requests: readonly {
    readonly sentMs: number;
    readonly answeredMs: number;
    readonly actor: string;
    readonly requestClass: string;
    readonly identity?: number;
    readonly outcome?: string;
  }[];
  readonly requestCount: number;
  /** One sentence in plain words, with the formula of the bound. */
  readonly because: string;
}

export interface GeneratorResult {
  /** Requests that were due. */
  readonly asked: number;
  readonly sent: number;
  readonly answered: number;
  readonly ownDelayMsP99: number;
  readonly targetWaitMsP99: number;
  readonly worstSecond: {
    /** Seconds since the first phase (may be negative: warm-up is not judged). */
    readonly second: number;
    readonly ownDelayMsP99: number;
    readonly eventLoopLagMsMax: number;
    readonly gcMs: number;
    readonly stolenCpuShare: number;
  } | null;
  /** Why the run is invalid, with what to do; empty = it is valid. */
  readonly faults: readonly string[];
}

export interface VerdictDocument {
  readonly schema: 'floodproof/verdict/1';
  readonly scenario: string;
  readonly claim: string;
  readonly target: string;
  readonly engine: 'native' | 'ts';
  readonly seed: number;
  /** Hash of all decisions in virtual time; null over HTTP, and of a run that was stopped. */
  readonly decisionHash: string | null;
  readonly verdict: Verdict;
  readonly expectations: readonly ExpectationResult[];
  readonly actors: Readonly<Record<string, ActorResult>>;
  readonly leaks: readonly Leak[];
  /**
   * Honest identities that were hit hardest, the worst first, at most 20; empty when none was. Left out by older versions,
   * and of a log that does not say who is honest.
   */
  readonly hardestHit?: readonly HitIdentity[];
  /** Requests of which it can't be told whether the target was right. */
  readonly unsure: number;
  /** Cells: the smallest excess that this run, with its delays, would have convicted; null when nothing was limited. */
  readonly smallestProvableLeak: number | null;
  /**
   * The smallest growth of the honest latency.p99 from the first phase to those with abuse that this run would have told
   * from none four times out of five, as a share of it; null when it has no such phases or too few honest identities.
   */
  readonly smallestLatencyChange: number | null;
  /** What was measured beside the run; null = nothing was. */
  readonly controls: Controls | null;
  readonly generator: GeneratorResult;
  readonly notes: readonly string[];
  readonly replay: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly startedAt: string;
  readonly durationMs: number;
}

/** A scenario of a suite that has no verdict. */
export interface SuiteError {
  readonly scenario: string;
  /** The code of the error that ended it; `interrupted` when it was not played because the suite was stopped before. */
  readonly code: string;
  readonly message: string;
}

/** One expectation over all judged runs of a scenario that was played more than once. Changes no verdict. */
export interface RepeatedExpectation {
  readonly scenario: string;
  readonly text: string;
  readonly metric: string;
  readonly unit: string;
  /** Runs that told a number, at least 2. */
  readonly runs: number;
  /** Of these, in how many it held. */
  readonly held: number;
  readonly mean: number;
  /** 95 % interval of the mean, from how runs differ. */
  readonly interval: readonly [number, number];
}

export interface SuiteDocument {
  readonly schema: 'floodproof/suite/1';
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly scenarios: readonly VerdictDocument[];
  readonly repeats: readonly RepeatedExpectation[];
  /** Those that are not in `scenarios`; each is there once for each time that it had to be played. */
  readonly errors: readonly SuiteError[];
}
