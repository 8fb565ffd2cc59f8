/** Plays plans in virtual time for tests: in one go, everything in memory. */
import { buildWorld } from '../../harness/actors/identities/world.js';
import { judgedPlan } from '../../harness/engine/virtual/judged-plan.js';
import { prepareRun } from '../../harness/engine/virtual/play-virtual.js';
import { RowRecorder } from '../../harness/engine/virtual/row-recorder.js';
import { judgeRun } from '../../harness/judge/judge.js';
import { type ColumnName, columnNames, type ObservationBatch } from '../../harness/judge/observation.js';
import type { VerdictDocument } from '../../harness/judge/verdict.js';
import { openEngine } from '../../harness/native/engine.js';
import type { Plan, Policy } from '../../harness/scenario/plan.js';

export type PlayedRow = Record<ColumnName, number>;

export interface VirtualPlay {
  readonly batches: readonly ObservationBatch[];
  readonly rows: readonly PlayedRow[];
  readonly hash: string;
  readonly latestDecisionUs: number;
}

export interface VirtualPlayOptions {
  readonly seed?: number;
  readonly engine?: 'native' | 'ts';
  /** What is enforced when it is not the plan's. */
  readonly policy?: Policy;
  /** Events that happen in one go. */
  readonly eventsAtOnce?: number;
  /** It is stopped then. */
  readonly stopUs?: number;
}

export function playVirtually(plan: Plan, options: VirtualPlayOptions = {}): VirtualPlay {
  const { seed = 1, engine = 'ts', policy = plan.policy, eventsAtOnce = 1e9, stopUs } = options;
  const batches: ObservationBatch[] = [];
  const recorder = new RowRecorder((batch) => batches.push(batch));
  const world = buildWorld(plan, seed);
  const run = prepareRun({ plan, policy, seed, world, engine: openEngine(engine), arrivalsMax: null }, recorder);
  if (stopUs === undefined) while (run.advance(Number.POSITIVE_INFINITY, eventsAtOnce));
  else {
    run.advance(stopUs, eventsAtOnce);
    run.stop();
  }
  recorder.flush();
  const rows = batches.flatMap(({ rows: count, columns }) =>
    Array.from(
      { length: count },
      (_, row) => Object.fromEntries(columnNames.map((name) => [name, columns[name][row]])) as PlayedRow,
    ),
  );
  return { batches, rows, hash: run.decisionHash, latestDecisionUs: run.latestDecisionUs };
}

/** The verdict on a play. */
export function judgeVirtually(plan: Plan, options: VirtualPlayOptions = {}): VerdictDocument {
  const { seed = 1, engine = 'ts' } = options;
  const played = playVirtually(plan, options);
  return judgeRun({
    plan: judgedPlan(plan, played.latestDecisionUs),
    world: buildWorld(plan, seed),
    observations: () => played.batches,
    generator: { asked: 0, sent: 0, answered: 0, ownDelayMsP99: 0, targetWaitMsP99: 0, worstSecond: null, faults: [] },
    isInterrupted: false,
    seed,
    target: 'core',
    engine,
    decisionHash: played.hash,
    notes: [],
    replay: '',
    versions: {},
    startedAt: '',
    durationMs: 0,
  });
}
