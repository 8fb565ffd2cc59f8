import { describe, expect, test } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import type { Gate } from '../../../harness/core/spec.js';
import { Decision } from '../../../harness/core/spec.js';
import { answerOf, auth, bucket, fixedWindow, gateOf, hashSecret, limit, spec } from './specs.js';

const { admitted, throttled, banned } = Decision;

/** Decisions for one ip at the given instants. */
function decide(gate: Gate, ...instantsUs: number[]): Decision[] {
  return instantsUs.map((nowUs) => gate.limit(nowUs, 0, 'a', '', ''));
}

function banningGate(afterThrottles: number, forUs: number): Gate {
  return gateOf(limit({ numbers: bucket(1, 1, 10), ban: { afterThrottles, stepsUs: [forUs], forgetUs: 0 } }));
}

describe('a ban', () => {
  test('begins after the throttle that completes the count, which is still a throttle', () => {
    const gate = banningGate(3, 1000);
    expect(decide(gate, 0, 1, 2, 3, 4)).toEqual([admitted, throttled, throttled, throttled, banned]);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 0, retryAtUs: 1003, resetAtUs: 10, cold: 0 });
  });

  test('is told with the throttle that brings it: the retry time is its end', () => {
    const gate = banningGate(2, 1000);
    decide(gate, 0, 1);
    expect(answerOf(gate).retryAtUs).toBe(10);
    decide(gate, 2);
    expect(answerOf(gate).retryAtUs).toBe(1002);
  });

  const ends = [
    { nowUs: 101, decision: banned, because: 'it is the last banned microsecond' },
    { nowUs: 102, decision: admitted, because: 'a ban ends at its very end' },
  ];
  test.each(ends)('of 100 us from 2 decides $decision at $nowUs: $because', ({ nowUs, decision }) => {
    expect(decide(banningGate(1, 100), 0, 2, nowUs)).toEqual([admitted, throttled, decision]);
  });

  test('is not made longer by requests during it', () => {
    expect(decide(banningGate(1, 100), 0, 2, 3, 50, 101, 102)).toEqual([
      admitted,
      throttled,
      banned,
      banned,
      banned,
      admitted,
    ]);
  });

  test('names the later of its end and the time when the cells are back', () => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 500), ban: { afterThrottles: 1, stepsUs: [100], forgetUs: 0 } }));
    decide(gate, 0, 1);
    expect(answerOf(gate).retryAtUs).toBe(500);
    expect(decide(gate, 50)).toEqual([banned]);
    expect(answerOf(gate).retryAtUs).toBe(500);
    expect(decide(gate, 101)).toEqual([throttled]);
  });

  test('starts to count anew after an admission', () => {
    const gate = gateOf(limit({ numbers: bucket(2, 1, 10), ban: { afterThrottles: 2, stepsUs: [100], forgetUs: 0 } }));
    expect(decide(gate, 0, 0, 1, 10, 11, 12, 13)).toEqual([
      admitted,
      admitted,
      throttled,
      admitted,
      throttled,
      throttled,
      banned,
    ]);
  });

  test('starts to count anew after a ban', () => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 1000), ban: { afterThrottles: 2, stepsUs: [10], forgetUs: 0 } }));
    expect(decide(gate, 0, 1, 2, 11, 12, 13, 14)).toEqual([
      admitted,
      throttled,
      throttled,
      banned,
      throttled,
      throttled,
      banned,
    ]);
  });

  test('is for one key alone', () => {
    const gate = banningGate(1, 1000);
    decide(gate, 0, 1);
    expect(gate.limit(1, 0, 'b', '', '')).toBe(admitted);
    expect(decide(gate, 2)).toEqual([banned]);
  });

  test('is never made by the cold counter', () => {
    const gate = gateOf(
      limit({ numbers: bucket(1, 1, 10), maxKeys: 1, ban: { afterThrottles: 1, stepsUs: [1000], forgetUs: 0 } }),
    );
    decide(gate, 0);
    const others = ['b', 'b', 'b', 'c'].map((ip) => gate.limit(0, 0, ip, '', ''));
    expect(others).toEqual([admitted, throttled, throttled, throttled]);
  });

  test('can meet a key that starts from a copy of the cold counter with its first request', () => {
    const gate = gateOf(
      limit({ numbers: bucket(1, 1, 10), maxKeys: 1, ban: { afterThrottles: 2, stepsUs: [100], forgetUs: 0 } }),
    );
    decide(gate, 0);
    gate.limit(9, 0, 'b', '', '');
    const later = [10, 11, 12].map((nowUs) => gate.limit(nowUs, 0, 'c', '', ''));
    expect(later).toEqual([throttled, throttled, banned]);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 0, retryAtUs: 111, resetAtUs: 19, cold: 0 });
  });

  test('comes from the named limit alone when several throttle', () => {
    const ban = { afterThrottles: 1, stepsUs: [5], forgetUs: 0 };
    const gate = gateOf(
      limit({ name: 'short', numbers: bucket(1, 1, 10), ban }),
      limit({ name: 'long', numbers: bucket(1, 1, 20), ban }),
    );
    expect(decide(gate, 0, 1)).toEqual([admitted, throttled]);
    expect(answerOf(gate)).toMatchObject({ limit: 1, retryAtUs: 20 });
    expect(decide(gate, 2)).toEqual([banned]);
    expect(answerOf(gate)).toMatchObject({ limit: 1 });
    expect(decide(gate, 6)).toEqual([throttled]);
    expect(answerOf(gate)).toMatchObject({ limit: 1 });
  });

  test('counts no throttle while another limit has banned the caller for longer', () => {
    const gate = gateOf(
      limit({ name: 'banning', numbers: bucket(1, 1, 10), ban: { afterThrottles: 1, stepsUs: [100], forgetUs: 0 } }),
      limit({ name: 'counting', numbers: bucket(1, 1, 15), ban: { afterThrottles: 2, stepsUs: [1000], forgetUs: 0 } }),
    );
    expect(decide(gate, 0, 12)).toEqual([admitted, throttled]);
    expect(answerOf(gate)).toMatchObject({ limit: 1, retryAtUs: 15 });
    expect(decide(gate, 15, 16)).toEqual([admitted, throttled]);
    expect(answerOf(gate)).toMatchObject({ limit: 1, retryAtUs: 30 });
    expect(decide(gate, 17)).toEqual([throttled]);
    expect(answerOf(gate)).toMatchObject({ limit: 1, retryAtUs: 1017 });
    expect(decide(gate, 18)).toEqual([banned]);
  });

  test('is not forgiven by a request that the verifier refuses', () => {
    const gate = createGate(
      spec({
        auth: auth(),
        limits: [limit({ numbers: bucket(2, 1, 10), ban: { afterThrottles: 2, stepsUs: [1000], forgetUs: 0 } })],
      }),
      hashSecret,
    );
    const forge = (nowUs: number): Decision => gate.decide(nowUs, 0, 'a', '', 'k', nowUs, 0, 'm', 'no signature');
    expect([0, 0, 1, 10, 11, 12].map(forge)).toEqual([
      Decision.unknownKey,
      Decision.unknownKey,
      throttled,
      Decision.unknownKey,
      throttled,
      banned,
    ]);
  });

  test('is forgotten when the counter was full again before the next charge', () => {
    const gate = createGate(
      spec({
        auth: auth(),
        limits: [
          limit({ numbers: fixedWindow(1, 10, 'calendar'), ban: { afterThrottles: 2, stepsUs: [1000], forgetUs: 0 } }),
        ],
      }),
      hashSecret,
    );
    const forge = (nowUs: number): Decision => gate.decide(nowUs, 0, 'a', '', 'k', nowUs, 0, 'm', 'no signature');
    expect([0, 1, 10, 11, 20, 21, 22, 23].map(forge)).toEqual([
      Decision.unknownKey,
      throttled,
      Decision.unknownKey,
      throttled,
      Decision.unknownKey,
      throttled,
      throttled,
      banned,
    ]);
  });
});
