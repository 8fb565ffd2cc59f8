/** The engine of virtual time against a plain simulation, and against itself. */
import { describe, expect, test } from 'vitest';
import { Outcome, outcomeNames } from '../../../../harness/actors/outcome.js';
import { familyNames } from '../../../support/acquittal.js';
import { SECOND_US } from '../../../support/plan-builder.js';
import { type ReferenceRow, ReferenceSimulation } from '../../../support/reference-simulation.js';
import { rightPlan } from '../../../support/virtual-acquittal.js';
import { type PlayedRow, playVirtually } from '../../../support/virtual-play.js';

const SEEDS = 8;

/** Nobody replays: the reference keeps no captures. */
function tinyPlan(family: (typeof familyNames)[number], seed: number) {
  const plan = rightPlan(family, seed, {}, 3 * SECOND_US);
  return { ...plan, actors: plan.actors.filter(({ behaviour }) => behaviour !== 'replay') };
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

  test.each(familyNames)('has one hash on both engines, under limits of the family %s', (family) => {
    for (let seed = 1; seed <= 4; seed++) {
      const plan = rightPlan(family, seed);
      expect(playVirtually(plan, { seed, engine: 'native' }).hash).toBe(playVirtually(plan, { seed }).hash);
    }
  });
});
