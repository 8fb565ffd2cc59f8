import { describe, expect, it } from 'vitest';
import { type Arrival, schedule } from '../../../harness/actors/schedule.js';
import type { Plan } from '../../../harness/scenario/plan.js';
import { chiSquare, chiSquareBound, countsOf } from '../../support/statistics.js';
import { exampleActor, examplePlan, SECOND_US } from './example-plan.js';

const customers = exampleActor('retail-trader', {
  name: 'customers',
  population: 50,
  arrivals: { process: 'poisson', ratePerSecond: 300 },
});
const logins = exampleActor('login', {
  name: 'logins',
  population: 7,
  arrivals: { process: 'ramp', fromPerSecond: 1, toPerSecond: 99 },
});
const flood = exampleActor('order-flood', {
  name: 'flood',
  arrivals: { process: 'constant', ratePerSecond: 200 },
  active: [{ startUs: 4 * SECOND_US, endUs: 6 * SECOND_US }],
});
const plan = examplePlan([customers, logins, flood]);

function arrivals(of: Plan, seed = 1, worker = 0, workers = 1): Arrival[] {
  return [...schedule({ plan: of, seed, worker, workers })];
}

describe('schedule', () => {
  it('merges all actors in order of time', () => {
    const all = arrivals(plan);
    expect(all.filter((arrival) => arrival.actor === 1)).toHaveLength(500);
    expect(all.filter((arrival) => arrival.actor === 2)).toHaveLength(400);
    for (const [i, arrival] of all.entries()) {
      expect(arrival.intendedUs).toBeGreaterThanOrEqual(all[i - 1]?.intendedUs ?? 0);
    }
  });

  it('orders arrivals of one moment by actor', () => {
    const same = (name: string) => exampleActor('login', { name });
    const all = arrivals(examplePlan([same('a'), same('b'), same('c')]));
    expect(all.slice(0, 6).map(({ intendedUs, actor }) => [intendedUs, actor])).toEqual([
      [500_000, 0],
      [500_000, 1],
      [500_000, 2],
      [1_500_000, 0],
      [1_500_000, 1],
      [1_500_000, 2],
    ]);
  });

  it('gives an actor only its own identities, each about as often', () => {
    const counts = new Map<number, number>();
    for (const arrival of arrivals(plan).filter(({ actor }) => actor === 0)) {
      counts.set(arrival.identityIndex, (counts.get(arrival.identityIndex) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    // About 60 each; five standard deviations.
    for (const count of counts.values()) expect(Math.abs(count - 60)).toBeLessThan(39);
    const others = arrivals(plan).filter(({ actor }) => actor !== 0);
    for (const { actor, identityIndex } of others) {
      expect(actor === 1 ? identityIndex >= 50 && identityIndex < 57 : identityIndex === 57).toBe(true);
    }
  });

  it.each([2, 3, 8, 100])('is the same in sum for %d workers, and no identity is in two of them', (workers) => {
    const parts = Array.from({ length: workers }, (_, worker) => arrivals(plan, 1, worker, workers));
    for (const [worker, part] of parts.entries()) {
      expect(part.every(({ identityIndex }) => identityIndex % workers === worker)).toBe(true);
    }
    const order = (a: Arrival, b: Arrival) =>
      a.intendedUs - b.intendedUs || a.actor - b.actor || a.identityIndex - b.identityIndex;
    expect(parts.flat().sort(order)).toEqual(arrivals(plan).sort(order));
  });

  it('deals identities in turn, each as often as the others to one', () => {
    const dealt = arrivals(examplePlan([logins, { ...customers, who: { choice: 'in-turn' } }])).filter(
      ({ actor }) => actor === 1,
    );
    expect(dealt.length).toBeGreaterThan(2_500);
    for (const [i, { identityIndex }] of dealt.entries()) expect(identityIndex).toBe(7 + (i % 50));
  });

  it('gives an identity its share of a Zipf law, the first most', () => {
    const skewed = arrivals(examplePlan([logins, { ...customers, who: { choice: 'zipf', exponent: 0.99 } }]));
    const counts = countsOf(
      skewed.filter(({ actor }) => actor === 1).map(({ identityIndex }) => identityIndex),
      { fromUs: 7, toUs: 57, binUs: 1 },
    );
    const weights = counts.map((_, place) => (place + 1) ** -0.99);
    const scale = counts.reduce((sum, count) => sum + count) / weights.reduce((sum, weight) => sum + weight);
    const { value, freedom } = chiSquare(
      counts,
      weights.map((weight) => weight * scale),
    );
    expect(value).toBeLessThan(chiSquareBound(freedom));
    const even = chiSquare(
      counts,
      counts.map(() => (scale * weights.reduce((sum, weight) => sum + weight)) / 50),
    );
    expect(even.value).toBeGreaterThan(chiSquareBound(even.freedom));
  });

  it('chooses for each actor by draws of its own', () => {
    const alike = (name: string) => exampleActor('login', { name, population: 1_000 });
    const all = arrivals(examplePlan([alike('a'), alike('b')]));
    const chosen = (actor: number): number[] =>
      all.filter((arrival) => arrival.actor === actor).map(({ identityIndex }) => identityIndex % 1_000);
    expect(chosen(0)).toHaveLength(10);
    expect(chosen(1)).not.toEqual(chosen(0));
  });

  it('depends on the seed', () => {
    expect(arrivals(plan, 5)).toEqual(arrivals(plan, 5));
    expect(arrivals(plan, 6)).not.toEqual(arrivals(plan, 5));
  });

  it('does not move an actor when another is added', () => {
    const timesOf = (of: Plan, name: string, first: number) =>
      arrivals(of)
        .filter(({ actor }) => of.actors[actor]?.name === name)
        .map(({ intendedUs, identityIndex }) => [intendedUs, identityIndex - first]);
    const alone = examplePlan([customers]);
    const later = examplePlan([logins, flood, customers]);
    expect(timesOf(later, 'customers', 8)).toEqual(timesOf(alone, 'customers', 0));
  });

  it('is lazy: it starts at once on a day of a hundred thousand arrivals a second', () => {
    const day = [{ startUs: 0, endUs: 86_400 * SECOND_US }];
    const heavy = examplePlan([
      exampleActor('login', { active: day, arrivals: { process: 'poisson', ratePerSecond: 100_000 } }),
    ]);
    const first = schedule({ plan: heavy, seed: 1, worker: 0, workers: 1 }).next();
    expect(first.value).toMatchObject({ actor: 0, identityIndex: 0 });
  });

  it('is empty without actors', () => {
    expect(arrivals(examplePlan([]))).toEqual([]);
  });
});
