import { FloodproofError } from '../../errors.js';
import { type BehaviourName, behaviourTable, paramsOf } from '../../scenario/behaviours.js';
import { type ActorPlan, type Plan, requestClasses } from '../../scenario/plan.js';
import type { Identity } from '../actor.js';
import { createRandom, deriveSeed } from '../random.js';
import { NO_INDEX, type RegisteredAccount, type World } from '../world.js';
import { addressOffsets, demandAddresses, sourceAddress } from './addresses.js';
import { Crowd } from './crowd.js';
import { hitCount, hitPositions, SeededLeakedList } from './leaked-list.js';
import { keyNumberOf, NameKind, whoseName } from './names.js';
import { identityOffsets } from './offsets.js';

/** Names that an actor logs in with who has neither accounts nor a list: enough that none repeats soon. */
const MADE_UP_NAMES = 1_000_000;

/** Which behaviours act under accounts of their own; the target knows these before the run. */
const ownsAccount: Readonly<Record<BehaviourName, boolean>> = {
  'retail-trader': true,
  'market-maker': true,
  login: true,
  'credential-stuffing': false,
  'order-flood': true,
  replay: false,
  'forwarded-rotation': false,
  'retail-ui': true,
  'retail-bot': true,
  'history-scan': true,
  reconnect: true,
  recorded: true,
  'password-spraying': false,
  'account-lockout': false,
  'name-probing': false,
  'key-enumeration': false,
  'signature-forgery': true,
  'clock-skew': true,
  'batch-flood': true,
  'place-cancel': true,
  layering: true,
  'cancel-storm': true,
  'heavy-requests': true,
  scrape: false,
  'unique-callers': false,
  'identity-rotation': true,
  'limit-search': true,
  'phase-probing': true,
  overrun: true,
  'nonce-exhaustion': false,
};

/** In runs of up to so many people everybody is kept who was asked for. A power of two. */
const KEPT_WHOLE = 2 ** 17;
/**
 * Of a larger crowd so many are at hand, and the others are made again: more would outlive the collector's first sweeps and
 * cost more than they save. A power of two.
 */
const KEPT_OF_MANY = 2 ** 12;

/**
 * Everybody who takes part in a run. The same plan and seed give the same world in every process, and an actor's people
 * do not change when another actor is added behind it.
 *
 * @throws {FloodproofError} FP_USAGE when there are more identities, accounts or names than addresses and indexes.
 */
export function buildWorld(plan: Plan, seed: number): World {
  demandAddresses(addressOffsets(plan).at(-1) ?? 0);
  return new SeededWorld(plan, seed);
}

class SeededWorld implements World {
  readonly identityCount: number;
  readonly ipCount: number;
  readonly accountCount: number;
  readonly keyCount: number;
  readonly #crowds: readonly Crowd[];
  readonly #owners: readonly Crowd[];
  readonly #holders: readonly Crowd[];
  /** By actor. */
  readonly #lists: ReadonlyMap<number, SeededLeakedList>;
  readonly #kept: (Identity | undefined)[];

