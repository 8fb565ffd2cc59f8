import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import type { Expectation, ExpectedValue } from '../../../harness/scenario/plan.js';
import { judgeRows } from '../../support/judge-task.js';
import type { Observed } from '../../support/observation-builder.js';
import { anExpectation, aPlan, aPolicy, aTokenBucket, SECOND_US } from '../../support/plan-builder.js';

const at = (seconds: number): number => Math.round(seconds * SECOND_US);

/** Three orders in calm, six in attack: latencies of 1 ms and 3 ms. */
const rows: readonly Partial<Observed>[] = [
  ...[1.1, 1.2, 1.3].map((seconds) => ({ intendedUs: at(seconds) })),
  ...[3.1, 3.2, 3.3, 3.4, 3.5, 3.6].map((seconds) => ({ intendedUs: at(seconds), concludedUs: at(seconds) + 3000 })),
];

function evaluate(expectation: Expectation, some: readonly Partial<Observed>[] = rows) {
  const [result] = judgeRows(aPlan({ expectations: [expectation] }), some).expectations;
  if (result === undefined) throw new Error('no result');
  return result;
}

describe('an expectation of a number', () => {
  it.each([
    ['<=', 9, true],
    ['<=', 8, false],
    ['<', 10, true],
    ['<', 9, false],
    ['>=', 9, true],
    ['>=', 10, false],
    ['>', 8, true],
    ['>', 9, false],
    ['==', 9, true],
    ['==', 8, false],
  ] as const)('9 %s %d is %s', (operator, wanted, pass) => {
    expect(evaluate(anExpectation('legit.admitted', operator, wanted)).pass).toBe(pass);
  });

  it('says what is measured, wanted and where', () => {
    const result = evaluate(
      anExpectation('customers.latency.p99', '<=', 2000, { phase: 'attack', text: 'as written' }),
    );
    expect(result).toEqual({
      text: 'as written',
      metric: 'customers.latency.p99 in attack',
      wanted: '2 ms',
      measured: 3001,
      interval: null,
      pass: false,
      unit: 'us',
      evidence: ['customers: latency.p99 3.001 ms, of which service.p99 3.001 ms'],
      requests: [2100, 2200, 2300, 2400, 2500, 2600].map((sentMs) => ({
        intendedMs: sentMs,
        sentMs,
        answeredMs: sentMs + 3,
        actor: 'customers',
        identity: 0,
        requestClass: 'order.place',
        outcome: 'admitted',
        limit: null,
      })),
    });
  });

  it('shows no evidence when it is met, and counts for what has no better one', () => {
    expect(evaluate(anExpectation('legit.admitted', '<=', 9)).evidence).toEqual([]);
    expect(evaluate(anExpectation('legit.admitted', '<=', 8)).evidence).toEqual([
      'customers: sent 9, admitted 9, throttled 0, refused 0, banned 0, errors 0',
    ]);
  });

  it('of a time that never came is infinite, and fails every upper bound', () => {
    const result = evaluate(anExpectation('legit.timeToFirstBlock', '<=', at(1000)));
    expect([result.measured, result.pass]).toEqual(['infinite', false]);
    expect(evaluate(anExpectation('legit.timeToFirstBlock', '>', 1)).pass).toBe(true);
  });
});

describe('an expectation of another phase', () => {
  const twice: ExpectedValue = { kind: 'relative', factor: 2, phase: 'calm' };
  const attack = { phase: 'attack' } as const;

  it('multiplies what was measured there', () => {
    const result = evaluate(anExpectation('legit.latency.p99', '<=', twice, attack));
    expect([result.wanted, result.pass]).toEqual(['2 x 1 ms = 2 ms', false]);
    expect(evaluate(anExpectation('legit.latency.p99', '<=', { ...twice, factor: 3.5 }, attack)).pass).toBe(true);
  });

  it('takes the larger or smaller of several', () => {
    const values: ExpectedValue[] = [twice, { kind: 'number', value: 50_000 }];
    const larger = evaluate(anExpectation('legit.latency.p99', '<=', { kind: 'max', values }, attack));
    expect([larger.wanted, larger.pass]).toEqual(['max(2 x 1 ms, 50 ms) = 50 ms', true]);
    const smaller = evaluate(anExpectation('legit.latency.p99', '<=', { kind: 'min', values }, attack));
    expect([smaller.wanted, smaller.pass]).toEqual(['min(2 x 1 ms, 50 ms) = 2 ms', false]);
  });

  it('is undecided when nothing was measured there', () => {
    const result = evaluate(anExpectation('legit.latency.p99', '<=', twice, attack), rows.slice(3));
    expect([result.wanted, result.pass]).toEqual(['2 x that of calm', null]);
    expect(result.evidence).toEqual(["what is wanted can't be told: in calm nothing of it was admitted"]);
  });
});

describe('an expectation that unsure requests could turn', () => {
  // Three cells: the fourth request is throttled, and whether the others came before it can not be told.
  const policy = aPolicy([aTokenBucket({ capacity: 3, refillCells: 1 })]);
  const unsure: readonly Partial<Observed>[] = [
    ...[0, 1, 2].map((index) => ({ intendedUs: at(1.5) + index, concludedUs: at(1.6) })),
    { intendedUs: at(1.55), outcome: Outcome.throttled, limit: 0 },
  ];
  const passOf = (operator: Expectation['operator'], wanted: number, overrides: Partial<Expectation> = {}) => {
    const expectation = anExpectation('legit.falseBlockRate', operator, wanted, overrides);
    return judgeRows(aPlan({ policy, expectations: [expectation] }), unsure).expectations[0]?.pass;
  };

  it('is undecided if the truth may lie on either side, and decided if it can not', () => {
    expect(passOf('<=', 0)).toBeNull();
    expect(passOf('<=', 0.24)).toBeNull();
    expect(passOf('<=', 0.25)).toBe(true);
    expect(passOf('<', 0.25)).toBeNull();
    expect(passOf('>=', 0)).toBe(true);
    expect(passOf('>', 0.25)).toBe(false);
    expect(passOf('>=', 0.25)).toBeNull();
    expect(passOf('==', 0.1)).toBeNull();
    expect(passOf('==', 0.3)).toBe(false);
  });
});

describe('an expectation of the whole interval', () => {
  it('fails where the point estimate passes, when the interval reaches beyond', () => {
    const point = anExpectation('legit.falseBlockRate', '<=', 0.001);
    expect(evaluate(point).pass).toBe(true);
    const whole = evaluate({ ...point, wholeInterval: true });
    expect([whole.pass, whole.measured, whole.interval?.[0]]).toEqual([false, 0, 0]);
    expect(evaluate({ ...point, wholeInterval: true, wanted: { kind: 'number', value: 0.9 } }).pass).toBe(true);
  });

  it('is one of the point estimate for a metric without an interval', () => {
    expect(evaluate(anExpectation('legit.admitted', '<=', 9, { wholeInterval: true })).pass).toBe(true);
  });
});
