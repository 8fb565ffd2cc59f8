import { describe, expect, it } from 'vitest';
import { selftestText } from '../../../harness/cli/selftest-text.js';
import { type CheckedMutant, type CheckedRightOne, holds } from '../../../harness/zoo/checked.js';

const edge: CheckedMutant = {
  name: 'edge-double-burst',
  kind: 'limiter',
  defect: 'Both sides of an edge hold a full burst.',
  caught: true,
  by: ['admission-bound', 'isolation'],
  ms: 12.4,
  evidence: ['admission-bound: 10 cells within 2 us'],
};
const mutant = (place: string, caught: boolean): CheckedMutant => ({
  name: `token-bucket.js ${place} comparison: "<" to "<="`,
  kind: 'mutation',
  defect: `A machine has changed one place: ${place}.`,
  caught,
  by: caught ? ['nothing-lost'] : [],
  ms: 3,
  evidence: [],
});
const bucket: CheckedRightOne = {
  name: 'token-bucket',
  kind: 'limiter',
  accused: false,
  by: [],
  ms: 100,
  evidence: [],
};
const equivalent: CheckedRightOne = { ...bucket, name: 'token-bucket.js 9:9 constant: "0" to "1"', kind: 'mutation' };
const plain = { color: false, width: 100, evidence: false };

describe('the text of the selftest', () => {
  it('shows what is wrong with each, who caught it, and the right ones that nobody accused', () => {
    const zoo = { seed: 1, mutants: [edge, mutant('9:8', true), mutant('9:9', true)], right: [bucket, equivalent] };
    expect(selftestText(zoo, plain)).toMatchInlineSnapshot(`
      "limiters
        broken on purpose  what is wrong                             caught by                   ms
        edge-double-burst  Both sides of an edge hold a full burst.  admission-bound, isolation  12

      mutants made by a machine
        broken on purpose  what is wrong          caught by     ms
        token-bucket.js    2 of 2 mutants caught  nothing-lost   6

      right ones
        name             kind                           accused by   ms
        token-bucket     limiter                        nobody      100
        token-bucket.js  1 mutant that changes nothing  nobody      100

      limiters: 1 of 1 caught (100 %)
      mutants made by a machine: 2 of 2 caught (100 %)
      PASS  broken ones: 3 of 3 caught (100 %); right ones: 0 of 2 accused; seed 1"
    `);
  });

  it('names what got away, and what was accused with the evidence', () => {
    const accused = { ...bucket, accused: true, by: ['nothing-lost'], evidence: ['nothing-lost: refused when due'] };
    const missed = { ...edge, caught: false, by: [], evidence: [] };
    const wrong = { ...equivalent, accused: true, by: ['remaining'] };
    const zoo = { seed: 7, mutants: [missed, mutant('9:8', true), mutant('9:9', false)], right: [accused, wrong] };
    expect(selftestText(zoo, plain)).toMatchInlineSnapshot(`
      "limiters
        broken on purpose  what is wrong                             caught by   ms
        edge-double-burst  Both sides of an edge hold a full burst.  NOT CAUGHT  12

      mutants made by a machine
        broken on purpose                           what is wrong                         caught by    ms
        token-bucket.js                             1 of 2 mutants caught                 nothing-lost  6
        token-bucket.js 9:9 comparison: "<" to "<=" A machine has changed one place: 9:9. NOT CAUGHT    3

      right ones
        name                                      kind      accused by     ms
        token-bucket                              limiter   nothing-lost  100
            nothing-lost: refused when due
        token-bucket.js 9:9 constant: "0" to "1"  mutation  remaining     100

      limiters: 0 of 1 caught (0 %)
      mutants made by a machine: 1 of 2 caught (50 %)
      FAIL  broken ones: 1 of 3 caught (33.3 %); right ones: 2 of 2 accused; seed 7"
    `);
  });

  it('shows what was seen of one that was asked for', () => {
    const text = selftestText({ seed: 1, mutants: [edge], right: [] }, { ...plain, evidence: true });
    expect(text).toContain('admission-bound: 10 cells within 2 us');
    expect(selftestText({ seed: 1, mutants: [edge], right: [] }, plain)).not.toContain('10 cells');
  });

  it('does not say 100 % while one is missing', () => {
    const mutants = [...Array.from({ length: 1999 }, (_, index) => mutant(`${index}:1`, true)), mutant('0:0', false)];
    expect(selftestText({ seed: 1, mutants, right: [] }, plain)).toContain('1999 of 2000 caught (99.9 %)');
  });
});

describe('a zoo holds', () => {
  it.each([
    { mutants: [edge], right: [bucket], expected: true, because: 'all are caught and nobody is accused' },
    { mutants: [edge], right: [], expected: true, because: 'all are caught' },
    { mutants: [], right: [bucket], expected: true, because: 'nobody is accused' },
    { mutants: [], right: [], expected: false, because: 'nothing was shown' },
    { mutants: [edge, { ...edge, caught: false }], right: [bucket], expected: false, because: 'one got away' },
    { mutants: [edge], right: [bucket, { ...bucket, accused: true }], expected: false, because: 'one was accused' },
  ])('$expected when $because', ({ mutants, right, expected }) => {
    expect(holds({ seed: 1, mutants, right })).toBe(expected);
  });
});
