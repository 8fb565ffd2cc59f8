/** The run folders below a folder, as a list: what a person looks for when there are many. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../engine/record/run-folder.js';
import { readJson } from '../engine/record/saved-json.js';
import { FloodproofError } from '../errors.js';
import type { ActorResult, ExpectationResult, VerdictDocument } from '../judge/verdict.js';
import { otherRun, planContradictions, verdictContradictions } from './contradictions.js';
import { readArchivedRun } from './read-archived-run.js';
import { readDocument } from './read-document.js';
import { readRecord } from './read-record.js';
import { isRunFile, KEEP_NAME, marks } from './run-files.js';

/** What a list, a history and the rule of pruning need of a verdict; evidence and the rest stay in the file. */
export interface ListedVerdict {
  readonly verdict: VerdictDocument['verdict'];
  readonly expectations: readonly ListedExpectation[];
  readonly actors: Readonly<Record<string, ListedActor>>;
  readonly generator: { readonly sent: number };
}

export type ListedExpectation = Pick<ExpectationResult, 'metric' | 'measured' | 'interval' | 'unit' | 'pass'>;
export type ListedActor = Pick<ActorResult, (typeof actorKeys)[number]>;

const actorKeys = [
  'label',
  'sent',
  'admitted',
  'throttled',
  'refused',
  'banned',
  'errors',
  'falseBlockRate',
  'leakCells',
] as const;

function kept({ verdict, expectations, actors, generator }: VerdictDocument): ListedVerdict {
  return {
    verdict,
    expectations: expectations.map(({ metric, measured, interval, unit, pass }) => {
      return { metric, measured, interval, unit, pass };
    }),
    actors: Object.fromEntries(
      Object.entries(actors).map(([name, actor]) => [
        name,
        Object.fromEntries(actorKeys.map((key) => [key, actor[key]])) as unknown as ListedActor,
      ]),
    ),
    generator: { sent: generator.sent },
  };
}

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
  readonly verdict: ListedVerdict | null;
  /** `core`, `gateway` or a URL; null = neither verdict nor plan tell it. */
  readonly target: string | null;
  /** What was enforced in place of the policy by which was judged; null = that one, or it is not known. */
  readonly otherPolicy: OtherPolicy | null;
  /**
   * Why it has no verdict, though a file of that name is there, or what of verdict and plan can't be true; a sentence each.
   * Series and rows are not looked at: a list of many runs would wait for them.
   */
  readonly faults: readonly string[];
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

export interface OtherPolicy {
  readonly file: string;
  /** Whether it is the weak one of the scenario, which its expectations must expose. */
  readonly isWeak: boolean;
}

/** A folder with files of a run, of which none can be read. */
export interface UnusableFolder {
  readonly folder: string;
  readonly name: string;
  readonly why: string;
}

export interface RunList {
  /** The newest first. */
  readonly runs: readonly ListedRun[];
  /** By name. */
  readonly unusable: readonly UnusableFolder[];
}

/** Runs in a folder at most; a list of more would be read by nobody. */
const RUNS_MAX = 100_000;

/** `20260102-030405-order-flood-5x`, in UTC. */
const stamped = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})-(.+?)(?:-\d+)?$/;

/** @throws {FloodproofError} FP_RUN_UNREADABLE when `parent` can't be read. */
export function listRuns(parent: string): readonly ListedRun[] {
  return listFolder(parent).runs;
}

/**
 * The run folders that lie in `parent`. What is no folder, or a link to one, or has no file of a run is passed over. A folder
 * of which nothing can be read is a run all the same where its name or its plan's schema says so, for then it can be pruned.
 *
 * @throws {FloodproofError} FP_RUN_UNREADABLE when `parent` can't be read.
 */
