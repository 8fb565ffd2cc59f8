/** While a clock shows nothing later than it did before, however it is set, no more passes than is there at once. */
import type { LimitNumbers } from '../../core/spec.js';
import type { Claims } from '../claims.js';
import { type History, HistoryArbitrary, Play } from '../history.js';
import type { Invariant } from '../invariant.js';
import { type Entry, overdrawn } from '../ledger.js';
import { gapsOf, shapeOf } from '../shape.js';
import { playHistory, Side } from '../turns.js';

/** Besides the gaps of the contract: what clocks are really set by. */
const STEPS_US = [1_000_000, 3_600_000_000, 366 * 86_400_000_000];

export const clockSteps: Invariant<History> = {
  name: 'clock-steps',
  limiters: 1,
  needsInstants: true,
  because: (claims, clock) => {
    if (claims.clockBack === 'undefined') return 'the contract does not say what a clock that is set back does';
    if (claims.nodes > 1) return 'which node saw which time is not known';
    if (clock === 'real') return 'the clock of another process can not be set';
    return claims.promises.every(({ family }) => family === 'concurrency') ? 'no promise looks at a clock' : null;
  },
  formula: ({ capacityCells, slackCells }) =>
    `cells admitted while the clock shows nothing later than before <= ${capacityCells + slackCells}`,
  cases: (claims) => {
    const shape = shapeOf(claims, false);
    const steps = STEPS_US.filter((us) => us % claims.grainUs === 0 && us < claims.horizonUs / 16);
    return new HistoryArbitrary({
      ...shape,
      plays: [...shape.plays.filter((play) => play === Play.ask), Play.set, Play.set, Play.set],
      gapsUs: [0],
      isLoose: false,
      setsUs: [...gapsOf(claims), ...gapsOf(claims), ...steps],
    });
  },
  *play(history, talk) {
    const side = new Side(talk);
    yield* playHistory(history, [side]);
    return windfall(talk.claims, side.entries);
  },
};

/**
 * A limiter may take every clock that shows something new as time that has passed, so each run of requests under one
 * highest instant is held against the promises alone, as if made at that instant. A budget is for life: all of its
 * requests are held against it, each at the highest instant so far.
 */
function windfall(claims: Claims, entries: readonly Entry[]): string | null {
  const isBudget = ({ family }: LimitNumbers): boolean => family === 'earned-budget';
  const budgets = { ...claims, promises: claims.promises.filter(isBudget) };
  const others = { ...claims, promises: claims.promises.filter((numbers) => !isBudget(numbers)) };
  const all: Entry[] = [];
  let from = 0;
  let fault: string | null = null;
  for (const entry of entries) {
    const highestUs = Math.max(entry.sentUs, all.at(-1)?.sentUs ?? 0);
    if (highestUs > (all.at(-1)?.sentUs ?? 0)) {
      fault ??= overdrawn(others, all.slice(from));
      from = all.length;
    }
    all.push({ ...entry, sentUs: highestUs, answeredUs: highestUs });
  }
  fault ??= overdrawn(others, all.slice(from)) ?? overdrawn(budgets, all);
  return fault === null ? null : `${fault}; the clock was set back and forth in between`;
}
