import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { NONE } from '../../../harness/judge/observation.js';
import type { Plan, Policy, PolicyLimit } from '../../../harness/scenario/plan.js';
import { type Observed, observed, sourceOf } from '../../support/observation-builder.js';
import { runOracles } from '../../support/oracle-run.js';
import { aFixedWindow, aPlan, aPolicy, aSlidingLog, aTokenBucket, costs } from '../../support/plan-builder.js';

const SECOND = 1_000_000;
const throttled = { outcome: Outcome.throttled, limit: 0 } as const;

/** 2 cells at most, 1 comes back a second. */
const slow = aTokenBucket({ capacity: 2, refillCells: 1, refillPeriodUs: SECOND });

function judge(limits: readonly PolicyLimit[], rows: readonly Partial<Observed>[], policy: Partial<Policy> = {}) {
  const plan: Plan = aPlan({ policy: aPolicy(limits, policy) });
  const { blocks } = runOracles(plan, sourceOf(rows.map((row) => observed(row))));
  return blocks.map(({ shared, own }) => ({ shared, own }));
}

const bySomebodyElse = { identity: 1, actor: 1 } as const;

describe('a throttle', () => {
  it('of a fresh bucket is wrongful', () => {
    expect(judge([slow], [{ sentUs: SECOND, ...throttled }])).toEqual([{ shared: 'wrongful', own: 'wrongful' }]);
  });

  it('is called for when even the least that was used leaves too little', () => {
    const rows = [{ sentUs: 1000 }, { sentUs: 3000 }, { sentUs: 5000, ...throttled }];
    expect(judge([slow], rows)).toEqual([{ shared: 'called-for', own: 'called-for' }]);
  });

  it('is unsure when an earlier request may have been decided before or after it', () => {
    const rows = [
      { sentUs: 1000, concludedUs: 9000 },
      { sentUs: 1000, concludedUs: 9000 },
      { sentUs: 5000, concludedUs: 6000, ...throttled },
    ];
    expect(judge([slow], rows)).toEqual([{ shared: 'unsure', own: 'unsure' }]);
  });

  it('is unsure when a request that was never answered may have taken the cells', () => {
    const rows = [
      { sentUs: 1000 },
      { sentUs: 3000, outcome: Outcome.timeout, concludedUs: 4000 },
      { sentUs: 5000, ...throttled },
    ];
    expect(judge([slow], rows)).toEqual([{ shared: 'unsure', own: 'unsure' }]);
  });

  it('is unsure as long as a lost request may still be decided, and refilled, and wrongful after that', () => {
    const lost = { sentUs: 1000, outcome: Outcome.timeout, concludedUs: 4000 };
    const at = (us: number) =>
      judge([{ ...slow, capacity: 1 }], [lost, { sentUs: us, concludedUs: us, ...throttled }], {
        latestDecisionUs: 10 * SECOND,
      })[0]?.shared;
    expect(at(5 * SECOND)).toBe('unsure');
    expect(at(1000 + 11 * SECOND)).toBe('unsure');
    expect(at(1001 + 11 * SECOND)).toBe('wrongful');
  });

  it('is wrongful although another one was refused, unsent or never connected: those charge nothing', () => {
    const rows = [
      { sentUs: 1000 },
      { sentUs: 2000, outcome: Outcome.refused },
      { intendedUs: 2000, sentUs: 0, outcome: Outcome.unsent, concludedUs: 2500 },
      { intendedUs: 2000, sentUs: 0, outcome: Outcome.unconnected, concludedUs: 2500 },
      { intendedUs: 2000, sentUs: 0, outcome: Outcome.aborted, concludedUs: 2500 },
      { sentUs: 5000, ...throttled },
    ];
    expect(judge([slow], rows).map(({ shared }) => shared)).toEqual([null, 'wrongful']);
  });

  it('by an ip limit counts what the verifier refused', () => {
    const rows = [
      { sentUs: 1000, outcome: Outcome.refused, identity: 1, actor: 1, ip: 0 },
      { sentUs: 3000, outcome: Outcome.refused, identity: 1, actor: 1, ip: 0 },
      { sentUs: 5000, ...throttled },
    ];
    const [, , last] = judge([{ ...slow, by: ['ip'] }], rows);
    expect(last).toEqual({ shared: 'called-for', own: 'wrongful' });
  });

  it('that somebody else alone has caused is called for, and yet a false block of the customer', () => {
    const global: PolicyLimit = { ...slow, by: [] };
    const rows = [
      { sentUs: 1000, ...bySomebodyElse },
      { sentUs: 3000, ...bySomebodyElse },
      { sentUs: 5000, ...throttled },
    ];
    expect(judge([global], rows)).toEqual([{ shared: 'called-for', own: 'wrongful' }]);
  });

  it('of an attacker has no own side', () => {
    expect(judge([slow], [{ sentUs: SECOND, ...throttled, ...bySomebodyElse }])).toEqual([
      { shared: 'wrongful', own: null },
    ]);
  });

  it('that names no limit is wrongful only if every matching one had the cells, and called for if any lacked them', () => {
    const other = aTokenBucket({ name: 'other', capacity: 1, refillCells: 1, refillPeriodUs: SECOND });
    const unnamed = { outcome: Outcome.throttled, limit: -1 } as const;
    expect(judge([slow, other], [{ sentUs: 1000 }, { sentUs: 5000, ...unnamed }])).toEqual([
      { shared: 'called-for', own: 'called-for' },
    ]);
    expect(judge([slow, other], [{ sentUs: 1000 }, { sentUs: 5000, ...throttled }])[0]?.shared).toBe('wrongful');
    expect(judge([slow, other], [{ sentUs: SECOND, ...unnamed }])[0]?.shared).toBe('wrongful');
  });

  it('that names a limit which does not match the request is held against those that do', () => {
    const logins = aTokenBucket({ name: 'logins', capacity: 1, costs: costs({ login: 1 }, 0) });
    const rows = [{ sentUs: 1000 }, { sentUs: 3000 }, { sentUs: 5000, outcome: Outcome.throttled, limit: 1 }];
    expect(judge([slow, logins], rows)[0]?.shared).toBe('called-for');
  });

  it('where no limit matches is wrongful: nothing in the policy calls for it', () => {
    const byKey = { ...slow, by: ['key'] } as const;
    expect(judge([byKey], [{ sentUs: SECOND, key: NONE, outcome: Outcome.throttled }])[0]?.shared).toBe('wrongful');
  });

  it('is unsure where others may use the limit, on several nodes, or once there are more keys than the limit holds', () => {
    const rows = [{ sentUs: SECOND, ...throttled }];
    expect(judge([slow], rows, { exclusive: false })).toEqual([{ shared: 'unsure', own: 'unsure' }]);
    expect(judge([slow], rows, { nodes: 2 })).toEqual([{ shared: 'unsure', own: 'unsure' }]);
    const tooMany = [1, 2].map((identity) => ({ sentUs: 1000, identity }));
    // Its own use still can't explain it: whoever filled the table, it was not this customer.
    expect(judge([{ ...slow, maxKeys: 2 }], [...tooMany, ...rows])).toEqual([{ shared: 'unsure', own: 'wrongful' }]);
    expect(judge([{ ...slow, maxKeys: 3 }], [...tooMany, ...rows])[0]?.shared).toBe('wrongful');
  });

  it('is judged to the cell and the microsecond', () => {
    const used = [
      { sentUs: 1000, concludedUs: 1000 },
      { sentUs: 1000, concludedUs: 1000 },
    ];
    // One cell is back a second after the charge; the grain of 1 us on either side can't be told.
    const at = (us: number) => judge([slow], [...used, { sentUs: us, concludedUs: us, ...throttled }])[0]?.shared;
    expect(at(1000 + SECOND - 2)).toBe('called-for');
    expect(at(1000 + SECOND - 1)).toBe('unsure');
    expect(at(1000 + SECOND)).toBe('unsure');
    expect(at(1000 + SECOND + 1)).toBe('wrongful');
  });

  it('counts a request that was sent in the very microsecond of its answer', () => {
    const at = (us: number) =>
      judge(
        [{ ...slow, capacity: 1 }],
        [
          { sentUs: 1000, concludedUs: 2000, ...throttled },
          { sentUs: us, concludedUs: us + 10 },
        ],
      )[0]?.shared;
    expect(at(2000)).toBe('unsure');
    expect(at(2001)).toBe('wrongful');
  });

  it('is not explained by a request that was answered in the very microsecond of its send', () => {
    const at = (us: number) =>
      judge(
        [{ ...slow, capacity: 1 }],
        [
          { sentUs: 900, concludedUs: us },
          { sentUs: 1000, ...throttled },
        ],
      )[0]?.shared;
    expect(at(1000)).toBe('unsure');
    expect(at(999)).toBe('called-for');
  });
});

