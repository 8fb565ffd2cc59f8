/** The runs that a side of a comparison is made of, from the folders that hold them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchivedRun } from '../archive/archived-run.js';
import { readArchivedRun } from '../archive/read-archived-run.js';
import { type ListedRun, listRuns } from '../archive/run-list.js';
import type { RunToCompare } from '../compare/compared-run.js';
import { unlikeRuns } from '../compare/likeness.js';
import type { RunRecord } from '../engine/record/run-folder.js';
import { FloodproofError } from '../errors.js';
import type { ObservationSource } from '../judge/observation.js';

/** Of a folder of runs so many are taken, the newest: rows of each are walked over. */
const SIDE_RUNS_MAX = 20;
/** Of the runs before a new one. */
export const BASELINE_RUNS_MAX = 5;

/** The runs that a path names: one when it is a run folder, else those that lie in it, the newest first. */
function listedRuns(path: string): readonly string[] {
  if (existsSync(join(path, 'plan.json')) || existsSync(join(path, 'verdict.json'))) return [path];
  const listed = listRuns(path);
  if (listed.length > 0) return listed.map(({ folder }) => folder);
  // Says what is not there.
  readArchivedRun(path);
  return [];
}

export interface Side {
  /** The newest first. */
  readonly runs: readonly RunToCompare[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
  /** Why the only run that a path names should not be compared, a clause; null = it may be. */
  readonly unfit: string | null;
}

/**
 * The runs of one scenario that a path names, with those that can be counted together: of the newest one's limits, actors,
 * phases and target. Of several, those that are invalid, were cut off or have no verdict are left out; of one it is said.
 *
 * @param scenario - null = the only one that there is.
 * @throws {FloodproofError} FP_RUN_UNREADABLE when there is none, FP_COMPARE_UNLIKE when there are several scenarios.
 */
export function sideOf(path: string, scenario: string | null): Side {
  const folders = listedRuns(path);
  const notes: string[] = [];
  const read = folders.flatMap((folder) => {
    const run = readArchivedRun(folder);
    const name = run.record?.plan.name ?? run.verdict?.scenario ?? null;
    if (folders.length > 1 && scenario !== null && name !== null && name !== scenario) return [];
    const wrong = whyUnreadable(run);
    if (folders.length === 1) {
      if (wrong !== null) throw unreadable(run, wrong);
      return [run];
    }
    const why = wrong ?? whyUnfit(run);
    if (why === null) return [run];
    notes.push(`${folder} is left out: ${why}`);
    return [];
  });
  const names = [...new Set(read.map(({ record }) => record?.plan.name ?? ''))];
  if (names.length > 1) {
    throw new FloodproofError('FP_COMPARE_UNLIKE', `${path} holds runs of several scenarios: ${names.join(', ')}`, {
      hint: 'say which with --scenario NAME, or name single run folders',
    });
  }
  const runs = read.map(toCompare);
  const [newest] = runs;
  if (newest === undefined) {
    const of = scenario === null ? 'run' : `run of ${scenario}`;
    const why = notes.length === 0 ? '' : `: ${notes.join('; ')}`;
    throw new FloodproofError('FP_RUN_UNREADABLE', `${path} holds no ${of} that can be compared${why}`);
  }
  const alike = runs.filter((run) => unlikeRuns(newest, run).length === 0);
  if (alike.length < runs.length) {
    notes.push(
      `${path}: ${runs.length - alike.length} older runs of other limits, actors, phases or another target are left out`,
    );
  }
  const kept = alike.slice(0, SIDE_RUNS_MAX);
  if (kept.length < alike.length) notes.push(`${path}: the ${SIDE_RUNS_MAX} newest of ${alike.length} runs are taken`);
  const only = folders.length === 1 ? read[0] : undefined;
  return { runs: kept, notes, unfit: only === undefined ? null : whyUnfit(only) };
}

/** Why a run can't be compared; null = it can. */
export function whyUnreadable({ record, rows, verdict, missing }: ArchivedRun): string | null {
  if (record === null) return `its plan can't be read (${missing.join('; ')})`;
  if (rows === null && verdict === null) return `it has neither rows nor a verdict (${missing.join('; ')})`;
  return null;
}

/** Why a run that can be compared should not be: it says nothing about its target; null = it may be. */
export function whyUnfit({ verdict }: Pick<ArchivedRun, 'verdict'>): string | null {
  if (verdict === null) return 'it has no verdict';
  return verdict.verdict === 'invalid' || verdict.verdict === 'interrupted' ? `it is ${verdict.verdict}` : null;
}

function unreadable({ folder }: ArchivedRun, why: string): FloodproofError {
  return new FloodproofError('FP_RUN_UNREADABLE', `${folder} can't be compared: ${why}`);
}

/** @param run - With a record. */
export function toCompare({ folder, record, verdict, rows, missing }: ArchivedRun): RunToCompare {
  if (record === null) throw new Error(`${folder} has no plan`);
  return {
    folder,
    plan: record.plan,
    seed: record.seed,
    verdict,
    rows: rows === null ? null : namedFaults(folder, rows),
    facts: factsOf(record),
    missing,
  };
}

/** A record that breaks its own order is a damaged file here, and no bug. */
function namedFaults(folder: string, source: ObservationSource): ObservationSource {
  return function* () {
    let lastUs = Number.NEGATIVE_INFINITY;
    for (const batch of source()) {
      const { concludedUs, sentUs, answeredUs } = batch.columns;
      for (let row = 0; row < batch.rows; row++) {
        const us = concludedUs[row] as number;
        if (us >= lastUs && (sentUs[row] as number) <= us && (answeredUs[row] as number) <= us) lastUs = us;
        else
          throw new FloodproofError('FP_RUN_UNREADABLE', `the rows of ${folder} are in no order: the file is damaged`);
      }
      yield batch;
    }
  };
}

function factsOf(record: RunRecord): Readonly<Record<string, string>> {
  const { target, gatewayPolicy, delay, workers, arrivalsMax, isPinned, adapter } = record;
  return {
    target,
    workers: String(workers),
    'enforced policy': gatewayPolicy === null ? 'the judged one' : gatewayPolicy.file,
    'delay each way': delay === undefined ? 'none' : `${delay.us / 1000} ms by ${delay.by}`,
    'scheduled requests at most': arrivalsMax === null ? 'all' : String(arrivalsMax),
    'cores of their own': isPinned === true ? 'yes' : 'no',
    adapter: adapter?.file ?? 'none',
  };
}

/** Passing runs of a scenario, the newest first. */
export function passingRuns(parent: string): readonly ListedRun[] {
  return listRuns(parent).filter(({ verdict }) => verdict?.verdict === 'pass');
}
