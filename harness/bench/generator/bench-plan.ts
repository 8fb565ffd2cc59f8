/** Plans made for measuring the generator: one honest trader, or a steady open-loop rate, and no expectations. */

import type { Arrivals, Plan, PolicyAuth } from '../../scenario/plan.js';
import { requestClasses } from '../../scenario/plan.js';
import { actorDefaults, planDefaults } from '../../scenario/plan-defaults.js';
import type { ProfileName } from '../../signing/profile-names.js';
import { profileOf } from '../../signing/profiles.js';

const SECOND_US = 1_000_000;

export interface BenchPlanOptions {
  readonly population: number;
  readonly arrivals: Arrivals;
  readonly seconds: number;
  readonly connectionsPerIp: number;
  /** By which the requests are signed: by hmac-lines when it is left out; null = they are not. */
  readonly profile?: ProfileName | null;
}

function authOf(name: ProfileName): PolicyAuth {
  const profile = profileOf(name);
  const form = profile.kind === 'hmac' ? profile : ({ hash: 'sha256', encoding: 'hex' } as const);
  return {
    profile: name,
    hash: form.hash,
    encoding: form.encoding,
    signed: requestClasses.map((one) => one !== 'login' && one !== 'ticker'),
    windowUs: 5 * SECOND_US,
    futureUs: SECOND_US,
    replay: 'allow',
    replayCapacity: 1,
    replayPerKey: 1,
  };
}

/** Signed account look-ups: the cheapest request that is signed, so the generator's own cost shows most. */
export function benchPlan(options: BenchPlanOptions): Plan {
  const { profile = 'hmac-lines' } = options;
  const durationUs = options.seconds * SECOND_US;
  return {
    schema: 'floodproof/plan/1',
    name: 'bench',
    file: 'bench',
    claim: 'none: this plan measures the generator',
    maps: [],
    ...planDefaults,
    policy: {
      name: 'bench',
      file: 'bench',
      auth: profile === null ? null : authOf(profile),
      clientIp: { from: 'socket' },
      limits: [],
      resolutionUs: 1,
      nodes: 1,
      slackCells: 0,
      exclusive: true,
      latestDecisionUs: 10 * SECOND_US,
      password: { scryptN: 1024, scryptR: 8, scryptP: 1 },
      weaknesses: [],
    },
    warmupUs: 0,
    phases: [{ name: 'bench', startUs: 0, endUs: durationUs }],
    actors: [
      {
        name: 'traders',
        label: 'legit',
        population: options.population,
        behaviour: 'retail-trader',
        params: {
          orderShare: 0,
          accountShare: 1,
          cancelShare: 0,
          thinkTimeUs: SECOND_US,
          followRetryAfterShare: 0,
          retries: 0,
        },
        ...actorDefaults,
        arrivals: options.arrivals,
        active: [{ startUs: 0, endUs: durationUs }],
      },
    ],
    expectations: [],
    generator: { ownDelayP99Us: 50_000, ownDelayP99WorstSecondUs: 250_000, sentShare: 0.99 },
    request: { timeoutUs: 10 * SECOND_US, connectionsPerIp: options.connectionsPerIp, openMax: 20_000 },
    holdUs: SECOND_US,
  };
}
