/** Who comes back when told to passes, and not a grain earlier. */

import fc from 'fast-check';
import type { LimitNumbers } from '../../core/spec.js';
import { fullAfterUs, promisesFamily, upToGrain } from '../claims.js';
import { durationWords } from '../duration-words.js';
import { type History, HistoryArbitrary } from '../history.js';
import type { Invariant, Played } from '../invariant.js';
import { shapeOf, withCredit } from '../shape.js';
import type { Talking } from '../talk.js';
import { playHistory, Side, STOP } from '../turns.js';

interface Case extends Played {
  readonly history: History;
  /** Refusals that are passed over before one is put to the test. */
  readonly skipped: number;
}

/** For a real clock: how long a wait is waited for. */
const REAL_WAIT_US_MAX = 2_000_000;

export const retryAfter: Invariant<Case> = {
  name: 'retry-after',
  limiters: 2,
  because: (claims) => {
    if (claims.retryAfter === 'none') return 'the contract claims nothing of it';
    if (claims.nodes > 1) return 'what one node tells says nothing of the next';
    return promisesFamily(claims, 'concurrency') ? 'when a request in flight ends is for others to say' : null;
  },
  formula: ({ retryAfter: worth, retryGrainUs }) =>
    worth === 'exact'
      ? `a request that is refused at t passes at t + retryAfterUs and not ${durationWords(retryGrainUs)} earlier`
      : 'a request that is refused at t passes at t + retryAfterUs',
  cases: (claims, clock) =>
    fc
      .tuple(
        new HistoryArbitrary(withCredit(shapeOf(claims, clock === 'real'), claims, clock === 'real')),
        fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 12 })),
      )
      .map(([history, skipped]) => ({ startUs: history.startUs, history, skipped })),
  /** Two limiters have the same past, one is asked at the instant, the other before: neither probe disturbs the other. */
  *play({ history, skipped }, talk) {
    const early = new Side(talk, 0);
    const late = new Side(talk, 1);
    let refusals = 0;
    let cost = 0;
    const complaint = yield* playHistory(history, [early, late], {
      judge: (_atUs, cells) => {
        if (early.last.admitted || late.last.admitted) return null;
        if (late.last.retryAfterUs === undefined) return 'it refused and said nothing of when to come back';
        cost = cells;
        refusals += 1;
        return refusals > skipped ? STOP : null;
      },
    });
    if (complaint !== STOP) return complaint;
    return yield* probe(early, late, cost, history.startUs);
  },
};

function* probe(early: Side, late: Side, cost: number, startUs: number): Talking {
  const { claims, clock } = late.talk;
  const { grainUs, horizonUs } = claims;
  // Where time is not played it is refused before the answer is there, and the clock may be a grain behind.
  const deniedUs = (late.entries.at(-1)?.answeredUs ?? startUs) + (clock === 'real' ? grainUs : 0);
  const stepUs = Math.max(claims.retryGrainUs, grainUs);
  const longestUs = clock === 'real' ? REAL_WAIT_US_MAX : horizonUs - (deniedUs - startUs);
  const earlyUs = early.last.retryAfterUs ?? 0;
  const lateUs = late.last.retryAfterUs ?? 0;
  const isExact = claims.retryAfter === 'exact' && claims.slackCells === 0 && clock !== 'real' && !late.talk.isLate;
  // A time beyond all that can be waited for is no more than a claim that nothing passes until then.
  const beforeUs = earlyUs <= longestUs ? earlyUs - stepUs : longestUs;
  const tooEarlyUs = beforeUs - (beforeUs % grainUs);
  if (isExact && earlyUs !== Number.POSITIVE_INFINITY && tooEarlyUs >= 0) {
    yield* early.ask(deniedUs + tooEarlyUs, cost);
    if (early.last.admitted)
      return `it said ${durationWords(earlyUs)}, and the request passed after ${durationWords(tooEarlyUs)}`;
  }
  const wait = Math.max(...claims.promises.map(passesAfterUs));
  if (lateUs === Number.POSITIVE_INFINITY && wait <= longestUs && cost <= claims.capacityCells) {
    if (claims.retryAfter !== 'exact') return null;
    yield* late.ask(deniedUs + upToGrain(wait, grainUs), cost);
    return late.last.admitted
      ? `it said never, and the request passed after ${durationWords(upToGrain(wait, grainUs))}`
      : null;
  }
  if (lateUs > longestUs) return null;
  yield* late.ask(deniedUs + upToGrain(lateUs, grainUs), cost);
  if (late.last.admitted || late.talk.isStarved) return null;
  return `it said ${durationWords(lateUs)}, and the same request was refused then`;
}

/** After so long any cost that it takes passes when nobody asked in between. */
function passesAfterUs(numbers: LimitNumbers): number {
  return numbers.family === 'earned-budget' ? (numbers.trickleUs ?? Number.POSITIVE_INFINITY) : fullAfterUs(numbers);
}
