/** Metrics of crowds: retries, what logins give away, who was hurt, what remains; and their intervals. Ten customers, ten attackers. */
import { describe, expect, it } from 'vitest';
import { IntentKind, Outcome } from '../../../harness/actors/outcome.js';
import { NONE } from '../../../harness/judge/observation.js';
import { judgeRows } from '../../support/judge-task.js';
import { at, measured, resultOf, times } from '../../support/measured-rows.js';
import type { Observed } from '../../support/observation-builder.js';
import { anExpectation, aPlan } from '../../support/plan-builder.js';

const customers = Array.from({ length: 10 }, (_, identity) => identity);

describe('retryAmplification', () => {
  it('is what was sent for each request that is no retry', () => {
    const rows = [...times(4, {}), ...times(1, { kind: IntentKind.followUp }), ...times(5, { kind: IntentKind.retry })];
    expect(measured('legit.retryAmplification', rows)).toBe(2);
    expect(measured('legit.retryAmplification', times(2, { kind: IntentKind.retry }))).toBeNull();
    const unsent = times(3, { kind: IntentKind.retry, outcome: Outcome.unsent, sentUs: 0, concludedUs: at(2) });
    expect(measured('legit.retryAmplification', [...times(2, {}), ...unsent])).toBe(1);
  });
});

describe('timingTell', () => {
  const login = (account: number, tookUs: number, fields: Partial<Observed> = {}): Partial<Observed>[] =>
    times(10, { identity: 10, requestClass: 0, account, ...fields }, 4).map((row, index) => ({
      ...row,
      sentUs: (row.intendedUs as number) + 5,
      concludedUs: (row.intendedUs as number) + 5 + tookUs + index,
    }));
  const known = login(3, 5000);

  it('is the distance between the laws of logins to accounts that are there and under names that are not', () => {
    expect(measured('abuse.timingTell', [...known, ...login(99, 5000)])).toBe(0);
    expect(measured('abuse.timingTell', [...known, ...login(99, 100)])).toBe(1);
    expect(measured('abuse.timingTell', [...known, ...login(20, 5005)])).toBe(0.5);
    expect(measured('abuse.timingTell.p', [...known, ...login(99, 5000)])).toBe(1);
    expect(measured('abuse.timingTell.p', [...known, ...login(99, 100)])).toBeLessThan(0.001);
  });

  it('is told by admitted logins alone, at least eight of each', () => {
    expect(measured('abuse.timingTell', known)).toBeNull();
    expect(measured('abuse.timingTell', [...known, ...login(99, 100, { outcome: Outcome.throttled })])).toBeNull();
    expect(measured('abuse.timingTell', [...known, ...login(99, 100, { requestClass: 3 })])).toBeNull();
    expect(measured('abuse.timingTell', [...known, ...login(NONE, 100)])).toBeNull();
    expect(measured('abuse.timingTell', [...known, ...login(99, 100).slice(2)])).toBe(1);
    // The wait before the send gives nothing away.
    const late = login(99, 5000).map((row) => ({ ...row, intendedUs: (row.intendedUs as number) - 90_000 }));
    expect(measured('abuse.timingTell', [...known, ...late])).toBe(0);
    const result = resultOf('abuse.timingTell', [...known, ...login(99, 100).slice(3)]);
    expect(result.evidence[0]).toContain('had 10 to registered accounts and 7 under names that are not');
  });
});

