/** Counts rightly where numbers of clocks and costs come to an end: at 0, 2^31, 2^32, 2^53 of their units. */
import fc from 'fast-check';
import { HORIZON_US } from '../../core/spec.js';
import { type Both, playBoth } from '../both-ways.js';
import { upToGrain } from '../claims.js';
import { HistoryArbitrary } from '../history.js';
import type { Invariant } from '../invariant.js';
import { fullWaitUs, shapeOf } from '../shape.js';

const EDGES_US = [
  2 ** 31,
  2 ** 32,
  2 ** 31 * 1_000,
  2 ** 32 * 1_000,
  2 ** 31 * 1_000_000,
  2 ** 40,
  2 ** 48,
  2 ** 50,
  2 ** 51,
];
/** Room after the start for limiters that look ten years ahead. */
const START_US_MAX = 2 ** 52 - HORIZON_US;

/** September 2001. */
const PROCESS_US_MIN = 10 ** 15;

export const numberEdges: Invariant<Both> = {
  name: 'number-edges',
  limiters: 1,
  because: (_claims, clock) => (clock === 'real' ? 'a real clock stands where it stands' : null),
  formula: () => 'what passes is neither more nor less than promised when a clock shows 0 or passes 2^31, 2^32, 2^51',
  cases: (claims, clock) => {
    const { grainUs } = claims;
    const fullUs = fullWaitUs(claims);
    const starts = EDGES_US.flatMap((us) => [us - 2 * grainUs, us - grainUs, us]).filter((us) => us > 0);
    // A clock that shows 0 is taken for one that was never read more often than any other edge matters.
    const all = [
      ...Array<number>(starts.length).fill(0),
      grainUs,
      ...starts.map((us) => upToGrain(us, grainUs)),
    ].filter((us) => us <= START_US_MAX);
    // The clock of a process does not show 1970.
    const startsUs = clock === 'global' ? all.filter((us) => us >= PROCESS_US_MIN) : all;
    // Whole refills and single grains: what lies between is for other invariants.
    const gapsUs = fullUs === null ? [grainUs] : [grainUs, fullUs];
    const shape = { ...shapeOf(claims, false), startsUs, gapsUs, isLoose: false, lengthMax: 12 };
    return fc
      .tuple(new HistoryArbitrary(shape), fc.boolean())
      .map(([history, isDue]) => ({ startUs: history.startUs, history, isDue }));
  },
  play: playBoth,
};
