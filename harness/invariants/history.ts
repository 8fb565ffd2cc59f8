/**
 * Generated histories of requests, as flat lists, and how they are made smaller.
 *
 * An own arbitrary: a request is drawn in some ten nanoseconds, where a list of records takes microseconds, and a
 * history shrinks by what means something here: fewer requests, at one instant, of one cell.
 */
import fc from 'fast-check';

export const Play = {
  /** Asks for `cells`, after `gapUs`. */
  ask: 0,
  /** Waits until the cells are due, by the contract's own numbers, and asks. */
  askDue: 1,
  /** Ends the oldest admitted request that has not ended. */
  release: 2,
  /** Gives `cells` back or earns them. */
  credit: 3,
  /** Sets the clock by `gapUs`, which may be below 0; nothing is asked. */
  set: 4,
} as const;

/** Item i of each list belongs to one play; `times`: so often one after the other, at one instant. */
export interface History {
  readonly startUs: number;
  readonly plays: readonly number[];
  readonly gapsUs: readonly number[];
  readonly cells: readonly number[];
  readonly times: readonly number[];
}

export interface HistoryShape {
  /** The history starts at one of them; the first is the plainest. */
  readonly startsUs: readonly number[];
  /** Plays to draw from; an entry that stands twice is drawn twice as often. */
  readonly plays: readonly number[];
  /** Gaps to draw from, whole grains, plainest first. */
  readonly gapsUs: readonly number[];
  /** Whole grains are drawn around and below the gaps too. */
  readonly isLoose: boolean;
  readonly grainUs: number;
  /** By which the clock is set, either way. */
  readonly setsUs: readonly number[];
  readonly cells: readonly number[];
  readonly times: readonly number[];
  /** Plays of a history at most. */
  readonly lengthMax: number;
  /** All gaps together. */
  readonly spanUsMax: number;
}

export class HistoryArbitrary extends fc.Arbitrary<History> {
  readonly #shape: HistoryShape;

  constructor(shape: HistoryShape) {
    super();
    this.#shape = shape;
  }

  generate(random: fc.Random): fc.Value<History> {
    const shape = this.#shape;
    const length = 1 + random.nextInt(0, random.nextInt(0, 3) === 0 ? shape.lengthMax - 1 : (shape.lengthMax - 1) >> 2);
    // A history that mostly waits and one that mostly does not find different faults.
    const waitsIn8 = random.nextInt(1, 7);
    const plays: number[] = [];
    const gapsUs: number[] = [];
    const cells: number[] = [];
    const times: number[] = [];
    let leftUs = shape.spanUsMax;
    for (let index = 0; index < length; index += 1) {
      const play = pick(random, shape.plays);
      let gapUs = 0;
      if (play === Play.set) gapUs = pick(random, shape.setsUs) * (random.nextInt(0, 1) === 0 ? -1 : 1);
      else if (random.nextInt(0, 7) < waitsIn8)
        gapUs = Math.min(leftUs - (leftUs % shape.grainUs), this.#gapUs(random));
      if (play !== Play.set) leftUs -= gapUs;
      plays.push(play);
      gapsUs.push(gapUs);
      cells.push(pick(random, shape.cells));
      times.push(play === Play.ask || play === Play.askDue ? pick(random, shape.times) : 1);
    }
    return new fc.Value({ startUs: pick(random, shape.startsUs), plays, gapsUs, cells, times }, undefined);
  }

  #gapUs(random: fc.Random): number {
    const { grainUs, gapsUs, isLoose } = this.#shape;
    const gapUs = pick(random, gapsUs);
    if (!isLoose) return gapUs;
    const way = random.nextInt(0, 7);
    if (way === 0) return Math.max(0, gapUs - grainUs);
    if (way === 1) return gapUs + grainUs;
    if (way >= 4) return gapUs;
    return random.nextInt(0, Math.floor(gapUs / grainUs)) * grainUs;
  }

  canShrinkWithoutContext(value: unknown): value is History {
    return typeof value === 'object' && value !== null && 'gapsUs' in value;
  }

