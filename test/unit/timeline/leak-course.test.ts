import { describe, expect, test } from 'vitest';
import { judgeRun } from '../../../harness/judge/judge.js';
import type { Leak } from '../../../harness/judge/verdict.js';
import type { Policy, PolicyLimit } from '../../../harness/scenario/plan.js';
import { AdmittedCourse, leakCourse } from '../../../harness/timeline/leak-course.js';
import type { LeakCourse, SeriesDocument } from '../../../harness/timeline/series.js';
import { seriesOf } from '../../../harness/timeline/series-of.js';
import { aTask } from '../../support/judge-task.js';
import { playHistory } from '../../support/limiter-history.js';
import type { Observed } from '../../support/observation-builder.js';
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
  creditsMax,
} from '../../support/plan-builder.js';
import { ReferenceBucket, ReferenceBudget, type ReferenceLimiter } from '../../support/reference-limiters.js';

interface Judged {
  readonly leaks: readonly Leak[];
  readonly series: SeriesDocument;
}

/** The verdict on rows, and the series of the same run. */
function judged(policy: Policy, rows: readonly Partial<Observed>[], leaks?: readonly Leak[]): Judged {
  const plan = aPlan({ policy });
  const task = aTask(plan, rows);
  const found = leaks ?? judgeRun(task).leaks;
  return { leaks: found, series: seriesOf({ plan, seed: 1 }, task.world, task.observations, found, []) };
}

/** A course ends where the verdict does, and was never further above its bound than there. */
function expectToEndAsProved(course: LeakCourse, leak: Leak): void {
  const { atMs, admittedCells, boundCells } = course;
  expect([atMs.at(-1), admittedCells.at(-1), boundCells.at(-1)]).toEqual([
    leak.toMs,
    leak.admittedCells,
    leak.boundCells,
  ]);
  const over = admittedCells.map((cells, at) => cells - (boundCells[at] as number));
  expect(Math.max(...over)).toBe(leak.excessCells);
  for (const points of [atMs, admittedCells, boundCells]) {
    expect(points).toEqual([...points].sort((a, b) => a - b));
    expect(points).toHaveLength(atMs.length);
  }
  expect(atMs[0]).toBeGreaterThanOrEqual(leak.fromMs);
  expect(new Set(atMs).size).toBe(atMs.length);
}

const numbers = { capacity: 5, refillCells: 1, refillPeriodUs: 100_000 };
const window = { capacity: 5, windowUs: 100_000 };
const tooMuch = (): ReferenceLimiter => new ReferenceBucket(30, 4, 100_000);

interface Broken {
  readonly limit: PolicyLimit;
  readonly nodes?: number;
  readonly resolutionUs?: number;
  readonly build?: () => ReferenceLimiter;
}

const broken: readonly Broken[] = [
  { limit: aTokenBucket(numbers) },
  { limit: aTokenBucket({ ...numbers, refillCells: 3, refillPeriodUs: 700_000 }), nodes: 3, resolutionUs: 1000 },
  { limit: aDecayingCounter(numbers) },
  { limit: aLeakyQueue({ ...numbers, queueCells: 3 }), resolutionUs: 1000 },
  { limit: aLeakyQueue({ ...numbers, queueCells: 3 }), nodes: 2 },
  { limit: aFixedWindow(window) },
  { limit: aFixedWindow({ ...window, anchor: 'first-hit' }) },
  { limit: aFixedWindow(window), nodes: 2 },
  { limit: aFillCounter({ ...window, creditsMax: creditsMax(1) }), build: () => new ReferenceBucket(800, 4, 100_000) },
  { limit: aRatioMonitor({ ...window, creditsMax: creditsMax(0) }) },
  { limit: aSlidingLog(window) },
  { limit: aSlidingCounter(window) },
  { limit: aSlidingCounter(window), nodes: 2 },
  {
    limit: anEarnedBudget({ capacity: 50, trickleUs: 100_000, creditsMax: creditsMax(0) }),
    build: () => new ReferenceBudget(100, 50_000),
  },
];

