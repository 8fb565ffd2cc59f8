/** Every metric's formula on hand-made rows. Identities 0 to 9 are customers, 10 to 19 attackers. */
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { metricNames } from '../../../harness/scenario/metrics.js';
import type { Plan } from '../../../harness/scenario/plan.js';
import { at, measured, resultOf, times } from '../../support/measured-rows.js';
import type { Observed } from '../../support/observation-builder.js';
import { aFixedWindow, aPlan, aPolicy, aTokenBucket, SECOND_US } from '../../support/plan-builder.js';

const mixed: readonly Partial<Observed>[] = [
  ...times(4, { identity: 0 }),
  ...times(3, { identity: 10, outcome: Outcome.throttled, limit: 0 }, 3.5),
  ...times(2, { identity: 10, outcome: Outcome.refused }, 3.6),
  ...times(1, { identity: 10, outcome: Outcome.banned }, 3.7),
  ...times(1, { identity: 0, outcome: Outcome.timeout }, 1.6),
  ...times(1, { identity: 0, outcome: Outcome.unconnected, sentUs: 0, concludedUs: at(1.8) }, 1.7),
  ...times(2, { identity: 0, outcome: Outcome.unsent, sentUs: 0, concludedUs: at(1.8) }, 1.7),
  ...times(1, { identity: 0, outcome: Outcome.aborted, sentUs: 0, concludedUs: at(1.9) }, 1.7),
  ...times(5, { identity: 1 }, 0.5),
  ...times(5, { identity: 1 }, 11.5),
];

describe('counts', () => {
  it.each([
    ['all.sent', 11, 'of the measured phases only, and only what was written'],
    ['legit.sent', 5, 'a timeout was written'],
    ['attackers.sent', 6, 'an actor by its name'],
    ['all.admitted', 4, ''],
    ['abuse.throttled', 3, ''],
    ['abuse.refused', 2, ''],
    ['abuse.banned', 1, ''],
    ['legit.errors', 4, 'a timeout, no connection and two unsent; taken back is no error'],
    ['legit.errorRate', 4 / 8, 'of nine that were due less the one taken back'],
    ['legit.admittedRate', 0.4, '4 in 10 measured seconds'],
    ['all.admittedShare', 0.4, '4 of 10 answers'],
  ])('%s is %d: %s', (metric, expected) => {
    expect(measured(metric, mixed)).toBe(expected);
  });

  it('belong to the phase that a row was intended for', () => {
    expect(measured('legit.admitted', mixed, { phase: 'calm' })).toBe(4);
    expect(measured('legit.admitted', mixed, { phase: 'attack' })).toBe(0);
    expect(measured('abuse.throttled', mixed, { phase: 'attack' })).toBe(3);
    expect(measured('legit.admittedRate', mixed, { phase: 'calm' })).toBe(2);
  });

  it('of answers within a second of the intended time are goodput', () => {
    const late = (us: number) => [{ intendedUs: at(2), sentUs: at(2), concludedUs: at(2) + us }];
    expect(measured('legit.goodput', late(SECOND_US), { phase: 'calm' })).toBe(0.5);
    expect(measured('legit.goodput', late(SECOND_US + 1), { phase: 'calm' })).toBe(0);
  });
});

describe('errorRate', () => {
  const unwritten = { sentUs: 0, concludedUs: at(2.5) };

  it('is at most 100 %, of every request that was due, when no connection could be had', () => {
    const rows = [
      ...times(17, { outcome: Outcome.timeout, ...unwritten }),
      ...times(2, { outcome: Outcome.aborted, ...unwritten }),
    ];
    expect(measured('legit.errorRate', rows)).toBe(1);
    expect(measured('legit.errorRate', [...rows, ...times(17, {})])).toBe(0.5);
  });

  it('can not be told when nothing was due, or all was taken back', () => {
    expect(measured('legit.errorRate', times(2, { outcome: Outcome.aborted, ...unwritten }))).toBeNull();
  });
});

