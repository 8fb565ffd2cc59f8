/** The scenes of the zoo are right files, short, and ask for what their broken servers are convicted of. */
import { describe, expect, test } from 'vitest';
import { planEndUs } from '../../../../harness/scenario/plan.js';
import { brokenVenues, gatewayCollection } from '../../../../harness/zoo/gateways/collection.js';
import { ORDERS_EXECUTED } from '../../../../harness/zoo/gateways/play-scene.js';
import { rightVenues } from '../../../../harness/zoo/gateways/right-venues.js';
import { planOf, type Scene } from '../../../../harness/zoo/gateways/scene.js';

const scenes = [...new Set<Scene>([...brokenVenues, ...rightVenues].map(({ scene }) => scene))];

describe('a scene of the zoo', () => {
  test.each(scenes)('$name is a right scenario of two seconds at most', (scene) => {
    const plan = planOf(scene);
    expect(plan.name).toBe(scene.name);
    expect(planEndUs(plan)).toBeLessThanOrEqual(2_000_000);
    expect(plan.expectations.map(({ text }) => text)).toEqual(scene.expect);
  });

  test.each(scenes)('$name is stood by a right server', (scene) => {
    expect(rightVenues.map((right) => right.scene)).toContain(scene);
  });
});

describe('a broken server', () => {
  test.each(brokenVenues)('$name is convicted by what its scene expects', ({ scene, convictedBy }) => {
    expect(convictedBy.length).toBeGreaterThan(0);
    expect([...scene.expect, ORDERS_EXECUTED]).toEqual(expect.arrayContaining([...convictedBy]));
  });
});

describe('the collection of servers', () => {
  test('has names of its own for all of them', async () => {
    const { creatures, rightOnes } = await gatewayCollection.load();
    for (const names of [creatures.map(({ name }) => name), rightOnes.map(({ name }) => name)]) {
      expect(new Set(names).size).toBe(names.length);
    }
    expect(gatewayCollection).toMatchObject({ kind: 'gateway', overHttp: true });
    expect(creatures.length).toBeGreaterThanOrEqual(20);
  });

  test('has right servers under every family of limits', () => {
    const families = rightVenues.flatMap(({ scene }) => planOf(scene).policy.limits.map(({ family }) => family));
    expect([...new Set(families)].sort()).toEqual([
      'concurrency',
      'decaying-counter',
      'earned-budget',
      'fill-counter',
      'fixed-window',
      'leaky-queue',
      'ratio-monitor',
      'sliding-counter',
      'sliding-log',
      'token-bucket',
    ]);
  });
});