describe('who was hurt', () => {
  const throttled = { outcome: Outcome.throttled, limit: 0 };

  it('is the share of identities of whose requests less than 95 % were admitted', () => {
    const rows = [
      ...times(20, { identity: 0 }),
      ...times(19, { identity: 1 }),
      ...times(1, { identity: 1, ...throttled }),
      ...times(18, { identity: 2 }),
      ...times(1, { identity: 2, ...throttled }),
      ...times(2, { identity: 3, ...throttled }),
    ];
    expect(measured('legit.blastRadius', rows)).toBe(0.5);
    expect(measured('abuse.blastRadius', rows)).toBeNull();
  });

  it('is hurt neither by what the generator took back itself nor, for certain, by an answer that tells nothing', () => {
    const short = [...times(5, { identity: 0 }), ...times(1, { identity: 0, outcome: Outcome.aborted }, 2)];
    expect(measured('legit.blastRadius', [...short, ...times(5, { identity: 1 })])).toBe(0);
    expect(measured('legit.fairness', [...short, ...times(5, { identity: 1 })])).toBe(1);
    const untold = [...times(5, { identity: 0 }), ...times(5, { identity: 1, outcome: Outcome.unclear }, 2)];
    expect(resultOf('legit.blastRadius', untold)).toMatchObject({ measured: 0, pass: null });
    expect(resultOf('legit.blastRadius', untold).evidence.join()).toContain('it may be 0 % to 50 %');
    const hurt = [...untold, ...times(5, { identity: 2, ...throttled })];
    expect(resultOf('legit.blastRadius', hurt)).toMatchObject({ measured: 1 / 3, pass: false });
  });

  it('is as fair as unclear answers leave it: the index lies between what they can make of it', () => {
    const rows = [
      ...times(4, { identity: 0 }),
      ...times(4, { identity: 1 }),
      ...times(4, { identity: 1, outcome: Outcome.unclear }, 2),
    ];
    const fair = (wanted: number, operator: '>=' | '<=' = '>=') =>
      judgeRows(aPlan({ expectations: [anExpectation('legit.fairness', operator, wanted)] }), rows).expectations[0];
    // Shares of 1 and 1/2: 1.5^2 / (2 x 1.25). If all were admitted it would be 1.
    expect(fair(0.9)?.measured).toBeCloseTo(0.9, 12);
    expect([fair(0.5625)?.pass, fair(0.57)?.pass]).toEqual([true, null]);
    expect([fair(0.95)?.pass, fair(0.99)?.pass, fair(0.5)?.pass, fair(1, '<=')?.pass]).toEqual([
      null,
      null,
      true,
      true,
    ]);
  });

  it('is weighed against what of the abuse was blocked in the same phases', () => {
    const rows = [
      ...times(2, { identity: 0, outcome: Outcome.refused }, 4),
      ...times(3, { identity: 0, outcome: Outcome.refused }, 2),
      ...times(3, { identity: 10, ...throttled }, 4),
      ...times(1, { identity: 10, outcome: Outcome.banned }, 5),
    ];
    expect(measured('legit.collateral', rows, { phase: 'attack' })).toBe(0.5);
    expect(measured('legit.collateral', rows)).toBe(1.25);
    expect(measured('legit.collateral', rows, { phase: 'calm' })).toBeNull();
    expect(measured('abuse.collateral', rows)).toBeNull();
  });

  it('is banned until the last moment that an answer named', () => {
    const banned = (seconds: number, retryAfterMs: number, identity = 0): Partial<Observed> => ({
      identity,
      outcome: Outcome.banned,
      intendedUs: at(seconds),
      concludedUs: at(seconds),
      retryAfterMs,
    });
    // The abuse ends at 7 s.
    expect(measured('legit.residualBan', [banned(5, 4000), banned(6, 1500)])).toBe(2_000_000);
    expect(measured('legit.residualBan', [banned(8, -1), banned(6, 500, 10)])).toBe(1_000_000);
    expect(measured('legit.residualBan', [banned(5, 1000)])).toBe(0);
    expect(measured('legit.residualBan', [...times(1, {}), banned(6, 90_000, 10)])).toBe(0);
    expect(measured('legit.residualBan', [banned(6, 90_000, 10)])).toBeNull();
  });
});

