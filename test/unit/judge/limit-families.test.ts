/** What the oracles say of throttles by each family, at the edges. */
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import type { Policy, PolicyLimit } from '../../../harness/scenario/plan.js';
import { type Observed, observed, sourceOf } from '../../support/observation-builder.js';
import { runOracles } from '../../support/oracle-run.js';
import {
  aBan,
  aConcurrency,
  aDecayingCounter,
  aFillCounter,
  aFixedWindow,
  aLeakyQueue,
  anEarnedBudget,
  aPlan,
  aPolicy,
  aRatioMonitor,
  aSlidingCounter,
  aTokenBucket,
  costs,
} from '../../support/plan-builder.js';

const SECOND = 1_000_000;
const throttled = { outcome: Outcome.throttled, limit: 0 } as const;

function oracles(limits: readonly PolicyLimit[], rows: readonly Partial<Observed>[], policy: Partial<Policy> = {}) {
  return runOracles(aPlan({ policy: aPolicy(limits, policy) }), sourceOf(rows.map((row) => observed(row))));
}

/** What is said of the last row, shared and own. */
function judged(limit: PolicyLimit, ...rows: readonly Partial<Observed>[]): string {
  const last = oracles([limit], rows).blocks.at(-1);
  return last?.shared === last?.own ? String(last?.shared) : `${last?.shared}, own ${last?.own}`;
}

/** So many admissions at one moment, each answered in the same microsecond. */
const admitted = (count: number, sentUs: number, row: Partial<Observed> = {}): Partial<Observed>[] =>
  Array.from({ length: count }, () => ({ sentUs, concludedUs: sentUs, ...row }));
const refusedAt = (us: number, row: Partial<Observed> = {}): Partial<Observed> => ({
  sentUs: us,
  concludedUs: us,
  ...throttled,
  ...row,
});

describe('a decaying counter', () => {
  const young = costs().map((_, requestClass) => (requestClass === 5 ? [{ underUs: SECOND, cells: 3 }] : []));
  const limit = aDecayingCounter({ capacity: 5, refillCells: 1, refillPeriodUs: 1000 * SECOND, ageCosts: young });
  const cancel = { requestClass: 5 };

  it('may throttle the cancel of a young order where it can not throttle a new one', () => {
    expect(judged(limit, ...admitted(2, 1000), refusedAt(2000))).toBe('wrongful');
    expect(judged(limit, ...admitted(2, 1000), refusedAt(2000, cancel))).toBe('unsure');
    expect(judged(limit, ...admitted(1, 1000), refusedAt(2000, cancel))).toBe('wrongful');
  });

  it('is convicted by the cost of old orders alone', () => {
    const leak = (cancels: number) => oracles([limit], admitted(cancels, 1000, cancel)).leaks[0]?.worst?.excessCells;
    expect([leak(5), leak(6)]).toEqual([undefined, 1]);
  });
});

describe('requests of several elements', () => {
  it('cost as many times', () => {
    const limit = aTokenBucket({ capacity: 10, refillCells: 1 });
    const leak = (elements: number) => oracles([limit], admitted(3, 1000, { elements })).leaks[0]?.worst?.excessCells;
    expect([leak(3), leak(4)]).toEqual([undefined, 2]);
    expect(judged(limit, ...admitted(1, 1000, { elements: 8 }), refusedAt(1001, { elements: 2 }))).toBe('wrongful');
    expect(judged(limit, ...admitted(1, 1000, { elements: 8 }), refusedAt(1001, { elements: 3 }))).toBe('called-for');
  });
});

describe('a limit by address and class', () => {
  it('stands before the verifier: what that refuses has used its cells, and those of no limit behind it', () => {
    const leaks = (by: PolicyLimit['by']) =>
      oracles([aTokenBucket({ by, capacity: 2, refillCells: 1 })], admitted(3, 1000, { outcome: Outcome.refused }))
        .leaks;
    expect(leaks(['ip', 'class'])).toHaveLength(1);
    expect(leaks(['ip', 'key'])).toEqual([]);
    expect(leaks(['class'])).toEqual([]);
    expect(leaks([])).toEqual([]);
  });
});

