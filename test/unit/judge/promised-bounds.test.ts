/** What a policy is said to promise and what the judge holds a limit to are one number. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBound } from '../../../harness/judge/bound.js';
import type { Policy, PolicyLimit } from '../../../harness/scenario/plan.js';
import { promisedCells } from '../../../harness/scenario/promise.js';
import {
  aDecayingCounter,
  aFillCounter,
  aFixedWindow,
  aLeakyQueue,
  anEarnedBudget,
  aPolicy,
  aRatioMonitor,
  aSlidingCounter,
  aSlidingLog,
  aTokenBucket,
  creditsMax,
} from '../../support/plan-builder.js';

type LimitOverTime = Exclude<PolicyLimit, { readonly family: 'concurrency' }>;

const cells = fc.integer({ min: 1, max: 50 });
const periodUs = fc.integer({ min: 1, max: 5_000 });
const costs = [0, 0, 0, 1, 0, 0];

function limits(capacity: number, rate: number, lengthUs: number): readonly LimitOverTime[] {
  const refill = { capacity, refillCells: rate, refillPeriodUs: lengthUs, costs };
  const window = { capacity, windowUs: lengthUs, costs };
  return [
    aTokenBucket(refill),
    aDecayingCounter(refill),
    aLeakyQueue({ ...refill, queueCells: rate }),
    aFixedWindow(window),
    aFillCounter({ ...window, creditsMax: creditsMax(1) }),
    aRatioMonitor({ ...window, creditsMax: creditsMax(1) }),
    aSlidingLog(window),
    aSlidingCounter(window),
    anEarnedBudget({ capacity, trickleUs: lengthUs, costs }),
    anEarnedBudget({ capacity, trickleUs: null, costs }),
  ];
}

/** Cells above the judge's bound when so many were admitted, all sent at one instant and answered at another. */
function excess(limit: LimitOverTime, policy: Policy, admitted: number, spanUs: number): number {
  const bound = createBound(limit, policy, null);
  // A queue may let in more than it may serve: here nothing is known of service.
  bound.add(1_000, 1_000 + spanUs, admitted, 1_000, { mostCells: admitted, isServed: false, creditCells: 0 });
  return bound.excessCells;
}

describe('the bound that the judge holds a limit to', () => {
  it('is what the policy promises, to the cell', () => {
    const shape = fc.record({
      capacity: cells,
      rate: cells,
      lengthUs: periodUs,
      grainUs: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(shape, fc.nat(), fc.nat({ max: 9 }), ({ capacity, rate, lengthUs, grainUs }, at, slackCells) => {
        for (const limit of limits(capacity, rate, lengthUs)) {
          const policy = aPolicy([limit], { resolutionUs: grainUs, slackCells });
          // The judge looks at intervals of up to 16 windows.
          const spanUs = at % (16 * lengthUs);
          if (spanUs + grainUs >= 16 * lengthUs) continue;
          const promised = promisedCells(policy, limit, spanUs) ?? 0;
          expect([limit.family, excess(limit, policy, promised, spanUs)]).toEqual([limit.family, 0]);
          expect([limit.family, excess(limit, policy, promised + 1, spanUs)]).toEqual([limit.family, 1]);
        }
      }),
      { seed: 20_261_126, numRuns: 500 },
    );
  });
});
