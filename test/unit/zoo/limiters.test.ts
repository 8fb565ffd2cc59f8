import { describe, expect, it } from 'vitest';
import { brokenLimiters, limiterCreatures, rightLimiterOnes } from '../../../harness/zoo/limiters/limiters.js';

const small = rightLimiterOnes.filter(({ name }) => !name.startsWith('core-'));

describe('broken limiters', () => {
  it('are many, and each has a name of its own', () => {
    const names = [...limiterCreatures, ...rightLimiterOnes].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(limiterCreatures.length).toBeGreaterThanOrEqual(60);
  });

  it.each(limiterCreatures.map((creature, index) => ({ creature, broken: brokenLimiters[index] })))(
    '$creature.name is caught',
    async ({ creature, broken }) => {
      const { caught, by, evidence } = await creature.check({ seed: 1 });
      expect(broken?.name).toBe(creature.name);
      expect({ caught, by }).toEqual({ caught: true, by: expect.arrayContaining([...(broken?.convictedBy ?? [])]) });
      expect(evidence?.length).toBeGreaterThan(2);
    },
  );
});

describe('right limiters', () => {
  it.each(small)('$name is accused by nobody', async (rightOne) => {
    const { accused, evidence } = await rightOne.check({ seed: 2, runs: 100 });
    expect({ accused, evidence }).toEqual({ accused: false, evidence: [] });
  });
});
