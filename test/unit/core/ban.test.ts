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

describe('a ladder of bans', () => {
  /** Bans of 10, 30 and 100 us, forgotten 50 us after their end. */
  const ban = { afterThrottles: 1, stepsUs: [10, 30, 100], forgetUs: 50 };
  const ladder = (changes = {}): Gate => gateOf(limit({ numbers: bucket(1, 1, 1000), ban, ...changes }));
  const endOf = (gate: Gate): number => answerOf(gate).retryAtUs;

  const longAgo = { numbers: bucket(1, 1, 2 ** 40) };
  test('gets longer step by step, and stays at the last', () => {
    const gate = ladder(longAgo);
    decide(gate, 0);
    const until = (nowUs: number): number => {
      expect(decide(gate, nowUs)).toEqual([throttled]);
      expect(decide(gate, nowUs + 1)).toEqual([banned]);
      return nowUs;
    };
    // The cells come back long after all bans, so what ends a ban is seen by the next throttle.
    expect([until(5), until(15), until(45), until(145), until(245)]).toEqual([5, 15, 45, 145, 245]);
    expect(decide(gate, 344, 345)).toEqual([banned, throttled]);
  });

  const memories = [
    { nowUs: 64, nextUs: 94, because: 'the ban that ended at 15 is remembered, so that this one lasts 30 us' },
    { nowUs: 65, nextUs: 75, because: 'it is forgotten after 50 us, so that this one lasts 10 us' },
  ];
  test.each(memories)('of a key that comes back at $nowUs bans until $nextUs: $because', ({ nowUs, nextUs }) => {
    const gate = ladder(longAgo);
    expect(decide(gate, 0, 5, nowUs)).toEqual([admitted, throttled, throttled]);
    expect(decide(gate, nextUs - 1, nextUs)).toEqual([banned, throttled]);
  });

  test('counts from the end of the last ban, not from that of the first', () => {
    const gate = ladder(longAgo);
    expect(decide(gate, 0, 5, 64, 94 + 49)).toEqual([admitted, throttled, throttled, throttled]);
    expect(decide(gate, 94 + 49 + 99, 94 + 49 + 100)).toEqual([banned, throttled]);
  });

  const slots = [
    { nowUs: 64, cold: 1, because: 'the ban is still remembered' },
    { nowUs: 65, cold: 0, because: 'it is forgotten' },
  ];
  test.each(slots)('keeps the slot while it remembers: at $nowUs another key is cold: $cold, since $because', (row) => {
    const gate = ladder({ numbers: bucket(1, 1, 20), maxKeys: 1 });
    decide(gate, 0, 5);
    expect(gate.limit(row.nowUs, 0, 'b', '', '')).toBe(admitted);
    expect(answerOf(gate).cold).toBe(row.cold);
  });

  test('of one step gives its slot away when the ban is over', () => {
    const gate = ladder({
      numbers: bucket(1, 1, 12),
      maxKeys: 1,
      ban: { afterThrottles: 1, stepsUs: [10], forgetUs: 0 },
    });
    decide(gate, 0, 5);
    gate.limit(14, 0, 'b', '', '');
    expect(answerOf(gate).cold).toBe(1);
    gate.limit(26, 0, 'c', '', '');
    expect(answerOf(gate).cold).toBe(0);
  });

  test('does not pass to the next owner of a slot', () => {
    const gate = ladder({ numbers: bucket(1, 1, 20), maxKeys: 1 });
    decide(gate, 0, 5, 15);
    expect(endOf(gate)).toBe(45);
    expect([95, 96].map((nowUs) => gate.limit(nowUs, 0, 'b', '', ''))).toEqual([admitted, throttled]);
    expect(endOf(gate)).toBe(115);
  });
});