describe('a leaky queue', () => {
  const limit = aLeakyQueue({ capacity: 2, queueCells: 3, refillCells: 1, refillPeriodUs: 1000 * SECOND });

  it('wrongs nobody while its queue may be full, and whoever is throttled before that', () => {
    const waiting = { sentUs: 1000, concludedUs: 9000 };
    expect(judged(limit, waiting, waiting, waiting, waiting, refusedAt(2000))).toBe('wrongful');
    expect(judged(limit, waiting, waiting, waiting, waiting, waiting, refusedAt(2000))).toBe('unsure');
  });

  it('says "never" only to what even the queue can not hold', () => {
    const never = (elements: number) => judged(limit, { ...refusedAt(1000), outcome: Outcome.never, elements });
    expect([never(5), never(6)]).toEqual(['wrongful', 'called-for']);
  });

  it('is convicted when it serves more at once than it may, whatever it lets in', () => {
    expect(oracles([limit], admitted(2, 1000)).leaks).toEqual([]);
    expect(oracles([limit], admitted(3, 1000)).leaks[0]?.worst?.excessCells).toBe(1);
    // One request that is dearer than what is served at once has waited for that.
    expect(oracles([limit], admitted(1, 1000, { elements: 5 })).leaks).toEqual([]);
    expect(oracles([limit], admitted(1, 1000, { elements: 6 })).leaks[0]?.worst?.excessCells).toBe(1);
  });

  it('may cut its waits to the grain of its clock', () => {
    const grainUs = 1000;
    const paced = aLeakyQueue({ capacity: 1, queueCells: 9, refillCells: 1, refillPeriodUs: 10_000 });
    // Ten sent at once, each served up to a grain before its turn, by a clock that was read up to a grain too early.
    const rows = (earlyUs: number) =>
      Array.from({ length: 10 }, (_, turn) => ({
        sentUs: 1000,
        concludedUs: 1000 + Math.max(0, turn * 10_000 - earlyUs),
      }));
    const leaks = (earlyUs: number) => oracles([paced], rows(earlyUs), { resolutionUs: grainUs }).leaks;
    expect(leaks(2 * grainUs)).toEqual([]);
    expect(leaks(2 * grainUs + 2)).toEqual([]);
    expect(leaks(2 * grainUs + 3)).toHaveLength(1);
  });

  it('before the verifier holds what that refuses to what it lets in, since nobody serves it', () => {
    const front: PolicyLimit = { ...limit, by: ['ip'] };
    const leak = (count: number) =>
      oracles([front], admitted(count, 1000, { outcome: Outcome.refused })).leaks[0]?.worst?.excessCells;
    expect([leak(5), leak(6)]).toEqual([undefined, 1]);
  });
});

describe('a window that counts denied requests', () => {
  const limit = aFixedWindow({ capacity: 3, windowUs: SECOND, anchor: 'first-hit', countsDenied: true });
  const front: PolicyLimit = { ...limit, by: ['ip'] };
  const bucket = aTokenBucket({ capacity: 1, refillCells: 1 });

  it('is used up by its own throttles, and one that does not is not', () => {
    const rows = [...admitted(2, 1000), refusedAt(2000), refusedAt(3000)];
    expect(judged(limit, ...rows)).toBe('called-for');
    expect(judged({ ...limit, countsDenied: false }, ...rows)).toBe('wrongful');
    expect(judged(limit, ...admitted(2, 1000), refusedAt(2000))).toBe('wrongful');
  });

  it('counts what another limit throttles, on its own side of the verifier or behind it', () => {
    const byBucket = refusedAt(2000, { limit: 1 });
    const last = (limits: readonly PolicyLimit[], named: Partial<Observed>) =>
      oracles(limits, [...admitted(2, 1000), named, refusedAt(3000)]).blocks.at(-1)?.shared;
    expect(last([limit, bucket], byBucket)).toBe('called-for');
    expect(last([front, bucket], byBucket)).toBe('called-for');
    expect(last([front, { ...bucket, by: ['ip', 'class'] }], byBucket)).toBe('called-for');
    // Whether a limit behind the verifier was asked about what one before it denied, only the target knows.
    expect(last([limit, { ...bucket, by: ['ip'] }], byBucket)).toBe('unsure');
    expect(last([limit, bucket], { ...byBucket, limit: -1 })).toBe('unsure');
    expect(last([limit, bucket], { ...byBucket, outcome: Outcome.never })).toBe('unsure');
    expect(last([limit, bucket], { ...byBucket, outcome: Outcome.banned })).toBe('unsure');
  });

  it('has let through only what was admitted', () => {
    expect(oracles([limit], [...admitted(6, 1000), refusedAt(2000), refusedAt(3000)]).leaks).toEqual([]);
    expect(oracles([limit], admitted(7, 1000)).leaks[0]?.worst?.excessCells).toBe(1);
  });
});

