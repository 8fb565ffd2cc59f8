/** The judge against every interval, every phase and every assignment of decisions of tiny histories. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { WINDOWS_MAX } from '../../../harness/judge/window-bound.js';
import type { Policy, PolicyLimit } from '../../../harness/scenario/plan.js';
import { familyNames } from '../../support/acquittal.js';
import { canBeRight, possibleTruths } from '../../support/assignments.js';
import { hasOnePhase, isEveryPhaseBroken, type TinyRequest, worstExcess } from '../../support/brute-force.js';
import { type Observed, observed, sourceOf } from '../../support/observation-builder.js';
import { runOracles } from '../../support/oracle-run.js';
import {
  aConcurrency,
  aDecayingCounter,
  aFillCounter,
  aFixedWindow,
  aLeakyQueue,
  anEarnedBudget,
  aPlan,
  aPolicy,
  aRatioMonitor,
  aSlidingCounter,
  aSlidingLog,
  aTokenBucket,
  costs,
} from '../../support/plan-builder.js';

/** Classes 1 to 5 cost as many cells. */
const costsByClass = costs({ ticker: 1, account: 2, 'order.place': 3, 'order.amend': 4, 'order.cancel': 5 });

const leakable: readonly PolicyLimit['family'][] = familyNames.filter((family) => family !== 'concurrency');

interface Drawn extends TinyRequest {
  readonly key: number;
}

function anyRequests(options: {
  count: number;
  horizonUs: number;
  serviceUs: number;
  cells: number;
  charges: Drawn['charge'][];
}) {
  const anyRequest: fc.Arbitrary<Drawn> = fc
    .record({
      sentUs: fc.integer({ min: 1, max: options.horizonUs }),
      serviceUs: fc.integer({ min: 0, max: options.serviceUs }),
      cells: fc.integer({ min: 1, max: options.cells }),
      charge: fc.constantFrom(...options.charges),
      key: fc.constantFrom(0, 0, 0, 1),
    })
    .map(({ serviceUs, ...rest }) => ({ ...rest, answeredUs: rest.sentUs + serviceUs }));
  return fc.array(anyRequest, { minLength: 1, maxLength: options.count });
}

/** Of each family: numbers from 1 up to these, so that counters fill up within a few requests. */
function anyLimit(windowUsMax: number, capacityMax: number, families = leakable): fc.Arbitrary<PolicyLimit> {
  const capacity = fc.integer({ min: 1, max: capacityMax });
  const windowUs = fc.integer({ min: 1, max: windowUsMax });
  const refillCells = fc.integer({ min: 1, max: 5 });
  const anchor = fc.constantFrom<'calendar' | 'first-hit'>('calendar', 'first-hit');
  const window = { capacity, windowUs, anchor };
  const bucket = { capacity, refillCells, refillPeriodUs: windowUs };
  const creditsMax = fc.constantFrom(
    costs({ account: 1 }, 0),
    costs({ ticker: 1 }, 0),
    costs({ account: 1, ticker: 1 }, 0),
  );
  const ageCosts = fc.integer({ min: 1, max: 2 }).map((cells) => costs().map(() => [{ underUs: 5, cells }]));
  const base = { costs: costsByClass };
  const byFamily: Readonly<Record<PolicyLimit['family'], fc.Arbitrary<PolicyLimit>>> = {
    'token-bucket': fc.record(bucket).map((numbers) => aTokenBucket({ ...numbers, ...base })),
    'decaying-counter': fc.record({ ...bucket, ageCosts }).map((numbers) => aDecayingCounter({ ...numbers, ...base })),
    'leaky-queue': fc
      .record({ ...bucket, queueCells: fc.integer({ min: 1, max: 3 }) })
      .map((numbers) => aLeakyQueue({ ...numbers, ...base })),
    'fixed-window': fc
      .record({ ...window, countsDenied: fc.boolean() })
      .map((numbers) => aFixedWindow({ ...numbers, ...base })),
    'fill-counter': fc.record({ ...window, creditsMax }).map((numbers) => aFillCounter({ ...numbers, ...base })),
    'ratio-monitor': fc.record({ ...window, creditsMax }).map((numbers) => aRatioMonitor({ ...numbers, ...base })),
    'sliding-log': fc.record({ capacity, windowUs }).map((numbers) => aSlidingLog({ ...numbers, ...base })),
    'sliding-counter': fc.record({ capacity, windowUs }).map((numbers) => aSlidingCounter({ ...numbers, ...base })),
    'earned-budget': fc
      .record({ capacity, trickleUs: fc.option(windowUs), creditsMax })
      .map((numbers) => anEarnedBudget({ ...numbers, ...base })),
    concurrency: fc.record({ capacity }).map((numbers) => aConcurrency({ ...numbers, ...base })),
  };
  return fc.oneof(...families.map((family) => byFamily[family]));
}

