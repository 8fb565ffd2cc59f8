import { FloodproofError } from '../../errors.js';
import type { Plan } from '../../scenario/plan.js';

/** Last octets .1 to .254, so that no address looks like a network's own or its broadcast. */
const HOSTS = 254;
/**
 * Source addresses run from 127.1.0.1 to 127.255.255.254. 127.0.x.x is left out: 127.0.0.1 is where targets listen and
 * where everybody else on the machine comes from.
 */
export const addressCountMax = 255 * 256 * HOSTS;

/** The source address of index `index`, none twice. @param index - 0 to `addressCountMax` - 1. */
export function sourceAddress(index: number): string {
  const host = (index % HOSTS) + 1;
  const network = Math.floor(index / HOSTS);
  return `127.${1 + Math.floor(network / 256)}.${network % 256}.${host}`;
}

/**
 * The index of each actor's first address, and behind the last actor the number of all addresses: addresses are numbered
 * actor by actor, and no two actors share one. The nth identity of an actor has its address number
 * floor(n / `identitiesPerAddress`).
 */
export function addressOffsets(plan: Plan): readonly number[] {
  const offsets = [0];
  let total = 0;
  for (const { population, identitiesPerAddress } of plan.actors) {
    total += Math.ceil(population / identitiesPerAddress);
    offsets.push(total);
  }
  return offsets;
}

/** @throws {FloodproofError} FP_USAGE when a plan needs more addresses than there are. */
export function demandAddresses(addresses: number): void {
  if (addresses <= addressCountMax) return;
  throw new FloodproofError(
    'FP_USAGE',
    `the identities need ${addresses} source addresses; 127.0.0.0/8 has ${addressCountMax} to give`,
    { hint: 'lower the populations of the actors, or let more of them share one address (perAddress)' },
  );
}