describe('latencies', () => {
  const rows = Array.from({ length: 100 }, (_, index) => ({
    intendedUs: at(1.5),
    sentUs: at(1.5) + 100,
    concludedUs: at(1.5) + 200 + index * 10,
  }));

  it('are told from the intended time, from the send, and between the two', () => {
    expect(measured('legit.latency.p50', rows)).toBe(690);
    expect(measured('legit.latency.p99', rows)).toBe(1180);
    expect(measured('legit.latency.p999', rows)).toBe(1190);
    expect(measured('legit.service.p50', rows)).toBe(590);
    expect(measured('legit.service.p99', rows)).toBe(1080);
    expect(measured('legit.dispatchDelay.p99', rows)).toBe(100);
  });

  it('are of admitted requests only, but for the dispatch delay', () => {
    const denied = rows.map((row) => ({ ...row, outcome: Outcome.throttled }));
    expect(measured('legit.latency.p50', denied)).toBeNull();
    expect(measured('legit.dispatchDelay.p99', denied)).toBe(100);
  });

  it('are compared with those of the first phase as inflation', () => {
    const slow = { intendedUs: at(4), sentUs: at(4), concludedUs: at(4) + 2000 };
    const calm = { intendedUs: at(2), sentUs: at(2), concludedUs: at(2) + 500 };
    expect(measured('legit.latencyInflation.p99', [calm, slow], { phase: 'attack' })).toBe(4);
    expect(measured('legit.latencyInflation.p99', [slow], { phase: 'attack' })).toBeNull();
  });
});

describe('falseBlockRate', () => {
  const fine = (identity: number, count: number) => times(count, { identity }, 1.5);

  it('counts what the customer did not call for, per answer, with an interval over identities', () => {
    const rows = [
      ...[0, 1, 2, 3].flatMap((identity) => fine(identity, 5)),
      ...times(1, { outcome: Outcome.refused }, 2),
    ];
    const result = resultOf('legit.falseBlockRate', rows);
    expect(result.measured).toBe(1 / 21);
    expect(result.interval?.[0]).toBe(0);
    expect(result.interval?.[1]).toBeGreaterThan(1 / 21);
    expect(result.evidence).toEqual([
      'customers identity 0 (account account-0, from 127.0.1.0) was falsely blocked 1 time: 1 x refused by the verifier',
    ]);
  });

  it('leaves out what the customer called for, and is undecided when that can not be told', () => {
    const capacity = { plan: { policy: aPolicy([aTokenBucket({ capacity: 3, refillCells: 1 })]) } };
    const throttled = (seconds: number) => times(1, { outcome: Outcome.throttled, limit: 0 }, seconds);
    expect(measured('legit.falseBlockRate', [...fine(0, 3), ...throttled(1.51)], capacity)).toBe(0);
    const blurred = fine(0, 3).map((row) => ({ ...row, concludedUs: at(1.6) }));
    const unsure = resultOf('legit.falseBlockRate', [...blurred, ...throttled(1.51)], capacity);
    expect([unsure.measured, unsure.pass]).toEqual([0, null]);
    expect(unsure.evidence[0]).toBe("depends on what can't be told: it may be 0 % to 25 %");
  });

  it('of the worst identity asks for ten answers', () => {
    const blocked = (identity: number, count: number) => times(count, { identity, outcome: Outcome.refused }, 2);
    const rows = [...fine(0, 9), ...blocked(0, 1), ...fine(1, 5), ...blocked(1, 4)];
    expect(measured('legit.falseBlockRate.worst', rows)).toBe(0.1);
    expect(measured('legit.falseBlockRate.worst', fine(0, 9))).toBeNull();
  });

  it('is not told of abuse', () => {
    expect(measured('abuse.falseBlockRate', mixed)).toBeNull();
  });
});

