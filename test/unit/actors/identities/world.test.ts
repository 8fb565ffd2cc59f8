import { describe, expect, it } from 'vitest';
import { addressCountMax, demandAddresses, sourceAddress } from '../../../../harness/actors/identities/addresses.js';
import { hitPositions } from '../../../../harness/actors/identities/leaked-list.js';
import { secretText } from '../../../../harness/actors/identities/names.js';
import { buildWorld } from '../../../../harness/actors/identities/world.js';
import { createRandom } from '../../../../harness/actors/random.js';
import { everybody, NO_INDEX, type World } from '../../../../harness/actors/world.js';
import { NONE } from '../../../../harness/judge/observation.js';
import { exampleActor, examplePlan } from '../example-plan.js';

const actors = [
  exampleActor('retail-trader', { name: 'customers', population: 300 }),
  exampleActor('market-maker', { name: 'makers', population: 5 }),
  exampleActor('login', { name: 'logins', population: 40 }),
  exampleActor('credential-stuffing', {
    name: 'stuffers',
    population: 20,
    params: { ips: 20, combos: 5_000, hitRate: 0.002 },
  }),
  exampleActor('order-flood', { name: 'flood' }),
  exampleActor('replay', { name: 'replayers', population: 3 }),
  exampleActor('forwarded-rotation', { name: 'rotators' }),
];
const plan = examplePlan(actors);
const world = buildWorld(plan, 1);

const identities = [...everybody(world)];
const registeredOnes = [...world.registered];
const keyIds = names(world.keyCount, world.keyName.bind(world));

function names(count: number, nameOf: (index: number) => string): readonly string[] {
  return Array.from({ length: count }, (_, index) => nameOf(index));
}

function people(of: World, actor: number) {
  return [...everybody(of)].filter((identity) => identity.actor === actor);
}