describe('the course of a leak', () => {
  test.each(broken)('of a $limit.family ends with the verdict, and rises above its bound there most', (row) => {
    const { limit, nodes = 1, resolutionUs = 1, build = tooMuch } = row;
    const policy = aPolicy([limit], { nodes, resolutionUs });
    for (let seed = 1; seed <= 3; seed++) {
      const flood = { policy, seed, requests: 600, gapUs: 2000, delayUs: 100, identities: 2, build };
      const played = playHistory({ ...flood, lost: 0.02, refused: 0.02, wronged: 0, unnamed: 0 });
      const { leaks, series } = judged(
        policy,
        played.map(({ row: one }) => one),
      );
      expect(leaks.length).toBeGreaterThan(0);
      expect(series.leaks.map(({ leak }) => leak)).toEqual(leaks.map((_, index) => index));
      for (const course of series.leaks) expectToEndAsProved(course, leaks[course.leak] as Leak);
    }
  });

  test('is that of one counter among many, and of its interval alone', () => {
    const policy = aPolicy([aTokenBucket({ refillPeriodUs: 3600 * 1_000_000 })]);
    const rows = [
      ...Array.from({ length: 13 }, (_, at) => ({ sentUs: 2_000_000 + at * 1000, identity: 3 })),
      ...Array.from({ length: 9 }, (_, at) => ({ sentUs: 2_000_500 + at * 1000, identity: 4 })),
      ...Array.from({ length: 12 }, (_, at) => ({ sentUs: 3_000_000 + at * 1000, identity: 15 })),
    ];
    const { leaks, series } = judged(policy, rows);
    expect(series.leaks.map(({ leak }) => leak)).toEqual([0, 1]);
    const [course] = series.leaks as readonly [LeakCourse];
    expectToEndAsProved(course, leaks[0] as Leak);
    expect(course.admittedCells).toEqual(Array.from({ length: 13 }, (_, at) => at + 1));
    expect(course.boundCells).toEqual(Array.from({ length: 13 }, () => 10));
    expect(course.atMs[0]).toBe(1001);
  });

  test('has at most 400 moments, and 8,000 with those of all others', () => {
    const policy = aPolicy([aTokenBucket({ refillPeriodUs: 3600 * 1_000_000 })]);
    const rowsOf = (identities: number, count: number): readonly Partial<Observed>[] =>
      Array.from({ length: identities * count }, (_, at) => ({
        sentUs: 2_000_000 + at * 100,
        identity: at % identities,
      }));
    const one = judged(policy, rowsOf(1, 3001));
    expect(one.series.leaks[0]?.atMs.length).toBeGreaterThan(200);
    expect(one.series.leaks[0]?.atMs.length).toBeLessThanOrEqual(400);
    expectToEndAsProved(one.series.leaks[0] as LeakCourse, one.leaks[0] as Leak);
    const plan = aPlan({ policy });
    const world = { ...aTask(plan, []).world, keyCount: 1000 };
    const rows = rowsOf(100, 200).map((row) => ({ ...row, actor: 0 }));
    const task = aTask(plan, rows, { world });
    const { leaks } = judgeRun(task);
    const courses = seriesOf({ plan, seed: 1 }, task.world, task.observations, leaks, []).leaks;
    expect(courses).toHaveLength(100);
    expect(Math.max(...courses.map(({ atMs }) => atMs.length))).toBeLessThanOrEqual(80);
    for (const course of courses) expectToEndAsProved(course, leaks[course.leak] as Leak);
  });

  test('is left out where the rows do not show what the verdict says, and where several counters prove it together', () => {
    const policy = aPolicy([aTokenBucket({ refillPeriodUs: 3600 * 1_000_000 })]);
    const rows = Array.from({ length: 13 }, (_, at) => ({ sentUs: 2_000_000 + at * 1000 }));
    const [leak] = judged(policy, rows).leaks as readonly [Leak];
    expect(judged(policy, rows, [{ ...leak, admittedCells: 14 }]).series.leaks).toEqual([]);
    expect(judged(policy, rows, [{ ...leak, key: '*' }]).series.leaks).toEqual([]);
    expect(judged(policy, rows, [{ ...leak, limit: 'gone' }]).series.leaks).toEqual([]);
    expect(judged(policy, rows.slice(3), [leak]).series.leaks).toEqual([]);
    expect(judged(policy, rows, [leak, leak]).series.leaks.map((course) => course.leak)).toEqual([0, 1]);
  });

  test('tells the counter of the proof from others with the same name', () => {
    const policy = aPolicy([aTokenBucket({ refillPeriodUs: 3600 * 1_000_000 })]);
    const plan = aPlan({ policy });
    const rows = [2, 3, 4].flatMap((identity, at) =>
      Array.from({ length: 12 + ((at + 1) % 3) }, (_, step) => ({ sentUs: 2_000_000 + step * 1000, identity })),
    );
    const task = aTask(plan, rows);
    const world = { ...task.world, keyName: () => 'same' };
    const { leaks } = judgeRun({ ...task, world });
    expect(leaks.map(({ admittedCells }) => admittedCells).sort()).toEqual([12, 13, 14]);
    for (const course of seriesOf({ plan, seed: 1 }, world, task.observations, leaks, []).leaks) {
      expectToEndAsProved(course, leaks[course.leak] as Leak);
    }
  });

  test('counts no more than the verdict where the oracle has proved with less', () => {
    const limit = aTokenBucket();
    const admitted = new AdmittedCourse(10);
    for (const atUs of [1_000_000, 1_000_001, 1_000_002]) admitted.add(atUs, 7);
    const proof = { leak: 2, fromUs: 1_000_000, toUs: 1_000_002, admittedCells: 15, boundCells: 10 };
    expect(leakCourse(proof, admitted, limit, aPolicy([limit]), 1_000_000)).toEqual({
      leak: 2,
      atMs: [0, 0.001, 0.002],
      admittedCells: [7, 14, 15],
      boundCells: [10, 10, 10],
    });
  });
});