const outcomeOf = { certain: Outcome.admitted, maybe: Outcome.timeout, none: Outcome.throttled } as const;
/** What leaves the charge open. */
const hidden = [Outcome.timeout, Outcome.denied, Outcome.unclear] as const;

/** Throttles that must have been told to be right; 10 where nothing else is said. */
const calledForMin: Partial<Record<PolicyLimit['family'], number>> = { 'leaky-queue': 1, concurrency: 0 };

function isUnanswered({ charge }: Drawn, signature: number): boolean {
  return charge === 'maybe' && hidden[signature % 3] === Outcome.timeout;
}

/** The latest decision of what was not answered is its end here, so that rows and tiny requests say the same. */
function observe(requests: readonly Drawn[]): readonly Observed[] {
  return requests.map((one, signature) =>
    observed({
      sentUs: one.sentUs,
      concludedUs: one.answeredUs,
      answeredUs: isUnanswered(one, signature) ? 0 : one.answeredUs,
      requestClass: one.cells,
      outcome: one.charge === 'maybe' ? (hidden[signature % 3] ?? Outcome.timeout) : outcomeOf[one.charge],
      limit: one.charge === 'none' ? 0 : -1,
      identity: one.key,
      signature,
    }),
  );
}

function byKey(requests: readonly Drawn[]): readonly (readonly Drawn[])[] {
  return [0, 1].map((key) => requests.filter((one) => one.key === key)).filter((some) => some.length > 0);
}

function leaksOf(policy: Policy, requests: readonly Drawn[]) {
  return runOracles(aPlan({ policy }), sourceOf(observe(requests)));
}

describe('the leak oracle', () => {
  test('finds exactly the excess of the worst of all intervals, and convicts when no phase is left', () => {
    const tally = { intervals: 0 };
    fc.assert(
      fc.property(
        anyLimit(12, 6),
        fc.record({
          resolutionUs: fc.constantFrom(1, 1, 2, 3),
          nodes: fc.constantFrom(1, 1, 2),
          slackCells: fc.constantFrom(0, 0, 1),
        }),
        anyRequests({
          count: 7,
          horizonUs: 30,
          serviceUs: 8,
          cells: 5,
          charges: ['certain', 'certain', 'certain', 'maybe'],
        }),
        (limit, target, requests) => {
          const policy = aPolicy([limit], target);
          const counters = byKey(requests);
          const found = leaksOf(policy, requests);
          const isBrokenByPhase = (some: readonly (readonly Drawn[])[]): boolean =>
            policy.nodes === 1 && hasOnePhase(limit) && isEveryPhaseBroken(limit, policy, some);
          for (const [at, some] of counters.entries()) {
            const expected = worstExcess(limit, policy, some, requests, WINDOWS_MAX);
            const subject = found.subjects.find(({ counter }) => counter === some[0]?.key);
            const worst = subject?.worst ?? null;
            if (worst?.isByPhase ?? false) {
              expect(isBrokenByPhase([some])).toBe(true);
            } else if (worst !== null) expect([at, worst.excessCells]).toEqual([at, expected]);
            if (expected > 0) {
              expect(worst?.excessCells ?? 0).toBeGreaterThanOrEqual(expected);
              tally.intervals++;
            }
          }
          const isBroken =
            counters.some((some) => worstExcess(limit, policy, some, requests, WINDOWS_MAX) > 0) ||
            isBrokenByPhase(counters);
          expect(found.leaks.length > 0).toBe(isBroken);
        },
      ),
      { seed: 30, numRuns: 10_000 },
    );
    expect(tally.intervals).toBeGreaterThan(1000);
  });

  test('convicts by phase exactly when every phase of a calendar window is broken, over all keys together', () => {
    let convicted = 0;
    fc.assert(
      fc.property(
        fc.record({ capacity: fc.integer({ min: 1, max: 2 }), windowUs: fc.integer({ min: 3, max: 9 }) }),
        fc.constantFrom(1, 1, 1, 2),
        anyRequests({ count: 12, horizonUs: 40, serviceUs: 1, cells: 2, charges: ['certain'] }),
        (numbers, resolutionUs, requests) => {
          const limit = aFixedWindow({ ...numbers, costs: costsByClass });
          const policy = aPolicy([limit], { resolutionUs });
          const counters = byKey(requests);
          fc.pre(counters.every((some) => worstExcess(limit, policy, some, requests, WINDOWS_MAX) <= 0));
          const isBroken = isEveryPhaseBroken(limit, policy, counters);
          expect(leaksOf(policy, requests).leaks.length > 0).toBe(isBroken);
          if (isBroken) convicted++;
        },
      ),
      { seed: 33, numRuns: 10_000 },
    );
    expect(convicted).toBeGreaterThan(200);
  });

  test('finds the same in long histories, whose sums are kept in many blocks', () => {
    fc.assert(
      fc.property(
        anyLimit(300, 6),
        fc.constantFrom(1, 5),
        fc.integer(),
        fc.constantFrom(0, 20, 2000),
        (limit, resolutionUs, seed, serviceUs) => {
          const policy = aPolicy([limit], { resolutionUs });
          const [requests] = fc.sample(
            fc.array(
              fc.record({ sentUs: fc.nat(3000), serviceUs: fc.nat(serviceUs), cells: fc.integer({ min: 1, max: 2 }) }),
              { minLength: 700, maxLength: 700 },
            ),
            { seed, numRuns: 1 },
          ) as [{ sentUs: number; serviceUs: number; cells: number }[]];
          const tiny = requests.map((one) => ({
            sentUs: one.sentUs,
            answeredUs: one.sentUs + one.serviceUs,
            cells: one.cells,
            charge: 'certain' as const,
            key: 0,
          }));
          const found = leaksOf(policy, tiny);
          const worst = found.subjects[0]?.worst;
          const expected = worstExcess(limit, policy, tiny, tiny, WINDOWS_MAX);
          if (worst?.isByPhase) expect(worst.excessCells).toBeGreaterThan(expected);
          else expect(worst?.excessCells ?? Number.NEGATIVE_INFINITY).toBe(expected);
        },
      ),
      { seed: 34, numRuns: 60 },
    );
  });

  test.each(leakable)('convicts a %s only where every assignment of decisions breaks it', (family) => {
    const tally = { convicted: 0, missed: 0, right: 0 };
    fc.assert(
      fc.property(
        anyLimit(6, 3, [family]),
        fc.record({ resolutionUs: fc.constantFrom(1, 1, 2), nodes: fc.constantFrom(1, 1, 1, 2) }),
        anyRequests({
          count: 6,
          horizonUs: 10,
          serviceUs: 2,
          cells: 2,
          charges: ['certain', 'certain', 'certain', 'certain', 'maybe'],
        }),
        (limit, target, drawn) => {
          const policy = aPolicy([limit], { ...target, latestDecisionUs: 0 });
          const isConvicted = leaksOf(policy, drawn).leaks.length > 0;
          const isPossible = canBeRight(limit, policy, byKey(drawn));
          if (isConvicted) expect(isPossible).toBe(false);
          if (isConvicted) tally.convicted++;
          else if (isPossible) tally.right++;
          else tally.missed++;
        },
      ),
      { seed: 31, numRuns: 1500 },
    );
    expect(tally.convicted).toBeGreaterThan(20);
  });
});

