/**
 * The plan: what scenario and policy files become. Plain, frozen data: it can be printed, saved as `plan.json`, sent to
 * worker threads and read back. Every time is whole microseconds; run times count from the start of the warm-up.
 */
import type { Policy } from './plan-policy.js';

export * from './plan-policy.js';

export interface Phase {
  readonly name: string;
  readonly startUs: number;
  /** Exclusive. */
  readonly endUs: number;
}

export type Label = 'legit' | 'abuse';

/**
 * Times of real traffic: a file, how to read it, and what to make of its times. The loaded times are no part of a plan; they
 * are found by the index of the trace in `Plan.traces`.
 */
export interface TraceSource {
  /** Path as the user gave it, from the folder of the scenario file, resolved. */
  readonly file: string;
  /** `observations`: an `observations.parquet` or `.arrows` of an earlier run. */
  readonly format: 'csv' | 'access-log' | 'har' | 'observations';
  /** csv: the column of times, null = the first. */
  readonly timeColumn: string | null;
  /** csv: the column that says who; access-log: `ip`; observations: `identity`; null = nobody is told apart. */
  readonly whoColumn: string | null;
}

/**
 * Rates are of the whole actor, in arrivals per second of its active time (any finite number above 0). Times of steps,
 * herds and peaks count in active time too: from the actor's start, and only while it acts.
 */
export type Arrivals =
  | { readonly process: 'constant'; readonly ratePerSecond: number }
  | { readonly process: 'ramp'; readonly fromPerSecond: number; readonly toPerSecond: number }
  /** Constant rates one after the other; the first step begins at 0, the last goes on to the end. A rate may be 0 here. */
  | { readonly process: 'step'; readonly steps: readonly { readonly fromUs: number; readonly ratePerSecond: number }[] }
  | { readonly process: 'poisson'; readonly ratePerSecond: number }
  /** Poisson at `ratePerSecond` while on, nothing while off; both last exponential times. Starts on or off by their shares. */
  | {
      readonly process: 'on-off';
      readonly ratePerSecond: number;
      readonly onUsMean: number;
      readonly offUsMean: number;
    }
  /** Markov-modulated Poisson process of two states, calm and burst. */
  | {
      readonly process: 'mmpp';
      readonly calmPerSecond: number;
      readonly burstPerSecond: number;
      readonly calmUsMean: number;
      readonly burstUsMean: number;
    }
  /**
   * Self-exciting: intensity mu + sum of alpha e^(-decay (t - ti)) over earlier arrivals, with alpha = branching x decay and
   * mu = (1 - branching) x rate, so that `ratePerSecond` is the mean. 0 <= branching < 1. Started in its stationary state.
   */
  | {
      readonly process: 'hawkes';
      readonly ratePerSecond: number;
      readonly branching: number;
      readonly decayPerSecond: number;
    }
  /** Poisson whose rate swings about its mean as a cosine: highest at `peakAtUs`, peak / trough = `peakToTrough` >= 1. */
  | {
      readonly process: 'diurnal';
      readonly ratePerSecond: number;
      readonly peakToTrough: number;
      readonly periodUs: number;
      readonly peakAtUs: number;
    }
  /** `size` arrivals at once (or spread evenly at random over `withinUs`), the first herd at `firstUs`, then every `everyUs`. */
  | {
      readonly process: 'herd';
      readonly size: number;
      readonly firstUs: number;
      /** null = only one herd. */
      readonly everyUs: number | null;
      readonly withinUs: number;
    }
  /** The times of `Plan.traces[trace]`, from its first on, `speed` times as fast; each is kept with the chance `keepShare`. */
  | {
      readonly process: 'trace';
      readonly trace: number;
      readonly speed: number;
      readonly keepShare: number;
      /** Starts again when it is used up. */
      readonly isLooped: boolean;
    };

/** Who of an actor's identities an arrival is. */
export type Who =
  | { readonly choice: 'uniform' }
  /** The identity at place k (from 1) with a chance proportional to k^-exponent (bounded Zipf). */
  | { readonly choice: 'zipf'; readonly exponent: number }
  /** One after the other, and from the start again. */
  | { readonly choice: 'in-turn' }
  /** As the trace tells them apart, in its order: the nth different one is the nth identity, modulo the population. */
  | { readonly choice: 'trace'; readonly trace: number };

/** How the clocks of an actor's identities are off, each by its own amount, fixed by the seed. */
export interface ClientClock {
  /** Standard deviation of the offset, normal. */
  readonly sigmaUs: number;
  /** Share of identities that are off by `strayUs` (ahead or behind, by the seed) on top. */
  readonly strayShare: number;
  readonly strayUs: number;
  /** Share of identities whose clock drifts, by `driftUsPerMinute` ahead or behind. */
  readonly driftShare: number;
  readonly driftUsPerMinute: number;
}

