import { type Policy, requestClasses } from '../scenario/plan.js';

/** Cells that a filled order gives back to a limit. */
export interface FillCredit {
  /** Index into the policy's limits. */
  readonly limit: number;
  /** For each element. */
  readonly cells: number;
}

/** By class: the limits that a fill gives cells to. */
export function creditsOf(policy: Policy): readonly (readonly FillCredit[])[] {
  return requestClasses.map((_, classId) =>
    policy.limits.flatMap((limit, index) => {
      const cells = 'creditsMax' in limit && (limit.costs[classId] ?? 0) > 0 ? (limit.creditsMax[classId] ?? 0) : 0;
      return cells === 0 ? [] : [{ limit: index, cells }];
    }),
  );
}
