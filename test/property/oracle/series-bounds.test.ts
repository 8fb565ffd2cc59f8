/**
 * The bounds that a chart draws: no right limiter of any family is ever drawn above one, wherever its decisions fell,
 * and limiters that are broken by much are.
 */
import { describe, expect, test } from 'vitest';
import { buildWorld } from '../../../harness/actors/identities/world.js';
import type { PolicyLimit } from '../../../harness/scenario/plan.js';
import { Admissions } from '../../../harness/timeline/admissions.js';
import type { Bins } from '../../../harness/timeline/bins.js';
import type { LimitSeries } from '../../../harness/timeline/series.js';
import { seriesOf } from '../../../harness/timeline/series-of.js';
import { anyHistoryOf, familyNames } from '../../support/acquittal.js';
import { Dice } from '../../support/dice.js';
import { aWorld } from '../../support/judge-task.js';
import { type HistoryOptions, playHistory } from '../../support/limiter-history.js';
import { sourceOf } from '../../support/observation-builder.js';
import {
  aDecayingCounter,
  aFixedWindow,
  aLeakyQueue,
  aPlan,
  aPolicy,
  aSlidingCounter,
  aSlidingLog,
  aTokenBucket,
} from '../../support/plan-builder.js';
import {
  ReferenceBucket,
  ReferenceFixedWindow,
  type ReferenceLimiter,
  ReferenceSlidingCounter,
  ReferenceSlidingLog,
} from '../../support/reference-limiters.js';
import { rightPlan } from '../../support/virtual-acquittal.js';
import { playVirtually } from '../../support/virtual-play.js';

/** Bins as short as the histories are, which real ones never are. */
function tinyBins(binUs: number, startUs: number, count: number): Bins {
  return {
    binUs,
    startUs,
    planned: count,
    count,
    of: (us) => Math.min(count - 1, Math.max(0, Math.floor((us - startUs) / binUs))),
    startOf: (bin) => startUs + bin * binUs,
  };
}

/** The requests of the history, dealt to two actors that share counters. */
function seriesOfHistory(options: HistoryOptions, bins: Bins, dice: Dice): readonly LimitSeries[] {
  const plan = aPlan({ policy: options.policy });
  const rows = playHistory(options).map(({ row }) => ({ ...row, actor: dice.below(2) }));
  const admissions = new Admissions(plan, bins, aWorld(plan), []);
  for (const batch of sourceOf(rows, 7)()) admissions.add(batch);
  return admissions.limits(0, bins.count);
}

function overCells({ admittedCells, boundCells }: LimitSeries): number {
  return admittedCells.reduce((sum, cells, bin) => sum + Math.max(0, cells - (boundCells[bin] ?? cells)), 0);
}

const seeds = 200;

describe(`of ${seeds} right limiters`, () => {
  test.each(familyNames)('of the family %s none is drawn above its bound', (family) => {
    let bounded = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const options = anyHistoryOf(family, seed);
      const dice = new Dice(seed);
      const { gapUs } = options;
      const bins = tinyBins(dice.one([1, 3, 10, 100]) * gapUs, -dice.below(3) * gapUs, dice.one([2, 40, 200]));
      for (const series of seriesOfHistory(options, bins, dice)) {
        const told = series.boundCells.filter((cells) => cells !== null);
        bounded += told.length;
        expect({ family, seed, over: overCells(series) }).toEqual({ family, seed, over: 0 });
        expect(Math.min(0, ...told)).toBe(0);
      }
    }
    if (family !== 'concurrency') expect(bounded).toBeGreaterThan(500);
  });
});

const { FLOODPROOF_VIRTUAL_SEEDS, FLOODPROOF_NIGHTLY } = process.env;
const virtualSeeds = Number(FLOODPROOF_VIRTUAL_SEEDS ?? (FLOODPROOF_NIGHTLY === '1' ? 200 : 3));

describe(`of ${virtualSeeds} gates in virtual time, under jitter, loss, overtaking and a clock that is off`, () => {
  test.each(familyNames)(
    'of the family %s none is drawn above its bound',
    {
      timeout: 60_000 + 2_000 * virtualSeeds,
    },
    (family) => {
      for (let seed = 1; seed <= virtualSeeds; seed++) {
        const plan = rightPlan(family, seed);
        const { batches } = playVirtually(plan, { seed });
        const { limits } = seriesOf({ plan, seed }, buildWorld(plan, seed), () => batches, [], []);
        expect(limits.length).toBeGreaterThan(0);
        for (const series of limits) expect({ seed, over: overCells(series) }).toEqual({ seed, over: 0 });
      }
    },
  );

  test('and one that lets through twenty times the capacity is', () => {
    const promised = rightPlan('token-bucket', 1);
    const policy = {
      ...promised.policy,
      limits: promised.policy.limits.map((limit) => ({ ...limit, capacity: 20 * limit.capacity })),
    };
    const { batches } = playVirtually(promised, { seed: 1, policy });
    const { limits } = seriesOf({ plan: promised, seed: 1 }, buildWorld(promised, 1), () => batches, [], []);
    expect(limits.filter((series) => overCells(series) > 0).length).toBeGreaterThan(0);
  });
});

interface Broken {
  readonly limit: PolicyLimit;
  readonly build: () => ReferenceLimiter;
  readonly because: string;
}

const window = { capacity: 5, windowUs: 100_000 };
const refill = { capacity: 5, refillCells: 1, refillPeriodUs: 100_000 };
const broken: readonly Broken[] = [
  { limit: aTokenBucket(refill), build: () => new ReferenceBucket(10, 1, 100_000), because: 'twice the capacity' },
  { limit: aTokenBucket(refill), build: () => new ReferenceBucket(5, 2, 100_000), because: 'twice the rate' },
  {
    limit: aDecayingCounter(refill),
    build: () => new ReferenceBucket(10, 1, 100_000),
    because: 'twice the threshold',
  },
  {
    limit: aLeakyQueue({ ...refill, queueCells: 2 }),
    build: () => new ReferenceBucket(14, 1, 100_000),
    because: 'twice the queue',
  },
  {
    limit: aFixedWindow(window),
    build: () => new ReferenceFixedWindow(10, 100_000, 0),
    because: 'twice the capacity of a window',
  },
  {
    limit: aSlidingLog(window),
    build: () => new ReferenceSlidingLog(10, 100_000),
    because: 'twice the capacity of a log',
  },
  {
    limit: aSlidingCounter(window),
    build: () => new ReferenceSlidingCounter(10, 100_000, 0),
    because: 'twice the capacity of a sliding counter',
  },
];

describe('a broken limiter behind small delays is drawn above its bound', () => {
  test.each(broken)('$because ($limit.family)', ({ limit, build }) => {
    for (let seed = 1; seed <= 20; seed++) {
      const flood: HistoryOptions = {
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
        build,
      };
      const plan = aPlan({ policy: flood.policy });
      const bins = tinyBins(100_000, 0, 60);
      const admissions = new Admissions(plan, bins, aWorld(plan), []);
      for (const batch of sourceOf(playHistory(flood).map(({ row }) => row))()) admissions.add(batch);
      const [series] = admissions.limits(0, bins.count);
      expect(overCells(series as LimitSeries)).toBeGreaterThan(0);
    }
  });
});
