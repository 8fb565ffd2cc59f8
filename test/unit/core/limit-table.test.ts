import { describe, expect, test } from 'vitest';
import { Decision } from '../../../harness/core/spec.js';
import { answerOf, bucket, fixedWindow, gateOf, limit } from './specs.js';

describe('a table of counters', () => {
  test('gives each key a counter of its own', () => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 10) }));
    expect(gate.limit(0, 0, 'a', '', '')).toBe(Decision.admitted);
    expect(gate.limit(0, 0, 'b', '', '')).toBe(Decision.admitted);
    expect(gate.limit(0, 0, 'a', '', '')).toBe(Decision.throttled);
  });

  test('decides keys without a slot on one cold counter with the same numbers, and says so', () => {
    const gate = gateOf(limit({ numbers: bucket(2, 1, 10), maxKeys: 1 }));
    gate.limit(0, 0, 'a', '', '');
    expect(answerOf(gate).cold).toBe(0);
    expect(gate.limit(0, 0, 'b', '', '')).toBe(Decision.admitted);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 1, retryAtUs: 0, resetAtUs: 10, cold: 1 });
    expect(gate.limit(0, 0, 'c', '', '')).toBe(Decision.admitted);
    expect(gate.limit(0, 0, 'd', '', '')).toBe(Decision.throttled);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 0, retryAtUs: 10, resetAtUs: 20, cold: 1 });
    expect(gate.limit(0, 0, 'a', '', '')).toBe(Decision.admitted);
    expect(answerOf(gate).cold).toBe(0);
  });

  test('a flood of new keys pushes nobody out who is not idle', () => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 1000), maxKeys: 2 }));
    gate.limit(0, 0, 'honest', '', '');
    for (let index = 0; index < 100; index += 1) gate.limit(index, 0, `flood-${index}`, '', '');
    expect(gate.limit(999, 0, 'honest', '', '')).toBe(Decision.throttled);
    expect(gate.limit(1000, 0, 'honest', '', '')).toBe(Decision.admitted);
    expect(answerOf(gate).cold).toBe(0);
  });

  const slots = [
    { nowUs: 9, cold: 1, because: 'the only slot is in use until 10' },
    { nowUs: 10, cold: 0, because: 'an idle key equals a fresh one, so its slot can be had' },
  ];
  test.each(slots)('a new key at $nowUs is cold: $cold, since $because', ({ nowUs, cold }) => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 10), maxKeys: 1 }));
    gate.limit(0, 0, 'a', '', '');
    gate.limit(nowUs, 0, 'b', '', '');
    expect(answerOf(gate).cold).toBe(cold);
  });

  test('finds an idle slot behind keys that were used again since they came', () => {
    const gate = gateOf(limit({ numbers: bucket(2, 1, 10), maxKeys: 3 }));
    for (const ip of ['a', 'b', 'c']) gate.limit(0, 0, ip, '', '');
    gate.limit(9, 0, 'a', '', '');
    gate.limit(10, 0, 'd', '', '');
    expect(answerOf(gate).cold).toBe(0);
    gate.limit(10, 0, 'e', '', '');
    expect(answerOf(gate).cold).toBe(0);
    gate.limit(10, 0, 'f', '', '');
    expect(answerOf(gate).cold).toBe(1);
    gate.limit(10, 0, 'a', '', '');
    expect(answerOf(gate).cold).toBe(0);
    expect(answerOf(gate).resetAtUs).toBe(30);
  });

  test('a banned key keeps its slot until the ban is over', () => {
    const ban = { afterThrottles: 1, stepsUs: [100], forgetUs: 0 };
    const gate = gateOf(limit({ numbers: bucket(1, 1, 10), maxKeys: 1, ban }));
    gate.limit(0, 0, 'a', '', '');
    gate.limit(0, 0, 'a', '', '');
    gate.limit(99, 0, 'b', '', '');
    expect(answerOf(gate).cold).toBe(1);
    expect(gate.limit(99, 0, 'a', '', '')).toBe(Decision.banned);
    gate.limit(109, 0, 'b', '', '');
    expect(answerOf(gate).cold).toBe(0);
  });

  test('a request that is refused takes no slot', () => {
    const gate = gateOf(
      limit({ by: [], numbers: bucket(1, 1, 1000) }),
      limit({ by: ['account'], numbers: bucket(1, 1, 10), maxKeys: 1 }),
    );
    gate.limit(0, 0, '', 'a', '');
    expect(gate.limit(500, 0, '', 'b', '')).toBe(Decision.throttled);
    expect(gate.limit(1000, 0, '', 'c', '')).toBe(Decision.admitted);
    expect(answerOf(gate).cold).toBe(0);
  });

  describe('a key that comes from the cold counter', () => {
    test('starts from a copy of it, so that it does not get its cells twice', () => {
      const gate = gateOf(limit({ numbers: bucket(2, 1, 10), maxKeys: 1 }));
      gate.limit(0, 0, 'a', '', '');
      expect(gate.limit(9, 0, 'b', '', '')).toBe(Decision.admitted);
      expect(gate.limit(9, 0, 'b', '', '')).toBe(Decision.admitted);
      expect(gate.limit(10, 0, 'b', '', '')).toBe(Decision.throttled);
      expect(answerOf(gate)).toMatchObject({ retryAtUs: 19, cold: 1 });
      expect(gate.limit(19, 0, 'b', '', '')).toBe(Decision.admitted);
      expect(answerOf(gate).cold).toBe(1);
      expect(gate.limit(19, 0, 'b', '', '')).toBe(Decision.throttled);
      expect(answerOf(gate).cold).toBe(0);
    });

    test('is not copied into the cold counter: both are charged apart from then on', () => {
      const gate = gateOf(limit({ numbers: bucket(3, 1, 10), maxKeys: 1 }));
      gate.limit(0, 0, 'a', '', '');
      gate.limit(9, 0, 'b', '', '');
      gate.limit(10, 0, 'b', '', '');
      expect(answerOf(gate)).toMatchObject({ remaining: 1, cold: 1 });
      gate.limit(10, 0, 'c', '', '');
      expect(answerOf(gate)).toMatchObject({ remaining: 1, cold: 1 });
    });

    test('starts fresh when the cold counter is idle', () => {
      const gate = gateOf(limit({ numbers: bucket(1, 1, 10), maxKeys: 1 }));
      gate.limit(0, 0, 'a', '', '');
      gate.limit(5, 0, 'b', '', '');
      expect(gate.limit(15, 0, 'c', '', '')).toBe(Decision.admitted);
      expect(answerOf(gate)).toMatchObject({ resetAtUs: 25, cold: 0 });
    });

    test('does not leave a first-hit window before the cold one is over', () => {
      const gate = gateOf(limit({ numbers: fixedWindow(1, 10, 'first-hit'), maxKeys: 1 }));
      gate.limit(0, 0, 'a', '', '');
      expect(gate.limit(5, 0, 'b', '', '')).toBe(Decision.admitted);
      expect(gate.limit(11, 0, 'b', '', '')).toBe(Decision.throttled);
      expect(answerOf(gate)).toMatchObject({ retryAtUs: 15, cold: 1 });
      expect(gate.limit(11, 0, 'a', '', '')).toBe(Decision.admitted);
      expect(answerOf(gate)).toMatchObject({ resetAtUs: 21, cold: 0 });
    });
  });
});
