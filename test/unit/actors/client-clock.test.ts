import { describe, expect, it } from 'vitest';
import { clockOffsetUs } from '../../../harness/actors/client-clock.js';
import { buildWorld } from '../../../harness/actors/identities/world.js';
import type { ClientClock } from '../../../harness/scenario/plan.js';
import { actorDefaults } from '../../../harness/scenario/plan-defaults.js';
import { exampleActor, examplePlan } from './example-plan.js';

const MINUTE_US = 60_000_000;
const POPULATION = 4_000;

/** The offsets of a crowd at a moment, and how to ask again. */
function crowd(clock: Partial<ClientClock>, options: { before?: number; seed?: number } = {}) {
  const { before = 0, seed = 1 } = options;
  const others = exampleActor('login', { name: 'others', population: 5 });
  const actor = exampleActor('order-flood', { population: POPULATION, clock: { ...actorDefaults.clock, ...clock } });
  const plan = examplePlan([...Array.from({ length: before }, (_, i) => ({ ...others, name: `o${i}` })), actor]);
  const world = buildWorld(plan, seed);
  return (nowUs = 0) =>
    Array.from({ length: POPULATION }, (_, i) => clockOffsetUs(plan, seed, world.identity(before * 5 + i), nowUs));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

describe('the clock of a client', () => {
  it('is exact where the plan says nothing', () => {
    expect(new Set(crowd({})(MINUTE_US))).toEqual(new Set([0]));
  });

  it('is off by a normal amount', () => {
    const offsets = crowd({ sigmaUs: 50_000 })();
    expect(offsets.every(Number.isSafeInteger)).toBe(true);
    // Standard errors: 791 of the mean, 559 of the deviation. Five of them.
    expect(Math.abs(mean(offsets))).toBeLessThan(4_000);
    expect(Math.abs(deviation(offsets) - 50_000)).toBeLessThan(2_800);
    const within = (sigmas: number) => offsets.filter((us) => Math.abs(us) <= sigmas * 50_000).length / POPULATION;
    expect(Math.abs(within(1) - 0.6827)).toBeLessThan(0.037);
    expect(Math.abs(within(2) - 0.9545)).toBeLessThan(0.017);
    expect(within(5)).toBe(1);
  });

  it('strays in a share of identities, ahead in one half and behind in the other', () => {
    const offsets = crowd({ strayShare: 0.1, strayUs: 2_000_000 })();
    const counts = new Map<number, number>();
    for (const us of offsets) counts.set(us, (counts.get(us) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2_000_000, 0, 2_000_000]);
    expect(Math.abs((counts.get(2_000_000) ?? 0) - 200)).toBeLessThan(70);
    expect(Math.abs((counts.get(-2_000_000) ?? 0) - 200)).toBeLessThan(70);
  });

  it('drifts in a share of identities, the further the longer the run', () => {
    const at = crowd({ driftShare: 0.5, driftUsPerMinute: 60_000 });
    const [start, minute, hour] = [at(0), at(MINUTE_US), at(60 * MINUTE_US)];
    expect(new Set(start.map((us) => us))).toEqual(new Set([0]));
    expect(new Set(minute.map((us) => us))).toEqual(new Set([-60_000, 0, 60_000]));
    expect(hour).toEqual(minute.map((us) => us * 60));
    expect(Math.abs(minute.filter((us) => us !== 0).length - 2_000)).toBeLessThan(160);
  });

  it('has not drifted before the run began', () => {
    expect(new Set(crowd({ driftShare: 1, driftUsPerMinute: 60_000 })(-MINUTE_US).map((us) => us))).toEqual(
      new Set([0]),
    );
  });

  it('is the same at every look and whoever else takes part, and another for another seed', () => {
    const clock = { sigmaUs: 1_000_000, driftShare: 0.5, driftUsPerMinute: 7 };
    const offsets = crowd(clock)(MINUTE_US);
    expect(crowd(clock)(MINUTE_US)).toEqual(offsets);
    expect(crowd(clock, { before: 3 })(MINUTE_US)).toEqual(offsets);
    expect(crowd(clock, { seed: 2 })(MINUTE_US)).not.toEqual(offsets);
  });

  it('keeps its own amount when it is given strays and drift on top', () => {
    const plain = crowd({ sigmaUs: 1_000_000 })(0);
    const more = crowd({ sigmaUs: 1_000_000, strayShare: 1, strayUs: 10_000_000, driftShare: 1, driftUsPerMinute: 5 })(
      0,
    );
    expect(new Set(more.map((us, i) => Math.abs(us - (plain[i] ?? 0))))).toEqual(new Set([10_000_000]));
  });
});