describe('a throttle of a window', () => {
  const log = aSlidingLog({ capacity: 1, windowUs: 1000 });
  const at = (limit: PolicyLimit, us: number) =>
    judge(
      [limit],
      [
        { sentUs: 5000, concludedUs: 5000 },
        { sentUs: us, concludedUs: us, ...throttled },
      ],
    )[0]?.shared;

  it('of a log is called for within the window and wrongful after it, but for the grain', () => {
    expect([5998, 5999, 6000, 6001].map((us) => at(log, us))).toEqual(['called-for', 'unsure', 'unsure', 'wrongful']);
  });

  it('of the first window of a key is called for, of the calendar it never is', () => {
    const window = { capacity: 1, windowUs: 1000 };
    expect([5998, 5999].map((us) => at(aFixedWindow({ ...window, anchor: 'first-hit' }), us))).toEqual([
      'called-for',
      'unsure',
    ]);
    expect(at(aFixedWindow({ ...window, anchor: 'calendar' }), 5001)).toBe('unsure');
    expect(at(aFixedWindow({ ...window, anchor: 'calendar' }), 6001)).toBe('wrongful');
  });
});

describe('"never"', () => {
  const never = { outcome: Outcome.never, limit: 0, sentUs: SECOND } as const;

  it('is wrongful when the cost fits into the capacity, and called for when it does not', () => {
    const limit = (cost: number) => aTokenBucket({ capacity: 2, costs: costs({ 'order.place': cost }) });
    expect(judge([limit(2)], [never])).toEqual([{ shared: 'wrongful', own: 'wrongful' }]);
    expect(judge([limit(3)], [never])).toEqual([{ shared: 'called-for', own: 'called-for' }]);
  });
});

