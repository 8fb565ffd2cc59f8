/** Calls of a native gate that say more than who asks: how much of what age, what is earned, and which limits hold now. */
import { expect, test } from 'vitest';
import { Answer, Decision, type Gate, type GateSpec, NEVER_US } from '../../../harness/core/spec.js';
import { createNativeGate } from '../../../harness/native/native-gate.js';
import { demandAddon, describeTwins } from '../../twin/engines.js';
import { auth, bucket, concurrency, earnedBudget, hashSecret, limit, spec } from '../core/specs.js';

const { admitted, throttled } = Decision;
const policy = spec({ limits: [limit({ numbers: bucket(2, 1, 10) })], auth: auth() });

function nativeGate(of: GateSpec = policy): Gate {
  return createNativeGate(demandAddon(), of, hashSecret);
}

describeTwins('a native gate', () => {
  test('takes elements and age for the call that says them alone, also when it fails', () => {
    const ageCosts = [[{ underUs: 10, cells: 5 }]];
    const gate = nativeGate(spec({ limits: [limit({ numbers: bucket(100, 1, 10), ageCosts })] }));
    gate.limit(0, 0, 'a', '', '', 3, 10);
    expect(gate.answer[Answer.remaining]).toBe(97);
    gate.limit(0, 0, 'a', '', '');
    expect(gate.answer[Answer.remaining]).toBe(91);
    expect(() => gate.limit(0.5, 0, 'a', '', '', 3, 10)).toThrow();
    gate.limitCaller(0, 0, gate.internCaller('a', '', ''), 2);
    expect(gate.answer[Answer.remaining]).toBe(84);
    gate.limit(0, 0, 'a', '', '');
    expect(gate.answer[Answer.remaining]).toBe(78);
  });

  test('goes on with its counters when its limits are changed, and lists what can not be', () => {
    const gate = nativeGate();
    const caller = gate.internCaller('a', '', '');
    gate.limit(0, 0, 'a', '', '');
    gate.change(0, { ...policy, limits: [limit({ numbers: bucket(9, 1, 20) })] });
    gate.limit(0, 0, 'a', '', '');
    expect([...gate.answer]).toEqual([0, 7, 0, 40, 0, 0, -1]);
    expect(() => gate.limitCaller(0, 0, caller)).toThrow(expect.objectContaining({ code: 'FP_CALLER_INVALID' }));
    expect(() => gate.change(0, spec({ classes: ['other'], auth: null }))).toThrow(
      expect.objectContaining({ code: 'FP_GATE_INVALID', faults: expect.objectContaining({ length: 2 }) }),
    );
    gate.limit(0, 0, 'a', '', '');
    expect(gate.answer[Answer.remaining]).toBe(6);
  });

  test('frees what a request held when it is released, as many elements as it had', () => {
    const gate = nativeGate(spec({ limits: [limit({ numbers: concurrency(3) })] }));
    expect(gate.limit(0, 0, 'a', '', '', 3)).toBe(admitted);
    expect(gate.limit(0, 0, 'a', '', '')).toBe(throttled);
    gate.release(0, 0, 'b', '', '', 3);
    gate.release(0, 0, '', '', '', 3);
    expect(gate.limit(0, 0, 'a', '', '')).toBe(throttled);
    gate.release(0, 0, 'a', '', '', 2);
    expect(gate.limit(0, 0, 'a', '', '', 2)).toBe(admitted);
    expect(gate.limit(0, 0, 'a', '', '')).toBe(throttled);
  });

  test('says whether a counter took what it was given, and answers with a time that never comes', () => {
    const gate = nativeGate(spec({ limits: [limit({ numbers: earnedBudget(1, null), maxKeys: 1 })] }));
    expect(gate.limit(0, 0, 'a', '', '', 2)).toBe(throttled);
    expect(gate.answer[Answer.retryAtUs]).toBe(NEVER_US);
    expect(gate.credit(0, 0, 0, 'a', '', '', 1)).toBe(true);
    expect(gate.credit(0, 0, 0, 'b', '', '', 1)).toBe(false);
    expect(gate.credit(0, 0, 0, '', '', '', 1)).toBe(false);
    expect(gate.limit(0, 0, 'a', '', '', 2)).toBe(admitted);
  });
});
