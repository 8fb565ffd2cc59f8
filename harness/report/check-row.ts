/** What became of each invariant that was asked for, in the order in which they are checked. */
import { type CheckFailure, type CheckReport, invariantNames } from '../invariants/contract.js';

export type CheckRow =
  | { readonly invariant: string; readonly result: 'pass' }
  | { readonly invariant: string; readonly result: 'skipped'; readonly because: string }
  | { readonly invariant: string; readonly result: 'fail'; readonly failures: readonly CheckFailure[] };

/** @param only - the one invariant that was asked for; null: all. */
export function checkRows(report: CheckReport, only: string | null): CheckRow[] {
  const known: readonly string[] = invariantNames;
  const told = [...report.failures, ...report.skipped].map(({ invariant }) => invariant);
  // One that is not in the list is shown all the same.
  const names = [...new Set([...(only === null ? known : [only]), ...told])];
  return names.filter((invariant) => only === null || invariant === only).map((invariant) => rowOf(invariant, report));
}

function rowOf(invariant: string, report: CheckReport): CheckRow {
  const failures = report.failures.filter((failure) => failure.invariant === invariant);
  if (failures.length > 0) return { invariant, result: 'fail', failures };
  const skipped = report.skipped.find((one) => one.invariant === invariant);
  if (skipped !== undefined) return { invariant, result: 'skipped', because: skipped.because };
  return { invariant, result: 'pass' };
}
