/** Policy -> what a gate is compiled from. */
import type { AuthSpec, GateSpec, LimitNumbers, LimitSpec } from '../core/spec.js';
import { type Fault, FloodproofError } from '../errors.js';
import { type Policy, type PolicyAuth, type PolicyLimit, requestClasses, type SlidingLogLimit } from './plan.js';

type EnforcedLimit = Exclude<PolicyLimit, SlidingLogLimit>;

function numbersOf(limit: EnforcedLimit): LimitNumbers {
  if (limit.family === 'token-bucket') {
    const { family, capacity, refillCells, refillPeriodUs } = limit;
    return { family, capacity, refillCells, refillPeriodUs };
  }
  const { family, capacity, windowUs, anchor } = limit;
  return { family, capacity, windowUs, anchor };
}

function compileLimit(limit: EnforcedLimit): LimitSpec {
  const { name, by, costs, ban, maxKeys } = limit;
  return { name, by, numbers: numbersOf(limit), costs, ban, maxKeys };
}

/** Signatures are made by the same rules as they are checked by. */
export function compileAuth(auth: PolicyAuth): AuthSpec {
  return {
    signed: auth.signed,
    hash: auth.hash,
    encoding: auth.encoding,
    windowUsMax: auth.windowUs,
    futureUs: auth.futureUs,
    replayCapacity: auth.replay === 'refuse' ? auth.replayCapacity : null,
    replayPerKey: auth.replayPerKey,
  };
}

/**
 * Compiles a policy for the embedded gateway.
 *
 * What a policy says only of a foreign target (resolution, nodes, slack) has no meaning for a gate and is left out.
 *
 * @param originUs - The instant at which the gate is made, whole microseconds since 1970.
 * @throws {FloodproofError} FP_GATE_INVALID when a limit is of a family that no gate enforces.
 */
export function compilePolicy(policy: Policy, originUs: number): GateSpec {
  const limits: LimitSpec[] = [];
  const faults: Fault[] = [];
  for (const [index, limit] of policy.limits.entries()) {
    if (limit.family !== 'sliding-log') {
      limits.push(compileLimit(limit));
      continue;
    }
    faults.push({
      code: 'FP_FAMILY_NOT_ENFORCED',
      file: policy.file,
      line: 0,
      column: 0,
      message: `limits[${index}].family is sliding-log (limit ${limit.name}), which the embedded gateway cannot enforce`,
      hint: 'use this policy to judge a target by its URL, or choose token-bucket or fixed-window',
    });
  }
  if (faults.length > 0) {
    const message = `the embedded gateway cannot enforce the policy ${policy.name}: it is for judging a target by its URL`;
    throw new FloodproofError('FP_GATE_INVALID', message, { faults });
  }
  const auth = policy.auth === null ? null : compileAuth(policy.auth);
  return { classes: requestClasses, limits, auth, originUs };
}