describe('buildWorld', () => {
  it('numbers identities actor by actor, as many as the plan says', () => {
    expect(identities.map(({ index }) => index)).toEqual(identities.map((_, i) => i));
    expect(actors.map((_, actor) => people(world, actor).length)).toEqual([300, 5, 40, 20, 1, 3, 1]);
  });

  it('gives each identity an address of its own that the index names', () => {
    expect(new Set(names(world.ipCount, world.ipName.bind(world))).size).toBe(370);
    for (const identity of identities) expect(world.ipName(identity.ipIndex)).toBe(identity.ip);
  });

  it('gives no name, key or secret twice', () => {
    const accounts = registeredOnes.map(({ account }) => account);
    expect(new Set(accounts).size).toBe(world.accountCount);
    expect(accounts).toHaveLength(world.accountCount);
    const keys = registeredOnes.filter(({ keyId }) => keyId !== '');
    expect(new Set([...keyIds, ...keys.map(({ secret }) => secret)]).size).toBe(2 * keyIds.length);
    for (const text of [...keyIds, ...keys.map(({ secret }) => secret)]) {
      expect(text).toMatch(/^[A-Za-z0-9_-]{64}$/);
    }
  });

  it('registers everybody who acts under an account, with exactly what the identity holds', () => {
    const owners = identities.filter(({ account }) => account !== '');
    expect(new Set(owners.map(({ actor }) => actor))).toEqual(new Set([0, 1, 2, 4]));
    for (const { accountIndex, account, password, keyId, secret } of owners) {
      expect(registeredOnes[accountIndex]).toEqual({ account, password, keyId, secret });
      expect(world.accountName(accountIndex)).toBe(account);
    }
  });

  it('gives a key to those who sign, and the index names it', () => {
    const holders = identities.filter(({ keyId }) => keyId !== '');
    expect(new Set(holders.map(({ actor }) => actor))).toEqual(new Set([0, 1, 4]));
    for (const { keyIndex, keyId } of holders) expect(world.keyName(keyIndex)).toBe(keyId);
  });

  it('gives no key to anybody under a policy without authentication', () => {
    const open = buildWorld({ ...plan, policy: { ...plan.policy, auth: null } }, 1);
    expect(open.keyCount).toBe(0);
    expect([...everybody(open)].every(({ keyId, keyIndex }) => keyId === '' && keyIndex === NO_INDEX)).toBe(true);
    expect([...open.registered]).toHaveLength(registeredOnes.length);
  });

  it('marks what an identity does not have as the record does', () => {
    expect(NO_INDEX).toBe(NONE);
    for (const identity of [...people(world, 3), ...people(world, 5), ...people(world, 6)]) {
      expect(identity).toMatchObject({
        account: '',
        accountIndex: NO_INDEX,
        keyId: '',
        keyIndex: NO_INDEX,
        secret: '',
      });
    }
  });

  it('gives everybody a device whose name is a legal header value', () => {
    for (const { device } of identities) expect(device).toMatch(/^[\x20-\x7e]+$/);
  });

  it('is the same for the same plan and seed, and another for another seed', () => {
    const again = buildWorld(plan, 1);
    expect([...everybody(again)]).toEqual(identities);
    expect([...again.registered]).toEqual(registeredOnes);
    const other = buildWorld(plan, 2);
    expect(names(other.ipCount, other.ipName.bind(other))).toEqual(names(world.ipCount, world.ipName.bind(world)));
    expect(names(other.keyCount, other.keyName.bind(other)).some((key) => keyIds.includes(key))).toBe(false);
  });

  it('keeps everybody as they are when an actor is added behind, or a population grows at its end', () => {
    const fewer = buildWorld(examplePlan(actors.slice(0, 2)), 1);
    expect([...everybody(fewer)]).toEqual(identities.slice(0, 305));
    const grown = buildWorld(examplePlan([exampleActor('retail-trader', { name: 'customers', population: 400 })]), 1);
    expect([...everybody(grown)].slice(0, 300)).toEqual(identities.slice(0, 300));
  });

  it('makes a hundred thousand identities that differ in all that must differ', () => {
    const many = buildWorld(examplePlan([exampleActor('retail-trader', { population: 100_000 })]), 3);
    const all = [...everybody(many)];
    expect(new Set(all.map(({ ip }) => ip)).size).toBe(100_000);
    expect(new Set(all.map(({ account }) => account)).size).toBe(100_000);
    expect(new Set(all.map(({ keyId }) => keyId)).size).toBe(100_000);
  });

  it('makes the same person again when millions of others were made meanwhile', () => {
    const crowd = buildWorld(examplePlan([exampleActor('retail-trader', { population: 3_000_000 })]), 3);
    const first = crowd.identity(7);
    for (let index = 0; index < 300_000; index++) crowd.identity(index);
    expect(crowd.identity(7)).toEqual(first);
    expect(crowd.identity(2_999_999).index).toBe(2_999_999);
  });

  it('finds whose a key is, and nobody for a key that was not given out', () => {
    for (const identity of identities) {
      if (identity.keyId !== '') expect(world.holderOf(identity.keyId)).toEqual(identity);
    }
    const [known = ''] = keyIds;
    const others = ['', 'A', 'AAAAA', known.slice(0, 63), `${known}A`, `${known.slice(0, 63)}%`, '%'.repeat(64)];
    for (const keyId of [...others, known.slice(0, 5), secretText(createRandom(3))])
      expect(world.holderOf(keyId)).toBeNull();
    for (const swapped of keyIds.slice(0, 50)) {
      const changed = swapped.slice(0, 63) + (swapped.endsWith('A') ? 'B' : 'A');
      expect(world.holderOf(changed)).toBeNull();
    }
  });

  it('knows the password of every account that is registered, and none of others', () => {
    for (const { account, password } of registeredOnes) expect(world.passwordOf(account)).toBe(password);
    const list = world.leakedList(3);
    for (let position = 0; position < 200; position += 1) {
      const { username, password } = list?.pair(position) ?? { username: '', password: '' };
      const isKnown = registeredOnes.some(({ account }) => account === username);
      expect(world.passwordOf(username)).toBe(isKnown ? password : null);
    }
    const [{ account = '' } = {}] = registeredOnes;
    for (const name of [
      '',
      'x',
      `x${account}`,
      `${account}0`,
      'a-99a0',
      'a-0a999999',
      'a-3v9999',
      'a-1v0',
      'a-5a0',
      'a-0m0',
    ]) {
      expect(world.passwordOf(name)).toBeNull();
    }
  });

  it('knows passwords of sub-accounts by their whole name alone', () => {
    const subs = buildWorld(examplePlan([exampleActor('retail-trader', { population: 7, masters: 3 })]), 1);
    for (const { account, password } of everybody(subs)) {
      expect(subs.passwordOf(account)).toBe(password);
      expect(subs.passwordOf(account.split('/')[1] ?? '')).toBeNull();
    }
  });

  it('knows nobody beyond the last', () => {
    for (const index of [-1, world.identityCount, 0.5, Number.NaN]) {
      expect(() => world.identity(index)).toThrow(RangeError);
    }
    for (const index of [-1, 4_000_000_000]) {
      expect(() => world.ipName(index)).toThrow(RangeError);
      expect(() => world.keyName(index)).toThrow(RangeError);
      expect(() => world.accountName(index)).toThrow(RangeError);
    }
  });

  it('lets so many identities share an address, and no two actors', () => {
    const office = buildWorld(
      examplePlan([
        exampleActor('retail-trader', { population: 7, identitiesPerAddress: 3 }),
        exampleActor('login', { name: 'logins', population: 2 }),
      ]),
      1,
    );
    const all = [...everybody(office)];
    expect(all.map(({ ipIndex }) => ipIndex)).toEqual([0, 0, 0, 1, 1, 1, 2, 3, 4]);
    expect(office.ipCount).toBe(5);
    for (const { ip, ipIndex } of all) expect(ip).toBe(office.ipName(ipIndex));
  });

  it('deals sub-accounts to masters in turn', () => {
    const subs = buildWorld(examplePlan([exampleActor('retail-trader', { population: 7, masters: 3 })]), 1);
    const accounts = [...everybody(subs)].map(({ account }) => account.split('/'));
    const masters = accounts.map(([master]) => master);
    expect(accounts.every((parts) => parts.length === 2)).toBe(true);
    expect(new Set(masters).size).toBe(3);
    expect(masters).toEqual(masters.map((_, number) => masters[number % 3]));
    expect(new Set(accounts.map(([, sub]) => sub)).size).toBe(7);
  });

  it('refuses more identities than there are source addresses, before it makes one', () => {
    expect(() => demandAddresses(addressCountMax)).not.toThrow();
    const crowd = exampleActor('login', { population: addressCountMax });
    const crowded = examplePlan([crowd, exampleActor('login', { name: 'one-more' })]);
    expect(() => buildWorld(crowded, 1)).toThrow(
      expect.objectContaining({ code: 'FP_USAGE', message: expect.stringContaining('16581121') }),
    );
  });

  it('refuses a leaked list that opens more accounts than can be registered', () => {
    const huge = exampleActor('credential-stuffing', { params: { combos: 100_000_000, hitRate: 0.5 } });
    expect(() => buildWorld(examplePlan([huge]), 1)).toThrow(expect.objectContaining({ code: 'FP_USAGE' }));
  });

  it('refuses more names than can be numbered', () => {
    const lists = Array.from({ length: 43 }, (_, i) =>
      exampleActor('credential-stuffing', { name: `stuffers-${i}`, params: { combos: 100_000_000, hitRate: 0 } }),
    );
    expect(() => buildWorld(examplePlan(lists), 1)).toThrow(expect.objectContaining({ code: 'FP_USAGE' }));
  });
});

