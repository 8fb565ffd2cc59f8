import { expect, test } from 'vitest';
import { createRandom } from '../../harness/actors/random.js';
import { createGate } from '../../harness/core/index.js';
import { Answer, type GateSpec } from '../../harness/core/spec.js';
import { describeTwins, nativeGate } from './engines.js';

/** One cell each, and none comes back within the test: every key that was seen keeps its slot. */
function specOf(maxKeys: number, family: 'token-bucket' | 'sliding-log'): GateSpec {
  const numbers =
    family === 'token-bucket'
      ? ({ family, capacity: 1, refillCells: 1, refillPeriodUs: 1_000_000_000 } as const)
      : ({ family, capacity: 1, windowUs: 1_000_000_000 } as const);
  const limit = {
    name: 'own',
    by: ['ip'],
    ipPrefix: null,
    costs: [1],
    ageCosts: [[]],
    ban: null,
    isShadow: false,
  } as const;
  return { classes: ['any'], limits: [{ ...limit, maxKeys, numbers }], auth: null, originUs: 0 };
}

describeTwins('a table that is searched in part', () => {
  test.each([104, 300, 5_000])('of %d keys puts the same keys on the cold counter in both engines', (maxKeys) => {
    for (const family of ['token-bucket', 'sliding-log'] as const) {
      const random = createRandom(maxKeys);
      const secret = [random.below(2 ** 32), random.below(2 ** 32)] as const;
      const spec = specOf(maxKeys, family);
      const gates = [createGate(spec, secret), nativeGate(spec, secret)];
      let cold = 0;
      for (let key = 0; key < 2 * maxKeys; key += 1) {
        const ip = `10.${key >> 16}.${(key >> 8) & 255}.${key & 255}`;
        const [one = [], other] = gates.map((gate) => [gate.limit(key, 0, ip, '', ''), ...gate.answer]);
        expect(other, ip).toEqual(one);
        if (one[1 + Answer.cold] === 1) cold += 1;
        if (key === maxKeys - 1) expect(cold).toBe(0);
      }
      // A quarter of the keys to spare found a slot still; nearly all others did not.
      expect(cold).toBeGreaterThan(maxKeys / 2);
    }
  });
});
