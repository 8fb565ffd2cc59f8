/**
 * Deals identities into 32 groups by the seed. Intervals are made by drawing groups instead of identities: what is kept
 * of them takes the same memory for a hundred identities and for ten million.
 *
 * A sum over a random group of identities varies as the sum over as many identities drawn one by one, so intervals keep
 * their width on average; they only vary more themselves, as those of 31 degrees of freedom do. Each 32 identities that
 * follow each other go one to a group, turned and stretched by the seed: groups of one actor differ by one identity at
 * most, and a sum over identities does not seem to vary because groups are unlike in size.
 */
import { identityOffsets } from '../actors/identities/offsets.js';
import type { Plan } from '../scenario/plan.js';

export const GROUPS = 32;
/** With fewer groups an interval would be far too narrow (the spread of so few says little), so there is none. */
export const GROUPS_MIN = 8;

/** @returns 0 to 31. */
export function groupOf(identity: number, seed: number): number {
  const block = mix((identity >>> 5) ^ mix(seed | 0));
  return (Math.imul(identity & 31, block | 1) + (block >>> 8)) & 31;
}

/** Groups that hold an identity of these actors. */
export function groupsOf(plan: Plan, actors: readonly number[], seed: number): readonly number[] {
  const offsets = identityOffsets(plan);
  const found = new Set<number>();
  for (const actor of actors) {
    const from = offsets[actor] ?? 0;
    // 63 that follow each other hold 32 that are dealt as one block.
    const to = Math.min(offsets[actor + 1] ?? from, from + 63);
    for (let identity = from; identity < to; identity++) found.add(groupOf(identity, seed));
  }
  return [...found].sort((a, b) => a - b);
}

/** The last step of MurmurHash3: each bit of the result depends on each of the argument. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
