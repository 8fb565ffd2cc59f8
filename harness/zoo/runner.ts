/**
 * Checks the inhabitants of the zoo: those in process on all cores, each with a deadline, since one that loops for ever
 * can only be ended from outside; then those over HTTP, one after the other.
 */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { CheckedMutant, CheckedRightOne, CheckedZoo } from './checked.js';
import { type KeeperResult, type KeeperTask, resultOf } from './keeper.js';
import type { Accused, Caught, Collection, CreatureKind, ZooOptions } from './zoo.js';

export interface ZooRun {
  readonly collections: readonly Collection[];
  /** Only these kinds. */
  readonly kinds: readonly CreatureKind[];
  /** Only inhabitants whose name is this one; null: all. */
  readonly only: string | null;
  /** Whether those that open sockets are checked too. */
  readonly http: boolean;
  readonly options: ZooOptions;
  /** After each that was checked. */
  readonly onChecked: (done: number, all: number) => void;
  /** Aborted: nothing more is begun, and what runs in a thread is ended. */
  readonly stop: AbortSignal;
  /** For one inhabitant in a thread, milliseconds. */
  readonly deadlineMs: number;
  /** Address of the module whose default function is the task of a thread; `keeper.ts` when left out. */
  readonly keeper?: string;
}

/** By whom one is convicted that never came to an end. */
const DEADLINE = 'deadline';

interface Listed {
  readonly kind: CreatureKind;
  readonly name: string;
  readonly defect: string;
  readonly isRight: boolean;
  readonly overHttp: boolean;
  readonly check: (options: ZooOptions) => Promise<Caught | Accused>;
}

/** Threads at most: more would not be faster on the machines that tests run on, and each holds a heap of its own. */
const THREADS_MAX = 4;

export async function checkZoo(run: ZooRun): Promise<CheckedZoo> {
  const listed = await list(run);
  const results = new Map<Listed, KeeperResult>();
  const note = (one: Listed, result: KeeperResult): void => {
    results.set(one, result);
    run.onChecked(results.size, listed.length);
  };
  await inThreads(
    listed.filter(({ overHttp }) => !overHttp),
    run,
    note,
  );
  for (const one of listed.filter(({ overHttp }) => overHttp)) {
    if (run.stop.aborted) break;
    note(one, resultOf(await one.check(run.options)));
  }
  return gather(run.options.seed, results, listed);
}

async function list({ collections, kinds, only, http }: ZooRun): Promise<Listed[]> {
  const listed: Listed[] = [];
  for (const { kind, overHttp, load } of collections) {
    if (!kinds.includes(kind) || (overHttp && !http)) continue;
    const { creatures, rightOnes } = await load();
    for (const one of creatures) {
      const check = (options: ZooOptions) => one.check(options);
      listed.push({ kind, name: one.name, defect: one.defect, isRight: false, overHttp, check });
    }
    for (const one of rightOnes) {
      const check = (options: ZooOptions) => one.check(options);
      listed.push({ kind, name: one.name, defect: '', isRight: true, overHttp, check });
    }
  }
  return only === null ? listed : listed.filter(({ name }) => name === only);
}

async function inThreads(
  waiting: readonly Listed[],
  run: ZooRun,
  note: (one: Listed, result: KeeperResult) => void,
): Promise<void> {
  if (waiting.length === 0) return;
  const threads = Math.min(THREADS_MAX, availableParallelism(), waiting.length);
  const pool = new Piscina<KeeperTask, KeeperResult>({
    filename: run.keeper ?? new URL('./keeper.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
  });
  const queue = waiting.values();
  const lane = async (): Promise<void> => {
    // All lanes take from the one iterator, so that nobody is checked twice.
    for (const one of queue) {
      if (run.stop.aborted) return;
      const result = await inThread(pool, one, run);
      if (result !== null) note(one, result);
    }
  };
  try {
    await Promise.all(Array.from({ length: threads }, lane));
  } finally {
    await pool.destroy();
  }
}

/** @returns null when the run was stopped. */
async function inThread(
  pool: Piscina<KeeperTask, KeeperResult>,
  one: Listed,
  run: ZooRun,
): Promise<KeeperResult | null> {
  const { kind, name, isRight } = one;
  const deadline = AbortSignal.timeout(run.deadlineMs);
  try {
    const signal = AbortSignal.any([deadline, run.stop]);
    return await pool.run({ kind, name, isRight, options: run.options }, { signal });
  } catch (error) {
    if (run.stop.aborted) return null;
    if (!deadline.aborted) throw error;
    const evidence = [`did not come to an end within ${run.deadlineMs / 1000} s`];
    // A mutant may well loop for ever. Of what was written by hand that is expected of nobody, so it proves nothing.
    const convicted = isRight || kind === 'mutation';
    return { convicted, by: convicted ? [DEADLINE] : [], ms: run.deadlineMs, evidence };
  }
}

function gather(seed: number, results: ReadonlyMap<Listed, KeeperResult>, listed: readonly Listed[]): CheckedZoo {
  const mutants: CheckedMutant[] = [];
  const right: CheckedRightOne[] = [];
  for (const one of listed) {
    const result = results.get(one);
    if (result === undefined) continue;
    const { kind, name, defect } = one;
    const { convicted, by, ms, evidence } = result;
    if (one.isRight) right.push({ name, kind, accused: convicted, by, ms, evidence });
    else mutants.push({ name, kind, defect, caught: convicted, by, ms, evidence });
  }
  return { seed, mutants, right };
}