/** How a client takes a throttle or a failure. */
export interface RetryPlan {
  readonly policy: 'never' | 'immediate' | 'fixed' | 'exponential' | 'full-jitter';
  /** Attempts of one wish after the first. */
  readonly attempts: number;
  readonly baseUs: number;
  readonly capUs: number;
  /** Share of identities that wait as long as Retry-After says (and longer by their policy); the others do not look at it. */
  readonly followShare: number;
  /** Retries at most, as a share of an identity's first attempts, and ten on top; null = no budget. */
  readonly budgetShare: number | null;
}

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
  readonly who: Who;
  /** So many identities share one address (an office behind one NAT); at least 1. */
  readonly identitiesPerAddress: number;
  /** The accounts are sub-accounts (`master/sub`) of so many masters, dealt in turn; 0 = accounts of their own. */
  readonly masters: number;
  readonly clock: ClientClock;
  /** null = as the behaviour has it. */
  readonly retry: RetryPlan | null;
  /** `keep`: connections are used again; `fresh`: each request has its own. */
  readonly connection: 'keep' | 'fresh';
  /** Exponent of the bounded Zipf law over the traded symbols; 0 = all alike. */
  readonly symbolZipf: number;
  /** The spans in which arrivals happen; [start, end). The warm-up belongs to actors that are not bound to phases. */
  readonly active: readonly { readonly startUs: number; readonly endUs: number }[];
}

/**
 * What surrounds the target in virtual time. Times of events count from the start of the first phase. Over HTTP the network
 * and the server are the real ones, and none of this applies.
 */
export interface VirtualWorld {
  /** One way: `delayUs` always, and an exponential time with mean `jitterUs` on top, for each request and each answer. */
  readonly delayUs: number;
  readonly jitterUs: number;
  /** Share of requests and of answers that are lost; the client gives up at its timeout. */
  readonly loss: number;
  /** Share of requests that are held back by an exponential time with mean `reorderUs`, so that later ones overtake them. */
  readonly reorderShare: number;
  readonly reorderUs: number;
  /** Requests that the server serves a second, one after the other, the others waiting; null = at once. */
  readonly serverPerSecond: number | null;
  /** Requests that wait for the server at most; more are answered 503. */
  readonly serverQueueMax: number;
  /** The server's clock against the true one. */
  readonly driftPpm: number;
  readonly steps: readonly { readonly atUs: number; readonly byUs: number }[];
  readonly freezes: readonly { readonly atUs: number; readonly forUs: number }[];
  /** Everything is answered 503 before the gate is asked. */
  readonly outages: readonly { readonly atUs: number; readonly forUs: number }[];
  /** The server starts anew: what it holds on no disk is gone. */
  readonly restarts: readonly number[];
}

/** Parts that a scenario may need of a target. */
export const partTable = {
  'virtual-time': 'played in virtual time only: it takes days, or steps the clock, or breaks the server',
  http: 'played over HTTP only: it is about connections',
  monitor: 'a monitor over the whole population that raises alarms',
  mfa: 'a second factor: codes and pushes',
  scopes: 'API keys with scopes, address lists and objects of others',
  'key-rotation': 'keys that are replaced and revoked while the run goes on',
  'nonce-profile': 'a signing profile with a strictly rising nonce for each key',
  websocket: 'WebSocket sessions',
  'slow-connections': 'control over the bytes of a connection',
} as const;
export type Part = keyof typeof partTable;
/** Parts that some target has. A scenario that needs another one is listed, and played by nothing yet. */
export const providedParts = ['virtual-time', 'http', 'nonce-profile'] as const satisfies readonly Part[];

/** The named weak defence that a scenario must expose. */
export interface WeakTwin {
  /** What the gateway or core enforces instead of the scenario's policy. */
  readonly policy: Policy;
  /** `subject.metric` of the expectations that it must fail, at least one. */
  readonly fails: readonly string[];
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
  /** Words by which scenarios are chosen, lower-case. */
  readonly tags: readonly string[];
  /** Parts that not every target has. */
  readonly needs: readonly Part[];
  readonly policy: Policy;
  /** null = none is named. */
  readonly weak: WeakTwin | null;
  /** Requests per second that the target is taken to be able to serve; rates in percent are shares of it. null = not known. */
  readonly capacityPerSecond: number | null;
  readonly traces: readonly TraceSource[];
  readonly virtual: VirtualWorld;
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
