/** `floodproof check`: holds limiters to what they claim, by generated histories of calls. */
import { dirname } from 'node:path';
import process from 'node:process';
import { makeFolder } from '../engine/record/make-folder.js';
import { writeWhole } from '../engine/record/run-folder.js';
import { ExitCode, FloodproofError } from '../errors.js';
import { type CheckOptions, type CheckReport, invariantNames } from '../invariants/contract.js';
import { checkLimiter } from '../invariants/index.js';
import { allPass, renderCheckJson } from '../report/check-document.js';
import { renderCheckJunit } from '../report/check-junit.js';
import { renderCheck, renderCheckSum } from '../report/check-text.js';
import { parseDuration } from '../scenario/durations.js';
import { proposal } from '../scenario/nearest.js';
import { CheckProgressLine } from './check-progress.js';
import { type CheckSubject, openSubjects, type SubjectFlags } from './check-subjects.js';
import type { Console } from './console.js';
import { ownCommand, quote } from './own-command.js';

export interface CheckFlags extends SubjectFlags {
  readonly runs: number | null;
  readonly operations: number | null;
  readonly time: string | null;
  readonly seed: number | null;
  readonly invariant: string | null;
  readonly path: string | null;
  readonly json: boolean;
  readonly junit: string | null;
}

const DAY_US = 86_400_000_000;

/** @returns the exit code: 0 when every promise was kept, 3 when one was broken. */
export async function checkCommand(flags: CheckFlags, console: Console): Promise<number> {
  const budget = budgetOf(flags);
  const subjects = await openSubjects(flags);
  assertOnePath(flags, subjects);
  if (flags.junit !== null) {
    makeFolder(dirname(flags.junit), `the folder of ${flags.junit}`, 'choose another file with --junit');
  }
  const progress = new CheckProgressLine(process.stderr, console.redraws);
  const reports: CheckReport[] = [];
  for (const subject of subjects) {
    const options: CheckOptions = {
      ...shareOf(budget, subjects.length),
      onProgress: (state) => progress.update(subject.adapter.name, state),
    };
    const report = withReplay(await checkOne(subject, options), subject);
    progress.clear();
    if (!flags.json) {
      if (reports.length > 0) console.result('\n');
      console.result(renderCheck(report, pageOf(flags, console)));
    }
    reports.push(report);
  }
  if (flags.json) console.result(renderCheckJson(reports));
  else if (reports.length > 1) console.result(`\n${renderCheckSum(reports, console.colorOut)}`);
  if (flags.junit !== null) writeWhole(flags.junit, renderCheckJunit(reports, flags.invariant));
  return allPass(reports) ? ExitCode.pass : ExitCode.failed;
}

/** @throws {FloodproofError} FP_CONTRACT_INVALID, whose faults say which contract is meant. */
async function checkOne(
  { adapter, contract, options: place }: CheckSubject,
  options: CheckOptions,
): Promise<CheckReport> {
  try {
    return await checkLimiter(adapter, contract, options);
  } catch (error) {
    if (!(error instanceof FloodproofError) || error.code !== 'FP_CONTRACT_INVALID') throw error;
    const faults = error.faults.map((fault) => (fault.file === '' ? { ...fault, file: place } : fault));
    throw new FloodproofError(error.code, error.message, { hint: error.hint, cause: error, faults });
  }
}

function pageOf(flags: CheckFlags, console: Console) {
  return { color: console.colorOut, width: console.widthOut, only: flags.invariant };
}

type Budget = Omit<CheckOptions, 'onProgress'>;

/** @throws {FloodproofError} FP_USAGE */
function budgetOf(flags: CheckFlags): Budget {
  const { runs, operations, seed, invariant, path } = flags;
  if (invariant !== null && !invariantNames.some((name) => name === invariant)) {
    throw new FloodproofError('FP_USAGE', `no invariant is named ${JSON.stringify(invariant)}`, {
      hint: proposal(invariant, invariantNames),
    });
  }
  if (path !== null && (seed === null || invariant === null)) {
    throw new FloodproofError('FP_USAGE', '--path leads to a history only together with --seed and --invariant', {
      hint: 'copy the whole replay command',
    });
  }
  return {
    ...(runs === null ? {} : { runs }),
    ...(operations === null ? {} : { operations }),
    ...(flags.time === null ? {} : { timeBudgetMs: timeOf(flags.time) }),
    ...(seed === null ? {} : { seed }),
    ...(invariant === null ? {} : { invariant }),
    ...(path === null ? {} : { path }),
  };
}

function timeOf(text: string): number {
  const parsed = parseDuration(text, { minUs: 1_000, maxUs: DAY_US });
  if (parsed.ok) return Math.ceil(parsed.value / 1_000);
  const { message, hint } = parsed.complaint;
  throw new FloodproofError('FP_USAGE', `--time ${message}`, { hint: hint ?? 'write it with its unit: 60s, 5min' });
}

/** Calls and time are for all contracts together. */
function shareOf({ operations, timeBudgetMs, ...others }: Budget, contracts: number): Budget {
  return {
    ...others,
    ...(operations === undefined ? {} : { operations: Math.ceil(operations / contracts) }),
    ...(timeBudgetMs === undefined ? {} : { timeBudgetMs: Math.ceil(timeBudgetMs / contracts) }),
  };
}

function assertOnePath(flags: CheckFlags, subjects: readonly CheckSubject[]): void {
  if (flags.path === null || subjects.length === 1) return;
  const names = subjects.map(({ name }) => name).join(', ');
  throw new FloodproofError('FP_USAGE', `--path leads to a history of one contract, and there are ${subjects.length}`, {
    hint: `name one with --contract: ${names}`,
  });
}

/** The kit does not know how its caller found the limiter; this command does. */
function withReplay(report: CheckReport, { options }: CheckSubject): CheckReport {
  const command = `${ownCommand(process.argv[1] ?? 'floodproof', process.cwd())} check ${options}`;
  return {
    ...report,
    failures: report.failures.map((failure) => ({
      ...failure,
      replay:
        `${command} --invariant ${failure.invariant} --seed ${failure.seed}` +
        (failure.path === '' ? '' : ` --path ${quote(failure.path)}`),
    })),
  };
}
