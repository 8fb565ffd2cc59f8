/** What follows one arrival of an honest client. */
import type { Answered, FollowUp, Identity, Intent } from '../../../../harness/actors/actor.js';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { answered, classOf, placed, type Stage } from '../stage.js';

export const ok = answered(Outcome.admitted, { status: 200 });

/** Everything is taken. */
export function taken(intent: Intent): Answered {
  return classOf(intent) === 'order.place' ? placed(`order-${intent.step.split('/')[1]}`) : ok;
}

export interface Chain {
  readonly first: Intent;
  readonly follows: readonly FollowUp[];
  /** Every request, the first included. */
  readonly intents: readonly Intent[];
  /** Their steps up to the first slash. */
  readonly moves: readonly string[];
}

/** Plays one arrival to its end. */
export function chain(
  stage: Stage,
  answer: (intent: Intent) => Answered = taken,
  identity: Identity | undefined = stage.identities[0],
): Chain {
  const first = stage.arrive(identity);
  const follows: FollowUp[] = [];
  let next = stage.behaviour.onOutcome(first, answer(first), 0);
  while (next !== null) {
    follows.push(next);
    next = stage.behaviour.onOutcome(next.intent, answer(next.intent), 0);
  }
  const intents = [first, ...follows.map(({ intent }) => intent)];
  return { first, follows, intents, moves: intents.map(({ step }) => step.split('/')[0] ?? '') };
}

export function chains(stage: Stage, count: number, answer?: (intent: Intent) => Answered): Chain[] {
  return Array.from({ length: count }, () => chain(stage, answer));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
