/** A request that one of several promises refuses takes nothing of the others. */
import { type Emptied, emptied, playAndCompare } from '../emptied.js';
import type { Invariant } from '../invariant.js';

export const allOrNothing: Invariant<Emptied> = {
  name: 'all-or-nothing',
  limiters: 2,
  needsInstants: true,
  because: (claims, clock) => {
    if (claims.promises.length === 1) return 'there is one promise';
    if (claims.deniedRequests === 'charged') return 'the contract says that denied requests are charged';
    if (claims.nodes > 1) return 'which node decides is not known';
    if (claims.slackCells > 0) return 'when a stated overshoot comes about is not known';
    return clock === 'real' ? 'two limiters can not be asked at the same instant of a real clock' : null;
  },
  formula: ({ promises }) => `a request that not all ${promises.length} promises have the cells for takes none of any`,
  cases: emptied,
  play: playAndCompare,
};
