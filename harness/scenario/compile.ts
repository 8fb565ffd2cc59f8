/** Policy -> what a gate is compiled from. */
import { type AuthSpec, type GateSpec, HORIZON_US, type LimitNumbers, type LimitSpec } from '../core/spec.js';
import { validateSpec } from '../core/validate-spec.js';
import { FloodproofError } from '../errors.js';
import type { SigningProfile } from '../signing/profile.js';
import { profileOf } from '../signing/profiles.js';
import { type Policy, type PolicyAuth, type PolicyLimit, requestClasses } from './plan.js';

/** What a gate counts by. Some families of policies are one family of the gate, seen from another side. */
function numbersOf(limit: PolicyLimit): LimitNumbers {
  const { capacity } = limit;
  switch (limit.family) {
    case 'token-bucket':
    case 'decaying-counter': {
      // What the counter has not fallen by yet are the cells that the bucket lacks.
      const { refillCells, refillPeriodUs } = limit;
      return { family: 'token-bucket', capacity, refillCells, refillPeriodUs };
    }
    case 'leaky-queue': {
      const { family, queueCells, refillCells, refillPeriodUs } = limit;
      return { family, capacity, queueCells, refillCells, refillPeriodUs };
    }
    case 'fixed-window':
    case 'fill-counter':
    case 'ratio-monitor': {
      const { windowUs, anchor } = limit;
      const countsDenied = limit.family === 'fixed-window' && limit.countsDenied;
      return { family: 'fixed-window', capacity, windowUs, anchor, credit: creditOf(limit.family), countsDenied };
    }
    case 'sliding-log':
    case 'sliding-counter':
      return { family: limit.family, capacity, windowUs: limit.windowUs };
    case 'earned-budget':
      return { family: limit.family, capacity, trickleUs: limit.trickleUs };
    case 'concurrency':
      return { family: limit.family, capacity };
  }
}

function creditOf(family: 'fixed-window' | 'fill-counter' | 'ratio-monitor'): 'none' | 'to-zero' | 'below-zero' {
  if (family === 'fixed-window') return 'none';
  return family === 'fill-counter' ? 'to-zero' : 'below-zero';
}

function compileLimit(limit: PolicyLimit): LimitSpec {
  const { name, by, ipPrefix, costs, ageCosts, ban, isShadow, maxKeys } = limit;
  return { name, by, ipPrefix, numbers: numbersOf(limit), costs, ageCosts, isShadow, ban, maxKeys };
}

/**
 * Signatures are made by the same rules as they are checked by.
 *
 * What the gate takes for the time of a request is what the profile's rule of freshness makes of it, see `Freshness` in
 * `harness/venue`; one that expires is remembered up to a window and what is allowed ahead from now, that instant included. A number that must rise needs no memory of signatures beside it. A request that is never stale could
 * come again at any time, so where none is to be accepted twice it is remembered for as long as a gate can say.
 */
export function compileAuth(auth: PolicyAuth): AuthSpec {
  const profile = profileOf(auth.profile, auth);
  const { freshness } = profile;
  const remembers = auth.replay === 'refuse' && freshness !== 'nonce';
  return {
    signed: auth.signed,
    hash: auth.hash,
    encoding: auth.encoding,
    ...(profile.kind === 'hmac' && profile.text === 'latin1' ? { text: profile.text } : {}),
    windowUsMax: windowUsMaxOf(freshness, remembers, auth),
    futureUs: auth.futureUs,
    replayCapacity: remembers ? auth.replayCapacity : null,
    replayPerKey: auth.replayPerKey,
  };
}

function windowUsMaxOf(
  freshness: SigningProfile['freshness'],
  remembers: boolean,
  { windowUs, futureUs }: Pick<PolicyAuth, 'windowUs' | 'futureUs'>,
): number {
  if (freshness === 'none' && remembers) return HORIZON_US;
  return freshness === 'expiry' ? windowUs + Math.max(1, futureUs) : Math.max(1, windowUs);
}

/**
 * Compiles a policy for the embedded gateway; its limits keep their order, so an index of one is an index of the other.
 *
 * What a policy says only of a foreign target (resolution, nodes, slack) has no meaning for a gate and is left out.
 *
 * @param originUs - The instant at which the gate is made, whole microseconds since 1970.
 * @throws {FloodproofError} FP_GATE_INVALID when a target may promise this, but no gate can keep it: a log of more
 * instants than there is memory for. All such faults are listed.
 */
export function compilePolicy(policy: Policy, originUs: number): GateSpec {
  const auth = policy.auth === null ? null : compileAuth(policy.auth);
  const spec: GateSpec = { classes: requestClasses, limits: policy.limits.map(compileLimit), auth, originUs };
  try {
    validateSpec(spec);
  } catch (error) {
    throw error instanceof FloodproofError ? unenforceable(policy, error) : error;
  }
  return spec;
}

function unenforceable(policy: Policy, cause: FloodproofError): FloodproofError {
  const faults = cause.faults.map((fault) => ({ ...fault, file: policy.file }));
  const message = `the embedded gateway cannot enforce the policy ${policy.name}`;
  const hint = 'mend the faults listed above, or judge a target by its URL with this policy';
  return new FloodproofError('FP_GATE_INVALID', message, { faults, hint, cause });
}
