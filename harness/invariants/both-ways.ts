/** One history, asked in one of two ways: for what is due, so that nothing is lost, or for all, so that nothing is over. */
import type { History } from './history.js';
import type { Played } from './invariant.js';
import { overdrawn } from './ledger.js';
import { Promised } from './promised.js';
import type { Talk, Talking } from './talk.js';
import { playDue, playHistory, Side } from './turns.js';

export interface Both extends Played {
  readonly history: History;
  readonly isDue: boolean;
}

export function* playBoth({ history, isDue }: Both, talk: Talk): Talking {
  const { claims } = talk;
  const side = new Side(talk);
  if (isDue) return yield* playDue(history, side, new Promised(claims));
  yield* playHistory(history, [side]);
  return overdrawn(claims, side.entries);
}
