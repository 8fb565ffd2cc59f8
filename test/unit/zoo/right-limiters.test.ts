/** The small right limiters beside ones that share nothing with them: BigInt fractions, and logs of everything. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Consumed, Limiter } from '../../../harness/invariants/contract.js';
import { boundedBucket } from '../../../harness/zoo/limiters/right/bounded-bucket.js';
import { concurrency } from '../../../harness/zoo/limiters/right/concurrency.js';
import { earnedBudget } from '../../../harness/zoo/limiters/right/earned-budget.js';
import { everyWindow } from '../../../harness/zoo/limiters/right/every-window.js';
import { fixedWindow } from '../../../harness/zoo/limiters/right/fixed-window.js';
import { leakyQueue } from '../../../harness/zoo/limiters/right/leaky-queue.js';
import { sharedWindow } from '../../../harness/zoo/limiters/right/shared-window.js';
import { slidingCounter } from '../../../harness/zoo/limiters/right/sliding-counter.js';
import { slidingLog } from '../../../harness/zoo/limiters/right/sliding-log.js';
import { tokenBucket } from '../../../harness/zoo/limiters/right/token-bucket.js';
import { rightLimiters } from '../../../harness/zoo/limiters/right-limiters.js';

interface Asked {
  readonly gapUs: number;
  readonly cost: number;
}

const history = (gapUsMax: number, costMax: number) =>
  fc.array(fc.record({ gapUs: fc.nat(gapUsMax), cost: fc.integer({ min: 1, max: costMax }) }), { maxLength: 40 });
const runs = { numRuns: 300, seed: 7 };

/** What `decide` says of charges that were admitted before; it sees all of them. */
type Decide = (
  charges: readonly { readonly atUs: number; readonly cost: number }[],
  cost: number,
  nowUs: number,
) => boolean;

function agrees(limiter: Limiter, decide: Decide, asked: readonly Asked[], startUs = 0): void {
  const charges: { atUs: number; cost: number }[] = [];
  let nowUs = startUs;
  for (const { gapUs, cost } of asked) {
    nowUs += gapUs;
    const expected = decide(charges, cost, nowUs);
    const answer = limiter.consume('a', cost, nowUs) as Consumed;
    expect({ nowUs, admitted: answer.admitted }).toEqual({ nowUs, admitted: expected });
    if (expected) charges.push({ atUs: nowUs, cost });
    const fits = (more: number, atUs: number): boolean => decide(charges, more, atUs);
    if (!expected && answer.retryAfterUs !== undefined && Number.isFinite(answer.retryAfterUs)) {
      expect(fits(cost, nowUs + answer.retryAfterUs)).toBe(true);
      expect(fits(cost, nowUs + answer.retryAfterUs - 1)).toBe(false);
    }
    if (answer.remaining !== undefined) {
      if (answer.remaining > 0) expect(fits(answer.remaining, nowUs)).toBe(true);
      expect(fits(answer.remaining + 1, nowUs)).toBe(false);
    }
  }
}

/** Level of a bucket by fractions in whole numbers without end. */
function bucketDecides(capacity: number, refillCells: number, refillPeriodUs: number): Decide {
  return (charges, cost, nowUs) => {
    const full = BigInt(capacity) * BigInt(refillPeriodUs);
    let level = full;
    let lastUs = 0;
    const advance = (atUs: number): void => {
      level += BigInt(atUs - lastUs) * BigInt(refillCells);
      if (level > full) level = full;
      lastUs = atUs;
    };
    for (const charge of charges) {
      advance(charge.atUs);
      level -= BigInt(charge.cost) * BigInt(refillPeriodUs);
    }
    advance(nowUs);
    return level >= BigInt(cost) * BigInt(refillPeriodUs);
  };
}

const sum = (charges: readonly { readonly cost: number }[]): number => charges.reduce((all, { cost }) => all + cost, 0);

function windowDecides(capacity: number, windowUs: number): Decide {
  return (charges, cost, nowUs) => {
    const index = Math.floor(nowUs / windowUs);
    return sum(charges.filter(({ atUs }) => Math.floor(atUs / windowUs) === index)) + cost <= capacity;
  };
}

