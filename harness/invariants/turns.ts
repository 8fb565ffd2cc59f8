/** Plays a history to one limiter, or to two side by side, and keeps the account of each. */
import { upToGrain } from './claims.js';
import type { Consumed } from './contract.js';
import { type History, Play } from './history.js';
import type { Entry } from './ledger.js';
import type { Promised } from './promised.js';
import type { Service } from './service.js';
import type { Complaint, Talk, Talking } from './talk.js';

/** What a judge returns to end a history without a complaint. */
export const STOP = 'stop';

/** One limiter's side of a history. */
export class Side {
  readonly talk: Talk;
  readonly who: number;
  readonly entries: Entry[] = [];
  /** When what was admitted is served. */
  readonly services: Service[] = [];
  /** The answer to the last request. */
  last: Consumed = { admitted: true };
  /** Cells of the last `release` and `credit`; 0: there was nothing to do. */
  released = 0;
  credited = 0;
  /** Costs of requests that were admitted and have not ended, oldest first. */
  readonly #held: number[] = [];

  constructor(talk: Talk, who = 0) {
    this.talk = talk;
    this.who = who;
  }

  *ask(atUs: number, cells: number, key = 'a'): Talking {
    const { talk, who } = this;
    const answer = yield talk.consume(atUs, cells, key, who);
    this.last = answer;
    const kind = answer.admitted ? 'admitted' : 'denied';
    this.entries.push({ sentUs: talk.sentUs, answeredUs: talk.answeredUs, cells, kind });
    if (answer.admitted) {
      this.#held.push(cells);
      // From when the delay counts is seen only where no time passed.
      if (talk.sentUs === talk.answeredUs) this.services.push({ atUs: talk.sentUs + (answer.delayUs ?? 0), cells });
    }
    return null;
  }

  /** Ends the oldest request; a limiter that takes nothing back is not asked to. */
  *release(atUs: number): Talking {
    this.released = 0;
    const cells = this.talk.limiters[this.who]?.release === undefined ? undefined : this.#held.shift();
    if (cells === undefined) return null;
    this.released = cells;
    yield this.talk.release(atUs, cells, 'a', this.who);
    this.#note('release', cells);
    return null;
  }

  /** A limiter that takes no credit is not given any. */
  *credit(atUs: number, cells: number): Talking {
    this.credited = 0;
    if (this.talk.limiters[this.who]?.credit === undefined) return null;
    this.credited = cells;
    yield this.talk.credit(atUs, cells, 'a', this.who);
    this.#note('credit', cells);
    return null;
  }

  #note(kind: 'release' | 'credit', cells: number): void {
    this.entries.push({ sentUs: this.talk.sentUs, answeredUs: this.talk.answeredUs, cells: -cells, kind });
  }
}

/** Requests that a history makes. */
export function requestsOf({ plays, times }: History): number {
  let requests = 0;
  for (const [index, play] of plays.entries()) if (play === Play.ask) requests += times[index] as number;
  return requests;
}

interface Manner {
  /** Called after each request with its instant; what it returns ends the history. */
  readonly judge?: (atUs: number, cells: number) => Complaint;
  /** The other sides get only what the first one admits. */
  readonly isFollowed?: boolean;
}

/** Plays all of it to each side in turn. */
export function* playHistory(
  history: History,
  sides: readonly Side[],
  { judge, isFollowed = false }: Manner = {},
): Talking {
  const horizonUs = sides[0]?.talk.claims.horizonUs ?? 0;
  let atUs = history.startUs;
  for (let index = 0; index < history.plays.length; index += 1) {
    const play = history.plays[index];
    const cells = history.cells[index] as number;
    atUs = Math.max(0, atUs + (history.gapsUs[index] as number));
    // Beyond the horizon nothing is promised.
    if (atUs - history.startUs > horizonUs) return null;
    if (play === Play.set) {
      const [side] = sides;
      if (side !== undefined) yield side.talk.setClock(atUs);
      continue;
    }
    if (play === Play.release || play === Play.credit) {
      for (const side of sides) yield* play === Play.release ? side.release(atUs) : side.credit(atUs, cells);
      continue;
    }
    for (let time = history.times[index] as number; time > 0; time -= 1) {
      for (const side of sides) {
        yield* side.ask(atUs, cells);
        if (isFollowed && !side.last.admitted) break;
      }
      const complaint = judge?.(atUs, cells) ?? null;
      if (complaint !== null) return complaint;
    }
  }
  return null;
}

/**
 * Asks only for what `promised` says is due, and complains when it does not pass. What the limiter lets through is
 * charged there, so that its own decisions say what is due next.
 */
export function* playDue(history: History, side: Side, promised: Promised): Talking {
  const { grainUs, horizonUs } = side.talk.claims;
  let atUs = history.startUs;
  let chargedUs = 0;
  for (let index = 0; index < history.plays.length; index += 1) {
    const play = history.plays[index];
    const cells = history.cells[index] as number;
    atUs = Math.max(chargedUs, atUs + (history.gapsUs[index] as number));
    if (atUs - history.startUs > horizonUs) return null;
    if (play === Play.release) {
      yield* side.release(atUs);
      if (side.released > 0) promised.release(side.released);
      continue;
    }
    if (play === Play.credit) {
      yield* side.credit(atUs, cells);
      if (side.credited > 0) promised.credit(atUs, cells);
      continue;
    }
    for (let time = history.times[index] as number; time > 0; time -= 1) {
      const readyUs = promised.readyAtUs(atUs, cells);
      if (readyUs > atUs) {
        const dueUs = upToGrain(readyUs, grainUs);
        if (play !== Play.askDue || dueUs - history.startUs > horizonUs) continue;
        atUs = dueUs;
      }
      yield* side.ask(atUs, cells);
      if (!side.last.admitted) {
        return side.talk.isStarved
          ? null
          : `${cells === 1 ? '1 cell' : `${cells} cells`} did not pass, though all of it was there`;
      }
      // Where time is not played it passed by the answer at the latest, on a clock that may be a grain off either way.
      if (side.talk.clock === 'real') atUs = side.talk.answeredUs + 2 * grainUs;
      if (side.talk.isLate) {
        if (promised.hasWindows) {
          side.talk.dropped = 'its answers take time, so in which window they fall is not seen';
          return null;
        }
        atUs = Math.max(atUs, side.talk.answeredUs);
      }
      promised.charge(atUs, cells);
      chargedUs = atUs;
    }
  }
  return null;
}