describe('wrongfulBlocks', () => {
  it('counts throttles that nothing explains, of anybody', () => {
    const result = resultOf(
      'abuse.wrongfulBlocks',
      times(2, { identity: 10, outcome: Outcome.throttled, limit: 0 }, 4),
    );
    expect([result.measured, result.pass]).toEqual([2, false]);
    expect(result.evidence[0]).toBe(
      'attackers order.place, sent at 3000 ms and answered at 3001 ms, was throttled by orders though the cells were ' +
        'there all that time',
    );
  });
});

describe('leak', () => {
  const policy = aPolicy([aTokenBucket({ capacity: 3, refillCells: 1, by: [] })]);
  const flood = (count: number, seconds: number, identity = 10) => times(count, { identity }, seconds);

  it('is the sum over counters of the worst interval, of everybody who was admitted on them', () => {
    const plan = { plan: { policy: aPolicy([aTokenBucket({ capacity: 3, refillCells: 1 })]) } };
    const rows = [...flood(5, 4, 10), ...flood(6, 4, 11), ...flood(3, 4, 0)];
    expect(measured('abuse.leak', rows, plan)).toBe(5);
    expect(measured('legit.leak', rows, plan)).toBe(0);
    expect(measured('legit.leak', [...flood(5, 4, 10), ...flood(1, 1.5, 0)], { plan: { policy } })).toBe(2);
  });

  it('of a phase is that of the intervals which end in it', () => {
    const rows = [...flood(5, 4), ...flood(8, 9)];
    const inPhase = (phase: string | null) => measured('abuse.leak', rows, { phase, plan: { policy } });
    expect(inPhase('attack')).toBe(2);
    expect(inPhase('recovery')).toBe(5);
    expect(inPhase('calm')).toBeNull();
    expect(inPhase(null)).toBe(5);
  });

  it('as a ratio is what was admitted for what was allowed, leak or not', () => {
    expect(measured('abuse.leakRatio', flood(6, 4), { plan: { policy } })).toBe(2);
    expect(measured('abuse.leakRatio', flood(2, 4), { plan: { policy } })).toBe(2 / 3);
    expect(measured('abuse.leakRatio', flood(2, 4), { phase: 'attack', plan: { policy } })).toBe(2 / 3);
    expect(measured('abuse.leakRatio', flood(2, 4), { phase: 'recovery', plan: { policy } })).toBeNull();
  });

  it('as a ratio is told in every phase of the interval that came nearest in it', () => {
    const rows = [...flood(2, 4), ...flood(3, 9)];
    const inPhase = (phase: string | null) => measured('abuse.leakRatio', rows, { phase, plan: { policy } });
    expect(inPhase('attack')).toBe(2 / 3);
    expect(inPhase('recovery')).toBe(1);
    expect(inPhase(null)).toBe(1);
  });

  it.each([
    [times(2, { identity: 10, outcome: Outcome.timeout }, 4), 'nothing of it was answered'],
    [[], 'it sent nothing'],
    [[{ identity: 10, requestClass: 0, intendedUs: at(4) }], 'no limit of the policy matches what it sent'],
  ])('can not be told when nothing was held against it (%#)', (rows, why) => {
    const onlyOrders = aTokenBucket({ costs: [0, 0, 0, 1, 1, 1] });
    const result = resultOf('abuse.leak', rows, { plan: { policy: aPolicy([onlyOrders]) } });
    expect([result.measured, result.pass, result.evidence]).toEqual([null, null, [`can't be told: ${why}`]]);
  });
});

