/** Small plans and policies for tests: every field has a plain value, and a test names only what it is about. */
import type { BanSpec } from '../../harness/core/spec.js';
import type {
  ActorPlan,
  ConcurrencyLimit,
  DecayingCounterLimit,
  EarnedBudgetLimit,
  Expectation,
  FillCounterLimit,
  FixedWindowLimit,
  LeakyQueueLimit,
  Plan,
  Policy,
  PolicyLimit,
  RatioMonitorLimit,
  SlidingCounterLimit,
  SlidingLogLimit,
  TokenBucketLimit,
} from '../../harness/scenario/plan.js';
import { requestClasses } from '../../harness/scenario/plan.js';
import { actorDefaults, planDefaults } from '../../harness/scenario/plan-defaults.js';

export const SECOND_US = 1_000_000;

/** Cells by class: 1 for all of them, but what is named. */
export function costs(named: Partial<Record<(typeof requestClasses)[number], number>> = {}, others = 1): number[] {
  return requestClasses.map((name) => named[name] ?? others);
}

/** What fills give back or earn, by class: only a placed order can be filled. */
export function creditsMax(placed: number): number[] {
  return costs({ 'order.place': placed }, 0);
}

const limitBase = {
  name: 'orders',
  by: ['key'],
  ipPrefix: null,
  costs: costs(),
  ageCosts: requestClasses.map(() => []),
  ban: null,
  kills: false,
  isShadow: false,
  maxKeys: 1000,
} as const;

export function aTokenBucket(overrides: Partial<TokenBucketLimit> = {}): TokenBucketLimit {
  return {
    ...limitBase,
    family: 'token-bucket',
    capacity: 10,
    refillCells: 10,
    refillPeriodUs: SECOND_US,
    ...overrides,
  };
}

export function aDecayingCounter(overrides: Partial<DecayingCounterLimit> = {}): DecayingCounterLimit {
  return {
    ...limitBase,
    family: 'decaying-counter',
    capacity: 10,
    refillCells: 1,
    refillPeriodUs: SECOND_US,
    ...overrides,
  };
}

export function aLeakyQueue(overrides: Partial<LeakyQueueLimit> = {}): LeakyQueueLimit {
  return {
    ...limitBase,
    family: 'leaky-queue',
    capacity: 10,
    queueCells: 5,
    refillCells: 10,
    refillPeriodUs: SECOND_US,
    ...overrides,
  };
}

export function aFixedWindow(overrides: Partial<FixedWindowLimit> = {}): FixedWindowLimit {
  return {
    ...limitBase,
    family: 'fixed-window',
    capacity: 10,
    windowUs: SECOND_US,
    anchor: 'calendar',
    countsDenied: false,
    ...overrides,
  };
}

export function aFillCounter(overrides: Partial<FillCounterLimit> = {}): FillCounterLimit {
  return {
    ...limitBase,
    family: 'fill-counter',
    capacity: 10,
    windowUs: SECOND_US,
    anchor: 'calendar',
    creditsMax: creditsMax(5),
    ...overrides,
  };
}

export function aRatioMonitor(overrides: Partial<RatioMonitorLimit> = {}): RatioMonitorLimit {
  return {
    ...limitBase,
    family: 'ratio-monitor',
    capacity: 10,
    windowUs: SECOND_US,
    anchor: 'calendar',
    creditsMax: creditsMax(5),
    ...overrides,
  };
}

export function aSlidingLog(overrides: Partial<SlidingLogLimit> = {}): SlidingLogLimit {
  return { ...limitBase, family: 'sliding-log', capacity: 10, windowUs: SECOND_US, ...overrides };
}

export function aSlidingCounter(overrides: Partial<SlidingCounterLimit> = {}): SlidingCounterLimit {
  return { ...limitBase, family: 'sliding-counter', capacity: 10, windowUs: SECOND_US, ...overrides };
}

export function anEarnedBudget(overrides: Partial<EarnedBudgetLimit> = {}): EarnedBudgetLimit {
  return {
    ...limitBase,
    family: 'earned-budget',
    capacity: 10,
    trickleUs: 10 * SECOND_US,
    creditsMax: creditsMax(5),
    ...overrides,
  };
}

