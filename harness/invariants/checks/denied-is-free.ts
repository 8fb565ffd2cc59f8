/** A request that is refused changes nothing: without it all others go the same way. */
import { type Emptied, emptied, playAndCompare } from '../emptied.js';
import type { Invariant } from '../invariant.js';

export const deniedIsFree: Invariant<Emptied> = {
  name: 'denied-is-free',
  limiters: 2,
  needsInstants: true,
  because: (claims, clock) => {
    if (claims.deniedRequests === 'charged') return 'the contract says that denied requests are charged';
    if (claims.promises.length > 1) return 'all-or-nothing asks this of several promises';
    if (claims.nodes > 1) return 'which node decides is not known';
    if (claims.slackCells > 0) return 'when a stated overshoot comes about is not known';
    return clock === 'real' ? 'two limiters can not be asked at the same instant of a real clock' : null;
  },
  formula: () => 'a limiter that refused requests answers all others as one that never got them',
  cases: emptied,
  play: playAndCompare,
};
