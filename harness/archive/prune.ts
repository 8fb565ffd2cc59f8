/**
 * Which run folders go, by a stated rule:
 *
 * - A folder stays that holds a file `keep`, or that a link in the list's folder points at (a baseline), or in which lies
 *   anything that no run has written.
 * - Of each scenario stay the `keep` newest, the `keep` newest of those that failed, and the newest that passed: so green
 *   runs do not push out what a failure can be looked up in, and there is always one to compare with.
 * - A run without a verdict stays for a day after something was written in it last: it may be going on.
 * - Of the rest goes what is older than `olderThanMs`; without it, all of them.
 */
import { lstatSync, readdirSync, realpathSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { FloodproofError } from '../errors.js';
import { isRunFile, KEEP_NAME } from './run-files.js';
import type { ListedRun } from './run-list.js';

export interface PruneRule {
  /** 0 and up. */
  readonly keep: number;
  /** null = of any age. */
  readonly olderThanMs: number | null;
  readonly nowMs: number;
  /** Real paths of folders that are pointed at from elsewhere. */
  readonly linked: ReadonlySet<string>;
}

export interface PruneChoice {
  readonly run: ListedRun;
  /** Why it stays; null = it goes. */
  readonly stays: string | null;
}

/** A run over HTTP lasts a day at most. */
const GOING_ON_MS = 86_400_000;

/** @param runs - the newest first, as `listRuns` gives them. */
export function chooseRuns(runs: readonly ListedRun[], rule: PruneRule): readonly PruneChoice[] {
  const seen = new Map<string, { all: number; failed: number; passed: number }>();
  return runs.map((run) => {
    const counts = seen.get(run.scenario) ?? { all: 0, failed: 0, passed: 0 };
    seen.set(run.scenario, counts);
    counts.all++;
    if (run.verdict?.verdict === 'fail') counts.failed++;
    if (run.verdict?.verdict === 'pass') counts.passed++;
    return { run, stays: whyStays(run, counts, rule) };
  });
}

function whyStays(
  run: ListedRun,
  counts: { readonly all: number; readonly failed: number; readonly passed: number },
  { keep, olderThanMs, nowMs, linked }: PruneRule,
): string | null {
  if (run.isKept) return 'a file "keep" lies in it';
  if (linked.has(realOf(run.folder))) return 'a link points at it';
  const [foreign] = run.foreign;
  if (foreign !== undefined) return `it holds ${foreign}, which no run has written`;
  if (run.verdict === null && nowMs - run.changedAtMs < GOING_ON_MS) return 'it may be going on';
  if (counts.all <= keep) return `one of the ${keep} newest`;
  if (run.verdict?.verdict === 'fail' && counts.failed <= keep) return `one of the ${keep} newest that failed`;
  if (run.verdict?.verdict === 'pass' && counts.passed === 1) return 'the newest that passed';
  const ageMs = nowMs - (run.startedAtMs ?? run.changedAtMs);
  return olderThanMs !== null && ageMs <= olderThanMs ? 'not old enough' : null;
}

/** Real paths of the folders at which links in `parent` point. */
export function linkedFrom(parent: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) found.add(realOf(path));
  }
  return found;
}

/** The path itself where it points at nothing. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * Removes a run folder: file by file those that a run writes and that lay there when it began, then the folder, which must be
 * empty by then. Nothing is followed: a link is not entered, and what came into the folder meanwhile stays, with the folder.
 *
 * @throws {FloodproofError} FP_DISK when something of it can't be removed.
 */
export function removeRun({ folder }: Pick<ListedRun, 'folder'>): void {
  try {
    if (!lstatSync(folder).isDirectory()) throw new Error('it is no folder any more');
    const names = readdirSync(folder);
    if (names.includes(KEEP_NAME)) throw new Error(`a file "${KEEP_NAME}" lies in it`);
    for (const name of names) {
      if (!isRunFile(name) || !lstatSync(join(folder, name)).isFile()) throw new Error(`${name} was written by no run`);
    }
    for (const name of names.sort(byRemoval)) unlinkSync(join(folder, name));
    rmdirSync(folder);
  } catch (cause) {
    const message = `cannot remove ${folder}: ${(cause as Error).message}`;
    throw new FloodproofError('FP_DISK', message, { cause, hint: 'look at what lies in it, and remove it by hand' });
  }
}

/**
 * The verdict first: what is left of a removal that was cut off is not taken for a whole run. The plan last: by it the rest is
 * still known for a run, and the next removal takes it.
 */
function byRemoval(left: string, right: string): number {
  const place = (name: string): number => (name === 'verdict.json' ? 0 : name === 'plan.json' ? 2 : 1);
  return place(left) - place(right);
}
