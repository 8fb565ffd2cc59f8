import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import type { Plan } from '../../../harness/scenario/plan.js';
import { judgeRows } from '../../support/judge-task.js';
import { at, times } from '../../support/measured-rows.js';
import type { Observed } from '../../support/observation-builder.js';
import { anExpectation, aPlan } from '../../support/plan-builder.js';

const falsely = (identity: number): Partial<Observed> => ({ identity, outcome: Outcome.throttled, limit: 0 });

/** Requests under an expectation that failed. */
function shownFor(measured: string, rows: readonly Partial<Observed>[], plan: Partial<Plan> = {}) {
  const operator = ['fairness', 'retryAfterHonesty'].includes(measured.split('.')[1] ?? '') ? '>=' : '<=';
  const expectations = [anExpectation(measured, operator, operator === '>=' ? 2 : -1)];
  const [result] = judgeRows(aPlan({ ...plan, expectations }), rows).expectations;
  expect(result?.pass).toBe(false);
  return (result?.requests ?? []).map(({ identity, intendedMs, outcome, role, signature }) => {
    const marks = [role, signature].filter((mark) => mark !== undefined);
    return `${identity} ${outcome} ${intendedMs}${marks.length === 0 ? '' : ` ${marks.join(' ')}`}`;
  });
}

const ofEach = (shown: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const text of shown) {
    const identity = text.split(' ')[0] ?? '';
    counts[identity] = (counts[identity] ?? 0) + 1;
  }
  return counts;
};

