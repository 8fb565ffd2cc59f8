/** The verdict over policies of the newer families: what is written, and what stays undecided. */
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { NaiveCount } from '../../../harness/judge/naive-count.js';
import type { Policy, PolicyLimit } from '../../../harness/scenario/plan.js';
import { judgeRows } from '../../support/judge-task.js';
import { at, measured, times } from '../../support/measured-rows.js';
import type { Observed } from '../../support/observation-builder.js';
import {
  aConcurrency,
  aDecayingCounter,
  aFillCounter,
  aLeakyQueue,
  anEarnedBudget,
  anExpectation,
  aPlan,
  aPolicy,
  aRatioMonitor,
  aSlidingCounter,
  aTokenBucket,
  costs,
  creditsMax,
  SECOND_US,
} from '../../support/plan-builder.js';

function verdictOf(
  limits: readonly PolicyLimit[],
  rows: readonly Partial<Observed>[],
  policy: Partial<Policy> = {},
  wanted = anExpectation('abuse.leak', '<=', 0),
) {
  return judgeRows(aPlan({ policy: aPolicy(limits, policy), expectations: [wanted] }), rows);
}

const flood = (count: number, row: Partial<Observed> = {}): Partial<Observed>[] =>
  times(count, { identity: 10, ...row }, 3.5).map((one) => ({ ...one, concludedUs: one.intendedUs as number }));

describe('a policy of which no leak can be proved', () => {
  it('leaves the leak undecided, and says why', () => {
    const verdict = verdictOf([aConcurrency()], flood(50));
    expect(verdict.verdict).toBe('undecided');
    expect(verdict.expectations[0]?.evidence).toEqual([
      "can't be told: of the limits that match what it sent no leak can be proved from outside",
    ]);
    expect(verdict.smallestProvableLeak).toBe(null);
    expect(verdict.notes).toContain(
      'limit orders: how many requests it held at once cannot be told from outside, so no leak of it can be proved',
    );
    const ratio = verdictOf([aConcurrency()], flood(50), {}, anExpectation('abuse.leakRatio', '<=', 1));
    expect(ratio.verdict).toBe('undecided');
  });

  it('decides it by the other limits, and notes the one that is left out', () => {
    const limits = [aConcurrency(), aTokenBucket({ name: 'bucket', capacity: 5, refillCells: 1 })];
    expect(verdictOf(limits, flood(5)).verdict).toBe('pass');
    expect(verdictOf(limits, flood(6)).verdict).toBe('fail');
    expect(verdictOf(limits, flood(5)).notes.join()).toContain('limit orders: how many requests');
  });

  it('is one with credits where others may have been filled too', () => {
    const verdict = verdictOf([aFillCounter()], flood(5), { exclusive: false });
    expect(verdict.verdict).toBe('undecided');
    expect(verdict.notes.join()).toContain('others may have been filled on the same counters');
    expect(verdictOf([aFillCounter()], flood(5)).verdict).toBe('pass');
  });

  it('says nothing of limits that only look on', () => {
    const verdict = verdictOf([aConcurrency({ isShadow: true })], flood(5));
    expect(verdict.notes.join()).not.toContain('limit orders');
    expect(verdict.expectations[0]?.evidence.join()).toContain('no limit of the policy matches');
  });
});

describe('connections that a limit closes', () => {
  it('are noted where requests were lost with them', () => {
    const lost = flood(2, { outcome: Outcome.reset, answeredUs: 0 });
    const notes = (kills: boolean) => verdictOf([aTokenBucket({ kills })], [...flood(1), ...lost]).notes.join();
    expect(notes(true)).toContain('2 requests lost the connection');
    expect(notes(false)).not.toContain('lost the connection');
  });
});