describe('replaysAccepted', () => {
  const original = { identity: 0, signature: 5, intendedUs: at(3.1) };
  const replay = (outcome: Outcome) => ({ identity: 10, signature: 5, intendedUs: at(3.5), outcome });

  it('counts acceptances beyond the first', () => {
    const result = resultOf('abuse.replaysAccepted', [original, replay(Outcome.admitted), replay(Outcome.refused)]);
    expect([result.measured, result.pass]).toEqual([1, false]);
    expect(result.evidence).toEqual(['signature number 5 was accepted 2 times']);
    expect(measured('abuse.replaysAccepted', [original, replay(Outcome.refused)])).toBe(0);
  });

  it('is undecided when a replay was never answered, and not told where the policy allows replays', () => {
    const lost = resultOf('abuse.replaysAccepted', [original, replay(Outcome.timeout)]);
    expect([lost.measured, lost.pass]).toEqual([0, null]);
    const { auth } = aPolicy([]);
    const policy = aPolicy([], { auth: auth === null ? null : { ...auth, replay: 'allow' } });
    expect(measured('abuse.replaysAccepted', [original, replay(Outcome.admitted)], { plan: { policy } })).toBeNull();
  });
});

describe('timeToFirstBlock', () => {
  it('runs from the first send to the first refusal of any kind, and never is infinite', () => {
    const rows = [...times(3, { identity: 10 }, 4), ...times(1, { identity: 11, outcome: Outcome.throttled }, 4.5)];
    expect(measured('abuse.timeToFirstBlock', rows)).toBe(501_000);
    expect(measured('abuse.timeToFirstBlock', times(3, { identity: 10 }, 4))).toBe('infinite');
    expect(measured('abuse.timeToFirstBlock', [])).toBeNull();
  });
});

describe('timeToContain', () => {
  const policy = aPolicy([aTokenBucket({ capacity: 1000, refillCells: 10 })]);
  const perSecond = (rate: number, from: number, until: number, identity = 10) =>
    Array.from({ length: Math.round((until - from) * rate) }, (_, index) => ({
      identity,
      intendedUs: at(from + index / rate),
    }));

  it('ends when every second of the hold time keeps to the refill and one request more', () => {
    const rows = [...perSecond(100, 3, 5), ...perSecond(10, 5, 7)];
    const us = measured('abuse.timeToContain', rows, { plan: { policy } });
    expect(us).toBe(2_000_000);
    expect(measured('abuse.timeToContain', perSecond(11, 3, 7), { plan: { policy } })).toBe(0);
    expect(measured('abuse.timeToContain', perSecond(20, 3, 11), { plan: { policy } })).toBe('infinite');
  });

  it('allows each key of the limit its own refill', () => {
    const rows = [10, 11, 12].flatMap((identity) => perSecond(10, 3, 7, identity));
    expect(measured('abuse.timeToContain', rows, { plan: { policy } })).toBe(0);
  });

  it('can not be told when the hold time is longer than what was measured', () => {
    const result = resultOf('abuse.timeToContain', perSecond(10, 3, 7), { plan: { policy, holdUs: at(9) } });
    expect(result.evidence).toEqual([
      "can't be told: less than the hold time of 9 s was measured after its first request",
    ]);
  });

  it('is told for windows by capacity a window', () => {
    const window = aPolicy([aFixedWindow({ capacity: 20, windowUs: 2 * SECOND_US })]);
    expect(measured('abuse.timeToContain', perSecond(11, 3, 7), { plan: { policy: window } })).toBe(0);
    expect(measured('abuse.timeToContain', perSecond(13, 3, 11), { plan: { policy: window } })).toBe('infinite');
  });
});