export function listFolder(parent: string): RunList {
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
  const runs: ListedRun[] = [];
  const unusable: UnusableFolder[] = [];
  for (const name of names.sort().slice(-RUNS_MAX)) {
    const found = listed(parent, name);
    if (found === null) continue;
    if ('why' in found) unusable.push(found);
    else runs.push(found);
  }
  return { runs: runs.sort(newestFirst), unusable };
}

function newestFirst(left: ListedRun, right: ListedRun): number {
  const [a, b] = [left.startedAtMs ?? left.changedAtMs, right.startedAtMs ?? right.changedAtMs];
  return b - a || (left.name < right.name ? 1 : -1);
}

/** null = no run folder. */
function listed(parent: string, name: string): ListedRun | UnusableFolder | null {
  const folder = join(parent, name);
  const inside = entriesOf(folder);
  if (inside === null || !inside.some(({ isFile, name: file }) => isFile && marks.includes(file))) return null;
  const read = readDocument<VerdictDocument>(folder, 'verdict.json');
  const verdict = read.document;
  const { record, faults } = recordOf(folder, verdict);
  const told = verdict !== null || record !== null ? null : withoutBoth(folder, name);
  if (told !== null && 'why' in told) return told;
  const startedAtMs = startOf(name, verdict);
  return {
    folder,
    name,
    scenario: verdict?.scenario ?? record?.plan.name ?? told?.scenario ?? name,
    startedAtMs,
    started: momentText(startedAtMs),
    verdict: verdict === null ? null : kept(verdict),
    target: verdict?.target ?? record?.target ?? null,
    otherPolicy: otherPolicyOf(record),
    faults: [...(read.isThere && read.fault !== null ? [read.fault] : []), ...faults, ...(told?.faults ?? [])],
    bytes: inside.reduce((sum, { bytes }) => sum + bytes, 0),
    changedAtMs: Math.max(...inside.map(({ changedAtMs }) => changedAtMs)),
    hasPage: inside.some(({ name: file, isFile }) => isFile && file === 'report.html'),
    isKept: inside.some(({ name: file }) => file === KEEP_NAME),
    foreign: inside.filter(({ name: file, isFile }) => !isFile || !isRunFile(file)).map(({ name: file }) => file),
  };
}

/** The record where it is of the run that was judged, and what of the two documents can't be true. */
function recordOf(
  folder: string,
  verdict: VerdictDocument | null,
): { readonly record: RunRecord | null; readonly faults: readonly string[] } {
  const { record } = readRecord(folder);
  if (verdict === null) return { record, faults: [] };
  const own = verdictContradictions(verdict);
  if (record === null) return { record, faults: own };
  const other = otherRun('plan.json', { scenario: record.plan.name, seed: record.seed }, 'verdict.json', verdict);
  return other === null
    ? { record, faults: [...own, ...planContradictions(record, verdict)] }
    : { record: null, faults: [...own, other] };
}

/** What tells a run that has neither verdict nor plan. */
function withoutBoth(
  folder: string,
  name: string,
): { readonly scenario: string | null; readonly faults: readonly string[] } | UnusableFolder {
  const plan = readJson(join(folder, 'plan.json')).value;
  const scenario = planName(plan) ?? stamped.exec(name)?.[7] ?? null;
  try {
    const { series } = readArchivedRun(folder);
    return { scenario: series?.scenario ?? scenario, faults: [] };
  } catch (error) {
    if (!(error instanceof FloodproofError)) throw error;
    const why = error.faults.length === 0 ? error.message : error.faults.map(({ message }) => message).join('; ');
    return isPlan(plan) || stamped.test(name) ? { scenario, faults: [why] } : { folder, name, why };
  }
}

function otherPolicyOf(record: RunRecord | null): OtherPolicy | null {
  const file = record?.gatewayPolicy?.file;
  if (record === null || file === undefined || file === record.plan.policy.file) return null;
  // Of a plan that was edited the twin is not checked.
  const weak = record.plan.weak as { readonly policy?: { readonly file?: unknown } | null } | null | undefined;
  return { file, isWeak: file === weak?.policy?.file };
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
