/**
 * Ranks honest identities by what the run did to them: by false blocks, then by blocks of which it can't be told, then
 * by the share of their answers that these were. Nothing is kept of those who were not hit, and of the others one small
 * row at a time: so a million identities take no longer than reading their counts.
 */
import { identityOffsets } from '../actors/identities/offsets.js';
import { Foremost } from './foremost.js';
import type { JudgedRun } from './judged-run.js';
import type { JudgedWorld } from './judged-world.js';
import type { Selection } from './scope.js';
import { IdentityCount } from './tally.js';
import type { HitIdentity } from './verdict.js';

/** Identities that the verdict lists. */
const LISTED_MAX = 20;

export interface Hit {
  readonly identity: number;
  readonly answered: number;
  readonly falseBlocks: number;
  readonly unsureBlocks: number;
}

/** Those of a selection that were hit at all, by their number. */
export function* hitsOf(run: JudgedRun, { actors, phases }: Selection): Iterable<Hit> {
  const { plan, tally } = run;
  const offsets = identityOffsets(plan);
  let actor = 0;
  for (const identity of tally.identitiesWith(phases, IdentityCount.falseBlocks, IdentityCount.unsureBlocks)) {
    while ((offsets[actor + 1] ?? Number.POSITIVE_INFINITY) <= identity) actor++;
    if (!actors.includes(actor)) continue;
    yield {
      identity,
      answered: tally.ofIdentity(identity, phases, IdentityCount.answered),
      falseBlocks: tally.ofIdentity(identity, phases, IdentityCount.falseBlocks),
      unsureBlocks: tally.ofIdentity(identity, phases, IdentityCount.unsureBlocks),
    };
  }
}

/** By blocks; of those with as many of both the one with fewer answers lost the larger share of them. */
export function byBlocks(a: Hit, b: Hit): number {
  return b.falseBlocks - a.falseBlocks || b.unsureBlocks - a.unsureBlocks || a.answered - b.answered;
}

/** The honest identities that were hit hardest over all phases, the worst first. */
export function hardestHitOf(run: JudgedRun, world: JudgedWorld): readonly HitIdentity[] {
  const { plan } = run;
  const honest = plan.actors.flatMap(({ label }, index) => (label === 'legit' ? [index] : []));
  const worst = new Foremost<Hit>(LISTED_MAX, byBlocks);
  for (const hit of hitsOf(run, { actors: honest, phases: plan.phases.map((_, index) => index) })) worst.add(hit);
  return worst.items.map((hit) => {
    const { account, ip } = world.identity(hit.identity);
    const { identity, answered, falseBlocks, unsureBlocks } = hit;
    return { actor: actorNameOf(run, identity), identity, account, ip, answered, falseBlocks, unsureBlocks };
  });
}

export function actorNameOf({ plan }: Pick<JudgedRun, 'plan'>, identity: number): string {
  const actor = identityOffsets(plan).findLastIndex((offset) => offset <= identity);
  return plan.actors[actor]?.name ?? '';
}
