/** What an answer says is left passes at once, and not a cell more. */
import fc from 'fast-check';
import type { Consumed } from '../contract.js';
import { type History, HistoryArbitrary } from '../history.js';
import type { Invariant, Played } from '../invariant.js';
import { shapeOf, withCredit } from '../shape.js';
import type { Complaint, Step } from '../talk.js';
import { playHistory, requestsOf, Side, STOP } from '../turns.js';

interface Case extends Played {
  readonly history: History;
  /** Answers that are passed over before one is put to the test. */
  readonly skipped: number;
}

/** Requests of one test at most, for limiters that take one cell at a time. */
const ASKS_MAX = 300;
const UNTOLD = 'it admitted and said nothing of what is left';

export const remaining: Invariant<Case> = {
  name: 'remaining',
  limiters: 2,
  because: (claims) => {
    if (claims.remaining === 'none') return 'the contract claims nothing of it';
    return claims.nodes > 1 ? 'what one node tells says nothing of the next' : null;
  },
  formula: ({ remaining: worth }) =>
    worth === 'exact' ? 'after "n left" n cells pass at once, and not n + 1' : 'after "n left" n cells pass at once',
  cases: (claims, clock) =>
    fc
      .tuple(
        new HistoryArbitrary(withCredit(shapeOf(claims, clock === 'real'), claims, clock === 'real')),
        fc.nat({ max: 200 }),
      )
      .map(([history, skipped]) => ({ startUs: history.startUs, history, skipped })),
  *play({ history, skipped }, talk) {
    const { claims } = talk;
    const enough = new Side(talk, 0);
    const tooMuch = new Side(talk, 1);
    const nth = skipped % Math.max(1, requestsOf(history));
    let answers = 0;
    let lastUs = history.startUs;
    const judge = (atUs: number): Complaint => {
      lastUs = atUs;
      if (enough.last.admitted && enough.last.remaining === undefined) return UNTOLD;
      answers += 1;
      return answers > nth ? STOP : null;
    };
    const complaint = yield* playHistory(history, [enough, tooMuch], { judge });
    if (complaint !== STOP) return complaint;
    const left = enough.last.remaining;
    if (left !== undefined && !(yield* passes(enough, left, lastUs)) && !talk.isStarved) {
      return `it said ${left} left, and they did not pass`;
    }
    const most = tooMuch.last.remaining;
    if (most === undefined || claims.remaining !== 'exact' || claims.slackCells > 0 || talk.clock === 'real')
      return null;
    // Time that passed meanwhile brought more.
    if (talk.isLate) return null;
    const trickles = claims.promises.some(
      (numbers) => numbers.family === 'earned-budget' && numbers.trickleUs !== null,
    );
    if (trickles || Math.ceil(most / claims.costMax) > ASKS_MAX) return null;
    return (yield* passes(tooMuch, most + 1, lastUs)) ? `it said ${most} left, and ${most + 1} passed` : null;
  },
};

/** Whether so many cells pass at one instant, at once where the limiter takes such a cost. */
function* passes(side: Side, cells: number, atUs: number): Generator<Step, boolean, Consumed> {
  const { costMax } = side.talk.claims;
  let left = cells;
  for (let asks = 0; left > 0 && asks < ASKS_MAX; asks += 1) {
    const cost = Math.min(left, costMax);
    yield* side.ask(atUs, cost);
    if (!side.last.admitted) return false;
    left -= cost;
  }
  return true;
}
