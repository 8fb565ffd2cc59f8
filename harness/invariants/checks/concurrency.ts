/** Callers that ask at the same time together get no more than one who asks alone. */
import fc from 'fast-check';
import { capacityOf } from '../claims.js';
import type { Invariant, Played } from '../invariant.js';
import { type Entry, overdrawn } from '../ledger.js';
import { cellsOf, startsOf } from '../shape.js';

interface Case extends Played {
  /** Requests before, one after the other. */
  readonly before: number;
  readonly cells: number;
  /** One caller each: how many turns of the event loop's microtasks pass before it asks. */
  readonly lags: readonly number[];
}

const CALLERS_MAX = 400;

export const concurrency: Invariant<Case> = {
  name: 'concurrency',
  limiters: 1,
  because: () => null,
  formula: ({ capacityCells, nodes, slackCells }) =>
    `cells admitted to callers that ask at one time <= ${nodes * capacityCells + slackCells}, whatever their order`,
  cases: (claims) => {
    const most = Math.max(...claims.promises.map(capacityOf));
    const cells = cellsOf(claims);
    return fc.constantFrom(...cells).chain((cost) => {
      const needed = Math.min(CALLERS_MAX, Math.ceil((claims.nodes * most) / cost) + 1);
      return fc.record({
        startUs: fc.constantFrom(...startsOf(claims)),
        before: fc.integer({ min: 0, max: Math.min(20, needed - 1) }),
        cells: fc.constant(cost),
        lags: fc.array(fc.nat({ max: 6 }), { minLength: 2, maxLength: needed + 8, size: 'max' }),
      });
    });
  },
  *play({ startUs, before, cells, lags }, talk) {
    const entries: Entry[] = [];
    for (let count = 0; count < before; count += 1) {
      const answer = yield talk.consume(startUs, cells);
      const kind = answer.admitted ? 'admitted' : 'denied';
      entries.push({ sentUs: talk.sentUs, answeredUs: talk.answeredUs, cells, kind });
    }
    yield talk.crowd(startUs, cells, lags);
    if (talk.crowdAnswers === null) {
      talk.unasked = 'it answers at once, so calls can not interleave';
      return null;
    }
    for (const { admitted } of talk.crowdAnswers) {
      const kind = admitted ? 'admitted' : 'denied';
      entries.push({ sentUs: talk.sentUs, answeredUs: talk.answeredUs, cells, kind });
    }
    return overdrawn(talk.claims, entries);
  },
};
