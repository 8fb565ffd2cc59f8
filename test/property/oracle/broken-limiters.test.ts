/**
 * Limiters that are broken on purpose, behind small delays: the judge must convict them, and only by what is proved.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicyLimit, TokenBucketLimit } from '../../../harness/scenario/plan.js';
import { type HistoryOptions, playHistory } from '../../support/limiter-history.js';
import { observed, sourceOf } from '../../support/observation-builder.js';
import { runOracles } from '../../support/oracle-run.js';
import {
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
  creditsMax,
} from '../../support/plan-builder.js';
import {
  ReferenceBucket,
  ReferenceBudget,
  ReferenceFixedWindow,
  type ReferenceLimiter,
  ReferenceQueue,
  ReferenceSlidingCounter,
  ReferenceSlidingLog,
  referenceLimiter,
} from '../../support/reference-limiters.js';

const bucket = aTokenBucket({ capacity: 5, refillCells: 1, refillPeriodUs: 100_000 });
const log = aSlidingLog({ capacity: 5, windowUs: 100_000 });
const calendar = aFixedWindow({ capacity: 5, windowUs: 100_000 });
const firstHit = aFixedWindow({ capacity: 5, windowUs: 100_000, anchor: 'first-hit' });

const decaying = aDecayingCounter({
  capacity: 5,
  refillCells: 1,
  refillPeriodUs: 100_000,
  ageCosts: costs().map(() => [{ underUs: 50_000, cells: 2 }]),
});
const queue = aLeakyQueue({ capacity: 5, queueCells: 10, refillCells: 1, refillPeriodUs: 100_000 });
const slidingCounter = aSlidingCounter({ capacity: 5, windowUs: 100_000 });
const credited = { capacity: 5, windowUs: 100_000, costs: costs({ 'order.place': 2 }), creditsMax: creditsMax(1) };
const fillCounter = aFillCounter({ ...credited, anchor: 'first-hit' });
const ratioMonitor = aRatioMonitor(credited);
const budget = anEarnedBudget({ capacity: 50, trickleUs: 100_000, creditsMax: creditsMax(0) });
const closedBudget = anEarnedBudget({ capacity: 50, trickleUs: null, creditsMax: creditsMax(0) });

/**
 * One key, 1000 requests about 2 ms apart, answers within a few ms, and a pause of 3 s in the middle: every limiter
 * here is under pressure nearly all the time.
 */
function flood(limit: PolicyLimit, seed: number, build?: HistoryOptions['build']): HistoryOptions {
  return {
    policy: aPolicy([limit]),
    seed,
    requests: 1000,
    gapUs: 2000,
    delayUs: 100,
    identities: 1,
    lost: 0,
    refused: 0,
    wronged: 0,
    unnamed: 0,
    pauseUs: 3_000_000,
    ...(build === undefined ? {} : { build }),
  };
}

function leaksOf(options: HistoryOptions) {
  return runOracles(aPlan({ policy: options.policy }), sourceOf(playHistory(options).map(({ row }) => row))).leaks;
}

/** Saves up without end: after a pause far more than the capacity passes. */
class UncappedBucket implements ReferenceLimiter {
  private readonly cellsPerUs: number;
  private spent: number;

  constructor(limit: TokenBucketLimit) {
    this.cellsPerUs = limit.refillCells / limit.refillPeriodUs;
    this.spent = -limit.capacity;
  }

  fits(nowUs: number, cells: number): boolean {
    return nowUs * this.cellsPerUs - this.spent >= cells;
  }

  charge(_nowUs: number, cells: number): void {
    this.spent += cells;
  }

  copy(): UncappedBucket {
    return Object.assign(Object.create(UncappedBucket.prototype) as UncappedBucket, this);
  }
}

interface Break {
  readonly limit: PolicyLimit;
  readonly build: (phaseUs: number) => ReferenceLimiter;
  readonly because: string;
}

