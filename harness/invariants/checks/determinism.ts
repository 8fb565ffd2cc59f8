/** The same history twice gets the same answers. */
import fc from 'fast-check';
import type { Consumed } from '../contract.js';
import { durationWords } from '../duration-words.js';
import { type History, HistoryArbitrary } from '../history.js';
import type { Invariant, Played } from '../invariant.js';
import { shapeOf, withCredit } from '../shape.js';
import type { Complaint, Talk } from '../talk.js';
import { playHistory, Side } from '../turns.js';

interface Case extends Played {
  readonly history: History;
  /** Other keys that ask in between. */
  readonly others: number;
}

export const determinism: Invariant<Case> = {
  name: 'determinism',
  limiters: 2,
  needsInstants: true,
  because: (claims, clock) => {
    if (claims.nodes > 1) return 'which node decides is not known';
    if (claims.slackCells > 0) return 'when a stated overshoot comes about is not known';
    return clock === 'real' ? 'two limiters can not be asked at the same instant of a real clock' : null;
  },
  formula: () => 'two fresh limiters answer the same requests at the same instants alike',
  cases: (claims) =>
    fc
      .tuple(
        new HistoryArbitrary(withCredit(shapeOf(claims, false), claims, false)),
        fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constantFrom(1, 20)),
      )
      .map(([history, others]) => ({ startUs: history.startUs, history, others })),
  *play({ history, others }, talk) {
    const first = new Side(talk, 0);
    const second = new Side(talk, 1);
    for (let index = 0; index < others; index += 1) {
      for (const who of [0, 1]) yield talk.consume(history.startUs, 1, `b${index}`, who);
    }
    return yield* playHistory(history, [first, second], { judge: () => unlike(first.last, second.last, talk) });
  },
};

/** What is not claimed to be exact may be rounded or spread as the limiter likes. */
function unlike(first: Consumed, second: Consumed, talk: Talk): Complaint {
  const { retryAfter, remaining } = talk.claims;
  if (first.admitted !== second.admitted) return 'one of two fresh limiters admits what the other refuses';
  if (remaining === 'exact' && first.remaining !== second.remaining) {
    return `one of two fresh limiters has ${first.remaining} left, the other ${second.remaining}`;
  }
  if (retryAfter === 'exact' && !first.admitted && first.retryAfterUs !== second.retryAfterUs) {
    return `one of two fresh limiters says ${told(first.retryAfterUs)}, the other ${told(second.retryAfterUs)}`;
  }
  if (first.delayUs !== second.delayUs) {
    return `one of two fresh limiters serves after ${told(first.delayUs)}, the other after ${told(second.delayUs)}`;
  }
  return null;
}

function told(us: number | undefined): string {
  return us === undefined ? 'nothing' : durationWords(us);
}
