/** The runs that paths of a command line name, and what reports make of them. */
import { basename, resolve } from 'node:path';
import type { ArchivedRun } from '../archive/archived-run.js';
import { readArchivedRun } from '../archive/read-archived-run.js';
import { isRunFolder } from '../archive/run-files.js';
import { listFolder, type RunList } from '../archive/run-list.js';
import { FloodproofError } from '../errors.js';
import type { SuiteDocument, SuiteError, VerdictDocument } from '../judge/verdict.js';
import { suiteDocument } from '../report/json.js';
import type { PageRun } from '../report/page-data.js';
import { pageRun } from '../report/page-run.js';

/**
 * Reads run folders, and of any other folder the run folders that lie in it, the oldest first. One of those of which nothing
 * can be read is among them with nothing but the reason, and does not keep the others from being told.
 *
 * @throws {FloodproofError} FP_RUN_UNREADABLE for a path at which there is nothing of a run.
 */
export function readRuns(paths: readonly string[]): readonly ArchivedRun[] {
  return paths.flatMap((path) => {
    if (isRunFolder(path)) return [readArchivedRun(path)];
    const { runs, unusable } = listedIn(path);
    // Says what is not there.
    if (runs.length === 0) return [readArchivedRun(path)];
    return [
      ...unusable.map(({ folder, why }) => nothingOf(folder, why)),
      ...runs.map(({ folder, faults }) => readOrTold(folder, faults)).reverse(),
    ];
  });
}

function listedIn(path: string): RunList {
  try {
    return listFolder(path);
  } catch (error) {
    if (error instanceof FloodproofError) return { runs: [], unusable: [] };
    throw error;
  }
}

function readOrTold(folder: string, faults: readonly string[]): ArchivedRun {
  try {
    return readArchivedRun(folder);
  } catch (error) {
    if (!(error instanceof FloodproofError) || error.code !== 'FP_RUN_UNREADABLE') throw error;
    return nothingOf(folder, faults.length > 0 ? faults.join('; ') : error.message);
  }
}

function nothingOf(folder: string, why: string): ArchivedRun {
  return { folder, record: null, verdict: null, series: null, rows: null, missing: [why] };
}

export function runName({ folder }: ArchivedRun): string {
  return basename(resolve(folder));
}

export function scenarioOf(run: ArchivedRun): string {
  return run.verdict?.scenario ?? run.record?.plan.name ?? run.series?.scenario ?? runName(run);
}

/** What is missing of a run stands among the notes of its verdict, so that every format tells it. */
export function suiteOf(runs: readonly ArchivedRun[]): SuiteDocument {
  const documents = runs.flatMap(({ verdict, missing }): VerdictDocument[] =>
    verdict === null ? [] : [{ ...verdict, notes: [...verdict.notes, ...missing] }],
  );
  const errors = runs.flatMap((run): SuiteError[] =>
    run.verdict === null
      ? [{ scenario: scenarioOf(run), code: 'FP_RUN_UNREADABLE', message: run.missing.join('; ') }]
      : [],
  );
  return suiteDocument(documents, errors);
}

export function pageRunOf(run: ArchivedRun): PageRun {
  const { folder, record, verdict, series, missing } = run;
  const { plan = null, gatewayPolicy: enforcedPolicy = null } = record ?? {};
  const facts = { folder, state: 'ended', plan, enforcedPolicy, verdict, series, missing } as const;
  const error =
    verdict === null ? 'there is no verdict that can be read: the run was cut off, or its folder is damaged' : null;
  const made = pageRun({ ...facts, error });
  return record === null && verdict === null && series === null ? { ...made, scenario: runName(run) } : made;
}
