/** The runs of one command, and what the runs before one change in how it is judged. */
import { CORE_TARGET, type RunRecord } from '../engine/record/run-folder.js';
import { type Fault, FloodproofError } from '../errors.js';
import { compilePolicy } from '../scenario/compile.js';
import type { Policy } from '../scenario/plan.js';

export interface PlannedRun {
  readonly record: RunRecord;
  /** For the verdict. */
  readonly notes: readonly string[];
}

const CHARGED =
  'counters at the target may still be charged by the run before: throttles are judged as unsure (exclusive: false)';

/**
 * A run against a target that has been through one already. Addresses and keys come from the seed alone, so a server that
 * lives on still counts what they sent before, and a throttle of it may well be right. A leak stays one: counters that are
 * not fresh admit less and not more.
 */
function onChargedTarget(record: RunRecord): PlannedRun {
  const { plan } = record;
  const policy = { ...plan.policy, exclusive: false };
  return { record: { ...record, plan: { ...plan, policy } }, notes: [CHARGED] };
}

/** Whether what decides is made anew for each run. */
function isOurs({ target }: RunRecord): boolean {
  return target === 'gateway' || target === CORE_TARGET;
}

/** The runs in their order. The embedded gateway is a new one each time; any other target is fresh at most once. */
export function plannedRuns(records: readonly RunRecord[], isFresh: boolean): PlannedRun[] {
  return records.map((record, index) =>
    isOurs(record) || (isFresh && index === 0) ? { record, notes: [] } : onChargedTarget(record),
  );
}

/**
 * Makes sure that the embedded gateway can enforce every policy that it is asked to, before the first run is played.
 *
 * @throws {FloodproofError} FP_GATE_INVALID with the faults of all policies at once.
 */
export function assertEnforceable(records: readonly RunRecord[]): void {
  const faults = new Map<string, Fault>();
  const errors = new Map<string, FloodproofError>();
  for (const record of records) {
    if (!isOurs(record)) continue;
    const { gatewayPolicy, plan } = record;
    const policy = gatewayPolicy ?? plan.policy;
    const error = enforcementError(policy);
    if (error === null) continue;
    errors.set(policy.file, error);
    // Scenarios share policies, and a list may be played often: each fault is told once.
    for (const fault of error.faults) faults.set(`${fault.file} ${fault.message}`, fault);
  }
  const [first, ...others] = errors.values();
  if (first === undefined) return;
  if (others.length === 0) throw first;
  const message = `the embedded gateway cannot enforce ${errors.size} policies: they are for judging a target by its URL`;
  throw new FloodproofError('FP_GATE_INVALID', message, { faults: [...faults.values()] });
}

function enforcementError(policy: Policy): FloodproofError | null {
  try {
    compilePolicy(policy, 0);
    return null;
  } catch (error) {
    if (error instanceof FloodproofError) return error;
    throw error;
  }
}
