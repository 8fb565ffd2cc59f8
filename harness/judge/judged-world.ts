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
export interface KnownWorld
  extends Pick<
    World,
    'identityCount' | 'ipCount' | 'ipName' | 'keyCount' | 'keyName' | 'accountCount' | 'accountName'
  > {
  /** Left out = yes: source addresses of a run lie in 127.0.0.0/8, see `harness/actors/identities/addresses.ts`. */
  readonly hasOneIpv4Each?: boolean;
  identity(index: number): Pick<Identity, 'account' | 'ip'>;
}

export function judgedWorld(world: KnownWorld): JudgedWorld {
  return {
    identityCount: world.identityCount,
    hasOneIpv4Each: world.hasOneIpv4Each ?? true,
    identity: (index) => world.identity(index),
    ipName: (index) => (index < world.ipCount ? world.ipName(index) : `#${index}`),
    keyName: (index) => (index < world.keyCount ? world.keyName(index) : `key ${index}`),
    accountName: (index) => world.accountName(index),
    isRegistered: (account) => account < world.accountCount,
  };
}
