import { createRandom, deriveSeed } from '../random.js';
import { NameKind, userName } from './names.js';

/**
 * The name of master account `number` of an actor. The nth identity is a sub-account of master n modulo their number,
 * under the name `master/sub`. Nobody acts under a master itself.
 *
 * @param seed - Of the actor's people.
 */
export function masterName(seed: number, actor: number, number: number): string {
  return userName(createRandom(deriveSeed(seed, 'master', number)), { actor, kind: NameKind.master, number });
}
