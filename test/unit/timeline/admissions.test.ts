import { describe, expect, test } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { NONE } from '../../../harness/judge/observation.js';
import type { PolicyLimit } from '../../../harness/scenario/plan.js';
import { Admissions } from '../../../harness/timeline/admissions.js';
import { Bins } from '../../../harness/timeline/bins.js';
import type { LimitSeries } from '../../../harness/timeline/series.js';
import { SeriesBuilder } from '../../../harness/timeline/series-builder.js';
import { aWorld } from '../../support/judge-task.js';
import { type Observed, observed, sourceOf } from '../../support/observation-builder.js';
import { aConcurrency, aPlan, aPolicy, aTokenBucket, costs } from '../../support/plan-builder.js';

/** Batches as they are, in whatever order. */
function limitsOf(
  limits: readonly PolicyLimit[],
  batches: readonly (readonly Partial<Observed>[])[],
): readonly LimitSeries[] {
  const plan = aPlan({ policy: aPolicy(limits) });
  const admissions = new Admissions(plan, new Bins(plan), aWorld(plan), []);
  for (const rows of batches) {
    for (const batch of sourceOf(rows.map(observed))()) admissions.add(batch);
  }
  return admissions.limits(0, 30);
}

function cellsOf(series: LimitSeries | undefined): number {
  return (series?.admittedCells ?? []).reduce((sum, cells) => sum + cells, 0);
}

const sentUs = 1_000_000;

describe('what the rows say of the limits', () => {
  test('is told for each actor that charged one, by name, and for no other', () => {
    const limits = [
      aTokenBucket({ name: 'orders', costs: costs({ 'order.place': 2 }, 0) }),
      aTokenBucket({ name: 'shadow', isShadow: true }),
      aTokenBucket({ name: 'logins', costs: costs({ login: 1 }, 0) }),
    ];
    const rows = [
      { sentUs, actor: 0 },
      { sentUs, actor: 1, elements: 3 },
      { sentUs, actor: 1, requestClass: 0 },
    ];
    const found = limitsOf(limits, [rows]);
    expect(found.map((series) => [series.actor, series.limit, series.keys, cellsOf(series)])).toEqual([
      [0, 'orders', 1, 2],
      [1, 'orders', 1, 6],
      [1, 'logins', 1, 1],
    ]);
  });

  test.each([
    { by: ['key'], keys: 3 },
    { by: ['account'], keys: 2 },
    { by: ['ip'], keys: 4 },
    { by: [], keys: 1 },
  ] as const)('counts as many counters as there are by $by', ({ by, keys }) => {
    const rows = [
      { sentUs, key: 1, account: 1, ip: 4 },
      { sentUs, key: 2, account: 1, ip: 5 },
      { sentUs, key: 3, account: 2, ip: 6 },
      { sentUs, key: 3, account: 2, ip: 7 },
    ];
    expect(limitsOf([aTokenBucket({ by })], [rows]).map((series) => series.keys)).toEqual([keys]);
  });

  test('leaves out a request that lacks what the limit counts by', () => {
    const rows = [
      { sentUs, key: NONE },
      { sentUs, key: 1 },
    ];
    const [series] = limitsOf([aTokenBucket()], [rows]);
    expect([series?.keys, cellsOf(series)]).toEqual([1, 1]);
    expect(limitsOf([aTokenBucket()], [[{ sentUs, key: NONE }]])).toEqual([]);
  });

  test('counts what was certainly charged: admitted, and refused behind a limit that stands before the verifier', () => {
    const limits = [aTokenBucket({ name: 'ip', by: ['ip'] }), aTokenBucket({ name: 'key' })];
    const rows = Object.values(Outcome).map((outcome) => ({ sentUs, outcome }));
    const found = limitsOf(limits, [rows]);
    expect(found.map((series) => [series.limit, cellsOf(series)])).toEqual([
      ['ip', 2],
      ['key', 1],
    ]);
  });

  test('leaves out actors that the plan does not have', () => {
    expect(limitsOf([aTokenBucket(), aTokenBucket({ name: 'second' })], [[{ sentUs, actor: 2 }]])).toEqual([]);
  });

  test('has no bound where the limit promises nothing over time', () => {
    const [series] = limitsOf([aConcurrency()], [[{ sentUs }]]);
    expect(series?.boundCells).toEqual(Array.from({ length: 30 }, () => null));
    expect(cellsOf(series)).toBe(1);
  });

  test('has no bound where rows are out of order, since counters are then not counted in time', () => {
    const inOrder = limitsOf([aTokenBucket()], [[{ sentUs }], [{ sentUs }], [{ sentUs: 2_000_000 }]]);
    expect(inOrder[0]?.boundCells).not.toContain(null);
    const outOfOrder = limitsOf([aTokenBucket()], [[{ sentUs: 2_000_000 }], [{ sentUs }]]);
    expect(outOfOrder[0]?.boundCells).toEqual(Array.from({ length: 30 }, () => null));
    expect(cellsOf(outOfOrder[0])).toBe(2);
  });

  test('is told from a later bin on as the rest of the series is', () => {
    const plan = aPlan({ policy: aPolicy([aTokenBucket()]) });
    const builder = new SeriesBuilder({ plan, seed: 1, world: aWorld(plan), hasBounds: true });
    const rows = [1_000_000, 1_400_000].map((us) => observed({ sentUs: us }));
    for (const batch of sourceOf(rows)()) builder.add(batch);
    const whole = builder.document().limits[0] as LimitSeries;
    const part = builder.document(12).limits[0] as LimitSeries;
    expect(part.admittedCells).toEqual([0, 0, 1]);
    expect(part.admittedCells).toEqual(whole.admittedCells.slice(12));
    expect(part.boundCells).toEqual(whole.boundCells.slice(12));
  });
});
