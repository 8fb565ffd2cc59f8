/**
 * Courses of leaks of random runs: several limits of all families over one counter for all or one a key, several nodes,
 * actors that share counters. Each ends with the numbers of its verdict, never falls, and has no more points than are drawn.
 */
import { describe, expect, test } from 'vitest';
import { judgeRun } from '../../../harness/judge/judge.js';
import type { PolicyLimit } from '../../../harness/scenario/plan.js';
import { seriesOf } from '../../../harness/timeline/series-of.js';
import { anyLimit, type FamilyName, familyNames } from '../../support/acquittal.js';
import { Dice } from '../../support/dice.js';
import { aTask } from '../../support/judge-task.js';
import { playHistory } from '../../support/limiter-history.js';
import { aPlan, aPolicy, SECOND_US } from '../../support/plan-builder.js';

const POINTS_MAX = 400;
const RUNS = 5;

function countersOf(dice: Dice): Pick<PolicyLimit, 'by'> {
  return { by: dice.one<PolicyLimit['by']>([['key'], ['account'], ['ip'], [], ['key', 'ip']]) };
}

describe('courses of leaks', () => {
  test.each(familyNames)('of %s and others end as proved and never fall', (family: FamilyName) => {
    let leaks = 0;
    for (let seed = 1; seed <= RUNS; seed++) {
      const dice = new Dice(seed * 1000 + familyNames.indexOf(family));
      for (let skipped = 0; skipped < 10; skipped++) dice.below(2);
      const scaleUs = dice.one([1, 100]);
      const limits = Array.from({ length: dice.between(1, 3) }, (_, index): PolicyLimit => {
        const one = anyLimit(index === 0 ? family : dice.one(familyNames), dice, scaleUs);
        return { ...one, ...countersOf(dice), name: `limit-${index}` };
      });
      const policy = aPolicy(limits, { nodes: dice.one([1, 1, 2, 3]), resolutionUs: dice.one([1, 1, 7]) });
      const loose = limits.map((limit): PolicyLimit => ({ ...limit, capacity: limit.capacity * dice.between(2, 30) }));
      const played = playHistory({
        policy: { ...policy, limits: loose },
        seed: dice.below(2 ** 31),
        requests: dice.one([60, 300, 1500]),
        gapUs: dice.one([1, 5, 30]) * scaleUs,
        delayUs: dice.one([0, 1, 10]) * scaleUs,
        identities: dice.one([1, 2, 5]),
        lost: dice.one([0, 0.05]),
        refused: 0,
        wronged: 0,
        unnamed: 0,
        elementsMax: dice.one([1, 3]),
      });
      const rows = played.map(({ row }) => ({ ...row, actor: row.identity === 1 ? 1 : 0 }));
      const plan = aPlan({ policy, phases: [{ name: 'all', startUs: 0, endUs: 60 * SECOND_US }], warmupUs: 0 });
      const task = aTask(plan, rows);
      const { leaks: found } = judgeRun(task);
      const { leaks: courses } = seriesOf({ plan, seed: 1 }, task.world, task.observations, found, []);
      expect(courses.map(({ leak }) => leak)).toEqual(found.map((_, index) => index));
      for (const { leak, atMs, admittedCells, boundCells } of courses) {
        const proof = found[leak];
        const because = `seed ${seed}, leak ${leak}`;
        expect([atMs.at(-1), admittedCells.at(-1), boundCells.at(-1)], because).toEqual([
          proof?.toMs,
          proof?.admittedCells,
          proof?.boundCells,
        ]);
        expect([atMs.length, atMs.length, atMs.length > POINTS_MAX], because).toEqual([
          admittedCells.length,
          boundCells.length,
          false,
        ]);
        for (const points of [atMs, admittedCells, boundCells]) {
          expect(
            points.every((value, at) => at === 0 || value >= (points[at - 1] as number)),
            because,
          ).toBe(true);
        }
        leaks++;
      }
    }
    expect(leaks).toBeGreaterThan(0);
  });
});
