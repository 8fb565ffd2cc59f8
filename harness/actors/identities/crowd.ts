import type { ActorPlan } from '../../scenario/plan.js';
import type { Identity, Random } from '../actor.js';
import { createRandom, deriveSeed } from '../random.js';
import { SeededFaker } from '../seeded-faker.js';
import { NO_INDEX, type RegisteredAccount } from '../world.js';
import { sourceAddress } from './addresses.js';
import { masterName } from './masters.js';
import { keyIdText, NameKind, password, secretText, userName } from './names.js';

/** Devices that the identities of one actor share. */
const DEVICES = 64;

/** Where an actor's people stand in the numbering of the run. */
export interface CrowdPlace {
  readonly actor: number;
  readonly firstIdentity: number;
  readonly firstAddress: number;
  /** null: they have no accounts. */
  readonly firstAccount: number | null;
  /** null: they have no keys. */
  readonly firstKey: number | null;
  /** So many of the accounts are used, by turns, by all of them; 0 = each uses its own. */
  readonly sharedAccounts: number;
}

/**
 * The people of one actor, each worked out from the seed and the person's number alone: what is asked for costs less than
 * a microsecond, and who is never asked for costs nothing.
 */
export class Crowd {
  readonly place: CrowdPlace;
  readonly population: number;
  readonly #perAddress: number;
  readonly #masters: number;
  readonly #seed: number;
  readonly #devices: readonly string[];

  constructor(plan: ActorPlan, place: CrowdPlace, seed: number) {
    this.place = place;
    this.population = plan.population;
    this.#perAddress = plan.identitiesPerAddress;
    this.#masters = plan.masters;
    this.#seed = deriveSeed(seed, 'identities', plan.name);
    const random = createRandom(deriveSeed(this.#seed, 'devices'));
    const { internet } = new SeededFaker(random).from(random);
    this.#devices = Array.from({ length: DEVICES }, () => internet.userAgent());
  }

  /** People who have an account that is used: the first of them where accounts are shared. */
  get ownerCount(): number {
    const { sharedAccounts } = this.place;
    return sharedAccounts === 0 ? this.population : Math.min(sharedAccounts, this.population);
  }

  /** @param number - 0 to population - 1. */
  identity(number: number): Identity {
    const own = this.#person(number);
    const owner = number % this.ownerCount;
    if (owner === number) return own;
    const { account, accountIndex, password: shared, keyId, keyIndex, secret } = this.#person(owner);
    return { ...own, account, accountIndex, password: shared, keyId, keyIndex, secret };
  }

  /** With an account of his own. */
  #person(number: number): Identity {
    const { actor, firstIdentity, firstAddress, firstAccount, firstKey } = this.place;
    const random = this.#random(number);
    const hasAccount = firstAccount !== null;
    const hasKey = firstKey !== null;
    const ipIndex = firstAddress + Math.floor(number / this.#perAddress);
    return {
      index: firstIdentity + number,
      actor,
      ip: sourceAddress(ipIndex),
      ipIndex,
      device: this.#devices[random.below(DEVICES)] as string,
      account: hasAccount ? this.#account(random, number) : '',
      accountIndex: hasAccount ? firstAccount + number : NO_INDEX,
      password: hasAccount ? password(random) : '',
      keyId: hasKey ? keyIdText(random, firstKey + number) : '',
      keyIndex: hasKey ? firstKey + number : NO_INDEX,
      secret: hasKey ? secretText(random) : '',
    };
  }

  /** Only of people who have an account. */
  registered(number: number): RegisteredAccount {
    const { account, password: own, keyId, secret } = this.identity(number);
    return { account, password: own, keyId, secret };
  }

  /** The same as `identity(number).account`, for less. */
  account(number: number): string {
    const random = this.#random(number);
    random.below(DEVICES);
    return this.#account(random, number);
  }

  #account(random: Random, number: number): string {
    const { actor } = this.place;
    const own = userName(random, { actor, kind: NameKind.own, number });
    return this.#masters === 0 ? own : `${masterName(this.#seed, actor, number % this.#masters)}/${own}`;
  }

  #random(number: number): Random {
    return createRandom(deriveSeed(this.#seed, number));
  }
}
