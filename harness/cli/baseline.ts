/**
 * `run --baseline`: each scenario's new runs beside those before them.
 *
 * DIR is a run folder, or one that holds many. Of many the newest passing runs are taken, at most five, of those with the same
 * scenario, limits, actors and phases against the same target; what lies there when the suite begins is what counts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchivedRun } from '../archive/archived-run.js';
import { readArchivedRun } from '../archive/read-archived-run.js';
import { compareRuns } from '../compare/compare-runs.js';
import type { RunToCompare } from '../compare/compared-run.js';
import type { ComparisonDocument } from '../compare/comparison.js';
import { unlikeness } from '../compare/likeness.js';
import { type RunRecord, writeWhole } from '../engine/record/run-folder.js';
import { FloodproofError } from '../errors.js';
import { renderComparisonJson } from '../report/compare-text.js';
import { BASELINE_RUNS_MAX, passingRuns, toCompare } from './compared-folders.js';
import { comparedPage } from './compared-page.js';

/** Where a comparison is kept in the folder of the run. */
const COMPARISON_NAME = 'comparison.json';

export class Baseline {
  readonly #path: string;
  readonly #least: number;
  /** Run folders by scenario, the newest first. */
  readonly #folders = new Map<string, string[]>();
  readonly #played = new Map<string, { readonly record: RunRecord; readonly folders: string[] }>();

  /** @throws {FloodproofError} FP_RUN_UNREADABLE when there is no such folder. */
  constructor(path: string, least: number) {
    this.#path = path;
    this.#least = least;
    if (existsSync(join(path, 'plan.json'))) {
      const { record } = readArchivedRun(path);
      if (record !== null) this.#folders.set(record.plan.name, [path]);
      return;
    }
    for (const { scenario, folder } of passingRuns(path)) {
      const known = this.#folders.get(scenario);
      if (known === undefined) this.#folders.set(scenario, [folder]);
      else known.push(folder);
    }
  }

  /** Notes a run that is over and saved. */
  add(record: RunRecord, folder: string): void {
    const { name } = record.plan;
    const known = this.#played.get(name);
    if (known === undefined) this.#played.set(name, { record, folders: [folder] });
    else known.folders.push(folder);
  }

  /** The comparison of each scenario, or why there is none, a sentence. Writes it into the folders of the new runs. */
  compare(): readonly (ComparisonDocument | string)[] {
    return [...this.#played.values()].map(({ record, folders }) => {
      const { name } = record.plan;
      const baseline = this.#runsFor(record);
      if (baseline.length === 0) return `${name}: ${this.#path} holds no passing run of it that is like this one`;
      const run = folders.map((folder) => toCompare(readArchivedRun(folder)));
      const document = compareRuns({ baseline, run, least: this.#least });
      for (const folder of folders) this.#save(folder, baseline, document);
      return document;
    });
  }

  #runsFor(record: RunRecord): readonly RunToCompare[] {
    const found: RunToCompare[] = [];
    for (const folder of this.#folders.get(record.plan.name) ?? []) {
      if (found.length >= BASELINE_RUNS_MAX) break;
      const run = readable(folder);
      if (run === null || run.record === null || (run.rows === null && run.verdict === null)) continue;
      if (unlikeness(run.record.plan, record.plan).length > 0 || run.record.target !== record.target) continue;
      found.push(toCompare(run));
    }
    return found;
  }

  #save(folder: string, [newest]: readonly RunToCompare[], document: ComparisonDocument): void {
    writeWhole(join(folder, COMPARISON_NAME), renderComparisonJson(document));
    if (newest === undefined) return;
    const page = pageOrNull(folder, newest.folder, document);
    if (page !== null) writeWhole(join(folder, 'report.html'), page);
  }
}

/** null = the page was not built: a run is told on the terminal all the same. */
function pageOrNull(run: string, baseline: string, document: ComparisonDocument): string | null {
  try {
    return comparedPage(run, baseline, document);
  } catch (error) {
    if (error instanceof FloodproofError && error.code === 'FP_PAGE_ABSENT') return null;
    throw error;
  }
}

/** null = it has been removed or damaged since. */
function readable(folder: string): ArchivedRun | null {
  try {
    return readArchivedRun(folder);
  } catch (error) {
    if (error instanceof FloodproofError) return null;
    throw error;
  }
}
