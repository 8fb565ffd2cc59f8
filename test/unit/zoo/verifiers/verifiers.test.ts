/** Every broken verifier is convicted of what it was broken for, and no right one of anything. */
import { describe, expect, test } from 'vitest';
import { checkVerifier, verifierInvariantNames } from '../../../../harness/invariants/verifier/index.js';
import { brokenVerifiers } from '../../../../harness/zoo/verifiers/all.js';
import { verifierCollection } from '../../../../harness/zoo/verifiers/collection.js';
import { rightVerifiers } from '../../../../harness/zoo/verifiers/right/all.js';

const SEED = 314_159;

describe('a broken verifier', () => {
  test.each(brokenVerifiers)('$name is convicted by $convictedBy', async ({ name, contract, create, convictedBy }) => {
    const { failures } = await checkVerifier({ name, create }, contract, { seed: SEED, runs: 15 });
    const by = failures.map(({ invariant }) => invariant);
    expect(by).toEqual(expect.arrayContaining([...convictedBy]));
    for (const { timeline, message, replay } of failures) {
      expect(timeline.length).toBeGreaterThan(0);
      expect(message).not.toBe('');
      expect(replay).toContain(`seed: ${SEED}`);
    }
  });
});

describe('every promise', () => {
  test.each(verifierInvariantNames)('%s convicts somebody', (invariant) => {
    expect(brokenVerifiers.filter(({ convictedBy }) => convictedBy.includes(invariant))).not.toEqual([]);
  });
});

describe('a right verifier', () => {
  test.each(rightVerifiers)('$name is accused of nothing', async ({ name, contract, create }) => {
    const { failures } = await checkVerifier({ name, create }, contract, { seed: SEED, runs: 60 });
    expect(failures).toEqual([]);
  });
});

describe('the collection of verifiers', () => {
  test('shows all of them under names of their own, those of the cores too', async () => {
    const { creatures, rightOnes } = await verifierCollection.load();
    const names = creatures.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(brokenVerifiers.map(({ name }) => name));
    expect(rightOnes.map(({ name }) => name)).toContain('ts-core-verify');
  });

  test('says by what one was caught, and that a right one was not', async () => {
    const { creatures, rightOnes } = await verifierCollection.load();
    const caught = await creatures
      .find(({ name }) => name === 'nonce-forgotten-early')
      ?.check({ seed: SEED, runs: 20 });
    expect(caught).toMatchObject({ caught: true, by: expect.arrayContaining(['replay-refused']) });
    expect(caught?.evidence?.[0]).toBe('replay-refused: a signature that was accepted is accepted again');
    const accused = await rightOnes.find(({ name }) => name === 'ts-core-decide')?.check({ seed: SEED, runs: 20 });
    expect(accused).toMatchObject({ accused: false, by: [], evidence: [] });
  });
});