const breaks: readonly Break[] = [
  { limit: bucket, build: () => new ReferenceBucket(10, 1, 100_000), because: 'a bucket of twice the capacity' },
  { limit: bucket, build: () => new ReferenceBucket(6, 1, 100_000), because: 'a bucket with one cell too many' },
  { limit: bucket, build: () => new ReferenceBucket(5, 2, 100_000), because: 'a bucket that refills twice as fast' },
  {
    limit: bucket,
    build: () => new ReferenceBucket(5, 11, 1_000_000),
    because: 'a bucket that refills a tenth faster',
  },
  { limit: bucket, build: () => new UncappedBucket(bucket), because: 'a bucket that saves up without a cap' },
  { limit: log, build: () => new ReferenceSlidingLog(10, 100_000), because: 'a log of twice the capacity' },
  { limit: log, build: () => new ReferenceSlidingLog(6, 100_000), because: 'a log with one cell too many' },
  {
    limit: log,
    build: () => new ReferenceFixedWindow(5, 100_000, 0),
    because: 'a fixed window where a log was promised',
  },
  { limit: log, build: () => new ReferenceSlidingLog(5, 90_000), because: 'a log whose window is too short' },
  { limit: calendar, build: () => new ReferenceFixedWindow(10, 100_000, 0), because: 'a window of twice the capacity' },
  { limit: calendar, build: () => new ReferenceFixedWindow(6, 100_000, 0), because: 'a window with one cell too many' },
  { limit: calendar, build: () => new ReferenceFixedWindow(5, 90_000, 0), because: 'a window that ends too early' },
  {
    limit: firstHit,
    build: () => new ReferenceFixedWindow(10, 100_000, null),
    because: 'a first-hit window of twice the capacity',
  },
  {
    limit: firstHit,
    build: () => new ReferenceFixedWindow(6, 100_000, null),
    because: 'a first-hit window with one cell too many',
  },
  {
    limit: firstHit,
    build: () => new ReferenceFixedWindow(5, 70_000, null),
    because: 'a first-hit window that ends too early',
  },
  {
    limit: decaying,
    build: () => new ReferenceBucket(30, 1, 100_000),
    because: 'a decaying counter of six times the threshold, whatever the ages were',
  },
  {
    limit: decaying,
    build: () => new ReferenceBucket(5, 4, 100_000),
    because: 'a decaying counter that falls four times as fast',
  },
  {
    limit: queue,
    build: () => new ReferenceBucket(15, 1, 100_000),
    because: 'a queue that lets nobody wait',
  },
  { limit: queue, build: () => new ReferenceQueue(7, 10, 1, 100_000), because: 'a queue that serves two more at once' },
  { limit: queue, build: () => new ReferenceQueue(5, 10, 11, 1_000_000), because: 'a queue that serves too fast' },
  {
    limit: slidingCounter,
    build: () => new ReferenceSlidingCounter(10, 100_000, 0),
    because: 'a sliding counter of twice the capacity',
  },
  {
    limit: slidingCounter,
    build: () => new ReferenceSlidingCounter(6, 100_000, 0),
    because: 'a sliding counter with one cell too many',
  },
  {
    limit: slidingCounter,
    build: () => new ReferenceSlidingCounter(5, 70_000, 0),
    because: 'a sliding counter whose windows are too short',
  },
  {
    limit: fillCounter,
    build: () => new ReferenceFixedWindow(10, 100_000, null),
    because: 'a fill counter of twice the capacity',
  },
  {
    limit: ratioMonitor,
    build: () => new ReferenceFixedWindow(10, 100_000, 0, Number.NEGATIVE_INFINITY),
    because: 'a ratio monitor of twice the capacity',
  },
  { limit: budget, build: () => new ReferenceBudget(100, 100_000), because: 'a budget of twice the size' },
  { limit: budget, build: () => new ReferenceBudget(50, 50_000), because: 'a budget whose trickle is too fast' },
  { limit: closedBudget, build: () => new ReferenceBudget(51, null), because: 'a budget with one cell too many' },
  { limit: closedBudget, build: () => new ReferenceBudget(50, 500_000), because: 'a trickle that nobody promised' },
];