describe('the text of a leak', () => {
  const leakOf = (limit: PolicyLimit, count: number) => verdictOf([limit], flood(count)).leaks[0];

  it.each([
    [aDecayingCounter({ capacity: 5, refillPeriodUs: 100 * SECOND_US }), 7, 2, '5 + 1 per 100s x w'],
    [
      aLeakyQueue({ capacity: 5, refillCells: 1, refillPeriodUs: 100 * SECOND_US }),
      7,
      2,
      '5 + 1 per 100s x w of what it serves and 10 + 1 per 100s x w of what it lets in',
    ],
    [aSlidingCounter({ capacity: 5, windowUs: 100 * SECOND_US }), 7, 2, '5 + 5 x w / 100s'],
    [anEarnedBudget({ capacity: 5, trickleUs: null, creditsMax: creditsMax(0) }), 7, 2, '5 + what fills earn'],
    [
      anEarnedBudget({ capacity: 5, trickleUs: 100 * SECOND_US, creditsMax: creditsMax(0) }),
      8,
      2,
      '5 + what fills earn + (floor(w / 100s) + 1) requests',
    ],
  ] as const)('names the bound of its family (%#)', (limit, count, excess, formula) => {
    const leak = leakOf(limit, count);
    expect(leak?.excessCells).toBe(excess);
    expect(leak?.because).toContain(`at most ${formula}; for`);
  });

  it('names a counter of several parts', () => {
    const limit = aTokenBucket({ by: ['account', 'class'], capacity: 5, refillCells: 1 });
    expect(leakOf(limit, 7)?.key).toBe('account-10 order.place');
  });
});

describe('a count by answer time', () => {
  const policy = aPolicy([]);
  const counted = (limit: PolicyLimit, timesUs: readonly number[]): number => {
    const naive = new NaiveCount(limit, policy);
    for (const us of timesUs) naive.add(us, 1);
    return naive.excessCells;
  };
  const burst = (count: number, us: number): number[] => Array.from({ length: count }, () => us);

  it.each([
    [aDecayingCounter({ capacity: 5 }), [...burst(6, 1000)], 1],
    [aLeakyQueue({ capacity: 3, queueCells: 2 }), [...burst(6, 1000)], 1],
    [aFillCounter({ capacity: 5 }), [...burst(5, 1000), ...burst(6, SECOND_US)], 1],
    [aRatioMonitor({ capacity: 5, anchor: 'first-hit' }), [...burst(5, 1000), 1 + SECOND_US], 1],
    [aSlidingCounter({ capacity: 5 }), [...burst(5, 1000), ...burst(3, 1.5 * SECOND_US)], 1],
    [aSlidingCounter({ capacity: 5 }), [...burst(5, 1000), ...burst(5, 2 * SECOND_US)], 0],
    [anEarnedBudget({ capacity: 5, trickleUs: null }), [...burst(5, 1000), 9 * SECOND_US], 1],
    [anEarnedBudget({ capacity: 5, trickleUs: SECOND_US }), [...burst(6, 1000), 1000 + SECOND_US], 0],
    [anEarnedBudget({ capacity: 5, trickleUs: SECOND_US }), [...burst(6, 1000), 999 + SECOND_US], 1],
    [aConcurrency({ capacity: 1 }), burst(9, 1000), 0],
  ] as const)('is what a tester would claim (%#)', (limit, timesUs, excess) => {
    expect(counted(limit, timesUs)).toBe(excess);
  });
});

describe('timeToContain', () => {
  const contained = (limit: PolicyLimit, perSecond: number): unknown => {
    const rows = Array.from({ length: 4 * perSecond }, (_, index) => ({
      identity: 10,
      intendedUs: at(3) + Math.round((index * SECOND_US) / perSecond),
    }));
    return measured('abuse.timeToContain', rows, { phase: 'attack', plan: { policy: aPolicy([limit]) } });
  };

  it.each([
    [aLeakyQueue({ refillCells: 4 }), 5],
    [aSlidingCounter({ capacity: 4 }), 5],
    // A trickle of two a second.
    [anEarnedBudget({ trickleUs: SECOND_US / 2, creditsMax: creditsMax(0) }), 3],
    [anEarnedBudget({ trickleUs: null, creditsMax: creditsMax(0) }), 1],
    // Each order may give back half of its cost: 4 cells a second and the dearest of 1 are 5 such halves.
    [aFillCounter({ capacity: 4, costs: costs({ 'order.place': 2 }), creditsMax: creditsMax(1) }), 5],
  ] as const)('allows what the family refills, and a request more (%#)', (limit, perSecond) => {
    expect(contained(limit, perSecond)).toBe(0);
    expect(contained(limit, perSecond + 2)).not.toBe(0);
  });

  it('is nothing that a number of requests in flight could tell', () => {
    expect(contained(aConcurrency(), 5)).toBe(null);
  });
});