describe('the bound of a course until a moment', () => {
  const slow = { refillCells: 10, refillPeriodUs: 1_000_000 };
  const short = { windowUs: 100_000 };
  const fills = aFillCounter({ ...short, creditsMax: creditsMax(1) });

  test.each([
    { because: 'is what is promised until then', limit: aTokenBucket(slow), ends: 13, bounds: [10, 11, 12, 13] },
    {
      because: 'is what is promised until then, window by window',
      limit: aFixedWindow(short),
      ends: 50,
      bounds: [20, 30, 40, 50],
    },
    {
      because: 'is the last one less what a straight line rises by, where nodes are rounded together',
      limit: aTokenBucket({ ...slow, refillCells: 5 }),
      nodes: 3,
      ends: 34,
      bounds: [30, 31, 33, 34],
    },
    {
      because: 'is the same of what a queue serves',
      limit: aLeakyQueue({ ...slow, queueCells: 9 }),
      ends: 15,
      bounds: [12, 13, 14, 15],
    },
    {
      because: 'is the same of a sliding counter on two nodes',
      limit: aSlidingCounter(),
      nodes: 2,
      ends: 27,
      bounds: [21, 23, 25, 27],
    },
    {
      because: 'is the last one where the phase of windows proves it',
      limit: aSlidingCounter(),
      ends: 10,
      bounds: [10, 10, 10, 10],
    },
    {
      because: 'is the last one where fills can have given, whatever they gave',
      limit: fills,
      ends: 50,
      bounds: [50, 50, 50, 50],
    },
    { because: 'is the last one of a budget', limit: anEarnedBudget(), ends: 77, bounds: [77, 77, 77, 77] },
  ])('$because ($limit.family)', ({ limit, nodes = 1, ends, bounds }) => {
    const admitted = new AdmittedCourse(10);
    for (const atUs of [1_000_000, 1_100_000, 1_200_000, 1_300_000]) admitted.add(atUs, 1);
    const proof = { leak: 0, fromUs: 1_000_000, toUs: 1_300_000, admittedCells: 4, boundCells: ends };
    expect(leakCourse(proof, admitted, limit, aPolicy([limit], { nodes }), 0)?.boundCells).toEqual(bounds);
  });
});

describe('admissions within an interval', () => {
  test('of one moment are told together', () => {
    const admitted = new AdmittedCourse(4);
    for (const [atUs, cells] of [
      [5, 1],
      [5, 2],
      [6, 3],
    ] as const) {
      admitted.add(atUs, cells);
    }
    expect(admitted.points()).toEqual([
      { atUs: 5, cells: 3 },
      { atUs: 6, cells: 6 },
    ]);
  });

  test.each([1, 2, 3, 4, 5, 7, 8, 9, 31, 1000, 1001])('%d of them are thinned, and the last stays', (count) => {
    const admitted = new AdmittedCourse(4);
    for (let at = 1; at <= count; at++) admitted.add(at, 2);
    const points = admitted.points();
    expect(points.length).toBeLessThanOrEqual(4);
    expect(points.length).toBeGreaterThanOrEqual(Math.min(count, 2));
    expect(points.at(-1)).toEqual({ atUs: count, cells: 2 * count });
    for (const { atUs, cells } of points) expect(cells).toBe(2 * atUs);
    expect(admitted.cells).toBe(2 * count);
  });
});