const rightOnes: readonly PolicyLimit[] = [
  bucket,
  log,
  calendar,
  firstHit,
  decaying,
  queue,
  slidingCounter,
  fillCounter,
  ratioMonitor,
  budget,
  closedBudget,
];

describe('a broken limiter behind small delays is convicted', () => {
  test.each(breaks)('$because', ({ limit, build }) => {
    for (let seed = 1; seed <= 20; seed++) {
      expect(leaksOf(flood(limit, seed, (_limit, phaseUs) => build(phaseUs)))).toHaveLength(1);
    }
  });

  test.each(rightOnes)('and a right one ($family) under the same flood is not', (limit) => {
    for (let seed = 1; seed <= 20; seed++) expect(leaksOf(flood(limit, seed))).toEqual([]);
  });
});

/** One request a millisecond, answered within the same microsecond. */
function atOnce(cells: number, limit: PolicyLimit, startUs = 1_000_000) {
  const rows = Array.from({ length: cells }, (_, at) =>
    observed({ sentUs: startUs + at * 1000, concludedUs: startUs + at * 1000 }),
  );
  return runOracles(aPlan({ policy: aPolicy([limit]) }), sourceOf(rows)).leaks;
}

describe('without delay', () => {
  test('the bound itself is no leak, and one cell more is convicted as one cell', () => {
    const slowBucket = aTokenBucket({ capacity: 20, refillCells: 1, refillPeriodUs: 1_000_000 });
    const longLog = aSlidingLog({ capacity: 20, windowUs: 1_000_000 });
    for (const limit of [slowBucket, longLog]) {
      expect(atOnce(20, limit)).toEqual([]);
      expect(atOnce(21, limit).map(({ worst }) => worst?.excessCells)).toEqual([1]);
    }
  });

  test('a sliding counter is convicted of a burst over the end of a window, which its formula does not allow', () => {
    const limit = aSlidingCounter({ capacity: 20, windowUs: 1_000_000 });
    // 20 cells in 20 ms, 20 more in the next 20 ms: of those a right one may let through as many as 0.02 windows weigh.
    const leaks = (cells: number) => atOnce(cells, limit, 1_980_000).map(({ worst }) => worst?.excessCells);
    expect(leaks(20)).toEqual([]);
    expect(leaks(21)).toEqual([1]);
    expect(leaks(40)).toEqual([20]);
  });

  test('a queue is held to what it serves at once, though it may let more in', () => {
    const slow = aLeakyQueue({ capacity: 20, queueCells: 5, refillCells: 1, refillPeriodUs: 1_000_000 });
    expect(atOnce(20, slow)).toEqual([]);
    expect(atOnce(21, slow).map(({ worst }) => worst?.excessCells)).toEqual([1]);
  });

  test('a budget is held to its size for the whole run, however long it lasts, and to what can have been earned', () => {
    const spent = (cells: number, earns: number) =>
      runOracles(
        aPlan({
          policy: aPolicy([
            anEarnedBudget({ capacity: 20, trickleUs: null, creditsMax: costs({ 'order.place': earns }, 0) }),
          ]),
        }),
        sourceOf(Array.from({ length: cells }, (_, hour) => observed({ sentUs: 1 + hour * 3_600_000_000 }))),
      ).leaks.map(({ worst }) => worst?.excessCells);
    expect(spent(20, 0)).toEqual([]);
    expect(spent(21, 0)).toEqual([1]);
    expect(spent(21, 1)).toEqual([]);
  });

  test('a calendar window is convicted once one cell more lies in every window that can be', () => {
    // Four bursts, a second and 3 us apart: a window that starts within one of them ends within the next.
    const limit = aFixedWindow({ capacity: 20, windowUs: 1_000_000 });
    const burst = (startUs: number, cells: number) =>
      Array.from({ length: cells }, (_, at) => observed({ sentUs: startUs + at * 10, concludedUs: startUs + at * 10 }));
    const leaks = (cells: number) =>
      runOracles(
        aPlan({ policy: aPolicy([limit]) }),
        sourceOf([1, 2, 3, 4].flatMap((second) => burst(second * 1_000_003, cells))),
      ).leaks.map(({ worst }) => worst?.excessCells);
    expect(leaks(20)).toEqual([]);
    expect(leaks(21)).toEqual([1]);
  });
});

