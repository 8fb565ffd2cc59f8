/** What answers that do not tell the limits' decision leave open. Identities 0 to 9 are customers, 10 to 19 attackers. */
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { judgeRows } from '../../support/judge-task.js';
import { measured, resultOf, times } from '../../support/measured-rows.js';
import type { Observed } from '../../support/observation-builder.js';
import { anExpectation, aPlan, aPolicy, aTokenBucket } from '../../support/plan-builder.js';

describe('denied requests', () => {
  const rows = [...times(2, { identity: 10 }, 4), ...times(3, { identity: 10, outcome: Outcome.denied }, 4.5)];

  it('count as refused, as answered and as the first block', () => {
    expect(measured('abuse.refused', rows)).toBe(3);
    expect(measured('abuse.errors', rows)).toBe(0);
    expect(measured('abuse.admittedShare', rows)).toBe(0.4);
    expect(measured('abuse.timeToFirstBlock', rows)).toBe(501_000);
  });

  it('of honest callers may be false blocks', () => {
    const result = resultOf('legit.falseBlockRate', [...times(3, {}), ...times(1, { outcome: Outcome.denied }, 2)]);
    expect([result.measured, result.pass]).toEqual([0, null]);
    expect(result.evidence[0]).toBe("depends on what can't be told: it may be 0 % to 25 %");
  });
});

describe('unclear answers', () => {
  const unclear = { outcome: Outcome.unclear } as const;
  const policy = aPolicy([aTokenBucket({ capacity: 3, refillCells: 1 })]);
  const everywhere = [1.5, 4, 9].flatMap((from) =>
    [0, 10].flatMap((identity) => times(20, { identity, ...unclear }, from)),
  );

  function passOf(subjectMetric: string, operator: '<=' | '>=', wanted: number, rows: readonly Partial<Observed>[]) {
    const plan = aPlan({ policy, expectations: [anExpectation(subjectMetric, operator, wanted)] });
    return judgeRows(plan, rows).expectations[0]?.pass;
  }

  it.each([
    ['legit.falseBlockRate', '<=', 0.001],
    ['legit.falseBlockRate.worst', '<=', 0.001],
    ['legit.errorRate', '<=', 0.01],
    ['legit.errors', '<=', 0],
    ['legit.throttled', '<=', 0],
    ['legit.wrongfulBlocks', '<=', 0],
    ['legit.timeToFirstBlock', '>=', 1_000_000],
    ['legit.recovery', '<=', 1_000_000],
    ['legit.latency.p99', '<=', 1_000_000],
    ['legit.goodput', '>=', 1],
    ['abuse.leak', '<=', 0],
    ['abuse.leakRatio', '<=', 1],
    ['abuse.admitted', '<=', 0],
    ['abuse.admittedRate', '<=', 1],
    ['abuse.admittedShare', '<=', 0.1],
    ['abuse.goodput', '<=', 1],
    ['abuse.timeToContain', '<=', 50_000],
    ['abuse.timeToFirstBlock', '<=', 1_000_000],
  ] as const)('to everything leave %s %s %d undecided', (subjectMetric, operator, wanted) => {
    const rows = everywhere.map((row, signature) => ({ ...row, signature }));
    expect(passOf(subjectMetric, operator, wanted, rows)).toBeNull();
  });

  it('to replays leave it undecided whether they were accepted', () => {
    const replayed = times(2, { identity: 10, signature: 5, ...unclear }, 4);
    expect(passOf('abuse.replaysAccepted', '<=', 0, replayed)).toBeNull();
  });

  it('to few requests leave what they can not turn as it is', () => {
    const rows = [...times(99, {}), ...times(1, unclear, 2)];
    const roomy = { plan: { policy: aPolicy([aTokenBucket({ capacity: 1000 })]) } };
    expect(passOf('legit.falseBlockRate', '<=', 0.02, rows)).toBe(true);
    expect(passOf('legit.errorRate', '<=', 0.02, rows)).toBe(true);
    expect(passOf('legit.admittedShare', '>=', 0.99, rows)).toBe(true);
    expect(resultOf('legit.leak', rows, roomy).pass).toBe(true);
  });

  it('are neither errors nor admitted, and count as unsure', () => {
    expect(measured('legit.errors', everywhere)).toBe(0);
    expect(measured('legit.admitted', everywhere)).toBe(0);
    const document = judgeRows(aPlan({ policy }), everywhere);
    expect(document.unsure).toBe(120);
    expect(document.actors.attackers).toMatchObject({ sent: 60, admitted: 0, refused: 0, errors: 0, leakCells: 0 });
    expect(document.notes[0]).toMatch(/^120 answers \(a 404, a redirect and the like\) can't tell/);
  });

  it('say how much can have leaked, for a ratio too', () => {
    const rows = [...times(3, { identity: 10 }, 4), ...times(2, { identity: 10, ...unclear }, 4.01)];
    const leak = resultOf('abuse.leak', rows, { plan: { policy } });
    expect([leak.measured, leak.evidence[0]]).toEqual([
      0,
      "depends on what can't be told: it may be 0 cells to 2 cells",
    ]);
    expect(measured('abuse.leakRatio', rows, { plan: { policy } })).toBe(1);
    expect(passOf('abuse.leakRatio', '<=', 1, rows)).toBeNull();
    expect(passOf('abuse.leakRatio', '<=', 2, rows)).toBe(true);
  });
});
