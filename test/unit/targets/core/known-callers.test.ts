import { describe, expect, it } from 'vitest';
import { buildWorld } from '../../../../harness/actors/identities/world.js';
import { createRandom } from '../../../../harness/actors/random.js';
import { createGate } from '../../../../harness/core/index.js';
import { Decision } from '../../../../harness/core/spec.js';
import { requestClasses } from '../../../../harness/scenario/plan.js';
import { KnownCallers } from '../../../../harness/targets/core/known-callers.js';
import { Defence } from '../../../../harness/venue/defence.js';
import { aPolicy, aTokenBucket } from '../../../support/plan-builder.js';
import { exampleActor, examplePlan } from '../../actors/example-plan.js';
import { hashSecret } from '../../core/specs.js';

const ORDER = requestClasses.indexOf('order.place');
const TICKER = requestClasses.indexOf('ticker');
const ORIGIN_US = 1_700_000_000_000_000;
const POPULATION = 40;

const policy = aPolicy([
  aTokenBucket({ name: 'key', by: ['key'], capacity: 3, refillCells: 1, refillPeriodUs: 1_000_000 }),
  aTokenBucket({ name: 'ip', by: ['ip'], capacity: 5, refillCells: 1, refillPeriodUs: 1_000_000 }),
]);
const world = buildWorld(
  examplePlan([exampleActor('retail-trader', { population: POPULATION, identitiesPerAddress: 2 })]),
  1,
);

function aDesk(known: number): { callers: KnownCallers; defence: Defence } {
  const defence = new Defence({ policy, createGate, hashSecret, originUs: ORIGIN_US, fallsUs: 0 });
  return { defence, callers: new KnownCallers(world, defence, '(anonymous)', known) };
}

describe('callers that are known', () => {
  it('are decided on alike, however few of them are known at once', () => {
    const desks = [1, 4, 64].map(aDesk);
    const random = createRandom(7);
    const fallen = new Map<Decision, number>();
    let nowUs = ORIGIN_US;
    for (let request = 0; request < 4_000; request += 1) {
      nowUs += random.below(5_000);
      const identity = world.identity(random.below(POPULATION));
      const isSigned = random.below(3) > 0;
      // The same text again within its time is a replay, whoever came meanwhile.
      const stampUs = nowUs - random.below(3) * 1_000_000 - (nowUs % 500_000);
      const [first, ...others] = desks.map(({ callers, defence }) => {
        const number = isSigned ? callers.numberOf(identity) : callers.numberOfAddress(identity);
        return isSigned
          ? defence.decideOwn(nowUs, nowUs, ORDER, number, stampUs, 0, `${identity.index} at ${stampUs}`, 1, 0)
          : defence.decideAnonymous(nowUs, TICKER, number, 1, 0);
      });
      for (const other of others) expect(other).toBe(first);
      if (first !== undefined) fallen.set(first, (fallen.get(first) ?? 0) + 1);
    }
    for (const decision of [Decision.admitted, Decision.throttled, Decision.replayed]) {
      expect(fallen.get(decision) ?? 0, `${decision}`).toBeGreaterThan(20);
    }
  });

  it('have the same number as long as nobody takes their place', () => {
    const { callers } = aDesk(64);
    const numbers = Array.from({ length: POPULATION }, (_, index) => callers.numberOf(world.identity(index)));
    expect(new Set(numbers).size).toBe(POPULATION);
    expect(Array.from(numbers, (_, index) => callers.numberOf(world.identity(index)))).toEqual(numbers);
  });

  it('share the number of their address when they name nobody', () => {
    const { callers } = aDesk(64);
    const [first, second, third] = [0, 1, 2].map((index) => callers.numberOfAddress(world.identity(index)));
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('can be signed for when their key is asked for, and nobody else can', () => {
    const { callers, defence } = aDesk(1);
    const [one, other] = [world.identity(3), world.identity(4)];
    callers.numberOf(other);
    expect(() => defence.sign(one.keyId, 'text')).toThrow();
    expect(callers.holderOf(one.keyId)).toEqual(one);
    expect(defence.sign(one.keyId, 'text')).toMatch(/^[0-9a-f]{64}$/);
    expect(callers.holderOf('nobody')).toBeNull();
    expect(() => defence.sign('nobody', 'text')).toThrow();
  });
});
