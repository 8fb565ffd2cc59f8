/** A cost that is no whole number above 0 does not pass, and changes nothing. */
import fc from 'fast-check';
import { type History, HistoryArbitrary, Play } from '../history.js';
import type { Invariant, Played } from '../invariant.js';
import { shapeOf } from '../shape.js';
import { differing, emptyBoth } from '../side-by-side.js';
import { playHistory, Side } from '../turns.js';

const badCosts: readonly unknown[] = [
  Number.NaN,
  -1,
  0,
  0.5,
  1.5,
  -7,
  2 ** 53,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -(2 ** 31),
  '1',
  '',
  null,
  undefined,
];

interface Case extends Played {
  readonly before: History;
  readonly bad: unknown;
  readonly times: number;
}

const words = {
  more: 'after that cost it lets through what it had no cells for',
  less: 'after that cost it refuses what passes without it',
};

export const refusesBadCosts: Invariant<Case> = {
  name: 'refuses-bad-costs',
  limiters: 2,
  because: (claims) => (claims.costMax === 1 ? 'every request costs one cell' : null),
  formula: ({ costMax }) => `a cost that is no whole number from 1 to ${costMax} on does not pass and takes nothing`,
  cases: (claims, clock) => {
    const shape = { ...shapeOf(claims, clock === 'real'), plays: [Play.ask], lengthMax: 6 };
    return fc
      .tuple(new HistoryArbitrary(shape), fc.constantFrom(...badCosts), fc.integer({ min: 1, max: 3 }))
      .map(([before, bad, times]) => ({ startUs: before.startUs, before, bad, times }));
  },
  *play({ before, bad, times }, talk) {
    const { claims, clock } = talk;
    const spoilt = new Side(talk, 0);
    const clean = new Side(talk, 1);
    yield* playHistory(before, [spoilt, clean]);
    const atUs = before.startUs + before.gapsUs.reduce((sum, gapUs) => sum + gapUs, 0);
    for (let time = 0; time < times; time += 1) {
      const answer = yield talk.attempt(atUs, bad as number, 'a', 0);
      if (answer.admitted) return `a cost of ${costWords(bad)} passed`;
    }
    // What a refusal costs is for other invariants to say.
    if (
      claims.deniedRequests === 'charged' ||
      claims.nodes > 1 ||
      claims.slackCells > 0 ||
      clock === 'real' ||
      talk.isLate
    )
      return null;
    yield* spoilt.ask(atUs, 1);
    yield* clean.ask(atUs, 1);
    return differing(spoilt, clean, words) ?? (yield* emptyBoth(spoilt, clean, atUs, words));
  },
};

function costWords(bad: unknown): string {
  return typeof bad === 'string' ? JSON.stringify(bad) : String(bad);
}
