import { describe, expect, test } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import { Answer, Decision, type Gate, type LimitSpec } from '../../../harness/core/spec.js';
import { answerOf, auth, bucket, fixedWindow, gateOf, hashSecret, limit, spec } from './specs.js';

const { admitted, throttled, never, banned, malformed, badSignature } = Decision;

function shadow(changes: Partial<LimitSpec>): LimitSpec {
  return limit({ name: 'shadow', isShadow: true, ...changes });
}

/** Decision and shadow of a request. */
function ask(gate: Gate, nowUs: number, ip = 'a', account = 'x', elements = 1): [Decision, number] {
  return [gate.limit(nowUs, 0, ip, account, '', elements), gate.answer[Answer.shadow] ?? -2];
}

describe('a shadow limit', () => {
  test('says what it would have denied, and denies nothing', () => {
    const gate = gateOf(shadow({ numbers: bucket(1, 1, 10) }));
    expect([ask(gate, 0), ask(gate, 5), ask(gate, 9), ask(gate, 10)]).toEqual([
      [admitted, -1],
      [admitted, 0],
      [admitted, 0],
      [admitted, -1],
    ]);
    expect(answerOf(gate)).toEqual({ limit: -1, remaining: 0, retryAtUs: 0, resetAtUs: 0, cold: 0 });
  });

  test('is named by its index, the first of several, in the order of the policy', () => {
    const gate = gateOf(
      limit({ numbers: bucket(9, 1, 10) }),
      shadow({ name: 'late', by: ['account'], numbers: bucket(1, 1, 10) }),
      shadow({ name: 'early', by: ['ip'], numbers: bucket(1, 1, 10) }),
    );
    expect([ask(gate, 0), ask(gate, 0), ask(gate, 0, 'b'), ask(gate, 0, 'a', 'y')]).toEqual([
      [admitted, -1],
      [admitted, 1],
      [admitted, 1],
      [admitted, 2],
    ]);
    expect(answerOf(gate).limit).toBe(0);
  });

  test('would also have said never', () => {
    const gate = gateOf(shadow({ numbers: bucket(2, 1, 10), costs: [3] }));
    expect(ask(gate, 0)).toEqual([admitted, 0]);
  });

  test('is charged only for what it and all enforced limits let through', () => {
    const gate = gateOf(
      limit({ by: [], numbers: bucket(1, 1, 10) }),
      shadow({ by: ['account'], numbers: bucket(3, 1, 1000) }),
    );
    for (let index = 0; index < 9; index += 1) ask(gate, 0);
    expect([ask(gate, 10), ask(gate, 20), ask(gate, 30)]).toEqual([
      [admitted, -1],
      [admitted, -1],
      [admitted, 1],
    ]);
  });

  test('before the verifier is charged for a request that the verifier refuses, and struck when it would deny it', () => {
    const gate = createGate(spec({ auth: auth(), limits: [shadow({ numbers: bucket(2, 1, 1000) })] }), hashSecret);
    gate.addKey('k', 'secret', '');
    const seen = [0, 0, 0].map(() => [
      gate.decide(0, 0, 'a', '', 'k', 0, 0, 'm', 'forged'),
      gate.answer[Answer.shadow],
    ]);
    expect(seen).toEqual([
      [badSignature, -1],
      [badSignature, -1],
      [badSignature, 0],
    ]);
  });

  test('after a limit that refuses before the verifier is not asked', () => {
    const gate = gateOf(
      limit({ numbers: bucket(1, 1, 1000) }),
      shadow({ name: 'front', numbers: bucket(1, 1, 1000) }),
      shadow({ name: 'back', by: ['account'], numbers: bucket(1, 1, 1000) }),
    );
    ask(gate, 0);
    expect(ask(gate, 0)).toEqual([throttled, 1]);
    expect(ask(gate, 0, 'b')).toEqual([admitted, 2]);
  });

  const lacking = [
    { by: ['ip'] as const, ip: '', account: 'x', because: 'there is no address' },
    { by: ['account'] as const, ip: 'a', account: '', because: 'there is no account' },
    { by: ['master'] as const, ip: 'a', account: '/x', because: 'there is nothing before the slash' },
    { by: ['class', 'ip', 'account'] as const, ip: 'a', account: 'é', because: 'a part of it has not the form' },
  ];
  test.each(lacking)('by $by is left out when $because', ({ by, ip, account }) => {
    const gate = gateOf(shadow({ by, numbers: bucket(1, 1, 1000) }));
    expect([ask(gate, 0, ip, account), ask(gate, 0, ip, account)]).toEqual([
      [admitted, -1],
      [admitted, -1],
    ]);
    expect([ask(gate, 0, 'a', 'x'), ask(gate, 0, 'a', 'x')]).toEqual([
      [admitted, -1],
      [admitted, 0],
    ]);
  });

  test('by a prefix is left out when the address is none, which an enforced limit by text takes', () => {
    const gate = gateOf(
      limit({ numbers: bucket(9, 1, 10) }),
      shadow({ ipPrefix: { v4: 24, v6: 64 }, numbers: bucket(1, 1, 1000) }),
    );
    expect([ask(gate, 0, 'host'), ask(gate, 0, 'host'), ask(gate, 0, '10.0.0.1'), ask(gate, 0, '10.0.0.2')]).toEqual([
      [admitted, -1],
      [admitted, -1],
      [admitted, -1],
      [admitted, 1],
    ]);
  });

  test('is not asked when an enforced limit of its place finds the request malformed', () => {
    const gate = gateOf(
      limit({ ipPrefix: { v4: 24, v6: 64 }, numbers: bucket(9, 1, 10) }),
      shadow({ numbers: bucket(1, 1, 1000) }),
    );
    expect([ask(gate, 0, 'host'), ask(gate, 0, 'host')]).toEqual([
      [malformed, -1],
      [malformed, -1],
    ]);
  });

  test('bans by its own throttles, and its bans deny nothing either', () => {
    const ban = { afterThrottles: 2, stepsUs: [100], forgetUs: 0 };
    const gate = gateOf(shadow({ numbers: bucket(1, 1, 10), ban }));
    expect([0, 1, 2, 50, 101, 102].map((nowUs) => ask(gate, nowUs)[1])).toEqual([-1, 0, 0, 0, 0, -1]);
  });

  test('strikes nobody with what an enforced limit throttles', () => {
    const ban = { afterThrottles: 1, stepsUs: [1000], forgetUs: 0 };
    const gate = gateOf(limit({ numbers: bucket(1, 1, 10) }), shadow({ numbers: bucket(2, 1, 10), ban }));
    expect([0, 0, 0, 10].map((nowUs) => ask(gate, nowUs))).toEqual([
      [admitted, -1],
      [throttled, -1],
      [throttled, -1],
      [admitted, -1],
    ]);
  });
});