describe('source addresses', () => {
  it.each([
    { index: 0, ip: '127.1.0.1', because: 'the first; 127.0.x.x is left to others' },
    { index: 253, ip: '127.1.0.254', because: 'the last of a network' },
    { index: 254, ip: '127.1.1.1', because: '.255 and .0 are left out' },
    { index: 254 * 256, ip: '127.2.0.1', because: 'the third octet is full' },
    { index: addressCountMax - 1, ip: '127.255.255.254', because: 'the last of all' },
  ])('give identity $index $ip: $because', ({ index, ip }) => {
    expect(sourceAddress(index)).toBe(ip);
  });
});

describe('a leaked list', () => {
  const list = world.leakedList(3);
  const pairs = Array.from({ length: list?.size ?? 0 }, (_, position) => list?.pair(position));
  const registered = new Map(registeredOnes.map((account) => [account.account, account.password]));
  const hits = pairs.filter((pair) => pair !== undefined && registered.get(pair.username) === pair.password);

  it('opens as many accounts as its hit rate says, each of them once and none of a customer', () => {
    expect(pairs).toHaveLength(5_000);
    expect(new Set(hits.map((pair) => pair?.username)).size).toBe(10);
    const customers = new Set(identities.map(({ account }) => account));
    expect(hits.some((pair) => customers.has(pair?.username ?? ''))).toBe(false);
  });

  it('is otherwise made of names that nobody has registered, all different', () => {
    const misses = pairs.filter((pair) => !hits.includes(pair));
    expect(misses.some((pair) => registered.has(pair?.username ?? ''))).toBe(false);
    expect(new Set(misses.map((pair) => pair?.username)).size).toBe(4_990);
  });

  it('numbers its names apart from everybody else, and accountName spells them', () => {
    const indexes = new Set(pairs.map((pair) => pair?.accountIndex));
    expect(indexes.size).toBe(5_000);
    for (const pair of pairs.slice(0, 600)) expect(world.accountName(pair?.accountIndex ?? -1)).toBe(pair?.username);
    for (const hit of hits) expect(world.accountName(hit?.accountIndex ?? -1)).toBe(hit?.username);
    const known = identities.map(({ accountIndex }) => accountIndex);
    expect(known.some((index) => indexes.has(index))).toBe(false);
  });

  it('gives the same pair whenever it is asked, in any order', () => {
    expect(list?.pair(4_321)).toEqual(pairs[4_321]);
    expect(list?.pair(0)).toEqual(pairs[0]);
  });

  it('has numbers of its own beside the list of another actor', () => {
    const twins = ['one', 'two'].map((name) =>
      exampleActor('credential-stuffing', { name, params: { combos: 100, hitRate: 0.05 } }),
    );
    const two = buildWorld(examplePlan(twins), 1);
    const all = [0, 1].flatMap((actor) =>
      Array.from({ length: 100 }, (_, position) => two.leakedList(actor)?.pair(position)),
    );
    expect(new Set(all.map((pair) => pair?.accountIndex)).size).toBe(200);
    expect(new Set(all.map((pair) => pair?.username)).size).toBe(200);
    for (const pair of all) expect(two.accountName(pair?.accountIndex ?? -1)).toBe(pair?.username);
  });

  it('is there for an actor that needs one, and for nobody else', () => {
    expect(actors.map((_, actor) => world.leakedList(actor) !== null)).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it('is no reason to name an account that does not exist', () => {
    expect(() => world.accountName(NO_INDEX)).toThrow(RangeError);
    expect(() => world.accountName(-1)).toThrow(RangeError);
  });
});

describe('the positions that hit', () => {
  it.each([
    { size: 10, hits: 0 },
    { size: 10, hits: 10 },
    { size: 1, hits: 1 },
    { size: 1_000, hits: 37 },
  ])('are $hits different ones below $size', ({ size, hits }) => {
    const positions = hitPositions(size, hits, createRandom(1));
    expect(positions.size).toBe(hits);
    expect([...positions.keys()].every((position) => position >= 0 && position < size)).toBe(true);
    expect([...positions.values()].sort((a, b) => a - b)).toEqual(Array.from({ length: hits }, (_, i) => i));
  });

  it('are spread over the whole list', () => {
    const positions = hitPositions(10_000, 1_000, createRandom(2));
    const firstHalf = [...positions.keys()].filter((position) => position < 5_000).length;
    expect(Math.abs(firstHalf - 500)).toBeLessThan(65);
  });
});