export function aConcurrency(overrides: Partial<ConcurrencyLimit> = {}): ConcurrencyLimit {
  return { ...limitBase, family: 'concurrency', capacity: 10, ...overrides };
}

/** One step: nothing is remembered of it. A ladder is forgotten after as long as its last step. */
export function aBan(afterThrottles: number, ...stepsUs: readonly number[]): BanSpec {
  return { afterThrottles, stepsUs, forgetUs: stepsUs.length > 1 ? (stepsUs.at(-1) ?? 0) : 0 };
}

export function aPolicy(limits: readonly PolicyLimit[], overrides: Partial<Policy> = {}): Policy {
  return {
    name: 'test-policy',
    file: 'test-policy.yaml',
    auth: {
      profile: 'hmac-lines',
      hash: 'sha256',
      encoding: 'hex',
      signed: requestClasses.map((name) => name !== 'login' && name !== 'ticker'),
      windowUs: 5 * SECOND_US,
      futureUs: SECOND_US,
      replay: 'refuse',
      replayCapacity: 1000,
      replayPerKey: 1000,
    },
    clientIp: { from: 'socket' },
    limits,
    resolutionUs: 1,
    nodes: 1,
    slackCells: 0,
    exclusive: true,
    latestDecisionUs: 10 * SECOND_US,
    password: { scryptN: 2, scryptR: 1, scryptP: 1 },
    weaknesses: [],
    ...overrides,
  };
}

function anActor(overrides: Partial<ActorPlan> = {}): ActorPlan {
  return {
    name: 'customers',
    label: 'legit',
    population: 10,
    behaviour: 'retail-trader',
    params: {},
    ...actorDefaults,
    arrivals: { process: 'poisson', ratePerSecond: 10 },
    active: [{ startUs: 0, endUs: 11 * SECOND_US }],
    ...overrides,
  };
}

const customers = anActor();
const attackers = anActor({
  name: 'attackers',
  label: 'abuse',
  behaviour: 'order-flood',
  active: [{ startUs: 3 * SECOND_US, endUs: 7 * SECOND_US }],
});

/** One second of warm-up, then calm 1-3 s, attack 3-7 s, recovery 7-11 s. */
export function aPlan(overrides: Partial<Plan> = {}): Plan {
  return {
    schema: 'floodproof/plan/1',
    name: 'test-scenario',
    file: 'test-scenario.yaml',
    claim: 'The limits hold.',
    maps: [],
    ...planDefaults,
    policy: aPolicy([aTokenBucket()]),
    warmupUs: SECOND_US,
    phases: [
      { name: 'calm', startUs: SECOND_US, endUs: 3 * SECOND_US },
      { name: 'attack', startUs: 3 * SECOND_US, endUs: 7 * SECOND_US },
      { name: 'recovery', startUs: 7 * SECOND_US, endUs: 11 * SECOND_US },
    ],
    actors: [customers, attackers],
    expectations: [],
    generator: { ownDelayP99Us: 50_000, ownDelayP99WorstSecondUs: 250_000, sentShare: 0.99 },
    request: { timeoutUs: 10 * SECOND_US, connectionsPerIp: 64, openMax: 1000 },
    holdUs: SECOND_US,
    ...overrides,
  };
}

/** `metric` is written as in a scenario file: `legit.leak`. */
export function anExpectation(
  measured: string,
  operator: Expectation['operator'],
  wanted: Expectation['wanted'] | number,
  overrides: Partial<Expectation> = {},
): Expectation {
  const dot = measured.indexOf('.');
  return {
    text: `${measured} ${operator} ${typeof wanted === 'number' ? wanted : wanted.kind}`,
    subject: measured.slice(0, dot),
    metric: measured.slice(dot + 1),
    phase: null,
    operator,
    wanted: typeof wanted === 'number' ? { kind: 'number', value: wanted } : wanted,
    wholeInterval: false,
    ...overrides,
  };
}
