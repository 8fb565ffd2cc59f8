import { describe, expect, test } from 'vitest';
import type { Counter } from '../../../harness/core/family.js';
import { LeakyQueue } from '../../../harness/core/leaky-queue.js';
import { Answer, Decision } from '../../../harness/core/spec.js';
import { answerOf, bucket, gateOf, leakyQueue, limit } from './specs.js';

const counter = (): Counter => ({ atUs: 0, part: 0, slot: 0 });

describe('leaky queue', () => {
  test('serves its capacity at once, lets the queue wait turn by turn, and throttles the rest', () => {
    const gate = gateOf(limit({ numbers: leakyQueue(2, 2, 1, 10) }));
    const seen = Array.from({ length: 6 }, () => [gate.limit(0, 0, 'a', '', ''), gate.answer[Answer.delayUs]]);
    expect(seen).toEqual([
      [Decision.admitted, 0],
      [Decision.admitted, 0],
      [Decision.admitted, 10],
      [Decision.admitted, 20],
      [Decision.throttled, 0],
      [Decision.throttled, 0],
    ]);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 0, retryAtUs: 10, resetAtUs: 40, cold: 0 });
    expect([gate.limit(10, 0, 'a', '', ''), gate.answer[Answer.delayUs]]).toEqual([Decision.admitted, 20]);
    expect([gate.limit(45, 0, 'a', '', ''), gate.answer[Answer.delayUs]]).toEqual([Decision.admitted, 0]);
  });

  test('waits for whole microseconds, rounded up', () => {
    const family = new LeakyQueue(leakyQueue(1, 3, 3, 10));
    const own = counter();
    family.charge(own, 2, 7);
    expect(family.delayUs(own, 7)).toBe(4);
    family.charge(own, 1, 7);
    expect(family.delayUs(own, 7)).toBe(7);
  });

  test('never takes more than capacity and queue together', () => {
    const family = new LeakyQueue(leakyQueue(2, 3, 1, 10));
    expect(family.costMax).toBe(5);
    expect(family.remaining(counter(), 0)).toBe(5);
    expect(family.retryAtUs(counter(), 5, 0)).toBe(0);
    const gate = gateOf(limit({ numbers: leakyQueue(2, 3, 1, 10), costs: [6] }));
    expect(gate.limit(0, 0, 'a', '', '')).toBe(Decision.never);
  });

  test('tells the wait of the slowest of several queues, whichever limit is named', () => {
    const gate = gateOf(
      limit({ name: 'slow', numbers: leakyQueue(1, 9, 1, 50) }),
      limit({ name: 'fast', by: [], numbers: leakyQueue(1, 9, 1, 10) }),
      limit({ name: 'no queue', numbers: bucket(3, 1, 1000) }),
    );
    gate.limit(0, 0, 'a', '', '');
    gate.limit(0, 0, 'a', '', '');
    expect(answerOf(gate).limit).toBe(2);
    expect(gate.answer[Answer.delayUs]).toBe(50);
    gate.limit(0, 0, 'b', '', '');
    expect(gate.answer[Answer.delayUs]).toBe(20);
  });

  test('that is a shadow delays nobody', () => {
    const gate = gateOf(limit({ isShadow: true, numbers: leakyQueue(1, 1, 1, 10) }));
    for (let index = 0; index < 3; index += 1) {
      expect(gate.limit(0, 0, 'a', '', '')).toBe(Decision.admitted);
      expect(gate.answer[Answer.delayUs]).toBe(0);
    }
    expect(gate.answer[Answer.shadow]).toBe(0);
  });
});
