/** The task of one pool thread of a sweep: one plan under one seed in virtual time, from start to verdict. */
import { buildWorld } from '../../actors/identities/world.js';
import { type ErrorCode, type Fault, FloodproofError } from '../../errors.js';
import { judgeRun } from '../../judge/judge.js';
import type { Verdict } from '../../judge/verdict.js';
import { type EngineChoice, openEngine } from '../../native/engine.js';
import type { Plan, Policy } from '../../scenario/plan.js';
import { judgedPlan } from './judged-plan.js';
import { playVirtual } from './play-virtual.js';

export interface SeedTask {
  readonly plan: Plan;
  readonly policy: Policy;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly arrivalsMax: number | null;
}

export interface SeedResult {
  readonly seed: number;
  readonly verdict: Verdict;
  readonly decisionHash: string;
  readonly requests: number;
  /** Expectations that did not hold or cannot be told, with what was measured. */
  readonly unmet: readonly { readonly text: string; readonly pass: boolean | null; readonly measured: string }[];
}

/** An operating error in a form in which it comes through between threads: an error's own fields are lost there. */
export interface SeedFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly faults: readonly Fault[];
}

export default async function playSeed(task: SeedTask): Promise<SeedResult | SeedFailure> {
  try {
    return await judgeSeed(task);
  } catch (error) {
    if (!(error instanceof FloodproofError)) throw error;
    const { code, message, hint, faults } = error;
    return { code, message, hint, faults };
  }
}

async function judgeSeed(task: SeedTask): Promise<SeedResult> {
  const { plan, policy, seed, arrivalsMax } = task;
  const engine = openEngine(task.engine);
  const world = buildWorld(plan, seed);
  const played = await playVirtual({
    plan,
    policy,
    seed,
    world,
    engine,
    folder: null,
    arrivalsMax,
    speed: Number.POSITIVE_INFINITY,
    stop: new AbortController().signal,
    onProgress: () => undefined,
  });
  const document = judgeRun({
    plan: judgedPlan(plan, played.latestDecisionUs),
    world,
    observations: played.observations,
    generator: played.generator,
    isInterrupted: false,
    seed,
    target: 'core',
    engine: engine.engine,
    decisionHash: played.decisionHash,
    notes: [],
    replay: '',
    versions: {},
    startedAt: '',
    durationMs: 0,
  });
  return {
    seed,
    verdict: document.verdict,
    decisionHash: played.decisionHash,
    requests: played.rows,
    unmet: document.expectations
      .filter(({ pass }) => pass !== true)
      .map(({ text, pass, measured }) => ({ text, pass, measured: String(measured) })),
  };
}
