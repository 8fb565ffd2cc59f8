/** Plays scenarios of the catalogue in virtual time and judges them, as `run --target core` does. */
import { buildWorld } from '../../harness/actors/identities/world.js';
import { judgePlayed } from '../../harness/cli/saved-run.js';
import { judgedPlan } from '../../harness/engine/virtual/judged-plan.js';
import { type PlayedVirtual, playVirtual } from '../../harness/engine/virtual/play-virtual.js';
import type { VerdictDocument } from '../../harness/judge/verdict.js';
import { openEngine } from '../../harness/native/engine.js';
import type { Plan, Policy } from '../../harness/scenario/plan.js';

interface PlayWay {
  readonly engine: 'native' | 'ts';
  readonly seed?: number;
  /** What is enforced; the plan's own when it is left out. */
  readonly policy?: Policy;
  /** Arrivals at most; null = all. */
  readonly arrivalsMax?: number | null;
}

function playScenario(plan: Plan, way: PlayWay): Promise<PlayedVirtual> {
  const { seed = 1, policy = plan.policy, arrivalsMax = null } = way;
  return playVirtual({
    plan,
    policy,
    seed,
    world: buildWorld(plan, seed),
    engine: openEngine(way.engine),
    folder: null,
    arrivalsMax,
    speed: Number.POSITIVE_INFINITY,
    stop: new AbortController().signal,
    onProgress: () => undefined,
  });
}

export async function judgeScenario(plan: Plan, way: PlayWay): Promise<VerdictDocument> {
  const { seed = 1, policy = null, arrivalsMax = null } = way;
  const played = await playScenario(plan, way);
  const { document } = judgePlayed(
    {
      schema: 'floodproof/run/1',
      plan: judgedPlan(plan, played.latestDecisionUs),
      seed,
      engine: way.engine,
      workers: 1,
      target: 'core',
      gatewayPolicy: policy,
      arrivalsMax,
    },
    played,
    {
      engine: way.engine,
      notes: [],
      startedAt: new Date(0),
      replay: '',
      decisionHash: played.decisionHash,
    },
  );
  return document;
}

/** What did not hold, or could not be told. */
export function unkept({ expectations }: VerdictDocument): readonly string[] {
  return expectations
    .filter(({ pass }) => pass !== true)
    .map(({ text, measured, pass }) => `${text}: ${measured} (${pass})`);
}

/** Of what the scenario says that its weak policy fails, that which did not fail. */
export function unexposed({ weak }: Plan, { expectations }: VerdictDocument): readonly string[] {
  const failed = expectations.filter(({ pass }) => pass === false);
  return (weak?.fails ?? []).filter((name) => !failed.some(({ text }) => text.startsWith(`${name} `)));
}

/** Played with a fixed number of arrivals at most by both engines, and twice by one of them. */
export async function decisionHashes(plan: Plan, arrivalsMax: number | null): Promise<ReadonlySet<string>> {
  const hashes = new Set<string>();
  for (const engine of ['native', 'native', 'ts'] as const) {
    hashes.add((await playScenario(plan, { engine, arrivalsMax })).decisionHash);
  }
  return hashes;
}
