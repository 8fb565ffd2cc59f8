/** A history that one limiter gets whole, and another one without what the first refused; then both are emptied. */
import fc from 'fast-check';
import type { Claims } from './claims.js';
import type { LimiterClock } from './contract.js';
import { type History, HistoryArbitrary } from './history.js';
import type { Played } from './invariant.js';
import { gapsOf, shapeOf, withCredit } from './shape.js';
import { emptyBoth } from './side-by-side.js';
import type { Talk, Talking } from './talk.js';
import { playHistory, Side } from './turns.js';

export interface Emptied extends Played {
  readonly history: History;
  /** Waits between one emptying and the next. */
  readonly waitsUs: readonly number[];
}

const words = {
  more: 'after refused requests it let through what it had no cells for without them',
  less: 'after refused requests it refused what passes without them',
};

export function emptied(claims: Claims, clock: LimiterClock): fc.Arbitrary<Emptied> {
  const waits = fc.constantFrom(0, ...gapsOf(claims));
  return fc
    .tuple(
      new HistoryArbitrary(withCredit(shapeOf(claims, clock === 'real'), claims, clock === 'real')),
      fc.array(waits, { minLength: 1, maxLength: 4 }),
    )
    .map(([history, waitsUs]) => ({ startUs: history.startUs, history, waitsUs }));
}

export function* playAndCompare({ history, waitsUs }: Emptied, talk: Talk): Talking {
  const whole = new Side(talk, 0);
  const spared = new Side(talk, 1);
  const complaint = yield* playHistory(history, [whole, spared], {
    judge: () => (whole.last.admitted && !spared.last.admitted ? words.more : null),
    isFollowed: true,
  });
  if (complaint !== null) return complaint;
  let atUs = history.startUs + history.gapsUs.reduce((sum, gapUs) => sum + gapUs, 0);
  for (const waitUs of waitsUs) {
    atUs += waitUs;
    const difference = yield* emptyBoth(whole, spared, atUs, words);
    if (difference !== null) return difference;
  }
  return null;
}
