/** One scenario in virtual time from plan to verdict: played in this process, recorded, judged and saved. */
import { buildWorld } from '../actors/identities/world.js';
import { RunFolder, type RunRecord } from '../engine/record/run-folder.js';
import { judgedPlan } from '../engine/virtual/judged-plan.js';
import { type PlayedVirtual, playVirtual } from '../engine/virtual/play-virtual.js';
import { MEMORY_ROWS } from '../engine/virtual/row-store.js';
import { assertPlayable } from '../engine/virtual/size.js';
import type { VerdictDocument } from '../judge/verdict.js';
import { openEngine } from '../native/engine.js';
import type { PlannedRun } from './planned-run.js';
import type { ScenarioHooks } from './run-scenario.js';
import { judgePlayed, saveRun, traceNotes } from './saved-run.js';

/**
 * Plays one run in virtual time and judges it.
 *
 * @param parent - the run folder is made in it.
 * @throws {FloodproofError} FP_USAGE when it is too large, and whatever else prevented a verdict.
 */
export async function runVirtual(run: PlannedRun, parent: string, hooks: ScenarioHooks): Promise<VerdictDocument> {
  const { record } = run;
  const { plan, seed } = record;
  assertPlayable(plan, record.arrivalsMax);
  const engine = openEngine(record.engine);
  const startedAt = new Date();
  const folder = RunFolder.create(parent, plan.name, startedAt);
  hooks.onFolder(folder.path);
  folder.write('plan.json', `${JSON.stringify(record, null, 2)}\n`);
  const world = buildWorld(plan, seed);
  const played = await playVirtual({
    plan,
    policy: record.gatewayPolicy ?? plan.policy,
    seed,
    world,
    engine,
    folder: folder.path,
    arrivalsMax: record.arrivalsMax,
    speed: hooks.speed,
    stop: hooks.stop,
    onProgress: hooks.onProgress,
    ...(hooks.onRows === undefined ? {} : { onRows: hooks.onRows }),
  });
  const judged = { ...record, plan: judgedPlan(plan, played.latestDecisionUs) };
  const judgement = judgePlayed(judged, played, {
    engine: engine.engine,
    notes: [engine.note, ...notesOf(record, played), ...traceNotes(played), ...run.notes].filter((note) => note !== ''),
    startedAt,
    replay: hooks.replayCommand(folder.path),
    world,
    // Of a run that was stopped it depends on when: nothing that another play could be held against.
    ...(played.isInterrupted ? {} : { decisionHash: played.decisionHash }),
  });
  saveRun(folder, { record: judged, world, keepsRows: keepsRows(played) }, played, judgement);
  return judgement.document;
}

function keepsRows({ rows }: PlayedVirtual): boolean {
  return rows <= MEMORY_ROWS;
}

function notesOf(record: RunRecord, played: PlayedVirtual): string[] {
  const { plan, gatewayPolicy, arrivalsMax } = record;
  const notes: string[] = [];
  if (gatewayPolicy !== null) {
    notes.push(`the core enforced ${gatewayPolicy.file}; the verdict is by ${plan.policy.file}`);
  }
  if (arrivalsMax !== null) notes.push(`the schedule was cut by --max-requests ${arrivalsMax}`);
  if (!keepsRows(played)) {
    notes.push(
      `the ${played.rows} observations are not kept, as more than ${MEMORY_ROWS} are not: the replay makes them again`,
    );
  }
  return notes;
}