describe('intervals', () => {
  /** Each customer has a pace of his own. */
  const paced = customers.flatMap((identity) =>
    times(10, { identity }, 2).map((row) => ({
      ...row,
      concludedUs: (row.intendedUs as number) + 1000 * (identity + 1),
    })),
  );

  it('stand around percentiles, goodput and the share that was admitted', () => {
    const median = resultOf('legit.latency.p50', paced);
    expect(median.measured).toBeCloseTo(5000, -2);
    expect(median.interval?.[0]).toBeLessThan(4500);
    expect(median.interval?.[1]).toBeGreaterThan(5500);
    expect(resultOf('legit.service.p99', paced).interval?.[1]).toBeGreaterThan(9900);
    expect(resultOf('legit.goodput', paced).interval).not.toBeNull();
    const half = [
      ...paced,
      ...customers.slice(0, 5).flatMap((identity) => times(10, { identity, outcome: Outcome.throttled, limit: 0 })),
    ];
    const share = resultOf('legit.admittedShare', half);
    expect(share.measured).toBeCloseTo(2 / 3, 9);
    expect(share.interval?.[0]).toBeLessThan(0.64);
    expect(share.interval?.[1]).toBeGreaterThan(0.7);
    expect(resultOf('legit.admittedShare', paced).interval).toEqual(
      [1 - 3.841459 / (10 + 3.841459), 1].map((one) => expect.closeTo(one, 5)),
    );
  });

  it('are none of fewer than eight, and then "(95%)" can not be told', () => {
    const few = paced.filter(({ identity }) => (identity as number) < 5);
    const ask = (rows: readonly Partial<Observed>[], wholeInterval: boolean, wanted: number) => {
      const expectations = [anExpectation('legit.latency.p99', '<=', wanted, { wholeInterval })];
      return judgeRows(aPlan({ expectations }), rows).expectations[0];
    };
    expect(ask(few, false, 20_000)).toMatchObject({ pass: true, interval: null });
    expect(ask(few, true, 20_000)?.pass).toBeNull();
    expect(ask(few, true, 20_000)?.evidence[0]).toContain('an interval needs answers of identities in 8 groups');
    expect(ask(paced, true, 20_000)?.pass).toBe(true);
    expect(ask(paced, true, 1000)?.pass).toBe(false);
  });
});

describe('the smallest change of latency that could have been told', () => {
  const inPhase = (from: number, spread: number): Partial<Observed>[] =>
    customers.flatMap((identity) =>
      times(20, { identity }, from).map((row, index) => ({
        ...row,
        concludedUs: (row.intendedUs as number) + 2000 + spread * ((index * 7 + identity * 13) % 20),
      })),
    );
  const changeOf = (rows: readonly Partial<Observed>[], plan = aPlan()): number | null =>
    judgeRows(plan, rows).smallestLatencyChange;

  it('is larger the more customers differ, and none where all are alike', () => {
    expect(changeOf([...inPhase(2, 0), ...inPhase(4, 0)])).toBe(0);
    const calm = inPhase(2, 0);
    const unlike = (slow: number): Partial<Observed>[] =>
      inPhase(4, 0).map((row) =>
        (row.identity as number) < slow ? { ...row, concludedUs: (row.concludedUs as number) + 40_000 } : row,
      );
    expect(changeOf([...calm, ...unlike(1)]) as number).toBeGreaterThan(1);
  });

  it('is 2.8 standard errors, of which the interval of the growth is 3.92 wide', () => {
    const unlike = inPhase(4, 0).map((row) => ({
      ...row,
      concludedUs: (row.concludedUs as number) + 500 * (row.identity as number),
    }));
    const expectations = [anExpectation('legit.latencyInflation.p99', '<=', 1, { phase: 'attack' })];
    const rows = [
      ...inPhase(2, 0).map((row) => ({
        ...row,
        concludedUs: (row.concludedUs as number) + 300 * ((row.identity as number) % 4),
      })),
      ...unlike,
    ];
    const document = judgeRows(aPlan({ expectations }), rows);
    const [low, high] = document.expectations[0]?.interval ?? [1, 1];
    const share = Math.log(1 + (document.smallestLatencyChange as number)) / Math.log(high / low);
    expect(share).toBeGreaterThan(0.6);
    expect(share).toBeLessThan(0.9);
  });

  it('is not told where the abuse is over before the second phase', () => {
    const plan = aPlan();
    const early = plan.actors.map((actor) =>
      actor.label === 'abuse' ? { ...actor, active: [{ startUs: at(1), endUs: at(3) }] } : actor,
    );
    expect(changeOf([...inPhase(2, 1), ...inPhase(4, 1)], { ...plan, actors: early })).toBeNull();
  });

  it('is not told without abuse behind the first phase, or without enough customers in both', () => {
    expect(changeOf(inPhase(2, 1))).toBeNull();
    expect(changeOf(inPhase(4, 1))).toBeNull();
    const plan = aPlan();
    const peaceful = { ...plan, actors: plan.actors.filter(({ label }) => label === 'legit') };
    expect(changeOf([...inPhase(2, 1), ...inPhase(4, 1)], peaceful)).toBeNull();
    const few = [...inPhase(2, 1), ...inPhase(4, 1)].filter(({ identity }) => (identity as number) < 7);
    expect(changeOf(few)).toBeNull();
  });
});