const anyBroken = fc.constantFrom(...breaks);

describe('a judge that does not see the moments of decision', () => {
  test('never contradicts one that sees them, and never claims more', () => {
    let hiddenConvictions = 0;
    fc.assert(
      fc.property(
        anyBroken,
        fc.integer(),
        fc.constantFrom(0, 1000, 20_000),
        fc.constantFrom(1, 1000),
        fc.integer({ min: 5, max: 120 }),
        ({ limit, build }, seed, delayUs, resolutionUs, requests) => {
          const policy = aPolicy([limit], { resolutionUs });
          const options = { ...flood(limit, seed, (_limit, phaseUs) => build(phaseUs)), policy, delayUs, requests };
          const played = playHistory(options);
          const hidden = runOracles(aPlan({ policy }), sourceOf(played.map(({ row }) => row))).leaks;
          const seen = runOracles(
            aPlan({ policy }),
            sourceOf(
              played.map(({ row, decidedUs }) => ({
                ...row,
                sentUs: decidedUs ?? row.sentUs,
                answeredUs: decidedUs ?? row.answeredUs,
                concludedUs: decidedUs ?? row.concludedUs,
              })),
            ),
          ).leaks;
          if (hidden.length === 0) return;
          hiddenConvictions++;
          expect(seen).toHaveLength(1);
          // By phase the excess is the smallest of several clusters: a proof of "at least", not a maximum.
          const [proved, truth] = [hidden[0]?.worst, seen[0]?.worst];
          if (proved === null || truth === null || proved?.isByPhase || truth?.isByPhase) return;
          expect(proved?.excessCells).toBeLessThanOrEqual(truth?.excessCells ?? 0);
        },
      ),
      { seed: 40, numRuns: 3000 },
    );
    expect(hiddenConvictions).toBeGreaterThan(500);
  });

  test('calls nothing wrongful that one who sees them calls right', () => {
    let hiddenWrongful = 0;
    fc.assert(
      fc.property(
        fc.constantFrom<PolicyLimit>(...rightOnes),
        fc.integer(),
        fc.constantFrom(0, 1000, 20_000),
        (limit, seed, delayUs) => {
          const options = { ...flood(limit, seed, referenceLimiter), delayUs, requests: 100, wronged: 0.3 };
          const played = playHistory(options);
          const rows = played.map(({ row }, signature) => ({ ...row, signature }));
          const seenRows = rows.map((row, at) => {
            const us = played[at]?.decidedUs ?? row.sentUs;
            return { ...row, sentUs: us, answeredUs: us, concludedUs: us };
          });
          const plan = aPlan({ policy: options.policy });
          const seen = new Map(
            runOracles(plan, sourceOf(seenRows)).blocks.map((one) => [one.row.signature, one.shared]),
          );
          for (const { row, shared } of runOracles(plan, sourceOf(rows)).blocks) {
            if (shared === 'wrongful') hiddenWrongful++;
            if (shared === 'wrongful') expect(seen.get(row.signature)).not.toBe('called-for');
            if (shared === 'called-for') expect(seen.get(row.signature)).not.toBe('wrongful');
          }
        },
      ),
      { seed: 41, numRuns: 1200 },
    );
    expect(hiddenWrongful).toBeGreaterThan(1000);
  });
});
