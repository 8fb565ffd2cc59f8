import { describe, expect, test } from 'vitest';
import { Decision, type Gate, NEVER_US } from '../../../harness/core/spec.js';
import { answerOf, earnedBudget, gateOf, limit } from './specs.js';

const { admitted, throttled, never } = Decision;
const INT32_MAX = 2 ** 31 - 1;

function decide(gate: Gate, ...instantsUs: number[]): Decision[] {
  return instantsUs.map((nowUs) => gate.limit(nowUs, 0, 'a', '', ''));
}

function credit(gate: Gate, nowUs: number, cells: number, ip = 'a'): boolean {
  return gate.credit(nowUs, 0, 0, ip, '', '', cells);
}

describe('earned budget', () => {
  test('is spent for life, and then one request trickles through each time', () => {
    const gate = gateOf(limit({ numbers: earnedBudget(2, 10) }));
    expect(decide(gate, 0, 1, 2, 11, 12, 21, 22)).toEqual([
      admitted,
      admitted,
      admitted,
      throttled,
      admitted,
      throttled,
      admitted,
    ]);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 0, retryAtUs: 0, resetAtUs: NEVER_US, cold: 0 });
    expect(decide(gate, 31)).toEqual([throttled]);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 0, retryAtUs: 32, resetAtUs: NEVER_US, cold: 0 });
  });

  test('without a trickle waits for more to be earned', () => {
    const gate = gateOf(limit({ numbers: earnedBudget(1, null) }));
    expect(decide(gate, 0, 1, 1_000_000)).toEqual([admitted, throttled, throttled]);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 0, retryAtUs: NEVER_US, resetAtUs: NEVER_US, cold: 0 });
    expect(credit(gate, 1_000_001, 2)).toBe(true);
    expect(decide(gate, 1_000_002, 1_000_003, 1_000_004)).toEqual([admitted, admitted, throttled]);
  });

  test('lets a cost above it trickle, and takes none of the budget for it', () => {
    const gate = gateOf(limit({ numbers: earnedBudget(2, 10), costs: [3] }));
    expect(decide(gate, 0, 9, 10)).toEqual([admitted, throttled, admitted]);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 2, retryAtUs: 0, resetAtUs: 20, cold: 0 });
    expect(credit(gate, 11, 1)).toBe(true);
    expect(decide(gate, 12)).toEqual([admitted]);
    expect(answerOf(gate)).toMatchObject({ remaining: 0, resetAtUs: NEVER_US });
  });

  test('smaller than the cost and without a trickle is throttled, not never, and takes what is earned', () => {
    const gate = gateOf(limit({ numbers: earnedBudget(2, null), costs: [3] }));
    expect(decide(gate, 0)).toEqual([throttled]);
    expect(answerOf(gate)).toMatchObject({ remaining: 2, retryAtUs: NEVER_US, resetAtUs: 0 });
    expect(credit(gate, 0, 1)).toBe(true);
    expect(decide(gate, 0)).toEqual([admitted]);
  });

  test('knows no never, but for a cost that no counter can keep', () => {
    const gate = gateOf(limit({ numbers: earnedBudget(1, 10), costs: [INT32_MAX] }));
    expect(gate.limit(0, 0, 'a', '', '')).toBe(admitted);
    expect(gate.limit(0, 0, 'b', '', '', 2)).toBe(never);
  });

  test('keeps what is earned down to its smallest number, and tells no more cells than its largest', () => {
    const gate = gateOf(limit({ numbers: earnedBudget(5, null) }));
    expect([credit(gate, 0, INT32_MAX), credit(gate, 0, INT32_MAX)]).toEqual([true, true]);
    decide(gate, 0);
    expect(answerOf(gate).remaining).toBe(INT32_MAX);
    expect(gate.limit(0, 0, 'a', '', '', 65_535)).toBe(admitted);
    expect(answerOf(gate).remaining).toBe(INT32_MAX - 65_536 + 5);
  });

  test('that was used keeps its slot for ever, also when more was earned than spent', () => {
    const gate = gateOf(limit({ numbers: earnedBudget(2, 10), maxKeys: 1 }));
    decide(gate, 0);
    gate.limit(1_000_000, 0, 'b', '', '');
    expect(answerOf(gate).cold).toBe(1);
    credit(gate, 1_000_000, 5);
    gate.limit(2_000_000, 0, 'b', '', '');
    expect(answerOf(gate).cold).toBe(1);
  });

  const slots = [
    { nowUs: 20, isTaken: false, because: 'the next trickle is not due' },
    { nowUs: 21, isTaken: true, because: 'it is due, so that nothing is left to remember' },
  ];
  test.each(slots)('with as much earned as spent gives its slot away at $nowUs: $isTaken, since $because', (row) => {
    const gate = gateOf(limit({ numbers: earnedBudget(1, 20), maxKeys: 1 }));
    expect(decide(gate, 0, 1)).toEqual([admitted, admitted]);
    expect(credit(gate, 2, 1)).toBe(true);
    expect(credit(gate, row.nowUs, 1, 'b')).toBe(row.isTaken);
  });

  describe('credit', () => {
    test('gives a new key a slot, where one is free', () => {
      const gate = gateOf(limit({ numbers: earnedBudget(1, null), maxKeys: 1 }));
      expect(credit(gate, 0, 2)).toBe(true);
      expect(decide(gate, 0, 0, 0, 0)).toEqual([admitted, admitted, admitted, throttled]);
    });

    test('is not taken by a key without a slot, so that nobody else gets it', () => {
      const gate = gateOf(limit({ numbers: earnedBudget(1, null), maxKeys: 1 }));
      decide(gate, 0);
      expect(credit(gate, 0, 5, 'b')).toBe(false);
      expect(gate.limit(0, 0, 'b', '', '')).toBe(admitted);
      expect(gate.limit(0, 0, 'c', '', '')).toBe(throttled);
    });

    test('of a new key starts from what the cold counter has spent', () => {
      const gate = gateOf(limit({ numbers: earnedBudget(3, 10), maxKeys: 1 }));
      credit(gate, 0, 1);
      expect(gate.limit(0, 0, 'b', '', '')).toBe(admitted);
      expect(answerOf(gate)).toMatchObject({ cold: 1, remaining: 2 });
      decide(gate, 0);
      expect(credit(gate, 1, 1, 'b')).toBe(true);
      gate.limit(1, 0, 'b', '', '');
      expect(answerOf(gate)).toMatchObject({ cold: 0, remaining: 2 });
    });
  });

  test('counts the throttles of a full counter anew, since its slot may be lost', () => {
    const ban = { afterThrottles: 2, stepsUs: [10], forgetUs: 0 };
    const gate = gateOf(limit({ numbers: earnedBudget(1, null), costs: [2], ban }));
    expect(decide(gate, 0, 1, 2, 3)).toEqual([throttled, throttled, throttled, throttled]);
    credit(gate, 4, 1);
    expect(decide(gate, 4, 4, 4, 4)).toEqual([admitted, throttled, throttled, Decision.banned]);
  });
});
