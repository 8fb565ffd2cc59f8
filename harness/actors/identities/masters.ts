import type { ActorPlan } from '../../scenario/plan.js';
import { createRandom, deriveSeed } from '../random.js';
import { SeededFaker } from '../seeded-faker.js';
import { NameKind, userName } from './names.js';

/**
 * The names of an actor's master accounts; none when its accounts are their own. The nth identity is a sub-account of
 * master n modulo their number, under the name `master/sub`. Nobody acts under a master itself.
 */
export function masterNames(actor: ActorPlan, actorIndex: number, seed: number): readonly string[] {
  const random = createRandom(deriveSeed(seed, 'masters', actor.name));
  const faker = new SeededFaker(random).from(random);
  return Array.from({ length: actor.masters }, (_, number) =>
    userName(faker, { actor: actorIndex, kind: NameKind.master, number }),
  );
}
