import type { BehaviourName } from '../scenario/behaviours.js';
import type { ActorPlan, Plan } from '../scenario/plan.js';
import { abuseBehaviours } from './abuse/behaviours.js';
import type { Behaviour, BehaviourContext } from './actor.js';
import { legitBehaviours } from './legit/behaviours.js';
import { createSetting, type Setting } from './setting.js';

/** How each row of the behaviour table is played. */
export const behaviours: Readonly<Record<BehaviourName, (setting: Setting) => Behaviour>> = {
  ...legitBehaviours,
  ...abuseBehaviours,
};

/**
 * One actor's behaviour, to be fed by one worker with that worker's arrivals and outcomes.
 *
 * @throws when the plan names a behaviour that does not exist: plans are checked when they are built.
 */
export function createBehaviour(actor: ActorPlan, plan: Plan, context: BehaviourContext): Behaviour {
  if (!Object.hasOwn(behaviours, actor.behaviour)) {
    throw new Error(`actor ${actor.name} has an unknown behaviour: ${actor.behaviour}`);
  }
  return behaviours[actor.behaviour as BehaviourName](createSetting(actor, plan, context));
}
