import { FloodproofError } from '../../errors.js';
import type { Random } from '../actor.js';
import { createRandom, deriveSeed } from '../random.js';
import { SeededFaker } from '../seeded-faker.js';
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

/**
 * A list that keeps the accounts it opens and works out everybody else.
 * Names that do not open anything exist nowhere at the target.
 */
export class SeededLeakedList implements LeakedList {
  readonly size: number;
  readonly #actor: number;
  readonly #seed: number;
  readonly #hits: ReadonlyMap<number, number>;
  readonly #opened: readonly LeakedPair[];
  readonly #unknownFrom: number;
  readonly #faker: SeededFaker;

  /**
   * @param list.opened - The pairs that log in, by the numbers of `hits`.
   * @param list.unknownFrom - Account index of the name at position 0; positions that hit leave theirs unused.
   */
  constructor(list: {
    readonly size: number;
    readonly actor: number;
    readonly seed: number;
    readonly hits: ReadonlyMap<number, number>;
    readonly opened: readonly LeakedPair[];
    readonly unknownFrom: number;
  }) {
    this.size = list.size;
    this.#actor = list.actor;
    this.#seed = list.seed;
    this.#hits = list.hits;
    this.#opened = list.opened;
    this.#unknownFrom = list.unknownFrom;
    this.#faker = new SeededFaker(createRandom(list.seed));
  }

  pair(position: number): LeakedPair {
    const hit = this.#hits.get(position);
    const opened = hit === undefined ? undefined : this.#opened[hit];
    if (opened !== undefined) return opened;
    const faker = this.#faker.from(createRandom(deriveSeed(this.#seed, position)));
    return {
      accountIndex: this.#unknownFrom + position,
      username: userName(faker, { actor: this.#actor, kind: NameKind.unknown, number: position }),
      password: password(faker),
    };
  }

  /** The name of an account index of this list, or null when the index is not one of its unknown names. */
  unknownName(accountIndex: number): string | null {
    const position = accountIndex - this.#unknownFrom;
    return position >= 0 && position < this.size && !this.#hits.has(position) ? this.pair(position).username : null;
  }
}
