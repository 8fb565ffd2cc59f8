import { type BehaviourName, behaviourTable } from '../../../harness/scenario/behaviours.js';
import { type ActorPlan, type Plan, requestClasses } from '../../../harness/scenario/plan.js';
import { actorDefaults, planDefaults } from '../../../harness/scenario/plan-defaults.js';

export const SECOND_US = 1_000_000;

/** The parameters that a file without `with` gets; a replaying actor listens to `source`. */
function presets(behaviour: BehaviourName, source: string): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(behaviourTable[behaviour].params).map(([name, row]) => [
      name,
      row.kind === 'actor' ? source : row.preset,
    ]),
  );
}

/** An actor of one behaviour: one identity, one arrival a second, for ten seconds. */
export function exampleActor(
  behaviour: BehaviourName,
  changes: Partial<Omit<ActorPlan, 'behaviour' | 'params'>> & { params?: Record<string, number | string> } = {},
): ActorPlan {
  const { params, ...rest } = changes;
  return {
    name: behaviour,
    label: behaviourTable[behaviour].label,
    population: 1,
    behaviour,
    ...actorDefaults,
    arrivals: { process: 'constant', ratePerSecond: 1 },
    active: [{ startUs: 0, endUs: 10 * SECOND_US }],
    ...rest,
    params: { ...presets(behaviour, 'customers'), ...params },
  };
}

/** A plan with these actors, under a policy that wants account and orders signed and limits nothing. */
export function examplePlan(actors: readonly ActorPlan[]): Plan {
  return {
    schema: 'floodproof/plan/1',
    name: 'example',
    file: 'example.yaml',
    claim: 'None.',
    maps: [],
    ...planDefaults,
    policy: {
      name: 'example',
      file: 'policy.yaml',
      auth: {
        profile: 'hmac-lines',
        hash: 'sha256',
        encoding: 'hex',
        signed: requestClasses.map((name) => name === 'account' || name.startsWith('order.')),
        windowUs: 5 * SECOND_US,
        futureUs: SECOND_US,
        replay: 'refuse',
        replayCapacity: 100_000,
        replayPerKey: 100_000,
      },
      clientIp: { from: 'socket' },
      limits: [],
      resolutionUs: 1,
      nodes: 1,
      slackCells: 0,
      weaknesses: [],
      exclusive: true,
      latestDecisionUs: 10 * SECOND_US,
      password: { scryptN: 2, scryptR: 8, scryptP: 1 },
    },
    warmupUs: 0,
    phases: [{ name: 'calm', startUs: 0, endUs: 10 * SECOND_US }],
    actors,
    expectations: [],
    generator: { ownDelayP99Us: 50_000, ownDelayP99WorstSecondUs: 250_000, sentShare: 0.99 },
    request: { timeoutUs: 10 * SECOND_US, connectionsPerIp: 64, openMax: 20_000 },
    holdUs: 5 * SECOND_US,
  };
}
