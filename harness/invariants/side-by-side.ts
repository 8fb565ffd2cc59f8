/** Holds two limiters against each other that should be in the same state. */
import type { Complaint, Talking } from './talk.js';
import type { Side } from './turns.js';

/** Requests of one emptying at most, for limiters that take one cell at a time. */
const ASKS_MAX = 200;

/**
 * Empties both at one instant, from the largest cost that they take by halves down to one cell, so that a difference of
 * one cell is seen. The first answer in which they differ is the complaint.
 */
export function* emptyBoth(first: Side, second: Side, atUs: number, words: Differing): Talking {
  let asks = 0;
  let cells = 2 ** Math.floor(Math.log2(first.talk.claims.costMax));
  for (; cells >= 1; cells /= 2) {
    for (let passes = true; passes && asks < ASKS_MAX; asks += 1) {
      yield* first.ask(atUs, cells);
      yield* second.ask(atUs, cells);
      const complaint = differing(first, second, words);
      if (complaint !== null) return complaint;
      passes = first.last.admitted;
    }
  }
  return null;
}

export interface Differing {
  /** When the first one lets through what the second one refuses. */
  readonly more: string;
  readonly less: string;
}

export function differing(first: Side, second: Side, words: Differing): Complaint {
  if (first.last.admitted === second.last.admitted) return null;
  return first.last.admitted ? words.more : words.less;
}
