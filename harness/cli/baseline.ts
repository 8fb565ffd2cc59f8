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
import { unlikeRuns } from '../compare/likeness.js';
import { type RunRecord, writeWhole } from '../engine/record/run-folder.js';
import { FloodproofError } from '../errors.js';
import { renderComparisonJson } from '../report/compare-text.js';
import { BASELINE_RUNS_MAX, passingRuns, toCompare, whyUnfit, whyUnreadable } from './compared-folders.js';
import { comparedPage } from './compared-page.js';

/** Where a comparison is kept in the folder of the run. */
const COMPARISON_NAME = 'comparison.json';

export class Baseline {
  readonly #path: string;
  readonly #least: number;
  /** Run folders by scenario, the newest first. */
  readonly #folders = new Map<string, string[]>();
  readonly #played = new Map<string, string[]>();

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
    if (known === undefined) this.#played.set(name, [folder]);
    else known.push(folder);
  }

  /** The comparison of each scenario, or why there is none, a sentence. Writes it into the folders of the new runs. */
  compare(): readonly (ComparisonDocument | string)[] {
    return [...this.#played].map(([name, folders]) => {
      const read = folders.map((folder) => readArchivedRun(folder));
      const run = read.filter((one) => whyNot(one) === null).map(toCompare);
      const [first] = run;
      if (first === undefined) return `${name}: ${[...new Set(read.map(whyNot))].join('; ')}`;
      const { runs: baseline, why } = this.#runsFor(first);
      if (baseline.length === 0) {
        const because = why.length === 0 ? '' : ` (${why.join('; ')})`;
        return `${name}: ${this.#path} holds no passing run of it that is like this one${because}`;
      }
      const made = compareRuns({ baseline, run, least: this.#least });
      const left = read.flatMap((one) => whyNot(one) ?? []);
      const notes = [...made.notes, ...left.map((one) => `a new run is left out: ${one}`)];
      const document = { ...made, notes };
      for (const { folder } of run) this.#save(folder, baseline, document);
      return document;
    });
  }

  /** By the rule of `compare`: what it would refuse is left out. */
  #runsFor(first: RunToCompare): { readonly runs: readonly RunToCompare[]; readonly why: readonly string[] } {
    const runs: RunToCompare[] = [];
    const why = new Set<string>();
    for (const folder of this.#folders.get(first.plan.name) ?? []) {
      if (runs.length >= BASELINE_RUNS_MAX) break;
      const read = readable(folder);
      const wrong = read === null ? 'it can no longer be read' : whyNot(read);
      if (read === null || wrong !== null) {
        why.add(wrong ?? '');
        continue;
      }
      const one = toCompare(read);
      const unlike = unlikeRuns(one, first);
      if (unlike.length === 0) runs.push(one);
      else why.add(`not the same ${unlike.join(', ')}`);
    }
    return { runs, why: [...why] };
  }

  #save(folder: string, [newest]: readonly RunToCompare[], document: ComparisonDocument): void {
    writeWhole(join(folder, COMPARISON_NAME), renderComparisonJson(document));
    if (newest === undefined) return;
    const page = pageOrNull(folder, newest.folder, document);
    if (page !== null) writeWhole(join(folder, 'report.html'), page);
  }
}

function whyNot(run: ArchivedRun): string | null {
  return whyUnreadable(run) ?? whyUnfit(run);
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
