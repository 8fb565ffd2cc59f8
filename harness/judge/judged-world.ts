/** What the judge must know of a run's world: how many take part, and how to call them. */
import type { Identity } from '../actors/actor.js';
import type { World } from '../actors/world.js';
import type { CounterNames } from './counter-space.js';

export interface JudgedWorld extends CounterNames {
  readonly identityCount: number;
  identity(index: number): Pick<Identity, 'account' | 'ip'>;
  /** Whether an account index stands for one that the target knows; the others are names that are tried. */
  isRegistered(account: number): boolean;
}

/** What of a world a run is judged with. */
export type KnownWorld = Pick<World, 'identityCount' | 'identity' | 'ips' | 'keys' | 'accounts' | 'accountName'>;

export function judgedWorld(world: KnownWorld): JudgedWorld {
  const { ips, keys, accounts } = world;
  return {
    identityCount: world.identityCount,
    identity: (index) => world.identity(index),
    ipName: (index) => ips[index] ?? `#${index}`,
    keyName: (index) => keys[index] ?? `key ${index}`,
    accountName: (index) => world.accountName(index),
    isRegistered: (account) => account < accounts.length,
  };
}
