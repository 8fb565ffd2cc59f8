/** Random policies: every family, every way to count, and the contradictions that they must not have left out. */
import fc from 'fast-check';
import {
  type AgeCost,
  type AuthSpec,
  type BanSpec,
  type GateSpec,
  HORIZON_US,
  type LimitNumbers,
  type LimitPart,
  type LimitSpec,
} from '../../harness/core/spec.js';
import { inexactReason } from '../../harness/core/token-bucket.js';

const capacities = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) },
  fc.constantFrom(1000, 2 ** 31 - 1),
);
const smallCapacities = fc.integer({ min: 1, max: 5 });
const smallTimes = fc.integer({ min: 1, max: 60 });
const windowTimes = fc.oneof({ weight: 5, arbitrary: smallTimes }, fc.constantFrom(60_000_000, 2 ** 52));

const rates = fc.record({
  refillCells: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.constantFrom(28_999, 2 ** 31 - 1)),
  refillPeriodUs: fc.oneof({ weight: 5, arbitrary: smallTimes }, fc.constantFrom(3_000_000, 86_400_000_000, 2 ** 40)),
});

const tokenBuckets = fc
  .record({ family: fc.constant('token-bucket' as const), capacity: capacities })
  .chain((bucket) => rates.map((rate) => ({ ...bucket, ...rate })))
  .filter((bucket) => inexactReason(bucket) === null);

const leakyQueues = fc
  .record({
    family: fc.constant('leaky-queue' as const),
    capacity: fc.oneof({ weight: 5, arbitrary: smallCapacities }, fc.constantFrom(1000)),
    queueCells: fc.oneof({ weight: 5, arbitrary: smallCapacities }, fc.constantFrom(1000, 2 ** 31 - 1001)),
  })
  .chain((queue) => rates.map((rate) => ({ ...queue, ...rate })))
  .filter((queue) => inexactReason({ ...queue, capacity: queue.capacity + queue.queueCells }) === null);

const fixedWindows = fc
  .record({
    family: fc.constant('fixed-window' as const),
    capacity: capacities,
    windowUs: windowTimes,
    anchor: fc.constantFrom('calendar' as const, 'first-hit' as const),
    credit: fc.constantFrom('none' as const, 'none' as const, 'to-zero' as const, 'below-zero' as const),
    countsDenied: fc.boolean(),
  })
  .map((window) => ({ ...window, countsDenied: window.countsDenied && window.credit === 'none' }));

