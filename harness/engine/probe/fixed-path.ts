import type { Behaviour } from '../../actors/actor.js';

/** The arrivals of a behaviour, each with this path in place of its own, and nothing that follows from an answer. */
export function fixedPath(behaviour: Behaviour, path: string): Behaviour {
  return {
    onArrival: (identity, intendedUs, row) => {
      const intent = behaviour.onArrival(identity, intendedUs, row);
      return intent === null ? null : { ...intent, path };
    },
    onOutcome: () => null,
  };
}
