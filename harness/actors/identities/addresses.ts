import { FloodproofError } from '../../errors.js';

/** Last octets .1 to .254, so that no address looks like a network's own or its broadcast. */
const HOSTS = 254;
/**
 * Source addresses run from 127.1.0.1 to 127.255.255.254. 127.0.x.x is left out: 127.0.0.1 is where targets listen and
 * where everybody else on the machine comes from.
 */
export const addressCountMax = 255 * 256 * HOSTS;

/** The source address of identity `index`: one each, none twice. */
export function sourceAddress(index: number): string {
  const host = (index % HOSTS) + 1;
  const network = Math.floor(index / HOSTS);
  return `127.${1 + Math.floor(network / 256)}.${network % 256}.${host}`;
}

/** @throws {FloodproofError} FP_USAGE when a plan has more identities than there are addresses. */
export function demandAddresses(identities: number): void {
  if (identities <= addressCountMax) return;
  throw new FloodproofError(
    'FP_USAGE',
    `${identities} identities need as many source addresses; 127.0.0.0/8 has ${addressCountMax} to give`,
    { hint: 'lower the populations of the actors' },
  );
}
