/** The engine of virtual time against a plain simulation, and against itself. */
import { describe, expect, test } from 'vitest';
import { Outcome, outcomeNames } from '../../../../harness/actors/outcome.js';
import { virtualDefaults } from '../../../../harness/scenario/plan-defaults.js';
import { familyNames } from '../../../support/acquittal.js';
import { aPolicy, aSlidingLog, SECOND_US } from '../../../support/plan-builder.js';
import { type ReferenceRow, ReferenceSimulation } from '../../../support/reference-simulation.js';
import { rightPlan, virtualActor } from '../../../support/virtual-acquittal.js';
import { type PlayedRow, playVirtually } from '../../../support/virtual-play.js';

const SEEDS = 8;

/** Nobody replays: the reference keeps no captures. Others hold back last bytes, send batches and spoil signatures. */
function tinyPlan(family: (typeof familyNames)[number], seed: number) {
  const endUs = 3 * SECOND_US;
  const plan = rightPlan(family, seed, {}, endUs);
  const numbers = { population: 2, ratePerSecond: 5, endUs };
  const actors = [
    ...plan.actors.filter(({ behaviour }) => behaviour !== 'replay'),
    virtualActor('overrunners', 'overrun', numbers),
    virtualActor('batches', 'batch-flood', numbers),
    virtualActor('forgers', 'signature-forgery', numbers),
  ];
  const clock = {
    sigmaUs: 300_000,
    strayShare: 0.2,
    strayUs: 4 * SECOND_US,
    driftShare: 0.5,
    driftUsPerMinute: 50_000,
  };
  return { ...plan, actors: actors.map((one) => ({ ...one, clock })) };
}

function comparable(row: PlayedRow): ReferenceRow {
  const { intendedUs, sentUs, answeredUs, concludedUs, identity, requestClass } = row;
  const { kind, outcome, status, limit, retryAfterMs } = row;
  const times = { intendedUs, sentUs, answeredUs, concludedUs };
  return { ...times, identity, requestClass, kind, outcome, status, limit, retryAfterMs };
}

describe('a run in virtual time', () => {
  test.each(familyNames)('is what a plain simulation makes of it, under limits of the family %s', (family) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const plan = tinyPlan(family, seed);
      const played = playVirtually(plan, { seed });
      const reference = new ReferenceSimulation(plan, seed).play();
      expect(played.rows.map(comparable)).toEqual(reference.rows);
      expect(played.hash).toBe(reference.hash.text);
    }
  });

  test('meets, over those plans, every way in which a request can end', () => {
    const met = new Set<number>();
    for (const family of familyNames) {
      for (let seed = 1; seed <= SEEDS; seed++) {
        for (const { outcome } of playVirtually(tinyPlan(family, seed), { seed }).rows) met.add(outcome);
      }
    }
    const { admitted, throttled, banned, refused, timeout, reset, serverError } = Outcome;
    const wanted = [admitted, throttled, banned, refused, timeout, reset, serverError];
    expect(wanted.filter((outcome) => !met.has(outcome)).map((outcome) => outcomeNames[outcome])).toEqual([]);
  });

  test('has one hash however many events happen at once, and another under another seed', () => {
    const plan = rightPlan('token-bucket', 5);
    const { hash, rows } = playVirtually(plan, { seed: 5 });
    const slow = playVirtually(plan, { seed: 5, eventsAtOnce: 1 });
    expect(slow.hash).toBe(hash);
    expect(slow.rows).toEqual(rows);
    expect(playVirtually(plan, { seed: 6 }).hash).not.toBe(hash);
  });

  test('has, of a plan that nobody improvises in, the hash that it had on other machines', () => {
    const whole = rightPlan('sliding-log', 1);
    const endUs = whole.phases.at(-1)?.endUs ?? 0;
    const flooders = virtualActor('flooders', 'order-flood', { population: 4, ratePerSecond: 100, endUs });
    const arrivals = { process: 'constant', ratePerSecond: 100 } as const;
    const shaky = { jitterUs: 5_000, loss: 0.05, reorderShare: 0.1, reorderUs: 50_000, driftPpm: 50 };
    const plan = {
      ...whole,
      virtual: { ...virtualDefaults, ...shaky, serverPerSecond: 150 },
      policy: aPolicy([aSlidingLog({ by: ['account'], capacity: 20 })]),
      actors: [{ ...flooders, arrivals, who: { choice: 'in-turn' } as const }],
    };
    expect(playVirtually(plan).hash).toBe('4a367d21d9a0f7ae');
  });

  test('that is stopped takes back what is open, and records it', () => {
    const plan = tinyPlan('token-bucket', 3);
    const whole = playVirtually(plan, { seed: 3 });
    const cut = playVirtually(plan, { seed: 3, stopUs: SECOND_US });
    const concluded = cut.rows.filter(({ outcome }) => outcome !== Outcome.aborted);
    const aborted = cut.rows.filter(({ outcome }) => outcome === Outcome.aborted);
    expect(concluded).toEqual(whole.rows.slice(0, concluded.length));
    expect(whole.rows[concluded.length]?.concludedUs).toBeGreaterThan(SECOND_US);
    expect(aborted.length).toBeGreaterThan(0);
    for (const { answeredUs, sentUs, concludedUs, intendedUs } of aborted) {
      expect(answeredUs).toBe(0);
      expect(sentUs).toBeLessThanOrEqual(concludedUs);
      expect(intendedUs).toBeLessThanOrEqual(SECOND_US);
    }
  });

  test.each(familyNames)('has one hash on both engines, under limits of the family %s', (family) => {
    for (let seed = 1; seed <= 4; seed++) {
      const plan = rightPlan(family, seed);
      expect(playVirtually(plan, { seed, engine: 'native' }).hash).toBe(playVirtually(plan, { seed }).hash);
    }
  });
});