describe('a small right limiter decides, and tells when and how much, as one that keeps everything:', () => {
  it('token bucket', () => {
    const numbers = { family: 'token-bucket', capacity: 7, refillCells: 3, refillPeriodUs: 11 } as const;
    fc.assert(
      fc.property(history(20, 7), (asked) => agrees(tokenBucket(numbers), bucketDecides(7, 3, 11), asked)),
      runs,
    );
  });

  it('leaky queue, in which nobody is served faster than the rate', () => {
    const numbers = { family: 'leaky-queue', capacity: 2, queueCells: 3, refillCells: 2, refillPeriodUs: 7 } as const;
    fc.assert(
      fc.property(history(12, 5), (asked) => {
        agrees(leakyQueue(numbers), bucketDecides(5, 2, 7), asked);
        const limiter = leakyQueue(numbers);
        const charges: { atUs: number; cost: number }[] = [];
        const served: { atUs: number; cost: number }[] = [];
        let nowUs = 0;
        for (const { gapUs, cost } of asked) {
          nowUs += gapUs;
          const { admitted, delayUs = 0 } = limiter.consume('a', cost, nowUs) as Consumed;
          if (!admitted) continue;
          charges.push({ atUs: nowUs, cost });
          served.push({ atUs: nowUs + delayUs, cost });
          // Its turn comes when the whole queue would find room behind it, and not before.
          expect(bucketDecides(5, 2, 7)(charges, 3, nowUs + delayUs)).toBe(true);
          if (delayUs > 0) expect(bucketDecides(5, 2, 7)(charges, 3, nowUs + delayUs - 1)).toBe(false);
        }
        for (const [first, { atUs: fromUs }] of served.entries()) {
          for (const [last, { atUs: toUs }] of served.entries()) {
            if (last < first) continue;
            // A turn is told in whole microseconds, rounded up, so that two may be one closer than they should.
            const bound = 7 * Math.max(2, ...served.map(({ cost }) => cost)) + 2 * (toUs - fromUs + 1);
            expect(7 * sum(served.slice(first, last + 1))).toBeLessThanOrEqual(bound);
          }
        }
      }),
      runs,
    );
  });

  it('fixed window of the calendar, alone, shared, and together with another', async () => {
    const numbers = {
      family: 'fixed-window',
      capacity: 5,
      windowUs: 9,
      anchor: 'calendar',
      credit: 'none',
      countsDenied: false,
    } as const;
    fc.assert(
      fc.property(history(7, 5), (asked) => agrees(fixedWindow(numbers), windowDecides(5, 9), asked)),
      runs,
    );
    await fc.assert(
      fc.asyncProperty(history(7, 5), async (asked) => {
        const alone = fixedWindow(numbers);
        const shared = sharedWindow(numbers);
        let nowUs = 0;
        for (const { gapUs, cost } of asked) {
          nowUs += gapUs;
          expect(await shared.consume('a', cost, nowUs)).toEqual(alone.consume('a', cost, nowUs));
        }
      }),
      runs,
    );
    const longer = { ...numbers, capacity: 8, windowUs: 25 };
    const both: Decide = (...asked) => windowDecides(5, 9)(...asked) && windowDecides(8, 25)(...asked);
    fc.assert(
      fc.property(history(7, 5), (asked) => agrees(everyWindow([longer, numbers]), both, asked)),
      runs,
    );
  });

  it('fixed window from the first hit', () => {
    const decide: Decide = (charges, cost, nowUs) => {
      let startUs = Number.NEGATIVE_INFINITY;
      let used = 0;
      for (const charge of charges) {
        if (charge.atUs >= startUs + 9) [startUs, used] = [charge.atUs, 0];
        used += charge.cost;
      }
      return (nowUs >= startUs + 9 ? 0 : used) + cost <= 5;
    };
    const numbers = {
      family: 'fixed-window',
      capacity: 5,
      windowUs: 9,
      anchor: 'first-hit',
      credit: 'none',
      countsDenied: false,
    } as const;
    fc.assert(
      fc.property(history(7, 5), (asked) => agrees(fixedWindow(numbers), decide, asked)),
      runs,
    );
  });

  it('sliding log', () => {
    const decide: Decide = (charges, cost, nowUs) => sum(charges.filter(({ atUs }) => atUs + 9 > nowUs)) + cost <= 5;
    const limiter = () => slidingLog({ family: 'sliding-log', capacity: 5, windowUs: 9 });
    fc.assert(
      fc.property(history(7, 5), (asked) => agrees(limiter(), decide, asked)),
      runs,
    );
  });

  it('sliding counter', () => {
    const decide: Decide = (charges, cost, nowUs) => {
      const index = Math.floor(nowUs / 9);
      const usedIn = (window: number): number => sum(charges.filter(({ atUs }) => Math.floor(atUs / 9) === window));
      return usedIn(index - 1) * (9 - (nowUs % 9)) + (usedIn(index) + cost) * 9 <= 45;
    };
    const limiter = () => slidingCounter({ family: 'sliding-counter', capacity: 5, windowUs: 9 });
    fc.assert(
      fc.property(history(7, 5), (asked) => agrees(limiter(), decide, asked)),
      runs,
    );
  });

  it('bucket in a bounded memory, for a key that has found its place', () => {
    const numbers = { family: 'token-bucket', capacity: 4, refillCells: 1, refillPeriodUs: 5 } as const;
    fc.assert(
      fc.property(history(9, 4), (asked) => agrees(boundedBucket(numbers, 3), bucketDecides(4, 1, 5), asked)),
      runs,
    );
  });
});

