import type { GateSpec } from '../core/spec.js';
import type { Policy, PolicyLimit } from '../scenario/plan.js';
import type { ClientIp } from '../venue/client-ip.js';
import { createClientIp } from '../venue/client-ip.js';
import { creditsOf, type FillCredit } from '../venue/fill-credits.js';
import { compileRateLimitFields, fieldText, type RateLimitFields } from './rate-limit-fields.js';

/**
 * What the gateway itself needs to know of the policy that is in force. When the policy changes all of it is replaced at
 * once, since indexes of limits mean something within one policy only.
 */
export interface Rules {
  readonly limits: readonly PolicyLimit[];
  readonly clientIp: ClientIp;
  readonly fields: RateLimitFields;
  /** By limit index, as JSON text. */
  readonly limitNamesJson: readonly string[];
  /** By limit index, as the value of a header. */
  readonly shadowNames: readonly string[];
  /** By limit index: does `resetAtUs` say when more cells come, and not only when all are back? */
  readonly resetIsNext: readonly boolean[];
  /** By limit index. */
  readonly kills: readonly boolean[];
  /** By class: the limits that a fill gives cells to, and how many for each element. */
  readonly credits: readonly (readonly FillCredit[])[];
}

/** @param spec - Compiled from `policy`, so that their limits have the same indexes. */
export function compileRules(policy: Policy, spec: GateSpec): Rules {
  return {
    limits: policy.limits,
    clientIp: createClientIp(policy.clientIp),
    fields: compileRateLimitFields(spec.limits, spec.classes.length),
    limitNamesJson: spec.limits.map(({ name }) => JSON.stringify(name)),
    shadowNames: spec.limits.map(({ name }) => fieldText(name)),
    resetIsNext: spec.limits.map(({ numbers }) => numbers.family === 'fixed-window'),
    kills: policy.limits.map(({ kills }) => kills),
    credits: creditsOf(policy),
  };
}
