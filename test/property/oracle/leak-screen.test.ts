/**
 * A judge that follows some counters only, before records of every family and of everything that can stand in them: it
 * says what one says that follows all, and where it knows less it says that it can't be told.
 */
import { describe, expect, test } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import type { FollowBounds } from '../../../harness/judge/leak-screen.js';
import type { VerdictDocument } from '../../../harness/judge/verdict.js';
import type { Expectation, Plan } from '../../../harness/scenario/plan.js';
import { anyLimit, type FamilyName, familyNames } from '../../support/acquittal.js';
import { Dice } from '../../support/dice.js';
import { judgeRows } from '../../support/judge-task.js';
import type { Observed } from '../../support/observation-builder.js';
import { anExpectation, aPlan, aPolicy, SECOND_US } from '../../support/plan-builder.js';

const seeds = Number(process.env.FLOODPROOF_SEEDS ?? 25);

/** None of those that only came near, one of each actor, or as in a long run. */
const bounds: readonly FollowBounds[] = [0, 1, 8].map((nearest) => ({ charges: 0, counters: 0, nearest }));

const outcomes = [
  Outcome.throttled,
  Outcome.throttled,
  Outcome.banned,
  Outcome.never,
  Outcome.refused,
  Outcome.denied,
  Outcome.unclear,
  Outcome.timeout,
  Outcome.serverError,
  Outcome.reset,
  Outcome.aborted,
  Outcome.unsent,
];

const subjects = ['legit', 'abuse', 'all'];
const expectations: readonly Expectation[] = subjects.flatMap((subject) => [
  ...[null, 'calm', 'attack', 'recovery'].flatMap((phase) => [
    anExpectation(`${subject}.leak`, '<=', 0, { phase }),
    anExpectation(`${subject}.leak`, '<=', 2, { phase }),
    anExpectation(`${subject}.leakRatio`, '<=', 0.5, { phase }),
    anExpectation(`${subject}.leakRatio`, '<=', 1, { phase }),
    anExpectation(`${subject}.leakRatio`, '<=', 1.5, { phase }),
    anExpectation(`${subject}.leakRatio`, '>=', 0.3, { phase }),
  ]),
  anExpectation(`${subject}.wrongfulBlocks`, '<=', 0),
  anExpectation(`${subject}.falseBlockRate`, '<=', 0.01),
  anExpectation(`${subject}.timeToContain`, '<=', 5 * SECOND_US),
]);

function anyPlan(family: FamilyName, dice: Dice): Plan {
  const families = [family, ...Array.from({ length: dice.below(3) }, () => dice.one(familyNames))];
  const scaleUs = dice.one([10, 100, 1000, 5000]);
  const policy = aPolicy(
    families.map((one, index) => ({ ...anyLimit(one, dice, scaleUs), name: `limit-${index}` })),
    {
      resolutionUs: dice.one([1, 1, 7, scaleUs, 20 * scaleUs]),
      nodes: dice.one([1, 1, 1, 2, 3]),
      slackCells: dice.one([0, 0, 1, 3]),
      exclusive: !dice.chance(0.1),
    },
  );
  return aPlan({ policy, expectations });
}

/** Requests that crowd around a few moments, the warm-up and what comes after the phases among them. */
function anyRows(dice: Dice): readonly Partial<Observed>[] {
  const moments = Array.from({ length: dice.between(1, 6) }, () => dice.below(12 * SECOND_US));
  const spreadUs = dice.one([1, 100, 10_000, 500_000]);
  const delayUs = dice.one([0, 1, 100, 20_000, 400_000]);
  const admitted = dice.one([0, 0.6, 0.9, 1]);
  const crowd = dice.one([1, 2, 20]);
  const isFlat = dice.chance(0.5);
  return Array.from({ length: dice.between(1, dice.one([10, 60, 200])) }, () => {
    const sentUs = 1 + dice.one(moments) + dice.below(spreadUs);
    const identity = crowd === 2 ? dice.one([3, 13]) : dice.below(crowd);
    const party = (): number => (isFlat ? identity : dice.below(20));
    const outcome = dice.chance(admitted) ? Outcome.admitted : dice.one(outcomes);
    return {
      intendedUs: Math.max(0, sentUs - dice.below(2) * dice.below(SECOND_US)),
      sentUs: outcome === Outcome.unsent ? 0 : sentUs,
      concludedUs: sentUs + (delayUs === 0 ? 0 : dice.below(delayUs)),
      identity,
      ip: party(),
      account: party(),
      key: party(),
      requestClass: dice.one([3, 3, 3, 5, 0]),
      elements: dice.one([1, 1, 1, 2, 3]),
      limit: dice.one([-1, 0, 0, 1]),
      retryAfterMs: dice.one([-1, 0, 5, 100]),
      outcome,
    };
  });
}

/** What of a verdict may not depend on how many counters were followed. */
function settled({ leaks, actors, unsure, notes, expectations: results }: VerdictDocument) {
  return {
    leaks,
    actors,
    unsure,
    notes,
    results: results.filter(({ metric }) => !metric.includes('leakRatio')),
  };
}

describe(`of ${seeds} records`, () => {
  test.each(familyNames)(
    'under a limit of the family %s each is judged as if all were followed',
    { timeout: 60_000 + 200 * seeds },
    (family) => {
      let leaks = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const dice = new Dice(seed * familyNames.length + familyNames.indexOf(family));
        const plan = anyPlan(family, dice);
        const rows = anyRows(dice);
        const all = judgeRows(plan, rows);
        leaks += all.leaks.length;
        for (const followBounds of bounds) {
          const where = `${family}, seed ${seed}, nearest ${followBounds.nearest}`;
          const some = judgeRows(plan, rows, { followBounds });
          expect(settled(some), where).toEqual(settled(all));
          for (const [at, { pass, metric, text }] of some.expectations.entries()) {
            // Where no interval could be told (windows far shorter than an answer takes), at most 1 is true all the same.
            const known = all.expectations[at];
            if (pass !== null && known?.measured !== null) {
              expect([metric, text, pass, where]).toEqual([metric, text, known?.pass, where]);
            }
          }
          // It never claims that it would have seen a leak which it would not.
          if (some.smallestProvableLeak !== null) {
            expect(some.smallestProvableLeak, where).toBeGreaterThanOrEqual(all.smallestProvableLeak ?? Number.NaN);
          }
        }
      }
      // The records are worth something.
      if (family !== 'concurrency') expect(leaks).toBeGreaterThan(seeds / 4);
    },
  );
});