  constructor(plan: Plan, seed: number) {
    const { crowds, accounts, keys } = makeCrowds(plan, seed);
    this.#crowds = crowds;
    this.#owners = crowds.filter(({ place }) => place.firstAccount !== null);
    this.#holders = crowds.filter(({ place }) => place.firstKey !== null);
    this.#lists = leakedLists(plan, seed, accounts);
    this.identityCount = identityOffsets(plan).at(-1) ?? 0;
    this.ipCount = addressOffsets(plan).at(-1) ?? 0;
    this.keyCount = keys;
    this.accountCount = accounts + sum([...this.#lists.values()].map(({ openedCount }) => openedCount));
    this.#kept = new Array(keptOf(this.identityCount)).fill(undefined);
  }

  identity(index: number): Identity {
    const place = index & (this.#kept.length - 1);
    const kept = this.#kept[place];
    if (kept !== undefined && kept.index === index) return kept;
    const crowd = this.#crowds.find((one) => index < one.place.firstIdentity + one.population);
    const number = crowd === undefined ? Number.NaN : index - crowd.place.firstIdentity;
    if (crowd === undefined || !Number.isInteger(number) || number < 0)
      throw new RangeError(`no identity has the index ${index}`);
    const made = crowd.identity(number);
    this.#kept[place] = made;
    return made;
  }

  ipName(index: number): string {
    if (index >= 0 && index < this.ipCount) return sourceAddress(index);
    throw new RangeError(`no address has the index ${index}`);
  }

  keyName(index: number): string {
    const holder = this.#holder(index);
    if (holder === null) throw new RangeError(`no key has the index ${index}`);
    return holder.keyId;
  }

  holderOf(keyId: string): Identity | null {
    const number = keyNumberOf(keyId);
    const holder = number === null ? null : this.#holder(number);
    return holder?.keyId === keyId ? holder : null;
  }

  passwordOf(account: string): string | null {
    const whose = whoseName(account);
    if (whose === null) return null;
    if (whose.kind === NameKind.leaked) {
      const list = this.#lists.get(whose.actor);
      const opened = list !== undefined && whose.number < list.openedCount ? list.opened(whose.number) : null;
      return opened?.username === account ? opened.password : null;
    }
    const crowd = whose.kind === NameKind.own ? this.#crowds[whose.actor] : undefined;
    if (crowd === undefined || whose.number >= crowd.population) return null;
    const owner = this.identity(crowd.place.firstIdentity + whose.number);
    return owner.account === account ? owner.password : null;
  }

  #holder(keyIndex: number): Identity | null {
    for (const crowd of this.#holders) {
      const number = keyIndex - (crowd.place.firstKey ?? 0);
      if (number >= 0 && number < crowd.population) return this.identity(crowd.place.firstIdentity + number);
    }
    return null;
  }

  accountName(index: number): string {
    for (const crowd of this.#owners) {
      const number = index - (crowd.place.firstAccount ?? 0);
      if (number >= 0 && number < crowd.population) return crowd.account(number);
    }
    for (const list of this.#lists.values()) {
      const name = list.nameOf(index);
      if (name !== null) return name;
    }
    throw new RangeError(`no account has the index ${index}`);
  }

  leakedList(actor: number): SeededLeakedList | null {
    return this.#lists.get(actor) ?? null;
  }

  get registered(): Iterable<RegisteredAccount> {
    return { [Symbol.iterator]: () => this.#register() };
  }

  *#register(): Generator<RegisteredAccount, undefined> {
    for (const crowd of this.#owners) {
      for (let number = 0; number < crowd.ownerCount; number += 1) yield crowd.registered(number);
    }
    for (const list of this.#lists.values()) {
      for (let number = 0; number < list.openedCount; number += 1) {
        const { username, password } = list.opened(number);
        yield { account: username, password, keyId: '', secret: '' };
      }
    }
  }
}

/** A power of two, in which everybody has a place of his own unless there are many. */
function keptOf(people: number): number {
  return people > KEPT_WHOLE ? KEPT_OF_MANY : 2 ** (32 - Math.clz32(people));
}

interface Crowds {
  readonly crowds: readonly Crowd[];
  readonly accounts: number;
  readonly keys: number;
}

function makeCrowds(plan: Plan, seed: number): Crowds {
  const crowds: Crowd[] = [];
  let accounts = 0;
  let keys = 0;
  for (const [actor, row] of plan.actors.entries()) {
    const behaviour = behaviourOf(row);
    const hasAccounts = ownsAccount[behaviour];
    const hasKeys = hasAccounts && signsAnything(plan, behaviour);
    const place = {
      actor,
      firstIdentity: identityOffsets(plan)[actor] ?? 0,
      firstAddress: addressOffsets(plan)[actor] ?? 0,
      firstAccount: hasAccounts ? accounts : null,
      firstKey: hasKeys ? keys : null,
      sharedAccounts: behaviour === 'retail-bot' ? paramsOf(row, 'retail-bot').sharedKeys : 0,
    };
    crowds.push(new Crowd(row, place, seed));
    if (hasAccounts) accounts += row.population;
    if (hasKeys) keys += row.population;
  }
  return { crowds, accounts, keys };
}

/**
 * Leaked lists by actor. The accounts that they open follow those of the identities, the unknown names follow both.
 *
 * @param owned - Accounts of the identities.
 */
function leakedLists(plan: Plan, seed: number, owned: number): ReadonlyMap<number, SeededLeakedList> {
  const shapes = plan.actors.flatMap((row, actor) => {
    const shape = listShape(row);
    return shape === null ? [] : [{ ...shape, actor, seed: deriveSeed(seed, 'leaked', row.name) }];
  });
  const lists = new Map<number, SeededLeakedList>();
  let openedFrom = owned;
  let unknownFrom = owned + sum(shapes.map(({ hits }) => hits));
  for (const shape of shapes) {
    const hits = hitPositions(shape.size, shape.hits, createRandom(deriveSeed(shape.seed, 'positions')));
    lists.set(shape.actor, new SeededLeakedList({ ...shape, hits, openedFrom, unknownFrom }));
    openedFrom += shape.hits;
    unknownFrom += shape.size;
  }
  if (unknownFrom >= NO_INDEX) {
    throw new FloodproofError(
      'FP_USAGE',
      `the run knows ${unknownFrom} account names; at most ${NO_INDEX} have a number`,
      { hint: 'lower the combos of the credential-stuffing actors' },
    );
  }
  return lists;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function listShape(actor: ActorPlan): { readonly size: number; readonly hits: number } | null {
  switch (behaviourOf(actor)) {
    case 'credential-stuffing': {
      const { combos, hitRate } = paramsOf(actor, 'credential-stuffing');
      return { size: combos, hits: hitCount(combos, hitRate) };
    }
    case 'forwarded-rotation':
    case 'name-probing':
      return { size: MADE_UP_NAMES, hits: 0 };
    case 'unique-callers':
      // Each has a name of his own.
      return { size: Math.max(MADE_UP_NAMES, actor.population), hits: 0 };
    default:
      return null;
  }
}

function signsAnything(plan: Plan, behaviour: BehaviourName): boolean {
  const signed = plan.policy.auth?.signed;
  return signed !== undefined && behaviourTable[behaviour].classes.some((name) => signed[requestClasses.indexOf(name)]);
}

/** @throws when the plan names a behaviour that does not exist: plans are checked when they are built. */
function behaviourOf(actor: ActorPlan): BehaviourName {
  const name = actor.behaviour;
  if (Object.hasOwn(behaviourTable, name)) return name as BehaviourName;
  throw new Error(`actor ${actor.name} has an unknown behaviour: ${name}`);
}