const numbers: fc.Arbitrary<LimitNumbers> = fc.oneof(
  { weight: 3, arbitrary: tokenBuckets },
  { weight: 4, arbitrary: fixedWindows },
  {
    weight: 2,
    arbitrary: fc.record({
      family: fc.constant('sliding-log' as const),
      capacity: fc.oneof({ weight: 6, arbitrary: smallCapacities }, fc.constantFrom(100)),
      windowUs: windowTimes,
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .oneof(
        { weight: 8, arbitrary: fc.tuple(smallCapacities, smallTimes) },
        fc.constantFrom<[number, number]>([2 ** 31 - 1, 2_000_000], [1, 2 ** 52 - 1], [1000, 60_000_000]),
      )
      .map(([capacity, windowUs]) => ({ family: 'sliding-counter' as const, capacity, windowUs })),
  },
  { weight: 2, arbitrary: leakyQueues },
  {
    weight: 2,
    arbitrary: fc.record({
      family: fc.constant('earned-budget' as const),
      capacity: capacities,
      trickleUs: fc.oneof({ weight: 4, arbitrary: smallTimes }, fc.constantFrom(null, HORIZON_US)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ family: fc.constant('concurrency' as const), capacity: smallCapacities }) },
);

const ages: fc.Arbitrary<AgeCost[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 3 })
  .chain((under) =>
    fc.tuple(
      ...under
        .toSorted((a, b) => a - b)
        .map((underUs) =>
          fc.record({ underUs: fc.constant(underUs), cells: fc.constantFrom(0, 0, 1, 1, 1, 2, 2, 3, 2 ** 31 - 1) }),
        ),
    ),
  );

const bans: fc.Arbitrary<BanSpec> = fc
  .record({
    afterThrottles: fc.integer({ min: 1, max: 3 }),
    steps: fc.array(smallTimes, { minLength: 1, maxLength: 3 }),
    forgetUs: smallTimes,
  })
  .map(({ afterThrottles, steps, forgetUs }) => ({
    afterThrottles,
    stepsUs: steps.toSorted((a, b) => a - b),
    forgetUs: steps.length > 1 ? forgetUs : 0,
  }));

const by: fc.Arbitrary<readonly LimitPart[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<LimitPart[]>(['ip'], ['account'], ['key'], []) },
  fc.constantFrom<LimitPart[]>(['master'], ['class'], ['ip', 'class'], ['class', 'ip'], ['account', 'ip']),
  fc.shuffledSubarray<LimitPart>(['ip', 'master', 'account', 'key', 'class'], { minLength: 1 }),
);

const prefixes = fc.record({ v4: fc.constantFrom(1, 8, 24, 31, 32), v6: fc.constantFrom(1, 48, 64, 127, 128) });

/** What contradicts another field is left out. */
function oneLimit(classCount: number): fc.Arbitrary<LimitSpec> {
  const perClass = { minLength: classCount, maxLength: classCount };
  return fc
    .record({
      name: fc.constant(''),
      by,
      ipPrefix: fc.option(prefixes, { freq: 3 }),
      numbers,
      costs: fc.array(fc.constantFrom(0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 5), perClass),
      ageCosts: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, ages), perClass),
      isShadow: fc.constantFrom(false, false, false, true),
      ban: fc.option(bans, { freq: 2 }),
      // Up to six slots, fewer than there are ids.
      maxKeys: fc.integer({ min: 1, max: 5 }),
    })
    .map((limit) => ({
      ...limit,
      ipPrefix: limit.by.includes('ip') ? limit.ipPrefix : null,
      ageCosts: limit.ageCosts.map((costs, index) =>
        limit.costs[index] === 0 || limit.numbers.family === 'concurrency' ? [] : costs,
      ),
    }));
}

function limits(classCount: number): fc.Arbitrary<LimitSpec[]> {
  const list = fc.array(oneLimit(classCount), { maxLength: 4 });
  return list.map((all) => all.map((limit, index) => ({ ...limit, name: `${index}` })));
}

function auths(classCount: number): fc.Arbitrary<AuthSpec> {
  const rules = fc.record({
    signed: fc.array(fc.boolean(), { minLength: classCount, maxLength: classCount }),
    windowUsMax: fc.constantFrom(1, 20, 80, 400),
    futureUs: fc.integer({ min: 0, max: 20 }),
    hash: fc.constantFrom('sha256' as const, 'sha384' as const, 'sha512' as const),
    encoding: fc.constantFrom('hex' as const, 'base64' as const),
    replay: fc.option(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))),
  });
  return rules.map(({ replay, ...auth }) => {
    const [replayCapacity, share] = replay ?? [null, 0];
    return { ...auth, replayCapacity, replayPerKey: replayCapacity === null ? 0 : Math.min(share, replayCapacity) };
  });
}

export const specs: fc.Arbitrary<GateSpec> = fc.integer({ min: 1, max: 3 }).chain((classCount) =>
  fc.record({
    classes: fc.constant(Array.from({ length: classCount }, (_, index) => `class-${index}`)),
    limits: limits(classCount),
    auth: fc.option(auths(classCount), { freq: 6 }),
    originUs: fc.constantFrom(0, 12_345, 1_700_000_000_000_000, 2 ** 52 - HORIZON_US),
  }),
);

/** The same, with room for every id there is. */
export const roomySpecs: fc.Arbitrary<GateSpec> = specs.map((spec) => ({
  ...spec,
  limits: spec.limits.map((limit) => ({ ...limit, maxKeys: 400 })),
}));