describe('a bucket in a bounded memory', () => {
  const numbers = { family: 'token-bucket', capacity: 2, refillCells: 1, refillPeriodUs: 10 } as const;

  it('refuses a new key while none of the others is full again', () => {
    const limiter = boundedBucket(numbers, 2);
    expect(limiter.consume('a', 2, 0)).toMatchObject({ admitted: true });
    expect(limiter.consume('b', 1, 5)).toMatchObject({ admitted: true });
    expect(limiter.consume('c', 1, 6)).toEqual({ admitted: false });
    expect(limiter.consume('c', 1, 14)).toMatchObject({ admitted: false });
    expect(limiter.consume('c', 1, 15)).toMatchObject({ admitted: true });
    expect(limiter.size?.()).toBe(2);
    expect(limiter.consume('a', 1, 15)).toMatchObject({ admitted: true, remaining: 0 });
  });
});

describe('a budget for life', () => {
  const numbers = { family: 'earned-budget', capacity: 3, trickleUs: 10 } as const;

  it('lets one through each trickle when it is used up, whatever it costs, and takes nothing for it', () => {
    const limiter = earnedBudget(numbers);
    expect(limiter.consume('a', 2, 0)).toEqual({ admitted: true, remaining: 1 });
    expect(limiter.consume('a', 9, 1)).toEqual({ admitted: true, remaining: 1 });
    expect(limiter.consume('a', 2, 5)).toEqual({ admitted: false, retryAfterUs: 6, remaining: 1 });
    expect(limiter.consume('a', 1, 5)).toEqual({ admitted: true, remaining: 0 });
    expect(limiter.consume('a', 2, 11)).toEqual({ admitted: true, remaining: 0 });
    limiter.credit?.('a', 4, 12);
    expect(limiter.consume('a', 4, 12)).toEqual({ admitted: true, remaining: 0 });
  });

  it('says never when nothing trickles', () => {
    const limiter = earnedBudget({ ...numbers, trickleUs: null });
    limiter.consume('a', 3, 0);
    expect(limiter.consume('a', 1, 9)).toEqual({
      admitted: false,
      retryAfterUs: Number.POSITIVE_INFINITY,
      remaining: 0,
    });
  });
});

describe('a window that takes credit', () => {
  const numbers = {
    family: 'fixed-window',
    capacity: 3,
    windowUs: 10,
    anchor: 'calendar',
    countsDenied: false,
  } as const;

  it('gives back no more than was used', () => {
    const limiter = fixedWindow({ ...numbers, credit: 'to-zero' });
    limiter.credit?.('a', 5, 0);
    expect(limiter.consume('a', 2, 1)).toEqual({ admitted: true, remaining: 1 });
    limiter.credit?.('a', 5, 2);
    expect(limiter.consume('a', 3, 3)).toEqual({ admitted: true, remaining: 0 });
  });

  it('keeps what was earned beyond that until it ends', () => {
    const limiter = fixedWindow({ ...numbers, credit: 'below-zero' });
    limiter.consume('a', 1, 1);
    limiter.credit?.('a', 5, 2);
    expect(limiter.consume('a', 3, 9)).toEqual({ admitted: true, remaining: 4 });
    limiter.credit?.('a', 5, 10);
    expect(limiter.consume('a', 3, 10)).toEqual({ admitted: true, remaining: 0 });
  });

  it('counts what it denies where it says so', () => {
    const limiter = fixedWindow({ ...numbers, credit: 'none', countsDenied: true });
    limiter.consume('a', 2, 1);
    expect(limiter.consume('a', 2, 2)).toEqual({ admitted: false, retryAfterUs: 8, remaining: 0 });
    expect(limiter.consume('a', 1, 3)).toMatchObject({ admitted: false });
    expect(limiter.consume('a', 3, 10)).toMatchObject({ admitted: true });
  });
});

describe('a limit of what is in flight', () => {
  it('gives back what ends, and no more', () => {
    const limiter = concurrency({ family: 'concurrency', capacity: 3 });
    expect(limiter.consume('a', 2, 0)).toEqual({ admitted: true, remaining: 1 });
    expect(limiter.consume('a', 2, 0)).toEqual({ admitted: false, remaining: 1 });
    limiter.release?.('a', 2, 1);
    limiter.release?.('a', 1, 1);
    expect(limiter.consume('a', 3, 2)).toEqual({ admitted: true, remaining: 0 });
  });
});

describe('the habits of right limiters', () => {
  it.each(rightLimiters.flatMap(({ habits = [], build, claims }) => habits.map((habit) => ({ habit, build, claims }))))(
    '$habit.name are kept',
    ({ habit, build, claims }) => {
      expect(habit.isKept(build(...((claims[0]?.made ?? []) as never[])))).toBe(true);
    },
  );
});
