import { describe, expect, test } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import { Answer, Decision, type Gate, NEVER_US } from '../../../harness/core/spec.js';
import { answerOf, auth, bucket, concurrency, gateOf, hashSecret, limit, spec } from './specs.js';

const { admitted, throttled, never } = Decision;

function ask(gate: Gate, nowUs: number, ip = 'a', elements = 1): Decision {
  return gate.limit(nowUs, 0, ip, '', '', elements);
}

describe('concurrency', () => {
  test('holds cells from the admission to the release', () => {
    const gate = gateOf(limit({ numbers: concurrency(2) }));
    expect([ask(gate, 0), ask(gate, 0), ask(gate, 0), ask(gate, 1_000_000)]).toEqual([
      admitted,
      admitted,
      throttled,
      throttled,
    ]);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 0, retryAtUs: 1_000_001, resetAtUs: NEVER_US, cold: 0 });
    gate.release(1_000_000, 0, 'a', '', '');
    expect([ask(gate, 1_000_000), ask(gate, 1_000_000)]).toEqual([admitted, throttled]);
  });

  test('holds as many cells as the elements cost, and frees as many', () => {
    const gate = gateOf(limit({ numbers: concurrency(7), costs: [2] }));
    expect([ask(gate, 0, 'a', 3), ask(gate, 0)]).toEqual([admitted, throttled]);
    gate.release(0, 0, 'a', '', '', 1);
    expect(ask(gate, 0)).toBe(admitted);
    expect(answerOf(gate)).toMatchObject({ remaining: 1 });
    expect(ask(gate, 0, 'a', 4)).toBe(never);
  });

  test('does not fall below nothing in flight, and is full again then', () => {
    const gate = gateOf(limit({ numbers: concurrency(1) }));
    gate.release(0, 0, 'a', '', '');
    ask(gate, 0);
    for (let index = 0; index < 3; index += 1) gate.release(0, 0, 'a', '', '');
    gate.release(0, 0, 'b', '', '');
    expect([ask(gate, 5), ask(gate, 5)]).toEqual([admitted, throttled]);
    gate.release(5, 0, 'a', '', '');
    gate.limit(9, 0, 'a', '', '', 2);
    expect(answerOf(gate)).toMatchObject({ remaining: 1, resetAtUs: 9 });
  });

  test('throttles keys that find no slot, and serves none of them cold', () => {
    const gate = gateOf(limit({ numbers: concurrency(2), maxKeys: 1 }));
    ask(gate, 0);
    expect(ask(gate, 5, 'b')).toBe(throttled);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 0, retryAtUs: 6, resetAtUs: NEVER_US, cold: 1 });
    gate.release(5, 0, 'b', '', '');
    expect(ask(gate, 6, 'b')).toBe(throttled);
    gate.release(6, 0, 'a', '', '');
    expect(ask(gate, 6, 'b')).toBe(admitted);
    expect(answerOf(gate)).toMatchObject({ remaining: 1, cold: 0 });
  });

  test('before the verifier holds nothing of a request that is refused', () => {
    const gate = createGate(
      spec({
        auth: auth(),
        limits: [limit({ numbers: concurrency(1) }), limit({ name: 'rate', numbers: bucket(3, 1, 99) })],
      }),
      hashSecret,
    );
    gate.addKey('k', 'secret', '');
    const forge = (): Decision => gate.decide(0, 0, 'a', '', 'k', 0, 0, 'm', 'forged');
    expect([forge(), forge()]).toEqual([Decision.badSignature, Decision.badSignature]);
    const signature = gate.sign('k', 'm');
    expect(gate.decide(0, 0, 'a', '', 'k', 0, 0, 'm', signature)).toBe(admitted);
    expect(answerOf(gate)).toMatchObject({ limit: 0, remaining: 0 });
    expect(forge()).toBe(throttled);
  });

  test('holds nothing of a request that another limit throttles', () => {
    const gate = gateOf(limit({ numbers: concurrency(2) }), limit({ name: 'rate', by: [], numbers: bucket(1, 1, 10) }));
    expect([0, 0, 0, 0].map((nowUs) => ask(gate, nowUs))).toEqual([admitted, throttled, throttled, throttled]);
    expect(answerOf(gate)).toMatchObject({ limit: 1 });
    expect([ask(gate, 10), ask(gate, 20)]).toEqual([admitted, throttled]);
    expect(answerOf(gate)).toMatchObject({ limit: 0 });
  });

  test('that is a shadow holds cells too', () => {
    const gate = gateOf(limit({ numbers: concurrency(1), isShadow: true }));
    expect([ask(gate, 0), gate.answer[Answer.shadow]]).toEqual([admitted, -1]);
    expect([ask(gate, 0), gate.answer[Answer.shadow]]).toEqual([admitted, 0]);
    gate.release(0, 0, 'a', '', '');
    expect([ask(gate, 0), gate.answer[Answer.shadow]]).toEqual([admitted, -1]);
  });

  test('is released by what the limit counts by, and by what is of the right form alone', () => {
    const gate = gateOf(limit({ numbers: concurrency(1), by: ['account', 'class'] }));
    gate.limit(0, 0, '', 'ann', '');
    gate.release(0, 0, 'elsewhere', 'bob', '');
    gate.release(0, 0, 'elsewhere', '', '');
    expect(gate.limit(0, 0, '', 'ann', '')).toBe(throttled);
    gate.release(0, 0, 'elsewhere', 'ann', 'any key');
    expect(gate.limit(0, 0, '', 'ann', '')).toBe(admitted);
  });

  const faults = [
    { given: [0.5, 0, 1], code: 'FP_TIME_INVALID' },
    { given: [0, 1, 1], code: 'FP_CLASS_INVALID' },
    { given: [0, 0, 0], code: 'FP_ELEMENTS_INVALID' },
    { given: [0, 0, 65_536], code: 'FP_ELEMENTS_INVALID' },
  ] as const;
  test.each(faults)('is not released at, of and for $given', ({ given: [nowUs, classId, elements], code }) => {
    const gate = gateOf(limit({ numbers: concurrency(1) }));
    expect(() => gate.release(nowUs, classId, 'a', '', '', elements)).toThrow(expect.objectContaining({ code }));
  });

  test('moves the clock when it is released', () => {
    const gate = gateOf(limit({ numbers: concurrency(1) }));
    ask(gate, 0);
    gate.release(50, 0, 'b', '', '');
    ask(gate, 3);
    expect(answerOf(gate).retryAtUs).toBe(51);
  });
});
