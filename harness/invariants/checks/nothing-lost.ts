/** What a promise has room for passes: at once when it is full, cell by cell at the instants of the refill, in between. */
import { type History, HistoryArbitrary, Play } from '../history.js';
import type { Invariant } from '../invariant.js';
import { Promised } from '../promised.js';
import { shapeOf, withCredit } from '../shape.js';
import { playDue, Side } from '../turns.js';

export const nothingLost: Invariant<History> = {
  name: 'nothing-lost',
  limiters: 1,
  because: (claims, clock) => {
    if (clock !== 'real') return null;
    const isUnseen = claims.promises.some((one) => one.family === 'fixed-window' || one.family === 'sliding-counter');
    if (isUnseen) return 'where a window starts on a real clock is not seen to the microsecond';
    return claims.fullAfterUs > 2_000_000 ? 'a real clock would have to be waited for until everything is full' : null;
  },
  formula: ({ capacityCells }) =>
    `a request passes whenever what passed before leaves its cells: ${capacityCells} at once when nothing was asked for long`,
  cases: (claims, clock) => {
    const shape = withCredit(shapeOf(claims, clock === 'real'), claims, clock === 'real');
    const dues = clock === 'real' ? [] : [Play.askDue, Play.askDue, Play.askDue, Play.askDue];
    return new HistoryArbitrary({ ...shape, plays: [...shape.plays, ...dues], lengthMax: shape.lengthMax * 2 });
  },
  *play(history, talk) {
    const { claims } = talk;
    return yield* playDue(history, new Side(talk), new Promised(claims));
  },
};
