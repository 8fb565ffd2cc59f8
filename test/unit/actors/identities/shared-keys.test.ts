import { expect, it } from 'vitest';
import { buildWorld } from '../../../../harness/actors/identities/world.js';
import { exampleActor, examplePlan } from '../example-plan.js';

function worldOf(sharedKeys: number) {
  const bots = exampleActor('retail-bot', { population: 5, params: { sharedKeys } });
  return buildWorld(examplePlan([bots, exampleActor('retail-bot', { name: 'behind', population: 1 })]), 1);
}

it('a crowd that shares keys acts under its first accounts by turns, each from an address and a device of its own', () => {
  const world = worldOf(2);
  const people = Array.from({ length: 6 }, (_, index) => world.identity(index));
  const [first, second] = people;
  for (const [index, person] of people.slice(0, 5).entries()) {
    const owner = index % 2 === 0 ? first : second;
    const { account, accountIndex, keyId, keyIndex, secret, password } = person;
    expect({ account, accountIndex, keyId, keyIndex, secret, password }).toEqual({
      account: owner?.account,
      accountIndex: owner?.accountIndex,
      keyId: owner?.keyId,
      keyIndex: owner?.keyIndex,
      secret: owner?.secret,
      password: owner?.password,
    });
    expect(world.holderOf(keyId)).toBe(owner);
    expect(world.passwordOf(account)).toBe(password);
  }
  expect(new Set(people.map(({ ip }) => ip)).size).toBe(6);
  expect([...world.registered].map(({ keyId }) => keyId)).toEqual([0, 1, 5].map((index) => people[index]?.keyId));
});

it('nobody else is changed by it, and without it each has a key of his own', () => {
  const [alone, shared] = [worldOf(0), worldOf(2)];
  for (const index of [0, 1, 5]) expect(shared.identity(index)).toEqual(alone.identity(index));
  expect(new Set(Array.from({ length: 6 }, (_, index) => alone.identity(index).keyId)).size).toBe(6);
  expect([...alone.registered]).toHaveLength(6);
  // More keys than people are those of the people.
  expect([...worldOf(9).registered]).toHaveLength(6);
});