describe('the block oracle', () => {
  test.each(familyNames)('judges a throttle of a %s only where every assignment of decisions agrees', (family) => {
    const tally = { wrongful: 0, calledFor: 0, unsure: 0, missed: 0 };
    fc.assert(
      fc.property(
        anyLimit(14, 4, [family]),
        fc.constantFrom(1, 1, 2),
        anyRequests({
          count: family === 'concurrency' ? 4 : 5,
          horizonUs: 14,
          serviceUs: 2,
          cells: 2,
          charges: ['certain', 'certain', 'certain', 'maybe', 'none'],
        }),
        (limit, resolutionUs, drawn) => {
          const policy = aPolicy([limit], { resolutionUs, latestDecisionUs: 0 });
          const requests = drawn.map((one, at) => ({ ...one, isOpen: isUnanswered(one, at) }));
          const { blocks } = runOracles(aPlan({ policy }), sourceOf(observe(requests)));
          for (const { row, shared } of blocks) {
            if (row.outcome !== Outcome.throttled) continue;
            const throttled = requests[row.signature] as Drawn;
            const mine = requests.filter(({ key }) => key === throttled.key);
            const truths = possibleTruths(limit, policy, mine, throttled);
            // No right target has admitted what was: then nothing can be said of what it throttles.
            if (!truths.had && !truths.lacked) continue;
            if (shared === 'wrongful') expect(truths).toEqual({ had: true, lacked: false });
            if (shared === 'called-for') expect(truths).toEqual({ had: false, lacked: true });
            if (shared === 'wrongful') tally.wrongful++;
            else if (shared === 'called-for') tally.calledFor++;
            else if (truths.had !== truths.lacked) tally.missed++;
            else tally.unsure++;
          }
        },
      ),
      { seed: 32, numRuns: 1000 },
    );
    expect(tally.wrongful).toBeGreaterThan(50);
    // Whoever waits in a queue is not answered yet, so it is hardly ever certain that one is full.
    expect(tally.calledFor).toBeGreaterThanOrEqual(calledForMin[family] ?? 10);
  });
});
