/** The plan of one trial: a steady open-loop rate of one GET that nobody signs, and no expectations. */

import type { Plan, Policy } from '../../scenario/plan.js';
import { requestClasses } from '../../scenario/plan.js';
import { actorDefaults, planDefaults } from '../../scenario/plan-defaults.js';

const SECOND_US = 1_000_000;
/** Connections are opened and code is compiled. */
const WARMUP_US = SECOND_US;
const MEASURED_US = 1_500_000;
/** Answers that come later than the bound are late, however much: nobody waits for them for long. */
const TIMEOUT_US_MIN = 500_000;

/** How long a trial takes at most, from its threads' start to the last deadline. */
export function trialMs(p99BoundUs: number): number {
  return (WARMUP_US + MEASURED_US + timeoutUs(p99BoundUs)) / 1000 + 500;
}

function timeoutUs(p99BoundUs: number): number {
  return Math.max(TIMEOUT_US_MIN, 2 * p99BoundUs);
}

/** No limits and no signatures. */
export const openPolicy: Policy = {
  name: 'open',
  file: 'open',
  auth: null,
  clientIp: { from: 'socket' },
  limits: [],
  resolutionUs: 1,
  nodes: 1,
  slackCells: 0,
  exclusive: true,
  latestDecisionUs: 10 * SECOND_US,
  password: { scryptN: 1024, scryptR: 8, scryptP: 1 },
  weaknesses: [],
};

/**
 * What a gateway enforces while it is probed: the policy, with every limit looked at and charged as ever but refusing
 * nobody, and with tickers that need no signature.
 */
export function probedPolicy(policy: Policy): Policy {
  const { auth, limits } = policy;
  const ticker = requestClasses.indexOf('ticker');
  return {
    ...policy,
    auth: auth === null ? null : { ...auth, signed: auth.signed.map((signed, index) => signed && index !== ticker) },
    limits: limits.map((limit) => ({ ...limit, isShadow: true, kills: false })),
  };
}

export interface ProbePlanOptions {
  readonly ratePerSecond: number;
  readonly p99BoundUs: number;
  /** Where addresses of callers are looked for. */
  readonly clientIp: Policy['clientIp'];
}

/** @see `Plan`; requests are those of `retail-trader`, tickers alone. */
export function probePlan({ ratePerSecond, p99BoundUs, clientIp }: ProbePlanOptions): Plan {
  const endUs = WARMUP_US + MEASURED_US;
  return {
    schema: 'floodproof/plan/1',
    name: 'probe',
    file: 'probe',
    claim: 'none: this plan looks for the capacity of a target',
    maps: [],
    ...planDefaults,
    policy: { ...openPolicy, clientIp },
    warmupUs: WARMUP_US,
    phases: [{ name: 'probe', startUs: WARMUP_US, endUs }],
    actors: [
      {
        name: 'callers',
        label: 'legit',
        population: 64,
        behaviour: 'retail-trader',
        params: {
          orderShare: 0,
          accountShare: 0,
          cancelShare: 0,
          thinkTimeUs: SECOND_US,
          followRetryAfterShare: 0,
          retries: 0,
        },
        ...actorDefaults,
        arrivals: { process: 'poisson', ratePerSecond },
        active: [{ startUs: 0, endUs }],
      },
    ],
    expectations: [],
    // What the generator is late by is told as the target's: half of the bound is the most that may be its own.
    generator: { ownDelayP99Us: p99BoundUs / 2, ownDelayP99WorstSecondUs: p99BoundUs, sentShare: 0.99 },
    request: { timeoutUs: timeoutUs(p99BoundUs), connectionsPerIp: 8, openMax: 20_000 },
    holdUs: SECOND_US,
  };
}