describe('recovery', () => {
  const steady = (from: number, until: number, fields: Partial<Observed> = {}) =>
    Array.from({ length: Math.round((until - from) * 50) }, (_, index) => ({
      identity: index % 10,
      intendedUs: at(from) + index * 20_000,
      ...fields,
    }));
  const refused = { outcome: Outcome.refused };
  // No limits: only what is written here blocks anybody.
  const plan = { plan: { policy: aPolicy([]) } };

  it('is the time after the last abuse until nobody is falsely blocked and service is as good as in the first phase', () => {
    const rows = [...steady(1, 7), ...steady(7, 8.5, refused), ...steady(8.5, 11)];
    expect(measured('legit.recovery', rows, plan)).toBe(1_500_000);
    expect(measured('legit.recovery', steady(1, 11), plan)).toBe(0);
    expect(measured('legit.recovery', [...steady(1, 7), ...steady(7, 11, refused)], plan)).toBe('infinite');
  });

  it('counts slow answers as not recovered, in proportion to the first phase', () => {
    const slow = (from: number, until: number) =>
      steady(from, until).map((row, index) =>
        index % 2 === 0 ? { ...row, concludedUs: row.intendedUs + 2 * SECOND_US } : row,
      );
    expect(measured('legit.recovery', [...steady(1, 7), ...slow(7, 9), ...steady(9, 11)], plan)).toBe(2_000_000);
    expect(measured('legit.recovery', slow(1, 11), plan)).toBe(0);
  });

  it('can not be told when nothing was good in the first phase, or nothing was asked after the abuse', () => {
    const dead = { outcome: Outcome.unconnected, sentUs: 0, concludedUs: at(11) };
    const result = resultOf('legit.recovery', steady(1, 11, dead), plan);
    expect([result.measured, result.evidence]).toEqual([
      null,
      ["can't be told: no honest request of it was admitted within 1 s in the first phase"],
    ]);
    const gone = resultOf('legit.recovery', steady(1, 7), plan);
    expect([gone.measured, gone.evidence]).toEqual([
      null,
      ["can't be told: no honest request of it was intended after the last abuse"],
    ]);
  });

  it('can not be told without abuse, or when the run ends too early', () => {
    expect(measured('abuse.recovery', steady(1, 11), plan)).toBeNull();
    expect(measured('legit.recovery', steady(1, 11), { plan: { ...plan.plan, holdUs: at(5) } })).toBeNull();
    const peaceful = { plan: { ...plan.plan, actors: [aPlan().actors[0] as Plan['actors'][number]] } };
    expect(measured('legit.recovery', steady(1, 11), peaceful)).toBeNull();
  });
});

describe('retryAfterHonesty', () => {
  const policy = aPolicy([aTokenBucket({ capacity: 1, refillCells: 1 })]);
  const throttled = { outcome: Outcome.throttled, limit: 0, retryAfterMs: 1000 };
  const cycle = (identity: number, outcome: Outcome) => [
    { identity, intendedUs: at(1.5) },
    { identity, intendedUs: at(1.6), ...throttled },
    { identity, intendedUs: at(2.7), outcome, limit: outcome === Outcome.throttled ? 0 : -1 },
  ];

  it('is the share of those who came back in time that were admitted', () => {
    const rows = [...cycle(0, Outcome.admitted), ...cycle(1, Outcome.admitted), ...cycle(2, Outcome.throttled)];
    expect(measured('legit.retryAfterHonesty', rows, { plan: { policy } })).toBe(2 / 3);
  });

  it('can not be told when nobody came back, or where others use the limit', () => {
    expect(measured('legit.retryAfterHonesty', times(2, {}), { plan: { policy } })).toBeNull();
    const shared = { ...policy, exclusive: false };
    expect(measured('legit.retryAfterHonesty', cycle(0, Outcome.admitted), { plan: { policy: shared } })).toBeNull();
  });
});

describe('fairness', () => {
  it("is Jain's index over identities that asked", () => {
    const served = [0, 1].flatMap((identity) => times(2, { identity }));
    expect(measured('legit.fairness', served)).toBe(1);
    const unserved = times(2, { identity: 2, outcome: Outcome.unsent, sentUs: 0, concludedUs: at(2) });
    expect(measured('legit.fairness', [...served, ...unserved])).toBeCloseTo(2 / 3, 12);
    expect(measured('legit.fairness', unserved)).toBeNull();
  });
});

describe('every metric', () => {
  it.each(metricNames)('%s is a value or says why it is none, with and without rows', (metric) => {
    for (const rows of [mixed, []]) {
      const result = resultOf(`all.${metric}`, rows);
      expect(result.measured === null).toBe(result.evidence[0]?.startsWith("can't be told: ") ?? false);
    }
  });
});
