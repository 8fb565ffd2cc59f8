import { FloodproofError } from '../../errors.js';
import { type BehaviourName, behaviourTable, paramsOf } from '../../scenario/behaviours.js';
import { type ActorPlan, type Plan, requestClasses } from '../../scenario/plan.js';
import type { Identity } from '../actor.js';
import { createRandom, deriveSeed } from '../random.js';
import { SeededFaker } from '../seeded-faker.js';
import { type LeakedPair, NO_INDEX, type RegisteredAccount, type World } from '../world.js';
import { demandAddresses, sourceAddress } from './addresses.js';
import { hitCount, hitPositions, SeededLeakedList } from './leaked-list.js';
import { keyText, NameKind, password, userName } from './names.js';
import { identityOffsets } from './offsets.js';

/** Devices that the identities of one actor share. */
const DEVICES_PER_ACTOR = 64;
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
};

/**
 * Everybody who takes part in a run. The same plan and seed give the same world in every process, and an actor's people
 * do not change when another actor is added behind it.
 *
 * @throws {FloodproofError} FP_USAGE when there are more identities, accounts or names than addresses and indexes.
 */
export function buildWorld(plan: Plan, seed: number): World {
  const identityCount = identityOffsets(plan).at(-1) ?? 0;
  demandAddresses(identityCount);
  const draft: Draft = { identities: [], ips: [], accounts: [], keys: [], registered: [] };
  for (const [index, actor] of plan.actors.entries()) addIdentities(draft, plan, index, actor, seed);
  const lists = leakedLists(draft, plan, seed);
  return {
    ...draft,
    identityCount: draft.identities.length,
    identity: (index) => draft.identities[index] as Identity,
    leakedList: (actor) => lists.get(actor) ?? null,
    accountName: (index) => {
      const known = draft.accounts[index];
      if (known !== undefined) return known;
      for (const list of lists.values()) {
        const name = list.unknownName(index);
        if (name !== null) return name;
      }
      throw new RangeError(`no account has the index ${index}`);
    },
  };
}

interface Draft {
  readonly identities: Identity[];
  readonly ips: string[];
  readonly accounts: string[];
  readonly keys: string[];
  readonly registered: RegisteredAccount[];
}

function addIdentities(draft: Draft, plan: Plan, actorIndex: number, actor: ActorPlan, seed: number): void {
  const random = createRandom(deriveSeed(seed, 'identities', actor.name));
  const faker = new SeededFaker(random).from(random);
  const devices = Array.from({ length: DEVICES_PER_ACTOR }, () => faker.internet.userAgent());
  const behaviour = behaviourOf(actor);
  const hasAccount = ownsAccount[behaviour];
  const hasKey = hasAccount && signsAnything(plan, behaviour);
  for (let number = 0; number < actor.population; number++) {
    const index = draft.identities.length;
    const account = hasAccount ? userName(faker, { actor: actorIndex, kind: NameKind.own, number }) : '';
    const identity: Identity = {
      index,
      actor: actorIndex,
      ip: sourceAddress(index),
      ipIndex: index,
      account,
      accountIndex: hasAccount ? draft.accounts.length : NO_INDEX,
      password: hasAccount ? password(faker) : '',
      keyId: hasKey ? keyText(random) : '',
      keyIndex: hasKey ? draft.keys.length : NO_INDEX,
      secret: hasKey ? keyText(random) : '',
      device: devices[random.below(devices.length)] ?? '',
    };
    draft.identities.push(identity);
    draft.ips.push(identity.ip);
    if (hasKey) draft.keys.push(identity.keyId);
    if (!hasAccount) continue;
    draft.accounts.push(account);
    draft.registered.push({ account, password: identity.password, keyId: identity.keyId, secret: identity.secret });
  }
}

/** Leaked lists by actor. The accounts that they open follow those of the identities, the unknown names follow both. */
function leakedLists(draft: Draft, plan: Plan, seed: number): ReadonlyMap<number, SeededLeakedList> {
  const drafts = plan.actors.flatMap((actor, index) => {
    const shape = listShape(actor);
    if (shape === null) return [];
    const listSeed = deriveSeed(seed, 'leaked', actor.name);
    return [{ ...shape, actor: index, seed: listSeed, opened: addOpened(draft, index, shape.hits, listSeed) }];
  });
  const lists = new Map<number, SeededLeakedList>();
  let unknownFrom = draft.accounts.length;
  for (const list of drafts) {
    const hits = hitPositions(list.size, list.hits, createRandom(deriveSeed(list.seed, 'positions')));
    lists.set(list.actor, new SeededLeakedList({ ...list, hits, unknownFrom }));
    unknownFrom += list.size;
  }
  if (unknownFrom >= NO_INDEX) {
    throw new FloodproofError(
      'FP_USAGE',
      `the run knows ${unknownFrom} account names; at most ${NO_INDEX} have a number`,
      {
        hint: 'lower the combos of the credential-stuffing actors',
      },
    );
  }
  return lists;
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

/** Registers the accounts that a list opens. Nobody else uses them. */
function addOpened(draft: Draft, actor: number, hits: number, listSeed: number): readonly LeakedPair[] {
  const random = createRandom(deriveSeed(listSeed, 'opened'));
  const faker = new SeededFaker(random).from(random);
  return Array.from({ length: hits }, (_, number) => {
    const username = userName(faker, { actor, kind: NameKind.leaked, number });
    const pair: LeakedPair = { accountIndex: draft.accounts.length, username, password: password(faker) };
    draft.accounts.push(username);
    draft.registered.push({ account: username, password: pair.password, keyId: '', secret: '' });
    return pair;
  });
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
