/**
 * What kept `recovery` waiting: honest requests that were intended after the last abuse and before service was as good as
 * before, falsely blocked or not admitted within 1 s. False blocks come first, and of each kind those that kept it longest.
 */
import { Outcome } from '../actors/outcome.js';
import { planEndUs } from '../scenario/plan.js';
import { STEP_US } from './containment.js';
import type { Exhibit } from './exhibit.js';
import { claimOf, type Exhibitor } from './exhibitor.js';
import { honestOnly } from './identity-measures.js';
import type { JudgedRun } from './judged-run.js';
import { isBlocked, type Row } from './row.js';
import { isBad } from './row-claims.js';
import type { Selection } from './scope.js';

/** @param us - what was measured: from the end of the last abuse; Infinity = it has not recovered. */
export function ofRecovery(run: JudgedRun, selection: Selection, us: number, exhibit: Exhibit): Exhibitor {
  const { plan } = run;
  const honest = honestOnly(run, selection);
  const ends = plan.actors.flatMap(({ label, active }) => (label === 'abuse' ? active.map(({ endUs }) => endUs) : []));
  const fromUs = Math.ceil(Math.max(...ends) / STEP_US) * STEP_US;
  const toUs = Math.min(Math.max(...ends) + us, Math.floor(planEndUs(plan) / STEP_US) * STEP_US);
  const isMeant = (row: Row): boolean =>
    row.intendedUs >= fromUs && row.intendedUs < toUs && honest.includes(row.actor);
  return {
    // Whatever was blocked, or perhaps was, is judged: it comes below.
    see: (row) => {
      if (!isMeant(row) || isBlocked(row) || row.outcome === Outcome.unclear) return;
      exhibit.offer(row, isBad(row), { tier: 1, rank: -row.intendedUs });
    },
    judge: ({ row, own }) => {
      if (!isMeant(row)) return;
      const claim = claimOf(own);
      exhibit.offer(row, claim === 'no' ? isBad(row) : claim, { tier: claim === 'no' ? 1 : 0, rank: -row.intendedUs });
    },
    shown: () => exhibit.shown(),
  };
}
