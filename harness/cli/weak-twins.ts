/** `floodproof run --weak`: each scenario against its weak policy, which it must expose. */
import type { RunRecord } from '../engine/record/run-folder.js';
import { ExitCode, FloodproofError } from '../errors.js';
import type { VerdictDocument } from '../judge/verdict.js';
import type { Plan, WeakTwin } from '../scenario/plan.js';
import type { Console } from './console.js';

/** A scenario that names a weak twin. */
export type PlanWithTwin = Plan & { readonly weak: WeakTwin };

export function hasTwin(plan: Plan): plan is PlanWithTwin {
  return plan.weak !== null;
}

/**
 * The scenarios that name one; the others are left out, with a line each.
 * @throws {FloodproofError} FP_USAGE when none does.
 */
export function plansWithTwin(plans: readonly Plan[], console: Console): readonly PlanWithTwin[] {
  const kept = plans.filter(hasTwin);
  for (const { name, weak } of plans) if (weak === null) console.note(`left out: ${name} names no weak twin`);
  if (kept.length > 0) return kept;
  throw new FloodproofError('FP_USAGE', 'none of these scenarios names a weak twin', {
    hint: 'write weak: { policy: FILE, fails: [abuse.leak] } into a scenario',
  });
}

export interface TwinResult {
  readonly scenario: string;
  readonly policy: string;
  readonly isExposed: boolean;
  /** Of the expectations that it must fail those that did not: each with what came of it. */
  readonly held: readonly string[];
}

/**
 * A twin is exposed when the verdict is a fail, and each expectation that it must fail does so, in one phase at least. A run
 * that is invalid exposes nothing: what the generator did would be blamed on the policy.
 */
export function twinResult({ name, weak }: PlanWithTwin, document: VerdictDocument | null): TwinResult {
  const results = document?.expectations ?? [];
  const held = weak.fails.flatMap((wanted) => {
    const named = results.filter(({ metric }) => metric === wanted || metric.startsWith(`${wanted} in `));
    if (named.some(({ pass }) => pass === false)) return [];
    if (named.length === 0) return [`${wanted} was not judged`];
    return named.map(({ text, pass }) => `${text} ${pass === null ? 'is undecided' : 'held'}`);
  });
  const verdict = document?.verdict ?? null;
  if (verdict !== 'fail' && held.length === 0)
    held.push(verdict === null ? 'it has no verdict' : `the run is ${verdict}`);
  return { scenario: name, policy: weak.policy.name, isExposed: held.length === 0, held };
}

/** A line for each twin, and how many of how many are exposed, with the exit code: that of the verdicts is another. */
export function twinLines(results: readonly TwinResult[], exitCode: number): readonly string[] {
  const lines = results.map(({ scenario, policy, isExposed, held }) =>
    isExposed ? `exposed      ${scenario}: ${policy}` : `NOT exposed  ${scenario}: ${policy} (${held.join('; ')})`,
  );
  const exposed = results.filter(({ isExposed }) => isExposed).length;
  return [...lines, `weak twins exposed: ${exposed} of ${results.length}, exit code ${exitCode}`];
}

/** Failing verdicts are what is wanted here; any other end of the suite keeps its exit code. */
export function twinExitCode(results: readonly TwinResult[], suiteExitCode: number): number {
  const isOfVerdicts = ([ExitCode.pass, ExitCode.failed, ExitCode.inconclusive] as number[]).includes(suiteExitCode);
  if (!isOfVerdicts) return suiteExitCode;
  return results.every(({ isExposed }) => isExposed) ? ExitCode.pass : ExitCode.failed;
}

/** The record of a run in which the weak policy is enforced, and the scenario's own judged by. */
export function onTwin(record: RunRecord): RunRecord {
  return { ...record, gatewayPolicy: record.plan.weak?.policy ?? record.gatewayPolicy };
}
