/** In no interval passes more than the promise says. */
import { boundFormula } from '../bound.js';
import type { Claims } from '../claims.js';
import type { History } from '../history.js';
import { HistoryArbitrary } from '../history.js';
import type { Invariant } from '../invariant.js';
import { overdrawn } from '../ledger.js';
import { servedTooSoon } from '../service.js';
import { shapeOf, withCredit } from '../shape.js';
import { playHistory, Side } from '../turns.js';

export const admissionBound: Invariant<History> = {
  name: 'admission-bound',
  limiters: 1,
  because: () => null,
  formula: (claims) => `cells admitted in any interval of length w <= ${wording(claims)}`,
  cases: (claims, clock) =>
    new HistoryArbitrary(withCredit(shapeOf(claims, clock === 'real'), claims, clock === 'real')),
  *play(history, talk) {
    const side = new Side(talk);
    yield* playHistory(history, [side]);
    return overdrawn(talk.claims, side.entries) ?? servedTooSoon(talk.claims, side.services);
  },
};

function wording(claims: Claims): string {
  const bounds = claims.promises.map(boundFormula).join(', and ');
  const nodes = claims.nodes === 1 ? bounds : `${claims.nodes} x (${bounds})`;
  return claims.slackCells === 0 ? nodes : `${nodes} + ${claims.slackCells}`;
}
