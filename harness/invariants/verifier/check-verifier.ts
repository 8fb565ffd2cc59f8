/** Asks a verifier for everything that its contract promises. */

import { FloodproofError } from '../../errors.js';
import type { CheckFailure } from '../contract.js';
import { type CheckParameters, Stage, type VerifierCheck } from './check.js';
import { verifierChecks } from './checks/all.js';
import { type Claims, completeClaims } from './claims.js';
import type { VerifierAdapter, VerifierCheckOptions, VerifierContract, VerifierReport } from './contract.js';
import { verifierInvariantNames } from './contract.js';

const RUNS_PRESET = 100;

/**
 * Plays generated histories against verifiers that the adapter makes, and says which promises they did not keep, each
 * with the shortest history that shows it.
 *
 * @throws {FloodproofError} FP_CONTRACT_INVALID when the contract contradicts itself, FP_USAGE for an unknown invariant.
 */
export async function checkVerifier(
  adapter: VerifierAdapter,
  contract: VerifierContract,
  options: VerifierCheckOptions = {},
): Promise<VerifierReport> {
  const claims = completeClaims(contract);
  const checks = chosen(options.invariant);
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32) - 2 ** 31;
  const stage = new Stage(adapter, claims, await showsOf(adapter));
  const failures: CheckFailure[] = [];
  const skipped = checks.flatMap((check) => {
    const because = check.skip(stage);
    return because === null ? [] : [{ invariant: check.name, because }];
  });
  const asked = checks.filter((check) => skipped.every(({ invariant }) => invariant !== check.name));
  const startedMs = performance.now();
  let runs = 0;
  for (let round = 0; isGoingOn(round); round++) {
    for (const check of asked) {
      const parameters = { runs: options.runs ?? RUNS_PRESET, seed: (seed + round) | 0, path: options.path };
      const found = await check.run(stage, parameters);
      runs += found.runs;
      if (found.broken === null) continue;
      const { promise, path } = found.broken;
      failures.push(failureOf(check, claims, promise, { ...parameters, path }));
    }
  }
  const operations = stage.count.calls;
  return { verifier: adapter.name, contract, runs, operations, pass: failures.length === 0, failures, skipped, seed };

  /** Once through all checks, and on with other seeds while more calls are wanted, nothing is broken and there is time. */
  function isGoingOn(round: number): boolean {
    if (round === 0) return asked.length > 0;
    if (failures.length > 0 || options.path !== undefined) return false;
    const isInTime = performance.now() - startedMs < (options.timeBudgetMs ?? Number.POSITIVE_INFINITY);
    return isInTime && stage.count.calls < (options.operations ?? 0);
  }
}

/** @throws an Error whose message is the report, when a promise is broken. */
export async function assertVerifier(
  adapter: VerifierAdapter,
  contract: VerifierContract,
  options: VerifierCheckOptions = {},
): Promise<void> {
  const report = await checkVerifier(adapter, contract, options);
  if (!report.pass) throw new Error(verifierReportText(report));
}

/** The report as a person reads it. */
export function verifierReportText(report: VerifierReport): string {
  const head = `${report.verifier}: ${report.failures.length} broken promises in ${report.operations} requests`;
  const blocks = report.failures.map(({ invariant, formula, message, timeline, replay }) =>
    [`${invariant}: ${message}`, `  promised: ${formula}`, ...timeline.map((line) => `  ${line}`), `  ${replay}`].join(
      '\n',
    ),
  );
  return [head, ...blocks].join('\n\n');
}

function chosen(invariant: string | undefined): readonly VerifierCheck[] {
  if (invariant === undefined) return verifierChecks;
  const check = verifierChecks.find(({ name }) => name === invariant);
  if (check !== undefined) return [check];
  const hint = `choose one of ${verifierInvariantNames.join(', ')}`;
  throw new FloodproofError('FP_USAGE', `no invariant of verifiers is called ${invariant}`, { hint });
}

async function showsOf(adapter: VerifierAdapter): Promise<Stage['shows']> {
  const verifier = await adapter.create();
  try {
    return { work: verifier.work !== undefined, size: verifier.size !== undefined };
  } finally {
    await verifier.close?.();
  }
}

function failureOf(
  check: VerifierCheck,
  claims: Claims,
  { message, timeline }: { readonly message: string; readonly timeline: readonly string[] },
  { seed, path }: CheckParameters,
): CheckFailure {
  return {
    invariant: check.name,
    formula: check.formula(claims),
    message,
    timeline,
    seed,
    path: path ?? '',
    replay: `checkVerifier(adapter, contract, { seed: ${seed}, invariant: '${check.name}', path: '${path}' })`,
  };
}
