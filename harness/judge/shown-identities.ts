/** Whose requests are shown where a metric compares identities: those that bear it out most, the worst first. */
import { SHOWN_MAX } from './exhibit.js';
import { Foremost } from './foremost.js';
import { byBlocks, type Hit, hitsOf } from './hardest-hit.js';
import { ANSWERS_MIN, HURT_BELOW, honestOnly, identitiesOf } from './identity-measures.js';
import type { JudgedRun } from './judged-run.js';
import type { Selection } from './scope.js';
import { IdentityCount } from './tally.js';

/** If each of them has one request to show. */
const IDENTITIES_MAX = SHOWN_MAX;

/** Of the honest ones those with the most false blocks. */
export function mostBlocked(run: JudgedRun, selection: Selection, countsUnsure: boolean): readonly number[] {
  const worst = new Foremost<Hit>(IDENTITIES_MAX, byBlocks);
  for (const hit of hitsOf(run, { ...selection, actors: honestOnly(run, selection) })) {
    if (hit.falseBlocks > 0 || countsUnsure) worst.add(hit);
  }
  return worst.items.map(({ identity }) => identity);
}

/** The one whom `falseBlockRate.worst` speaks of; none when nobody with enough answers was blocked. */
export function worstBlocked(run: JudgedRun, selection: Selection, countsUnsure: boolean): readonly number[] {
  const blocksOf = ({ falseBlocks, unsureBlocks }: Hit): number => falseBlocks + (countsUnsure ? unsureBlocks : 0);
  const worst = new Foremost<Hit>(1, (a, b) => blocksOf(b) / b.answered - blocksOf(a) / a.answered);
  for (const hit of hitsOf(run, { ...selection, actors: honestOnly(run, selection) })) {
    if (hit.answered >= ANSWERS_MIN && blocksOf(hit) > 0) worst.add(hit);
  }
  return worst.items.map(({ identity }) => identity);
}

interface Share {
  readonly identity: number;
  readonly share: number;
  readonly asked: number;
}

/**
 * Those that got least of what they asked for; of those that got as little, the ones that asked for more.
 *
 * @param onlyHurt - of `blastRadius`: those that were hurt; an unclear answer counts as an admission unless `countsUnsure`.
 */
export function leastServed(
  run: JudgedRun,
  { actors, phases }: Selection,
  { onlyHurt, countsUnsure }: { readonly onlyHurt: boolean; readonly countsUnsure: boolean },
): readonly number[] {
  const { tally } = run;
  const worst = new Foremost<Share>(IDENTITIES_MAX, (a, b) => a.share - b.share || b.asked - a.asked);
  for (const identity of identitiesOf(run, actors)) {
    const asked = tally.ofIdentity(identity, phases, IdentityCount.asked);
    if (asked === 0) continue;
    const admitted = tally.ofIdentity(identity, phases, IdentityCount.admitted);
    const unclear = countsUnsure ? 0 : tally.ofIdentity(identity, phases, IdentityCount.unclear);
    const share = (admitted + unclear) / asked;
    if (share < (onlyHurt ? HURT_BELOW : 1)) worst.add({ identity, share, asked });
  }
  return worst.items.map(({ identity }) => identity);
}
