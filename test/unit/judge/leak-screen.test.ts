/** Of a long run only some counters are followed: whatever has leaked is among them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { createChargeLevel } from '../../../harness/judge/charge-level.js';
import { LeakScreen } from '../../../harness/judge/leak-screen.js';
import { type Plan, type PolicyLimit, requestClasses } from '../../../harness/scenario/plan.js';
import { judgeRows } from '../../support/judge-task.js';
import { type Observed, observed, sourceOf } from '../../support/observation-builder.js';
import { runOracles } from '../../support/oracle-run.js';
import {
  aDecayingCounter,
  aFillCounter,
  aFixedWindow,
  aLeakyQueue,
  anEarnedBudget,
  anExpectation,
  aPlan,
  aPolicy,
  aRatioMonitor,
  aSlidingCounter,
  aSlidingLog,
  aTokenBucket,
  costs,
  creditsMax,
} from '../../support/plan-builder.js';

const followsSuspects = { charges: 0, counters: 0, nearest: 0 };
const followsNearest = { charges: 0, counters: 0, nearest: 8 };
const WINDOW_US = 1000;
const REFILL = { refillCells: 1, refillPeriodUs: WINDOW_US };

/** Small numbers, so that short histories are often over them. */
const limits: Readonly<Record<string, PolicyLimit>> = {
  'token-bucket': aTokenBucket({ capacity: 2, ...REFILL }),
  'token-bucket of one cell': aTokenBucket({ capacity: 1, ...REFILL }),
  'decaying-counter': aDecayingCounter({ capacity: 2, ...REFILL }),
  'leaky-queue': aLeakyQueue({ capacity: 2, queueCells: 2, ...REFILL }),
  'leaky-queue without a queue': aLeakyQueue({ capacity: 2, queueCells: 0, ...REFILL }),
  'fixed-window of the calendar': aFixedWindow({ capacity: 2, windowUs: WINDOW_US, anchor: 'calendar' }),
  'fixed-window from the first hit': aFixedWindow({ capacity: 2, windowUs: WINDOW_US, anchor: 'first-hit' }),
  'fill-counter': aFillCounter({ capacity: 2, windowUs: WINDOW_US, creditsMax: creditsMax(0) }),
  'ratio-monitor': aRatioMonitor({ capacity: 2, windowUs: WINDOW_US, creditsMax: creditsMax(0) }),
  'sliding-log': aSlidingLog({ capacity: 2, windowUs: WINDOW_US }),
  'sliding-counter': aSlidingCounter({ capacity: 2, windowUs: WINDOW_US }),
  'earned-budget': anEarnedBudget({ capacity: 2, trickleUs: null, creditsMax: creditsMax(0) }),
  'earned-budget with a trickle': anEarnedBudget({ capacity: 2, trickleUs: WINDOW_US, creditsMax: creditsMax(0) }),
};

const outcomes = [
  Outcome.admitted,
  Outcome.admitted,
  Outcome.admitted,
  Outcome.throttled,
  Outcome.refused,
  Outcome.timeout,
];

const histories = fc.array(
  fc
    .record({
      sentUs: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 6 * WINDOW_US })),
      tookUs: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 3 * WINDOW_US })),
      identity: fc.integer({ min: 0, max: 1 }),
      outcome: fc.constantFrom(...outcomes),
      elements: fc.constantFrom(1, 1, 1, 2),
    })
    .map(({ sentUs, tookUs, ...rest }): Observed => observed({ sentUs, concludedUs: sentUs + tookUs, ...rest })),
  { minLength: 1, maxLength: 60, size: 'max' },
);

const policies = fc.record({
  resolutionUs: fc.constantFrom(1, 50),
  nodes: fc.constantFrom(1, 1, 2),
  slackCells: fc.constantFrom(0, 0, 1),
});

function withBounds(limit: PolicyLimit, promised: object, rows: readonly Observed[], bounds?: typeof followsSuspects) {
  const plan: Plan = aPlan({ policy: aPolicy([limit], promised) });
  return runOracles(plan, sourceOf(rows), bounds);
}

