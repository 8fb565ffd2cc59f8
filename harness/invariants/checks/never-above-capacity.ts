/** A cost above the capacity never passes, whatever time passes, and is told so. */
import fc from 'fast-check';
import type { LimitNumbers } from '../../core/spec.js';
import { type Claims, capacityOf, upToGrain } from '../claims.js';
import { durationWords } from '../duration-words.js';
import type { Invariant, Played } from '../invariant.js';
import { PLAIN_START_US, startsOf } from '../shape.js';

interface Case extends Played {
  readonly above: number;
  readonly used: number;
  readonly waitUs: number;
}

const YEAR_US = 366 * 86_400 * 1_000_000;

export const neverAboveCapacity: Invariant<Case> = {
  name: 'never-above-capacity',
  limiters: 1,
  because: ({ costMax, promises }) => {
    if (costMax === 1) return 'every request costs one cell';
    return promises.every(trickles) ? 'a request beyond the budget is let through by and by, whatever it costs' : null;
  },
  formula: (claims) =>
    `a cost above ${mostAtOnce(claims)} is never admitted${claims.overCapacity === 'told' ? ', and its retry time is never' : ''}`,
  cases: (claims, clock) => {
    const most = mostAtOnce(claims);
    const costs = [most + 1, most + 2, 2 * most, 3 * most + 1, 2 ** 31 - 1, 2 ** 31].filter((cost) => cost > most);
    const waits = clock === 'real' ? [0, 1_000] : [0, claims.grainUs, 86_400_000_000, YEAR_US, claims.fullAfterUs];
    const waitsUs = waits.filter((us) => us <= claims.horizonUs).map((us) => upToGrain(us, claims.grainUs));
    return fc.record({
      startUs: fc.constantFrom(...(clock === 'real' ? [PLAIN_START_US] : startsOf(claims))),
      above: fc.oneof(fc.constantFrom(...costs), fc.integer({ min: most + 1, max: 2 ** 31 - 1 })),
      used: fc.integer({ min: 0, max: Math.min(claims.capacityCells, 50) }),
      waitUs: fc.constantFrom(...waitsUs),
    });
  },
  *play({ startUs, above, used, waitUs }, talk) {
    const { overCapacity } = talk.claims;
    for (let count = 0; count < used; count += 1) yield talk.consume(startUs, 1);
    for (const atUs of [startUs, startUs + waitUs]) {
      const answer = yield talk.consume(atUs, above);
      if (answer.admitted) return `${above} cells passed at once`;
      const { retryAfterUs = Number.POSITIVE_INFINITY } = answer;
      if (overCapacity === 'told' && retryAfterUs !== Number.POSITIVE_INFINITY) {
        return `${above} cells can never pass, and it said to come back after ${durationWords(retryAfterUs)}`;
      }
    }
    return null;
  },
};

/** A budget lets any cost through by and by where it trickles, so the other promises decide; a stated overshoot adds. */
function mostAtOnce({ promises, slackCells }: Claims): number {
  return Math.min(...promises.filter((numbers) => !trickles(numbers)).map(capacityOf)) + slackCells;
}

function trickles(numbers: LimitNumbers): boolean {
  return numbers.family === 'earned-budget' && numbers.trickleUs !== null;
}
