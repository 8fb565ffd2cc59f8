/** Checks a limiter against what it claims. */
import { FloodproofError } from '../errors.js';
import { claimsOf } from './claims.js';
import type { CheckFailure, CheckOptions, CheckReport, Contract, LimiterAdapter } from './contract.js';
import { validateAdapter, validateContract, validateOptions } from './contract-faults.js';
import type { Invariant } from './invariant.js';
import { invariants } from './invariants.js';
import { realNowMs } from './real-time.js';
import { reportText } from './report-text.js';
import { runCheck } from './run-check.js';

const RUNS_DEFAULT = 100;
/** Invariants take turns of so many runs, so that a budget of time or operations reaches all of them. */
const RUNS_A_TURN = 100;
/** Of a limiter whose time really passes; each takes up to two seconds. */
const REAL_RUNS_MAX = 3;

/** Time of the process is played for one check at a time; the next one waits. */
let previous: Promise<unknown> = Promise.resolve();

/**
 * Plays generated histories to a limiter and reports every promise of its contract that it breaks, each with the
 * smallest history that shows it. The same seed gives the same histories.
 *
 * @throws {FloodproofError} FP_CONTRACT_INVALID, with all faults of the contract or of the options.
 */
export function checkLimiter(
  adapter: LimiterAdapter,
  contract: Contract,
  options: CheckOptions = {},
): Promise<CheckReport> {
  try {
    validateAdapter(adapter);
    validateContract(contract);
    validateOptions(options);
  } catch (error) {
    return Promise.reject(error);
  }
  if (adapter.clock !== 'global') return check(adapter, contract, options);
  const turn = previous.then(() => check(adapter, contract, options));
  previous = turn.catch(() => undefined);
  return turn;
}

/** The same as a test: @throws Error whose message is the readable report when a promise is broken. */
export async function assertLimiter(
  adapter: LimiterAdapter,
  contract: Contract,
  options: CheckOptions = {},
): Promise<void> {
  const report = await checkLimiter(adapter, contract, options).catch(withFaults);
  if (!report.pass) throw new Error(reportText(report));
}

/** A test shows the message alone. */
function withFaults(error: unknown): never {
  if (!(error instanceof FloodproofError) || error.faults.length < 2) throw error;
  const { code, hint, faults } = error;
  const lines = ['there is more than one fault', ...faults.map(({ message }) => `  ${message}`)];
  throw new FloodproofError(code, lines.join('\n'), { hint, cause: error, faults });
}

async function check(adapter: LimiterAdapter, contract: Contract, options: CheckOptions): Promise<CheckReport> {
  const claims = claimsOf(contract);
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32) - 2 ** 31;
  const wanted = invariants.filter(({ name }) => options.invariant === undefined || options.invariant === name);
  const skipped: { invariant: string; because: string }[] = [];
  const open: Invariant[] = [];
  for (const invariant of wanted) {
    const because = invariant.because(claims, adapter.clock);
    if (because === null) open.push(invariant);
    else skipped.push({ invariant: invariant.name, because });
  }
  const endMs = options.timeBudgetMs === undefined ? Number.POSITIVE_INFINITY : realNowMs() + options.timeBudgetMs;
  const counts = { operations: 0, runs: 0 };
  const asked = new Set<Invariant>();
  const reasons = new Map<Invariant, string>();
  const failures = new Map<Invariant, CheckFailure>();
  const isOver = (): boolean => endMs < Number.POSITIVE_INFINITY && realNowMs() >= endMs;
  const runs = Math.min(
    options.runs ?? RUNS_DEFAULT,
    adapter.clock === 'real' ? REAL_RUNS_MAX : Number.POSITIVE_INFINITY,
  );
  const operations = options.operations ?? 0;
  for (
    let done = 0, turn = 0;
    done < runs || (counts.operations < operations && failures.size + reasons.size < open.length);
    turn += 1
  ) {
    // Beyond the runs that were asked for it goes on in whole turns, until there are as many operations.
    const length = done < runs ? Math.min(RUNS_A_TURN, runs - done) : RUNS_A_TURN;
    for (const [index, invariant] of open.entries()) {
      if (failures.has(invariant) || reasons.has(invariant) || isOver()) continue;
      if (done >= runs && counts.operations >= operations) break;
      asked.add(invariant);
      const progress = { invariant: invariant.name, invariantsDone: index, invariants: open.length };
      const { failure, unasked } = await runCheck({
        adapter,
        claims,
        invariant,
        seed: (seed + turn) | 0,
        runs: length,
        path: options.path,
        counts,
        isOver,
        onRun: () => options.onProgress?.({ ...progress, runs: counts.runs, operations: counts.operations }),
      });
      if (failure !== null) failures.set(invariant, failure);
      if (unasked !== null) reasons.set(invariant, unasked);
    }
    done += length;
    if (isOver() || options.path !== undefined || open.length === 0) break;
  }
  for (const invariant of open) {
    const because = reasons.get(invariant) ?? (asked.has(invariant) ? null : 'the time was up before it was its turn');
    if (because !== null) skipped.push({ invariant: invariant.name, because });
  }
  return {
    limiter: adapter.name,
    contract,
    runs: counts.runs,
    operations: counts.operations,
    pass: failures.size === 0,
    failures: open.flatMap((invariant) => failures.get(invariant) ?? []),
    skipped,
    seed,
  };
}
