import type { Plan } from '../../scenario/plan.js';

/**
 * The index of each actor's first identity, and behind the last actor the number of all identities: identities are
 * numbered actor by actor, in the plan's order.
 */
export function identityOffsets(plan: Plan): readonly number[] {
  const offsets = [0];
  let total = 0;
  for (const actor of plan.actors) {
    total += actor.population;
    offsets.push(total);
  }
  return offsets;
}