describe('a refusal of the verifier', () => {
  it('is a false block of an honest caller, and no matter of limits', () => {
    expect(judge([slow], [{ sentUs: SECOND, outcome: Outcome.refused }])).toEqual([{ shared: null, own: 'wrongful' }]);
    expect(judge([slow], [{ sentUs: SECOND, outcome: Outcome.refused, ...bySomebodyElse }])).toEqual([
      { shared: null, own: null },
    ]);
  });
});

describe('an answer that does not tell what the limits decided', () => {
  const denied = { outcome: Outcome.denied } as const;
  const unclear = { outcome: Outcome.unclear } as const;

  it('may be a false block of an honest caller; when denied, it is no matter of limits', () => {
    expect(judge([slow], [{ sentUs: SECOND, ...denied }])).toEqual([{ shared: null, own: 'unsure' }]);
    expect(judge([slow], [{ sentUs: SECOND, ...denied, ...bySomebodyElse }])).toEqual([{ shared: null, own: null }]);
    expect(judge([slow], [{ sentUs: SECOND, ...unclear }])).toEqual([{ shared: 'unsure', own: 'unsure' }]);
    expect(judge([slow], [{ sentUs: SECOND, ...unclear, ...bySomebodyElse }])).toEqual([
      { shared: 'unsure', own: null },
    ]);
  });

  it.each([
    [denied, 'key', 1000],
    [unclear, 'key', 1000],
    [denied, 'ip', 1000],
    [unclear, 'ip', 1000],
  ] as const)('may have charged every limit, until its answer and no later (%j by %s)', (hidden, by, sentUs) => {
    const limit: PolicyLimit = { ...slow, by: [by], capacity: 1 };
    const at = (us: number) =>
      judge(
        [limit],
        [
          { sentUs, concludedUs: 2000, ...hidden },
          { sentUs: us, concludedUs: us, ...throttled },
        ],
      ).at(-1)?.shared;
    expect(at(5000)).toBe('unsure');
    expect(at(2000 + SECOND)).toBe('unsure');
    expect(at(2001 + SECOND)).toBe('wrongful');
  });
});

