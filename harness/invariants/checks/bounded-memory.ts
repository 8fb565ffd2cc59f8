/** However many keys ask, no more counters are kept than the contract says. */
import fc from 'fast-check';
import type { Invariant, Played } from '../invariant.js';
import { gapsOf, PLAIN_START_US } from '../shape.js';

interface Case extends Played {
  readonly keys: number;
  readonly gapUs: number;
}

/** Keys of one run at most; runs of so many are few. */
const KEYS_MAX = 100_000;
const KEYS_OFTEN = 2_000;

export const boundedMemory: Invariant<Case> = {
  name: 'bounded-memory',
  limiters: 1,
  because: (claims, clock) => {
    if (claims.countersMax === null) return 'the contract claims no most';
    return clock === 'real' ? 'the memory of another process is not seen' : null;
  },
  formula: ({ countersMax }) => `counters in memory <= ${countersMax}, however many keys ask`,
  cases: (claims) => {
    const countersMax = claims.countersMax ?? 0;
    const most = Math.min(KEYS_MAX, countersMax + 16);
    const gaps = fc.constantFrom(0, ...gapsOf(claims));
    const counts = fc.integer({ min: 1, max: Math.min(most, KEYS_OFTEN) });
    const keys = fc.oneof(
      { weight: 15, arbitrary: counts },
      { weight: most > KEYS_OFTEN ? 1 : 15, arbitrary: fc.constant(most) },
    );
    return fc.record({ startUs: fc.constant(PLAIN_START_US), keys, gapUs: gaps });
  },
  *play({ startUs, keys, gapUs }, talk) {
    const { countersMax, horizonUs } = talk.claims;
    for (let index = 0; index < keys; index += 1) {
      yield talk.consume(startUs + Math.min(index * gapUs, horizonUs), 1, `m${index}`);
      const size = talk.size();
      if (size === null) {
        talk.unasked = 'the adapter does not say how many counters are in memory';
        return null;
      }
      if (countersMax !== null && size > countersMax) return `${size} counters in memory after ${index + 1} keys`;
    }
    return null;
  },
};
