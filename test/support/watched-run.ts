/** Plays a plan in virtual time as a suite of one run that is watched, and judges it: for tests of watchers. */
import { buildWorld } from '../../harness/actors/identities/world.js';
import { judgePlayed } from '../../harness/cli/saved-run.js';
import type { RunRecord } from '../../harness/engine/record/run-folder.js';
import { playVirtual } from '../../harness/engine/virtual/play-virtual.js';
import type { VerdictDocument } from '../../harness/judge/verdict.js';
import { openEngine } from '../../harness/native/engine.js';
import type { Plan } from '../../harness/scenario/plan.js';
import type { SuiteWatcher } from '../../harness/watch/suite-watcher.js';

export function recordOf(plan: Plan, fields: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 'floodproof/run/1',
    plan,
    seed: 1,
    engine: 'ts',
    workers: 1,
    target: 'core',
    gatewayPolicy: null,
    arrivalsMax: null,
    ...fields,
  };
}

export interface WatchedWay {
  /** Its place in the suite. */
  readonly index?: number;
  /** Of the run; nothing needs to be there. */
  readonly folder?: string;
  /** Run time that passes in a second of real time; as fast as it goes when left out. */
  readonly speed?: number;
}

/** Plays the run at `index`, and tells the watcher everything that a suite tells of it. */
export async function playWatched(
  record: RunRecord,
  watcher: SuiteWatcher,
  { index = 0, folder = 'nowhere', speed = Number.POSITIVE_INFINITY }: WatchedWay = {},
): Promise<VerdictDocument> {
  const { plan, seed } = record;
  watcher.runBegins?.(index, folder);
  const played = await playVirtual({
    plan,
    policy: plan.policy,
    seed,
    world: buildWorld(plan, seed),
    engine: openEngine('ts'),
    folder: null,
    arrivalsMax: null,
    speed,
    stop: new AbortController().signal,
    onProgress: (progress) => watcher.progress?.(progress),
    onRows: (batch) => watcher.rows?.(batch),
  });
  const { document: verdict } = judgePlayed(record, played, {
    engine: 'ts',
    notes: [],
    startedAt: new Date(0),
    replay: '',
  });
  watcher.runEnds?.(index, { verdict, error: null });
  return verdict;
}