describe('a ban', () => {
  const banned = { outcome: Outcome.banned, limit: 0 } as const;
  const banning: PolicyLimit = { ...slow, ban: { afterThrottles: 2, stepsUs: [10 * SECOND], forgetUs: 0 } };
  const exhausted = [{ sentUs: 1000 }, { sentUs: 3000 }];

  it('where the policy has none is wrongful', () => {
    expect(judge([slow], [{ sentUs: SECOND, ...banned }])).toEqual([{ shared: 'wrongful', own: 'wrongful' }]);
  });

  it('of a customer who was never throttled is a false block', () => {
    expect(judge([banning], [{ sentUs: SECOND, ...banned }])).toEqual([{ shared: 'unsure', own: 'wrongful' }]);
  });

  it('is called for when own throttles that were called for reached it, and as long as it lasts', () => {
    const strikes = [5000, 7000].map((sentUs) => ({ sentUs, ...throttled }));
    const at = (us: number) => judge([banning], [...exhausted, ...strikes, { sentUs: us, ...banned }]).at(-1)?.own;
    expect(at(20_000)).toBe('called-for');
    // The second strike fell at 7000 or later; this one is answered 1 ms after its send.
    expect(at(7000 + 10 * SECOND - 1002)).toBe('called-for');
    expect(at(7000 + 10 * SECOND - 1001)).toBe('unsure');
  });

  it('is unsure when own throttles may have reached it, a false block when they were too few', () => {
    const apart = [
      ...exhausted,
      { sentUs: 5000, ...throttled },
      { sentUs: 2 * SECOND },
      { sentUs: 2 * SECOND + 5000, ...throttled },
      { sentUs: 2 * SECOND + 9000, ...banned },
    ];
    expect(judge([banning], apart).at(-1)?.own).toBe('unsure');
    const tooFew = [...exhausted, { sentUs: 5000, ...throttled }, { sentUs: 9000, ...banned }];
    expect(judge([banning], tooFew).at(-1)?.own).toBe('wrongful');
  });

  it.each([Outcome.reset, Outcome.timeout, Outcome.serverError, Outcome.unclear])(
    'is unsure when answers that were lost or do not tell (outcome %d) may have been the throttles that reached it',
    (outcome) => {
      const lost = [5000, 7000].map((sentUs) => ({ sentUs, outcome }));
      expect(judge([banning], [...lost, { sentUs: 12_000, ...banned }]).at(-1)?.own).toBe('unsure');
      expect(judge([banning], [...lost.slice(1), { sentUs: 12_000, ...banned }]).at(-1)?.own).toBe('wrongful');
      const unwritten = [5000, 7000].map((intendedUs) => ({
        intendedUs,
        sentUs: 0,
        outcome: Outcome.unconnected,
        concludedUs: intendedUs + 1000,
      }));
      expect(judge([banning], [...unwritten, { sentUs: 12_000, ...banned }]).at(-1)?.own).toBe('wrongful');
    },
  );
});

describe('Retry-After', () => {
  const one: PolicyLimit = { ...slow, capacity: 1 };
  const wait = { ...throttled, retryAfterMs: 1000 };
  const retries = (rows: readonly Partial<Observed>[], limit = one) =>
    runOracles(aPlan({ policy: aPolicy([limit]) }), sourceOf(rows.map((row) => observed(row)))).retries.map(
      ({ finding }) => finding,
    );
  const opening = [{ sentUs: 1000 }, { sentUs: 3000, concludedUs: 4000, ...wait }];

  it('is kept when whoever comes back at the stated time is admitted, and broken when it is throttled again', () => {
    expect(retries([...opening, { sentUs: 4001 + SECOND }])).toEqual(['kept']);
    expect(retries([...opening, { sentUs: 4001 + SECOND, ...throttled }])).toEqual(['broken']);
  });

  it('is not held against a limit with more keys than it holds: others spend what its cold counter has', () => {
    const others = [1, 2].map((identity) => ({ sentUs: 1000, identity }));
    const rows = [...others, ...opening, { sentUs: 4001 + SECOND, ...throttled }];
    expect(retries(rows, { ...one, maxKeys: 2 })).toEqual([]);
    expect(retries(rows, { ...one, maxKeys: 3 })).toEqual(['broken']);
  });

  it('is not held against the target when the caller was early, or somebody else was there, or it failed otherwise', () => {
    expect(retries([...opening, { sentUs: 4000 + SECOND, ...throttled }])).toEqual([]);
    expect(retries([...opening, { sentUs: 9000, ...throttled }, { sentUs: 4001 + SECOND, ...throttled }])).toEqual([]);
    const together = { sentUs: 4001 + SECOND, ...throttled };
    expect(retries([...opening, together, { ...together, sentUs: 4002 + SECOND }])).toEqual([]);
    expect(retries([...opening, { sentUs: 4001 + SECOND, outcome: Outcome.timeout }])).toEqual([]);
    const overlapped = [
      { sentUs: 1000, concludedUs: 3500 },
      { sentUs: 3000, concludedUs: 4000, ...wait },
    ];
    expect(retries([...overlapped, { sentUs: 4001 + SECOND, ...throttled }])).toEqual([]);
  });
});
