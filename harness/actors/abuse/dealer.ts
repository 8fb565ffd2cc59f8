import type { Identity } from '../actor.js';
import type { Setting } from '../setting.js';
import type { LeakedPair } from '../world.js';

/**
 * Deals an actor's list out to its identities like cards: of n identities, the kth gets pairs k, k + n, k + 2n ... by
 * the number of its arrival, and starts again when its share is used up. So no two identities, and no two workers, try
 * the same pair.
 *
 * @throws when the world has no list for the actor: it is made for every behaviour that deals.
 */
export function createDealer(setting: Setting): (identity: Identity, arrival: number) => LeakedPair {
  const list = setting.leaked;
  if (list === null) throw new Error(`actor ${setting.actor.name} has no list of names and passwords`);
  const identities = setting.actor.population;
  return (identity, arrival) => {
    // A list shorter than the population is shared.
    const first = setting.events.place(identity) % list.size;
    const share = Math.ceil((list.size - first) / identities);
    return list.pair(first + (arrival % share) * identities);
  };
}