  shrink(history: History): fc.Stream<fc.Value<History>> {
    return fc.stream(smaller(history, this.#shape)).map((value) => new fc.Value(value, undefined));
  }
}

/** Simpler histories, the much simpler ones first. */
function* smaller(history: History, shape: HistoryShape): Generator<History> {
  const { length } = history.plays;
  for (let size = length >> 1; size >= 1; size >>= 1) {
    for (let from = 0; from < length && size < length; from += size) yield without(history, from, size, false);
  }
  const [plainest = history.startUs] = shape.startsUs;
  if (history.startUs !== plainest) yield { ...history, startUs: plainest };
  yield* merged(history, Math.max(...shape.cells));
  for (let index = length - 1; index >= 0; index -= 1) {
    // The time stays, the request goes.
    if (length > 1 && history.gapsUs[index] !== 0) yield without(history, index, 1, true);
    for (const count of smallerNumbers(history.times[index] as number, 1)) {
      yield { ...history, times: history.times.with(index, count) };
    }
    if (history.plays[index] === Play.askDue) yield { ...history, plays: history.plays.with(index, Play.ask) };
    for (const cells of smallerNumbers(history.cells[index] as number, 1)) {
      yield { ...history, cells: history.cells.with(index, cells) };
    }
    for (const gapUs of smallerGaps(history.gapsUs[index] as number, shape)) {
      yield { ...history, gapsUs: history.gapsUs.with(index, gapUs) };
    }
  }
}

/** One larger request in the place of several at one instant. */
function* merged(history: History, cellsMax: number): Generator<History> {
  const { plays, gapsUs, cells, times } = history;
  const sumOf = (index: number): number => (cells[index] as number) * (times[index] as number);
  for (const [index, play] of plays.entries()) {
    if (play !== Play.ask) continue;
    const one = { ...history, times: times.with(index, 1) };
    const most = Math.min(times[index] as number, Math.floor(cellsMax / (cells[index] as number)));
    if (most > 1) {
      const large = { ...one, cells: cells.with(index, most * (cells[index] as number)) };
      const rest = (times[index] as number) - most;
      yield rest === 0 ? large : withNext(large, index, cells[index] as number, rest);
    }
    const isNext = plays[index + 1] === Play.ask && gapsUs[index + 1] === 0;
    const sum = isNext ? sumOf(index) + sumOf(index + 1) : cellsMax + 1;
    if (sum <= cellsMax) yield without({ ...one, cells: cells.with(index, sum) }, index + 1, 1, false);
  }
}

/** One more play right after the one at `index`. */
function withNext(history: History, index: number, cells: number, times: number): History {
  const at = index + 1;
  return {
    startUs: history.startUs,
    plays: history.plays.toSpliced(at, 0, Play.ask),
    gapsUs: history.gapsUs.toSpliced(at, 0, 0),
    cells: history.cells.toSpliced(at, 0, cells),
    times: history.times.toSpliced(at, 0, times),
  };
}

function without(history: History, from: number, size: number, keepsTime: boolean): History {
  const keep = <T>(list: readonly T[]): T[] => [...list.slice(0, from), ...list.slice(from + size)];
  const gapsUs = keep(history.gapsUs);
  if (keepsTime && from < gapsUs.length) gapsUs[from] = (gapsUs[from] as number) + (history.gapsUs[from] as number);
  return {
    startUs: history.startUs,
    plays: keep(history.plays),
    gapsUs,
    cells: keep(history.cells),
    times: keep(history.times),
  };
}

function* smallerNumbers(value: number, least: number): Generator<number> {
  if (value <= least) return;
  yield least;
  for (let step = Math.floor((value - least) / 2); step >= 1; step = Math.floor(step / 2)) yield value - step;
}

/** No wait, then the gaps of the shape that are shorter, then by halves in whole grains. */
function* smallerGaps(gapUs: number, shape: HistoryShape): Generator<number> {
  if (gapUs === 0) return;
  const sign = Math.sign(gapUs);
  const size = Math.abs(gapUs);
  yield 0;
  for (const known of shape.gapsUs) if (known > 0 && known < size) yield sign * known;
  const grains = Math.floor(size / shape.grainUs);
  for (const count of smallerNumbers(grains, 1)) yield sign * count * shape.grainUs;
}

function pick<T>(random: fc.Random, list: readonly T[]): T {
  return list[random.nextInt(0, list.length - 1)] as T;
}
