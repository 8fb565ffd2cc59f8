/** What others do neither gives me cells nor takes mine. */
import fc from 'fast-check';
import { type History, HistoryArbitrary, Play } from '../history.js';
import type { Invariant, Played } from '../invariant.js';
import { overdrawn } from '../ledger.js';
import { type Neighbours, neighbours } from '../other-keys.js';
import { shapeOf } from '../shape.js';
import type { Talking } from '../talk.js';
import { Side } from '../turns.js';

interface Case extends Played {
  readonly history: History;
  readonly names: Neighbours;
  /** How often each other asks, each time that it is their turn. */
  readonly asks: number;
  /** Whether the others are there before it. */
  readonly isLate: boolean;
}

const OTHERS_MAX = 6_000;
/** Requests of others in one run at most. */
const ASKS_MAX = 8_000;

export const isolation: Invariant<Case> = {
  name: 'isolation',
  limiters: 2,
  needsInstants: true,
  because: (claims, clock) => {
    if (clock === 'real') return 'two limiters can not be asked at the same instant of a real clock';
    if (claims.nodes > 1) return 'which node decides is not known';
    if (claims.slackCells > 0) return 'when a stated overshoot comes about is not known';
    return claims.keys === 1 ? 'the contract keeps one key' : null;
  },
  formula: ({ keys }) =>
    keys === null
      ? 'a key is answered as if there were no other'
      : `a key is answered as if there were no other while there are ${keys} keys at most, and gets no more beyond`,
  cases: (claims) => {
    const shape = shapeOf(claims, false);
    return fc
      .tuple(
        new HistoryArbitrary({ ...shape, plays: [Play.ask], lengthMax: 12 }),
        neighbours(OTHERS_MAX),
        fc.constantFrom(1, 2, Math.min(40, Math.ceil(claims.capacityCells / claims.costMax) + 1)),
        fc.boolean(),
      )
      .map(([history, names, asks, isLate]) => {
        const asksEach = Math.max(1, Math.min(asks, Math.floor(ASKS_MAX / names.others.length)));
        return { startUs: history.startUs, history, names, asks: asksEach, isLate };
      });
  },
  *play({ history, names, asks, isLate }, talk) {
    const crowded = new Side(talk, 0);
    const alone = new Side(talk, 1);
    const { claims } = talk;
    const isKept = claims.keys === null || names.others.length < claims.keys;
    let atUs = history.startUs;
    let othersLeft = ASKS_MAX;
    if (isLate) yield* crowd(crowded, names, asks, 1, atUs);
    for (let index = 0; index < history.plays.length; index += 1) {
      atUs += history.gapsUs[index] as number;
      const cells = history.cells[index] as number;
      for (let time = history.times[index] as number; time > 0; time -= 1) {
        yield* crowded.ask(atUs, cells, names.own);
        // Under a plain name: one that means something to the limiter must not matter either.
        yield* alone.ask(atUs, cells);
        if (!isKept || crowded.last.admitted === alone.last.admitted) continue;
        return crowded.last.admitted
          ? 'other keys brought it cells: it passed where it is refused without them'
          : 'other keys took its cells: it was refused where it passes without them';
      }
      othersLeft -= names.others.length * asks;
      if (othersLeft >= 0 || index === 0) yield* crowd(crowded, names, asks, cells, atUs);
    }
    return isKept ? null : overdrawn(claims, crowded.entries);
  },
};

function* crowd(side: Side, names: Neighbours, asks: number, cells: number, atUs: number): Talking {
  for (const other of names.others) {
    for (let time = 0; time < asks; time += 1) yield side.talk.consume(atUs, cells, other, side.who);
  }
  return null;
}
