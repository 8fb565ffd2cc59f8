import { describe, expect, it } from 'vitest';
import { mutations } from '../../../harness/zoo/mutation/mutations.js';
import type { MutationSubject } from '../../../harness/zoo/mutation/subjects.js';

const base = new URL('../../../harness/zoo/', import.meta.url).href;
const source = 'export const larger = (a, b) => {\n  return a > b ? a : b;\n};\n';
const read = async (path: string): Promise<string> => {
  expect(path).toBe('right/larger.js');
  return source;
};

/** Accuses what does not return the larger of two different numbers. */
const subject: MutationSubject = {
  path: 'right/larger.js',
  async accuse(module) {
    const larger = module.larger as (a: number, b: number) => number;
    return larger(1, 2) === 2 && larger(2, 1) === 2 ? [] : ['larger'];
  },
};
const swapped = 'larger.js 2:10 branch: "a > b ? a : b" to "a > b ? (b) : (a)"';
const orEqual = 'larger.js 2:12 comparison: ">" to ">="';

describe('mutants of a right program', () => {
  it('are creatures, of which one is caught when somebody accuses it', async () => {
    const { creatures, rightOnes } = await mutations({ base, read, subjects: [subject], known: [] });
    expect(creatures.map(({ name }) => name)).toEqual([swapped, orEqual]);
    expect(rightOnes).toEqual([]);
    const caught = await Promise.all(creatures.map((creature) => creature.check({ seed: 1 })));
    expect(caught).toMatchObject([
      { caught: true, by: ['larger'] },
      { caught: false, by: [] },
    ]);
  });

  it('that change nothing are right ones, which nobody may accuse', async () => {
    const known = [{ id: orEqual, because: 'of equal ones either is the larger' }];
    const { creatures, rightOnes } = await mutations({ base, read, subjects: [subject], known });
    expect(creatures.map(({ name }) => name)).toEqual([swapped]);
    expect(await rightOnes[0]?.check({ seed: 1 })).toMatchObject({ accused: false, by: [] });
  });

  it('are not listed as equivalent for another program', async () => {
    const known = [{ id: 'larger.js 9:9 comparison: "<" to "<="', because: 'it was there once' }];
    await expect(mutations({ base, read, subjects: [subject], known })).rejects.toThrow('9:9');
  });
});