describe.each([aFillCounter, aRatioMonitor])('a window with credits (%o)', (make) => {
  const limit = make({
    capacity: 3,
    windowUs: SECOND,
    anchor: 'first-hit',
    costs: costs({ 'order.place': 2 }),
    creditsMax: costs({ 'order.place': 1 }, 0),
  });
  const cancel = { requestClass: 5 };

  it('is used up for certain only when all fills together could not have made room', () => {
    const place = admitted(1, 1000);
    expect(judged(limit, ...place, ...admitted(1, 1000, cancel), refusedAt(2000, cancel))).toBe('unsure');
    expect(judged(limit, ...place, ...admitted(1, 1000, cancel), refusedAt(2000))).toBe('called-for');
    expect(judged(limit, ...admitted(3, 1000, cancel), refusedAt(2000, cancel))).toBe('called-for');
  });

  it('may have been credited by a request that is sent while the throttled one waits', () => {
    const late = { ...refusedAt(2000, cancel), concludedUs: 5000 };
    const maybe = { sentUs: 4000, outcome: Outcome.timeout, concludedUs: 4500 };
    expect(judged(limit, ...admitted(3, 1000, cancel), late)).toBe('called-for');
    expect(judged(limit, ...admitted(3, 1000, cancel), maybe, late)).toBe('unsure');
    expect(judged(limit, ...admitted(3, 1000, cancel), { ...maybe, sentUs: 5001, concludedUs: 6000 }, late)).toBe(
      'called-for',
    );
  });

  it('wrongs whom it throttles though not even without any fill it was full', () => {
    expect(judged(limit, ...admitted(1, 1000), refusedAt(2000, cancel))).toBe('wrongful');
  });

  it('leaks what is above its windows and all that can have been given by then', () => {
    // Two windows of 3 and a credit for each placed order.
    const leak = (placed: number) => oracles([limit], admitted(placed, 1000)).leaks[0]?.worst?.excessCells;
    expect([leak(6), leak(7)]).toEqual([undefined, 1]);
  });

  it('can not be told from one that leaks where others may have been filled as well', () => {
    const others = { exclusive: false };
    expect(oracles([limit], admitted(100, 1000), others).subjects).toEqual([]);
    const unfilled: PolicyLimit = { ...limit, creditsMax: costs({}, 0) };
    expect(oracles([unfilled], admitted(100, 1000), others).leaks).toHaveLength(1);
  });
});

describe('a sliding counter', () => {
  const limit = aSlidingCounter({ capacity: 16, windowUs: 16_000 });

  it('may hold what is up to two windows old, by its weight at most', () => {
    // 16 cells, half a window before the window that ends now: they may weigh 8.
    expect(judged(limit, ...admitted(16, 100_000), refusedAt(123_999, { elements: 7 }))).toBe('wrongful');
    expect(judged(limit, ...admitted(16, 100_000), refusedAt(124_002, { elements: 9 }))).toBe('unsure');
    expect(judged(limit, ...admitted(16, 100_000), refusedAt(132_001, { elements: 16 }))).toBe('wrongful');
  });

  it('is weighed for every phase, also within the pieces that are asked together', () => {
    const wide = aSlidingCounter({ capacity: 160, windowUs: 1600 });
    const full = admitted(1, 10_000, { elements: 160 });
    // Seen 804 us behind the end of its window it weighs 79.6 cells at most, asked for with those of 800 us.
    const most = (elements: number) => judged(wide, ...full, refusedAt(12_405, { elements }));
    expect([most(80), most(81)]).toEqual(['wrongful', 'unsure']);
    // Where the newer half counts in full, the older one still weighs 79.6.
    const halves = [...admitted(1, 10_000, { elements: 160 }), ...admitted(1, 11_600, { elements: 160 })];
    const both = (elements: number) => judged({ ...wide, capacity: 320 }, ...halves, refusedAt(12_405, { elements }));
    expect([both(80), both(81)]).toEqual(['wrongful', 'unsure']);
    // At least 70.6 when it can be 894 us behind the end of its window, asked for with those of 899 us.
    const least = (elements: number) => judged(wide, ...full, refusedAt(10_894, { elements }));
    expect([least(85), least(89), least(90)]).toEqual(['unsure', 'unsure', 'called-for']);
  });

  it('is certainly full within a window, whatever its phase', () => {
    expect(judged(limit, ...admitted(16, 100_000), refusedAt(100_900))).toBe('called-for');
    expect(judged(limit, ...admitted(16, 100_000), refusedAt(116_001))).toBe('unsure');
  });
});