describe('a run of which only some counters are followed', () => {
  it.each(Object.entries(limits))('is convicted of the same leaks: %s', (_name, limit) => {
    let leaks = 0;
    fc.assert(
      fc.property(histories, policies, (rows, promised) => {
        const all = withBounds(limit, promised, rows).leaks;
        leaks += all.length;
        const screened = withBounds(limit, promised, rows, followsSuspects).leaks;
        const byCounter = (list: typeof all) => [...list].sort((a, b) => a.counter - b.counter);
        expect(byCounter(screened)).toEqual(byCounter(all));
      }),
      { seed: 1, numRuns: 300 },
    );
    // The histories are worth something: many of them leak.
    expect(leaks).toBeGreaterThan(30);
  });
});

describe('the level of a counter', () => {
  it('of few charges is their sum, and falls with time once they are more than half of what is allowed', () => {
    const level = createChargeLevel(aTokenBucket({ capacity: 4, refillCells: 1, refillPeriodUs: 10 }), aPolicy([]));
    expect(level.allowed).toBe(41);
    expect(level.charge(7, 1, 1000)).toBe(10);
    expect(level.charge(7, 1, 2000)).toBe(20);
    expect(level.charge(7, 1, 3000)).toBe(30);
    expect(level.charge(7, 1, 3004)).toBe(36);
    expect(level.charge(7, 1, 9000)).toBe(10);
    expect(level.levelOf(7)).toBe(10);
    expect(level.levelOf(8)).toBe(0);
    expect(level.counters).toBe(1);
  });

  it('of windows is what two blocks of time that follow each other hold', () => {
    const level = createChargeLevel(aSlidingLog({ capacity: 2, windowUs: 10 }), aPolicy([]));
    expect([5, 8, 12, 29, 35].map((us) => level.charge(0, 1, us))).toEqual([1, 2, 3, 2, 2]);
  });

  it('goes beyond what a packed count holds: a broken target admits many elements at a great price', () => {
    const level = createChargeLevel(aTokenBucket({ capacity: 2 ** 31 - 1, refillCells: 1 }), aPolicy([]));
    const cells = 65_535 * 2 ** 30;
    expect(level.charge(3, cells, 5)).toBeGreaterThan(level.allowed);
    expect(level.counters).toBe(1);
    // So many nodes that even half of what they allow is more than 2^32.
    const many = createChargeLevel(aSlidingLog({ capacity: 2 ** 31 - 1 }), aPolicy([], { nodes: 64 }));
    expect(many.charge(3, 2 ** 32 - 1, 5)).toBe(2 ** 32 - 1);
    expect(many.charge(3, 1, 6)).toBe(2 ** 32);
    expect(many.charge(3, 1, 7)).toBe(2 ** 32 + 1);
  });

  it('that no double holds exactly is endless: the oracle itself looks', () => {
    const level = createChargeLevel(
      aTokenBucket({ capacity: 1, refillCells: 1, refillPeriodUs: 2 ** 40 }),
      aPolicy([]),
    );
    expect(level.charge(0, 2 ** 20, 5)).toBeGreaterThan(level.allowed);
    expect(level.charge(0, 1, 2 ** 45)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('LeakScreen', () => {
  const policy = aPolicy([aTokenBucket({ capacity: 100, refillCells: 1 })]);

  it('follows all counters of an ordinary run', () => {
    const screen = new LeakScreen(policy, { charges: 10, counters: 5, nearest: 8 });
    for (let charge = 0; charge < 10; charge++) screen.charge(0, charge % 5, 0, 1, charge);
    expect(screen.followed(0)).toBeNull();
    expect(screen.followsSome).toBe(false);
    screen.charge(0, 4, 0, 1, 11);
    expect(screen.followed(0)).not.toBeNull();
    expect(screen.followsSome).toBe(true);
  });

  it('follows the eight of each actor that came nearest, and of those that blocked somebody', () => {
    const screen = new LeakScreen(policy, followsNearest);
    for (let counter = 0; counter < 20; counter++) screen.charge(0, counter, 0, 1 + counter, counter);
    screen.charge(0, 50, 1, 1, 30);
    screen.press(0, 3);
    const followed = screen.followed(0);
    const members = Array.from({ length: 60 }, (_, counter) => counter).filter((counter) => followed?.has(counter));
    expect(members).toEqual([3, 12, 13, 14, 15, 16, 17, 18, 19, 50]);
  });

  it('leaves a ratio of leak between what was seen and 1, and the smallest leak no smaller than it is', () => {
    const rows = Array.from({ length: 30 }, (_, at) => ({ identity: 10 + (at % 10), sentUs: 4_000_000 + at * 1000 }));
    const plan = aPlan({ policy, expectations: [anExpectation('abuse.leakRatio', '<=', 1)] });
    const all = judgeRows(plan, rows);
    const some = judgeRows(plan, rows, { followBounds: followsNearest });
    expect(some.expectations[0]?.pass).toBe(true);
    expect(some.smallestProvableLeak).toBe(all.smallestProvableLeak);
    const half = aPlan({ policy, expectations: [anExpectation('abuse.leakRatio', '<=', 0.5)] });
    expect(judgeRows(half, rows).expectations[0]?.pass).toBe(true);
    expect(judgeRows(half, rows, { followBounds: followsNearest }).expectations[0]?.pass).toBeNull();
  });

  const wholeAndCalm = [
    anExpectation('abuse.leakRatio', '<=', 1),
    anExpectation('abuse.leakRatio', '<=', 1, { phase: 'calm' }),
    anExpectation('abuse.leakRatio', '<=', 1, { phase: 'attack' }),
  ];
  const passesOf = (limit: PolicyLimit, rows: readonly Partial<Observed>[]) =>
    judgeRows(aPlan({ policy: aPolicy([limit]), expectations: wholeAndCalm }), rows, {
      followBounds: followsSuspects,
    }).expectations.map(({ pass }) => pass);

  it('tells no ratio of those who charged nothing, and 1 at most of those who did', () => {
    const orders = aTokenBucket({ capacity: 100, costs: costs({ ticker: 0 }) });
    const charged = { identity: 12, sentUs: 4_000_000 };
    expect(passesOf(orders, [charged])).toEqual([true, null, true]);
    expect(passesOf(orders, [{ ...charged, outcome: Outcome.throttled }])).toEqual([null, null, null]);
    // Admitted, but under no limit; the one that was limited said no.
    const free = { identity: 13, sentUs: 4_000_000, requestClass: requestClasses.indexOf('ticker') };
    expect(passesOf(orders, [{ ...charged, outcome: Outcome.throttled }, free])).toEqual([null, null, null]);
    expect(passesOf(orders, [{ ...charged, sentUs: 500_000 }])).toEqual([null, null, null]);
    expect(
      passesOf(orders, [
        { ...charged, sentUs: 500_000 },
        { ...charged, outcome: Outcome.throttled },
      ]),
    ).toEqual([true, null, null]);
    // Refused by the verifier: it charges what stands before that, and nothing was admitted.
    expect(passesOf({ ...orders, by: ['ip'] }, [{ ...charged, outcome: Outcome.refused }])).toEqual([true, null, true]);
    expect(passesOf(orders, [{ ...charged, outcome: Outcome.refused }])).toEqual([null, null, null]);
  });

  it('leaves a ratio open that unclear answers may bring above 1, whatever else was certainly admitted', () => {
    const rows = [
      { identity: 11, sentUs: 4_000_000 },
      ...[1, 2, 3].map((at) => ({ identity: 12, sentUs: 4_000_000 + at, outcome: Outcome.unclear })),
    ];
    expect(passesOf(aTokenBucket({ capacity: 2 }), rows)).toEqual([null, null, null]);
    expect(passesOf(aTokenBucket({ capacity: 4 }), rows)).toEqual([true, null, true]);
  });

  it('claims to see no leak on counters that blocked nobody where those that did may not be followed', () => {
    const bucket = aTokenBucket({ capacity: 2 });
    const leak = [1, 2, 3, 4].map((at) => ({ identity: 11, sentUs: 4_000_000 + at }));
    const pressed = [
      { identity: 12, sentUs: 4_000_000 },
      { identity: 12, sentUs: 4_000_001, outcome: Outcome.throttled },
    ];
    const seen = (rows: readonly Partial<Observed>[], followBounds?: typeof followsSuspects) =>
      judgeRows(aPlan({ policy: aPolicy([bucket]) }), rows, followBounds === undefined ? {} : { followBounds })
        .smallestProvableLeak;
    expect(seen([...leak, ...pressed])).toBe(2);
    expect(seen([...leak, ...pressed], followsNearest)).toBe(2);
    expect(seen([...leak, ...pressed], followsSuspects)).toBeNull();
    expect(seen(leak, followsSuspects)).toBe(1);
  });
});