describe('a window that counts denied requests', () => {
  const counting = fixedWindow(2, 100, 'first-hit', { countsDenied: true });

  test('counts what it denies itself, up to its end', () => {
    const gate = gateOf(limit({ numbers: counting }));
    expect([0, 0, 0, 99].map((nowUs) => ask(gate, nowUs)[0])).toEqual([admitted, admitted, throttled, throttled]);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 0, retryAtUs: 100, resetAtUs: 100, cold: 0 });
    expect([100, 100, 100].map((nowUs) => ask(gate, nowUs)[0])).toEqual([admitted, admitted, throttled]);
  });

  test('counts what another limit denies, and starts with it', () => {
    const gate = gateOf(
      limit({ name: 'count', numbers: counting }),
      limit({ name: 'rate', numbers: bucket(1, 1, 30) }),
    );
    expect([ask(gate, 0)[0], ask(gate, 40)[0], ask(gate, 41)[0]]).toEqual([admitted, admitted, throttled]);
    // At 41 the window is full and the bucket throttles; the window is counted on and names the later time.
    expect(answerOf(gate)).toMatchObject({ limit: 0, retryAtUs: 100 });
    const alone = gateOf(
      limit({ name: 'never', by: [], numbers: bucket(1, 1, 10), costs: [2] }),
      limit({ name: 'count', by: ['account'], numbers: fixedWindow(2, 100, 'first-hit', { countsDenied: true }) }),
    );
    expect(ask(alone, 7)[0]).toBe(never);
    expect(answerOf(alone)).toMatchObject({ limit: 0, retryAtUs: 0 });
  });

  test('tells the time when the request could pass all, counted denial included', () => {
    const gate = gateOf(
      limit({ name: 'count', by: ['account'], numbers: fixedWindow(1, 100, 'first-hit', { countsDenied: true }) }),
      limit({ name: 'rate', by: [], numbers: bucket(1, 1, 30) }),
    );
    expect(ask(gate, 0, 'a', 'x')[0]).toBe(admitted);
    expect(ask(gate, 10, 'a', 'y')[0]).toBe(throttled);
    // The bucket is named, since the window let the request pass; counted, it is full until 110.
    expect(answerOf(gate)).toEqual({ limit: 1, remaining: 0, retryAtUs: 110, resetAtUs: 30, cold: 0 });
    expect(ask(gate, 30, 'a', 'y')[0]).toBe(throttled);
    expect(answerOf(gate)).toMatchObject({ limit: 0, retryAtUs: 110 });
  });

  test('before the verifier counts what is denied after it, and not the other way round', () => {
    const late = limit({ name: 'late', by: ['account'], numbers: counting });
    const front = gateOf(limit({ name: 'front', numbers: bucket(1, 1, 10) }), late);
    expect([0, 1, 2, 10].map((nowUs) => ask(front, nowUs)[0])).toEqual([admitted, throttled, throttled, admitted]);
    const back = gateOf(
      limit({ name: 'front', numbers: counting }),
      limit({ name: 'late', by: [], numbers: bucket(1, 1, 10) }),
    );
    expect([0, 1, 10].map((nowUs) => ask(back, nowUs)[0])).toEqual([admitted, throttled, throttled]);
    expect(answerOf(back)).toMatchObject({ limit: 0, retryAtUs: 100 });
  });

  test('strikes before it counts', () => {
    const ban = { afterThrottles: 2, stepsUs: [500], forgetUs: 0 };
    const gate = gateOf(limit({ numbers: fixedWindow(1, 100, 'first-hit', { countsDenied: true }), ban }));
    expect([0, 1, 2, 3].map((nowUs) => ask(gate, nowUs)[0])).toEqual([admitted, throttled, throttled, banned]);
    expect(answerOf(gate)).toMatchObject({ retryAtUs: 502 });
  });

  test('without a slot counts on the cold counter', () => {
    const gate = gateOf(
      limit({ name: 'count', numbers: fixedWindow(2, 100, 'calendar', { countsDenied: true }), maxKeys: 1 }),
      limit({ name: 'rate', by: [], numbers: bucket(1, 1, 10) }),
    );
    ask(gate, 0);
    expect(ask(gate, 1, 'b')[0]).toBe(throttled);
    expect(ask(gate, 10, 'c')[0]).toBe(admitted);
    expect(answerOf(gate)).toMatchObject({ limit: 0, remaining: 0, cold: 1 });
  });

  test('as a shadow counts what it or the enforced limits deny', () => {
    const gate = gateOf(
      limit({ name: 'rate', by: [], numbers: bucket(2, 1, 10) }),
      shadow({ by: ['account'], numbers: fixedWindow(3, 100, 'first-hit', { countsDenied: true }) }),
    );
    expect([ask(gate, 0), ask(gate, 0), ask(gate, 0)]).toEqual([
      [admitted, -1],
      [admitted, -1],
      [throttled, -1],
    ]);
    expect(ask(gate, 10)).toEqual([admitted, 1]);
    expect(ask(gate, 99)).toEqual([admitted, 1]);
    expect(ask(gate, 100)).toEqual([admitted, -1]);
  });
});