describe('an earned budget', () => {
  const limit = anEarnedBudget({ capacity: 2, trickleUs: null, creditsMax: costs({ account: 1 }, 0) });
  const trickling = anEarnedBudget({ capacity: 2, trickleUs: SECOND, creditsMax: costs({}, 0) });
  const earning = { requestClass: 2 };

  it('is spent for the whole run, unless it can have been earned again', () => {
    expect(judged(limit, ...admitted(1, 1000), refusedAt(3_000 * SECOND))).toBe('wrongful');
    expect(judged(limit, ...admitted(2, 1000), refusedAt(3_000 * SECOND))).toBe('called-for');
    expect(judged(limit, ...admitted(1, 1000), ...admitted(1, 1000, earning), refusedAt(3_000 * SECOND))).toBe(
      'unsure',
    );
  });

  it('with a trickle lets one through when none was for so long, and nobody knows when else', () => {
    expect(judged(trickling, ...admitted(2, 1000), refusedAt(SECOND + 1000))).toBe('unsure');
    expect(judged(trickling, ...admitted(2, 1000), refusedAt(SECOND + 1001))).toBe('wrongful');
    expect(judged(trickling, ...admitted(2, 1000), refusedAt(1001, { elements: 9 }))).toBe('unsure');
    const open = { sentUs: 1000, concludedUs: 3 * SECOND };
    expect(judged(trickling, ...admitted(1, 1000), open, refusedAt(2 * SECOND))).toBe('unsure');
  });

  it('is not known to be too small for anything', () => {
    const never = (budget: PolicyLimit, elements: number) =>
      judged(budget, { ...refusedAt(1000), outcome: Outcome.never, elements });
    expect([never(limit, 2), never(limit, 3)]).toEqual(['wrongful', 'unsure']);
  });
});

describe('concurrency', () => {
  const limit = aConcurrency({ capacity: 2 });
  const open = { sentUs: 1000, concludedUs: 9000 };

  it('wrongs whom it throttles while fewer are open than it holds', () => {
    expect(judged(limit, open, refusedAt(2000))).toBe('wrongful');
    expect(judged(limit, open, open, refusedAt(2000))).toBe('unsure');
  });

  it('may learn of the end of a request just after its caller, and never of one that was not answered', () => {
    expect(judged(limit, open, open, refusedAt(9001))).toBe('unsure');
    expect(judged(limit, open, open, refusedAt(9002))).toBe('wrongful');
    const lost = { ...open, outcome: Outcome.timeout };
    expect(judged(limit, open, lost, refusedAt(5_000 * SECOND))).toBe('wrongful');
    expect(judged(limit, lost, lost, refusedAt(5_000 * SECOND))).toBe('unsure');
  });

  it('has no leak that can be proved', () => {
    expect(oracles([limit], admitted(100, 1000)).subjects).toEqual([]);
  });

  it('is held to no Retry-After', () => {
    const rows = [refusedAt(1000, { retryAfterMs: 1 }), refusedAt(3000)];
    expect(oracles([limit], rows).retries).toEqual([]);
    expect(oracles([aTokenBucket()], rows).retries).toHaveLength(1);
  });
});

describe('a limit that only looks on', () => {
  it('explains no throttle and leaks nothing', () => {
    const shadow = aTokenBucket({ capacity: 1, refillCells: 1, isShadow: true });
    expect(judged(shadow, ...admitted(1, 1000), refusedAt(1001))).toBe('wrongful');
    expect(oracles([shadow], admitted(9, 1000)).subjects).toEqual([]);
  });
});

describe('a ban that gets longer', () => {
  const limit = aTokenBucket({
    capacity: 1,
    refillCells: 1,
    refillPeriodUs: 1000 * SECOND,
    ban: aBan(2, SECOND, 5 * SECOND),
  });
  const throttles = [...admitted(1, 1000), refusedAt(2000), refusedAt(3000)];
  const bannedAt = (us: number): Partial<Observed> => refusedAt(us, { outcome: Outcome.banned });

  it('certainly holds for its first step, may hold for its last, and no longer', () => {
    const own = (us: number) => oracles([limit], [...throttles, bannedAt(us)]).blocks.at(-1)?.own;
    expect(own(SECOND + 2998)).toBe('called-for');
    // Struck at 3000.0 and decided at 1,002,999.9, on a clock half a microsecond ahead: it reads a second apart.
    expect(own(SECOND + 2999)).toBe('unsure');
    expect(own(5 * SECOND + 3001)).toBe('unsure');
    expect(own(5 * SECOND + 3002)).toBe('wrongful');
  });

  it('is not brought about by a window that counts what it denies', () => {
    const counting = aFixedWindow({ capacity: 1, anchor: 'first-hit', countsDenied: true, ban: aBan(2, SECOND) });
    expect(oracles([counting], [...throttles, bannedAt(4000)]).blocks.at(-1)?.own).toBe('called-for');
  });
});
