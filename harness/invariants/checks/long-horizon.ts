/** Counts rightly after waits from minutes to years, up to the horizon that the contract states. */
import fc from 'fast-check';
import { type Both, playBoth } from '../both-ways.js';
import { type Claims, upToGrain } from '../claims.js';
import { durationWords } from '../duration-words.js';
import { HistoryArbitrary } from '../history.js';
import type { Invariant } from '../invariant.js';
import { shapeOf } from '../shape.js';

const DAY_US = 86_400_000_000;
/** Around what counters of 31 and 32 bits of micro- and milliseconds hold, and years. */
const WAITS_US = [
  2 ** 31,
  2 ** 32,
  DAY_US,
  2 ** 31 * 1_000,
  2 ** 32 * 1_000,
  30 * DAY_US,
  366 * DAY_US,
  5 * 366 * DAY_US,
];

export const longHorizon: Invariant<Both> = {
  name: 'long-horizon',
  limiters: 1,
  because: (claims, clock) => {
    if (clock === 'real') return 'a real clock would have to be waited for';
    return waitsUs(claims).length === 0 ? 'the contract claims nothing of waits beyond half an hour' : null;
  },
  formula: ({ horizonUs }) =>
    `what passes is neither more nor less than promised up to ${durationWords(horizonUs)} after the first request`,
  cases: (claims) => {
    const shape = {
      ...shapeOf(claims, false),
      gapsUs: waitsUs(claims),
      isLoose: false,
      lengthMax: 10,
      spanUsMax: claims.horizonUs,
    };
    return fc
      .tuple(new HistoryArbitrary(shape), fc.boolean())
      .map(([history, isDue]) => ({ startUs: history.startUs, history, isDue }));
  },
  play: playBoth,
};

function waitsUs(claims: Claims): number[] {
  const { grainUs, horizonUs } = claims;
  return WAITS_US.flatMap((us) => [
    upToGrain(us, grainUs) - grainUs,
    upToGrain(us, grainUs),
    upToGrain(us + 1, grainUs),
  ]).filter((us) => us > 0 && us <= horizonUs / 2);
}
