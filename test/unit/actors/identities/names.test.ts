import { describe, expect, it } from 'vitest';
import { mistyped, NameKind, userName } from '../../../../harness/actors/identities/names.js';
import { createRandom } from '../../../../harness/actors/random.js';
import { SeededFaker } from '../../../../harness/actors/seeded-faker.js';

describe('mistyped', () => {
  it.each(['Fg70R8r2Qmwv1r', 'aaaaaaaa', 'AAAA', '1111', 'x', '', '!!'])('never gives %j itself', (right) => {
    const random = createRandom(1);
    const typed = new Set<string>();
    for (let i = 0; i < 200; i++) typed.add(mistyped(right, random));
    expect(typed.has(right)).toBe(false);
    expect(typed.has('undefined')).toBe(false);
  });
});

describe('userName', () => {
  it('differs by actor, kind and number even when the made-up part is the same', () => {
    const whose = [
      { actor: 1, kind: NameKind.own, number: 36 },
      { actor: 11, kind: NameKind.own, number: 36 },
      { actor: 1, kind: NameKind.leaked, number: 36 },
      { actor: 1, kind: NameKind.unknown, number: 36 },
      { actor: 1, kind: NameKind.own, number: 0 },
    ];
    const names = whose.map((one) => userName(createRandom(5), one));
    expect(new Set(names).size).toBe(whose.length);
    expect(new Set(names.map((name) => name.split('-')[0])).size).toBe(1);
  });

  it('is made of letters, digits, dot, underscore and one dash', () => {
    const random = createRandom(6);
    for (let number = 0; number < 500; number++) {
      expect(userName(random, { actor: 0, kind: NameKind.own, number })).toMatch(/^[a-z0-9._]+-0a[a-z0-9]+$/);
    }
  });
});

describe('SeededFaker', () => {
  it('draws from the stream that it was given last', () => {
    const faker = new SeededFaker(createRandom(1));
    const first = faker.from(createRandom(7)).internet.username();
    expect(faker.from(createRandom(8)).internet.username()).not.toBe(first);
    expect(faker.from(createRandom(7)).internet.username()).toBe(first);
  });

  it('can not be seeded past its stream', () => {
    expect(() => new SeededFaker(createRandom(1)).from(createRandom(1)).seed(3)).toThrow('stream');
  });
});
