import { FloodproofError } from '../../errors.js';
import type { Random } from '../actor.js';
import { createRandom, deriveSeed } from '../random.js';
import type { LeakedList, LeakedPair } from '../world.js';
import { NameKind, password, userName } from './names.js';

/** Accounts that one list may open at most: each has to be registered at the target before the run. */
const HITS_MAX = 1_000_000;

/** How many pairs of the list really log in. @throws {FloodproofError} FP_USAGE when they are too many to register. */
export function hitCount(size: number, hitRate: number): number {
  const hits = Math.round(size * hitRate);
  if (hits <= HITS_MAX) return hits;
  throw new FloodproofError('FP_USAGE', `a leaked list opens ${hits} accounts; at most ${HITS_MAX} can be registered`, {
    hint: 'lower hitRate or combos',
  });
}

/** The positions of a list that hit, each with the number of the account that it opens. Spread uniformly by the seed. */
export function hitPositions(size: number, hits: number, random: Random): ReadonlyMap<number, number> {
  // Floyd's sampling: as many draws as hits, and no position twice.
  const positions = new Map<number, number>();
  for (let last = size - hits; last < size; last++) {
    const drawn = random.below(last + 1);
    positions.set(positions.has(drawn) ? last : drawn, positions.size);
  }
  return positions;
}

/** A list that works out every line when it is asked for. Names that do not open anything exist nowhere at the target. */
export class SeededLeakedList implements LeakedList {
  readonly size: number;
  /** Accounts that it opens. */
  readonly openedCount: number;
  readonly #actor: number;
  readonly #seed: number;
  readonly #hits: ReadonlyMap<number, number>;
  readonly #openedFrom: number;
  readonly #unknownFrom: number;

  /**
   * @param list.hits - The positions that log in, each with the number of the account that it opens.
   * @param list.openedFrom - Account index of the first that it opens.
   * @param list.unknownFrom - Account index of the name at position 0; positions that hit leave theirs unused.
   */
  constructor(list: {
    readonly size: number;
    readonly actor: number;
    readonly seed: number;
    readonly hits: ReadonlyMap<number, number>;
    readonly openedFrom: number;
    readonly unknownFrom: number;
  }) {
    this.size = list.size;
    this.openedCount = list.hits.size;
    this.#actor = list.actor;
    this.#seed = list.seed;
    this.#hits = list.hits;
    this.#openedFrom = list.openedFrom;
    this.#unknownFrom = list.unknownFrom;
  }

  pair(position: number): LeakedPair {
    const hit = this.#hits.get(position);
    return hit === undefined ? this.#line(NameKind.unknown, position, this.#unknownFrom + position) : this.opened(hit);
  }

  /** A pair that logs in. @param number - 0 to `openedCount` - 1. */
  opened(number: number): LeakedPair {
    return this.#line(NameKind.leaked, number, this.#openedFrom + number);
  }

  /** The name of an account index of this list, or null when the index is not one of its own. */
  nameOf(accountIndex: number): string | null {
    const number = accountIndex - this.#openedFrom;
    if (number >= 0 && number < this.openedCount) return this.opened(number).username;
    const position = accountIndex - this.#unknownFrom;
    return position >= 0 && position < this.size && !this.#hits.has(position) ? this.pair(position).username : null;
  }

  #line(kind: NameKind, number: number, accountIndex: number): LeakedPair {
    const random = createRandom(deriveSeed(this.#seed, kind, number));
    const username = userName(random, { actor: this.#actor, kind, number });
    return { accountIndex, username, password: password(random) };
  }
}
