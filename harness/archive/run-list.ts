/** The run folders below a folder, as a list: what a person looks for when there are many. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../engine/record/saved-json.js';
import { FloodproofError } from '../errors.js';
import type { VerdictDocument } from '../judge/verdict.js';
import { readDocument } from './read-document.js';
import { isRunFile, KEEP_NAME } from './run-files.js';

export interface ListedRun {
  readonly folder: string;
  /** Name of the folder. */
  readonly name: string;
  readonly scenario: string;
  /** null = neither verdict nor name tell it. */
  readonly startedAtMs: number | null;
  /** The same in words, in UTC. */
  readonly started: string;
  /** null = it has none that can be read. */
  readonly verdict: VerdictDocument | null;
  /** Of its files. */
  readonly bytes: number;
  /** When something in it was written last. */
  readonly changedAtMs: number;
  /** Whether its `report.html` is there. */
  readonly hasPage: boolean;
  /** Whether a file `keep` lies in it. */
  readonly isKept: boolean;
  /** Files and folders that no run has written: while there are any, the folder is not removed. */
  readonly foreign: readonly string[];
}

/** Runs in a folder at most; a list of more would be read by nobody. */
const RUNS_MAX = 100_000;

/** `20260102-030405-order-flood-5x`, in UTC. */
const stamped = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})-(.+?)(?:-\d+)?$/;

/**
 * The run folders that lie in `parent`, the newest first. What is no folder, or a link to one, or holds nothing of a run is
 * passed over.
 *
 * @throws {FloodproofError} FP_RUN_UNREADABLE when `parent` can't be read.
 */
export function listRuns(parent: string): readonly ListedRun[] {
  let names: string[];
  try {
    names = readdirSync(parent);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'it is not there' : code === 'ENOTDIR' ? 'it is not a folder' : message;
    throw new FloodproofError('FP_RUN_UNREADABLE', `cannot list the runs of ${parent}: ${why}`, {
      cause,
      hint: 'name the folder in which runs lie; "floodproof run" makes them in results/runs',
    });
  }
  return names
    .sort()
    .slice(-RUNS_MAX)
    .flatMap((name) => listed(parent, name) ?? [])
    .sort(newestFirst);
}

function newestFirst(left: ListedRun, right: ListedRun): number {
  const [a, b] = [left.startedAtMs ?? left.changedAtMs, right.startedAtMs ?? right.changedAtMs];
  return b - a || (left.name < right.name ? 1 : -1);
}

/** null = no run folder. */
function listed(parent: string, name: string): ListedRun | null {
  const folder = join(parent, name);
  const inside = entriesOf(folder);
  if (inside === null || !inside.some(({ isFile, name: file }) => isFile && isRunMark(file))) return null;
  const { document } = readDocument<VerdictDocument>(folder, 'verdict.json');
  const plan = document === null ? readJson(join(folder, 'plan.json')).value : null;
  if (document === null && !isPlan(plan) && !stamped.test(name)) return null;
  return {
    folder,
    name,
    scenario: document?.scenario ?? planName(plan) ?? stamped.exec(name)?.[7] ?? name,
    startedAtMs: startOf(name, document),
    started: momentText(startOf(name, document)),
    verdict: document,
    bytes: inside.reduce((sum, { bytes }) => sum + bytes, 0),
    changedAtMs: Math.max(...inside.map(({ changedAtMs }) => changedAtMs)),
    hasPage: inside.some(({ name: file, isFile }) => isFile && file === 'report.html'),
    isKept: inside.some(({ name: file }) => file === KEEP_NAME),
    foreign: inside.filter(({ name: file, isFile }) => !isFile || !isRunFile(file)).map(({ name: file }) => file),
  };
}

function isRunMark(file: string): boolean {
  return file === 'plan.json' || file === 'verdict.json';
}

function isPlan(value: unknown): boolean {
  const { schema } = (value ?? {}) as { readonly schema?: unknown };
  return typeof schema === 'string' && schema.startsWith('floodproof/run/');
}

function planName(value: unknown): string | null {
  const name = (value as { plan?: { name?: unknown } } | null)?.plan?.name;
  return typeof name === 'string' ? name : null;
}

/** `2026-01-02 03:04:05`. */
function momentText(ms: number | null): string {
  return ms === null ? 'not known' : new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function startOf(name: string, verdict: VerdictDocument | null): number | null {
  const told = verdict === null ? Number.NaN : Date.parse(verdict.startedAt);
  if (Number.isFinite(told)) return told;
  const [, year, month, day, hour, minute, second] = (stamped.exec(name) ?? []).map(Number);
  if (year === undefined || month === undefined) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

interface Entry {
  readonly name: string;
  /** A plain file, no link. */
  readonly isFile: boolean;
  readonly bytes: number;
  readonly changedAtMs: number;
}

/** null = no folder, or one that can't be read. */
function entriesOf(folder: string): readonly Entry[] | null {
  try {
    // A link to a folder is somebody's way to it, and not the run itself.
    if (!lstatSync(folder).isDirectory()) return null;
    return readdirSync(folder).map((name) => {
      const stat = lstatSync(join(folder, name));
      return { name, isFile: stat.isFile(), bytes: stat.isFile() ? stat.size : 0, changedAtMs: stat.mtimeMs };
    });
  } catch {
    return null;
  }
}
