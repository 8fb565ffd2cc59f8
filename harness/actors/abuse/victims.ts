import { FloodproofError } from '../../errors.js';
import type { Identity } from '../actor.js';
import type { Setting } from '../setting.js';

/** Whom a turn is about, and how often everybody of this share has had a turn before. */
export interface VictimTurn {
  readonly victim: Identity;
  readonly round: number;
}

/**
 * Deals the identities of another actor out to this one's like cards: of n attackers, the kth gets victims k, k + n,
 * k + 2n ... by the number of its turn, and starts again when its share is used up. So no two attackers, and no two workers,
 * work on the same victim; more attackers than victims share them.
 *
 * @param name - of the actor whose identities are dealt.
 * @throws {FloodproofError} FP_USAGE when that actor has none of what is attacked.
 */
export function createVictimDealer(
  setting: Setting,
  name: string,
  attacked: 'account' | 'key',
): (identity: Identity, turn: number) => VictimTurn {
  const { first, population } = demandVictims(setting, name, attacked);
  const attackers = setting.actor.population;
  return (identity, turn) => {
    const start = setting.events.place(identity) % population;
    const share = Math.ceil((population - start) / attackers);
    const victim = setting.world.identity(first + start + (turn % share) * attackers);
    return { victim, round: Math.floor(turn / share) };
  };
}

/** @throws {FloodproofError} FP_USAGE */
export function demandVictims(
  setting: Setting,
  name: string,
  attacked: 'account' | 'key',
): { readonly first: number; readonly population: number } {
  const people = setting.peopleOf(name);
  const victim = setting.world.identity(people.first);
  if ((attacked === 'account' ? victim.account : victim.keyId) !== '') return people;
  throw new FloodproofError('FP_USAGE', `${setting.actor.name} attacks ${attacked}s of ${name}, who have none`, {
    hint: `name an actor whose behaviour has ${attacked}s of its own`,
  });
}
