/** Plays a scenario against a server of the test, in worker threads of the built engine, and judges it. */
import type { Identity } from '../../harness/actors/actor.js';
import { buildWorld } from '../../harness/actors/identities/world.js';
import { IntentKind, outcomeNames } from '../../harness/actors/outcome.js';
import { everybody } from '../../harness/actors/world.js';
import { judgeRun } from '../../harness/judge/judge.js';
import type { GeneratorResult, VerdictDocument } from '../../harness/judge/verdict.js';
import { suiteDocument } from '../../harness/report/json.js';
import type { Plan } from '../../harness/scenario/plan.js';
import { loadScenario } from '../../harness/scenario/scenario.js';
import { checkTarget } from '../../harness/targets/loopback.js';
import type { IdentityTransport } from '../../harness/targets/source-address.js';
import { builtUrl } from '../support/built.js';
import { type ObservationRow, rowsOf } from '../support/observation-rows.js';
import { textReader } from '../support/scenario-files.js';
import { temporaryFolder } from './temporary-folder.js';

export const SEED = 7;

export interface PlayedRun {
  /** In the order in which they were concluded. */
  readonly rows: readonly ObservationRow[];
  readonly identities: readonly Identity[];
  readonly generator: GeneratorResult;
  readonly document: VerdictDocument;
  /** Of a suite that is this run alone. */
  readonly exitCode: number;
  readonly durationUs: number;
}

export interface PlayedHow {
  readonly workers?: number;
  readonly engine?: 'native' | 'ts';
  readonly transport?: IdentityTransport;
  /** Aborted: an interrupt. */
  readonly stop?: AbortSignal;
}

export async function playAgainst(url: string, plan: Plan, how: PlayedHow = {}): Promise<PlayedRun> {
  // Its worker threads run compiled modules that lie beside it.
  const { play } = (await import(builtUrl('engine/play.js'))) as typeof import('../../harness/engine/play.js');
  const engine = how.engine ?? 'ts';
  const world = buildWorld(plan, SEED);
  const played = await play({
    plan,
    seed: SEED,
    workers: how.workers ?? 1,
    engine,
    target: await checkTarget(url),
    transport: how.transport ?? 'source-address',
    folder: temporaryFolder(),
    arrivalsMax: null,
    closedLoop: null,
    stop: how.stop ?? new AbortController().signal,
    onProgress: () => undefined,
  });
  const document = judgeRun({
    plan,
    world,
    observations: played.observations,
    generator: played.generator,
    isInterrupted: played.isInterrupted,
    seed: SEED,
    target: url,
    engine,
    notes: [],
    replay: '',
    versions: {},
    startedAt: new Date(0).toISOString(),
    durationMs: Math.round(played.durationUs / 1000),
  });
  return {
    rows: rowsOf(played.observations()),
    identities: [...everybody(world)],
    generator: played.generator,
    document,
    exitCode: suiteDocument([document]).exitCode,
    durationUs: played.durationUs,
  };
}

/** What the scheduled requests came to: `{ admitted: 40, timeout: 10 }`. */
export function outcomesOf(rows: readonly ObservationRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of rows) {
    const name = outcomeNames[outcome] ?? String(outcome);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Rows that stand in the schedule, as opposed to what followed from an answer. */
export function arrivalsOf(rows: readonly ObservationRow[]): readonly ObservationRow[] {
  return rows.filter(({ kind }) => kind === IntentKind.arrival);
}

export interface Wanted {
  /** Lines of YAML: the entries of `phases`, `actors`, `expect`. */
  readonly phases?: readonly string[];
  readonly actors: readonly string[];
  readonly expect?: readonly string[];
  /** How late the generator may be, longer than any busy machine makes it. */
  readonly ownDelayMax?: string;
  /** Value of `request`: how requests are sent. */
  readonly request?: string;
  /** Keys of the policy file besides its limits, a line each. */
  readonly policy?: readonly string[];
}

/** A scenario without warm-up under a policy whose one limit nobody reaches. */
export function scenarioOf(wanted: Wanted): Plan {
  const list = (entries: readonly string[]): string => entries.map((entry) => `  - ${entry}\n`).join('');
  const { phases = ['{ name: only, for: 1s }'], actors, expect = ['legit.errorRate <= 0.1%'] } = wanted;
  const { ownDelayMax = '1min', request = '{}' } = wanted;
  const policy = `version: 1
name: wide
limits:
  - { name: by-ip, match: "*", by: ip, family: token-bucket, capacity: 1000000, refill: 1000 per 1s }
${wanted.policy?.join('\n') ?? ''}
`;
  const scenario = `version: 1
name: tried
claim: It is tried.
policy: policy.yaml
warmup: 0s
generator: { ownDelayP99: ${ownDelayMax}, ownDelayP99WorstSecond: ${ownDelayMax}, sentShare: 50% }
request: ${request}
phases:
${list(phases)}
actors:
${list(actors)}
expect:
${list(expect)}`;
  return loadScenario(textReader({ 'scenario.yaml': scenario, 'policy.yaml': policy }), 'scenario.yaml');
}