describe('false blocks that are shown', () => {
  const rows = [1, 2, 3, 4, 5, 6].flatMap((identity) => times(4 + identity, falsely(identity), 1 + identity / 10));

  it('are four each of those who were hit hardest, the earliest of each', () => {
    const shown = shownFor('legit.falseBlockRate', rows);
    expect(ofEach(shown)).toEqual({ 6: 4, 5: 4, 4: 4, 3: 4, 2: 4 });
    expect(shown.slice(0, 5)).toEqual([
      '6 throttled 600',
      '6 throttled 601',
      '6 throttled 602',
      '6 throttled 603',
      '5 throttled 500',
    ]);
    expect(shownFor('legit.collateral', [...rows, { ...falsely(10), intendedUs: at(4) }])).toEqual(shown);
  });

  it('are more of each where there are fewer of them, and one of each of twenty', () => {
    const few = [1, 2].flatMap((identity) => times(15, falsely(identity), 1 + identity / 10));
    expect(ofEach(shownFor('legit.falseBlockRate', few))).toEqual({ 1: 10, 2: 10 });
    const [customers] = aPlan().actors;
    if (customers === undefined) throw new Error('no actors');
    const crowd = Array.from({ length: 25 }, (_, identity) => ({ ...times(1, falsely(identity))[0], actor: 0 }));
    const shown = shownFor('legit.falseBlockRate', crowd, { actors: [{ ...customers, population: 25 }] });
    expect(shown.map((text) => Number(text.split(' ')[0]))).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('are of the worst alone where it is about the worst, of those with ten answers', () => {
    const shown = shownFor('legit.falseBlockRate.worst', [...rows, ...times(20, { identity: 6 }, 2)]);
    expect(ofEach(shown)).toEqual({ 6: 10 });
    expect(ofEach(shownFor('legit.falseBlockRate.worst', [...rows, ...times(1, { identity: 5 }, 2)]))).toEqual({
      6: 10,
    });
  });
});

describe('denials that are shown', () => {
  const rows = [1, 2, 3, 4, 5, 6].flatMap((identity) => [
    ...times(10 - identity, { identity }, 1 + identity / 10),
    ...times(identity, { identity, outcome: Outcome.timeout }, 2 + identity / 10),
  ]);

  it('are those of who got the smallest share', () => {
    expect(ofEach(shownFor('legit.fairness', rows))).toEqual({ 6: 4, 5: 4, 4: 4, 3: 3, 2: 2, 1: 1 });
    expect(shownFor('legit.fairness', rows)[0]).toBe('6 timeout 1600');
  });

  it('are of nobody who was not hurt, where it is about the hurt', () => {
    const hardlyHurt = [...times(97, { identity: 7 }, 1.9), ...times(3, { identity: 7, outcome: Outcome.reset }, 2)];
    const one = [...times(1, { identity: 1, outcome: Outcome.reset }), ...hardlyHurt];
    expect(ofEach(shownFor('legit.blastRadius', one))).toEqual({ 1: 1 });
    expect(ofEach(shownFor('legit.fairness', one))).toEqual({ 1: 1, 7: 3 });
  });

  it('come of those who asked more often first, among those who got as little', () => {
    const none = [...times(1, falsely(1)), ...times(2, falsely(2), 2), { identity: 3, intendedUs: at(2.5) }];
    expect(shownFor('legit.fairness', none).map((text) => text.slice(0, 1))).toEqual(['2', '2', '1']);
  });
});

describe('the first block', () => {
  it('is shown with the first request, and neither what came after nor who else was blocked then', () => {
    const rows = [
      ...times(3, { identity: 10 }, 3.5),
      { ...falsely(11), intendedUs: at(4), concludedUs: at(4.5) },
      { ...falsely(12), intendedUs: at(4.2), concludedUs: at(4.4) },
      { ...falsely(13), intendedUs: at(4.3), concludedUs: at(4.4) },
      { ...falsely(14), intendedUs: at(4.6) },
      { ...falsely(1), intendedUs: at(2) },
    ];
    expect(shownFor('abuse.timeToFirstBlock', rows)).toEqual(['10 admitted 2500', '12 throttled 3200']);
  });

  it('that never came leaves the first requests', () => {
    const shown = shownFor('abuse.timeToFirstBlock', times(30, { identity: 10 }, 3.5));
    expect(shown).toHaveLength(20);
    expect(shown[0]).toBe('10 admitted 2500');
  });
});

describe('bans that remain', () => {
  it('are shown as they end, the last one first, and those that end with the abuse are not', () => {
    const banned = (identity: number, seconds: number, retryAfterMs: number): Partial<Observed> => ({
      identity,
      outcome: Outcome.banned,
      limit: 0,
      intendedUs: at(seconds),
      concludedUs: at(seconds),
      retryAfterMs,
    });
    const rows = [
      banned(1, 6, 1000),
      banned(2, 6, 1001),
      banned(3, 5, 9000),
      banned(4, 8, -1),
      banned(10, 6, 9000),
      banned(5, 12, 9000),
    ];
    expect(shownFor('all.residualBan', rows)).toEqual(['3 banned 4000', '4 banned 7000', '2 banned 5000']);
  });
});

describe('accepted replays', () => {
  const accepted = (signature: number, seconds: number, identity = 10): Partial<Observed> => ({
    identity,
    signature,
    intendedUs: at(seconds),
  });

  it('stand behind their original, the most repeated signature first, four copies of each', () => {
    const rows = [
      accepted(7, 4),
      accepted(7, 4.1),
      accepted(5, 1.2, 1),
      ...Array.from({ length: 9 }, (_, index) => accepted(5, 5 + index / 10)),
      accepted(9, 6),
    ];
    expect(shownFor('abuse.replaysAccepted', rows)).toEqual([
      '1 admitted 200 original 5',
      '10 admitted 4000 5',
      '10 admitted 4100 5',
      '10 admitted 4200 5',
      '10 admitted 4300 5',
      '10 admitted 3000 original 7',
      '10 admitted 3100 7',
    ]);
  });

  it('that overtook the request that they copy are shown with it all the same', () => {
    const rows = [accepted(5, 4), accepted(5, 4.1, 1)];
    expect(shownFor('abuse.replaysAccepted', rows)).toEqual(['10 admitted 3000 original 5', '1 admitted 3100 5']);
  });

  it('are whole: the last signature is left out where its original would be all that fits', () => {
    const rows = [1, 2, 3, 4, 5, 6, 7].flatMap((signature) =>
      [0, 1, 2].map((copy) => accepted(signature, 3.1 + signature / 10 + copy / 100)),
    );
    const shown = shownFor('abuse.replaysAccepted', rows);
    expect(shown).toHaveLength(20);
    expect(shown.at(-1)).toMatch(/^10 admitted \d+ 7$/);
  });
});

describe('accepted replays that just do not fit', () => {
  it('are left out rather than shown without the copy that is meant', () => {
    const copies = [5, 5, 5, 4, 2].flatMap((count, signature) =>
      Array.from({ length: count }, (_, copy) => ({
        identity: 10,
        signature,
        intendedUs: at(3.1 + signature / 10 + copy / 100),
      })),
    );
    expect(shownFor('abuse.replaysAccepted', copies)).toHaveLength(19);
  });
});

describe('retries that came back when they had been told to', () => {
  it('are shown when they were throttled again', () => {
    const rows = [
      { ...falsely(1), intendedUs: at(2), retryAfterMs: 100 },
      { ...falsely(1), intendedUs: at(2.2) },
      { ...falsely(2), intendedUs: at(2), retryAfterMs: 100 },
      { identity: 2, intendedUs: at(2.2) },
    ];
    expect(shownFor('legit.retryAfterHonesty', rows)).toEqual(['1 throttled 1200']);
  });
});

describe('what kept a recovery waiting', () => {
  it('is the latest false blocks, and behind them what was not good', () => {
    const rows = [
      ...times(10, { identity: 0 }, 1.5),
      { ...falsely(1), intendedUs: at(7.2) },
      { ...falsely(2), intendedUs: at(7.5) },
      { identity: 3, intendedUs: at(7.9), outcome: Outcome.timeout },
      { identity: 4, intendedUs: at(7.8), concludedUs: at(9) },
      { identity: 5, intendedUs: at(7.7) },
      ...[8, 8.5, 9, 9.5, 10].map((seconds) => ({ identity: 6, intendedUs: at(seconds) })),
      { ...falsely(7), intendedUs: at(10.9) },
    ];
    expect(shownFor('legit.recovery', rows)).toEqual([
      '2 throttled 6500',
      '1 throttled 6200',
      '3 timeout 6900',
      '4 admitted 6800',
    ]);
  });
});

describe('metrics that no single request shows', () => {
  it.each(['legit.timingTell', 'legit.leak', 'abuse.leakRatio'])('%s has no requests', (measured) => {
    const login = { requestClass: 0, account: 1 };
    const rows = [
      ...times(9, login),
      ...times(9, { requestClass: 0, account: 99 }, 2),
      ...times(30, { identity: 10 }, 4),
    ];
    expect(shownFor(measured, rows)).toEqual([]);
  });
});
