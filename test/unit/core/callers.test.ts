import { describe, expect, test } from 'vitest';
import { CallerList, CallerWriter } from '../../../harness/core/callers.js';
import { createGate } from '../../../harness/core/index.js';
import { KeyHash } from '../../../harness/core/key-hash.js';
import { Answer, Decision, type Gate } from '../../../harness/core/spec.js';
import { auth, bucket, gateOf, hashSecret, limit, spec } from './specs.js';

const { admitted, throttled, malformed } = Decision;

/** Limits by all that a limit can count by, in a signed and an unsigned class. */
function wideGate(): Gate {
  const numbers = bucket(3, 1, 10);
  return createGate(
    spec({
      classes: ['signed', 'unsigned'],
      auth: auth({ signed: [true, false] }),
      limits: ([['ip'], ['account'], ['master'], ['key'], [], ['ip', 'class'], ['key', 'ip']] as const).map((by) =>
        limit({ by, numbers, costs: [1, 1] }),
      ),
    }),
    hashSecret,
  );
}

describe('a caller that is known by a number', () => {
  const texts = ['a', 'b', '', ' ', 'é', '\u0130', 'x'.repeat(64), 'x'.repeat(65), 'y'.repeat(256), 'y'.repeat(257)];

  test('is decided as its texts would be, whatever their form', () => {
    const [named, numbered] = [wideGate(), wideGate()];
    let nowUs = 0;
    for (const ip of texts) {
      for (const account of texts) {
        for (const keyId of ['k', ...texts.slice(2)]) {
          const caller = numbered.internCaller(ip, account, keyId);
          for (const classId of [0, 1, 0]) {
            nowUs += 4;
            const wanted = [named.limit(nowUs, classId, ip, account, keyId), ...named.answer];
            expect([numbered.limitCaller(nowUs, classId, caller), ...numbered.answer]).toEqual(wanted);
          }
        }
      }
    }
  });

  test('has the next number each time, also when it is interned twice, and shares its counters', () => {
    const gate = gateOf(limit({ numbers: bucket(2, 1, 1000) }));
    expect([0, 1, 2].map(() => gate.internCaller('a', '', ''))).toEqual([0, 1, 2]);
    expect([0, 1, 2].map((caller) => gate.limitCaller(0, 0, caller))).toEqual([admitted, admitted, throttled]);
    expect(gate.limit(0, 0, 'a', '', '')).toBe(throttled);
  });

  test('keeps its number while the list grows', () => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 1000), maxKeys: 1000 }));
    const callers = Array.from({ length: 1000 }, (_, index) => gate.internCaller(`ip-${index}`, '', ''));
    expect(callers).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    for (const caller of callers) expect(gate.limitCaller(0, 0, caller)).toBe(admitted);
    for (const caller of callers) expect(gate.limit(0, 0, `ip-${caller}`, '', '')).toBe(throttled);
  });

  test.each([-1, 1, 0.5, Number.NaN, 2 ** 32, '0' as unknown as number])('is not there under %s', (caller) => {
    const gate = gateOf(limit({}));
    gate.internCaller('a', '', '');
    const wanted = expect.objectContaining({ code: 'FP_CALLER_INVALID' });
    expect(() => gate.limitCaller(0, 0, caller)).toThrow(wanted);
  });

  test('is refused when the list is full, and those before it stay', () => {
    const list = new CallerList(new CallerWriter(new KeyHash(hashSecret), []), 2);
    expect([list.add('a', '', ''), list.add('b', '', '')]).toEqual([0, 1]);
    expect(() => list.add('c', '', '')).toThrow(expect.objectContaining({ code: 'FP_CALLERS_FULL' }));
    expect(list.count).toBe(2);
  });

  test('with a wrong time or class is not decided', () => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 10) }));
    const caller = gate.internCaller('a', '', '');
    expect(() => gate.limitCaller(0.5, 0, caller)).toThrow(expect.objectContaining({ code: 'FP_TIME_INVALID' }));
    expect(() => gate.limitCaller(500, 1, caller)).toThrow(expect.objectContaining({ code: 'FP_CLASS_INVALID' }));
    expect(() => gate.limitCaller(500, 0, 7)).toThrow(expect.objectContaining({ code: 'FP_CALLER_INVALID' }));
    expect(gate.limitCaller(3, 0, caller)).toBe(admitted);
    expect(gate.answer[Answer.resetAtUs]).toBe(13);
  });
});

describe('a batch of callers', () => {
  test('is decided one after the other at one instant', () => {
    const [single, batched] = [wideGate(), wideGate()];
    for (const gate of [single, batched]) for (const id of ['a', 'b', ' ']) gate.internCaller(id, id, id);
    const callers = Uint32Array.of(0, 1, 0, 2, 0, 0, 1, 9);
    for (const nowUs of [5, 5, 17, 3]) {
      const wanted = [...callers.subarray(0, 7)].map((caller) => [
        single.limitCaller(nowUs, 0, caller),
        ...single.answer,
      ]);
      const decisions = new Uint8Array(8).fill(77);
      const answers = new Float64Array(7 * Answer.size);
      batched.limitBatch(nowUs, 0, callers, 7, decisions, answers);
      expect([...decisions]).toEqual([...wanted.map(([decision]) => decision), 77]);
      expect([...answers]).toEqual(wanted.flatMap(([, ...answer]) => answer));
    }
  });

  test('may do without answers', () => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 10) }));
    gate.internCaller('a', '', '');
    gate.internCaller('', '', '');
    const decisions = new Uint8Array(3);
    gate.limitBatch(0, 0, Uint32Array.of(0, 0, 1), 3, decisions, null);
    expect([...decisions]).toEqual([admitted, throttled, malformed]);
  });

  const memory = new ArrayBuffer(256);
  const faults: { because: string; arguments: unknown[]; code: string }[] = [
    { because: 'the count is negative', arguments: [0, 0, undefined, -1], code: 'FP_BATCH_INVALID' },
    { because: 'the count is no whole number', arguments: [0, 0, undefined, 0.5], code: 'FP_BATCH_INVALID' },
    { because: 'there are too few callers', arguments: [0, 0, new Uint32Array(1), 2], code: 'FP_BATCH_INVALID' },
    { because: 'callers are of another type', arguments: [0, 0, new Uint16Array(2)], code: 'FP_BATCH_INVALID' },
    { because: 'callers are a list', arguments: [0, 0, [0, 0]], code: 'FP_BATCH_INVALID' },
    {
      because: 'there is no room for decisions',
      arguments: [0, 0, undefined, 2, new Uint8Array(1)],
      code: 'FP_BATCH_INVALID',
    },
    {
      because: 'decisions are of another type',
      arguments: [0, 0, undefined, 2, new Int8Array(2)],
      code: 'FP_BATCH_INVALID',
    },
    {
      because: 'there is no room for answers',
      arguments: [0, 0, undefined, 2, undefined, new Float64Array(9)],
      code: 'FP_BATCH_INVALID',
    },
    {
      because: 'answers are of another type',
      arguments: [0, 0, undefined, 2, undefined, new Float32Array(10)],
      code: 'FP_BATCH_INVALID',
    },
    { because: 'answers are missing', arguments: [0, 0, undefined, 2, undefined, undefined], code: 'FP_BATCH_INVALID' },
    {
      because: 'a buffer is shared with other threads',
      arguments: [0, 0, new Uint32Array(new SharedArrayBuffer(8))],
      code: 'FP_BATCH_INVALID',
    },
    {
      because: 'buffers overlap',
      arguments: [0, 0, new Uint32Array(memory, 0, 2), 2, new Uint8Array(memory, 7, 2)],
      code: 'FP_BATCH_INVALID',
    },
    { because: 'the time is wrong', arguments: [-1], code: 'FP_TIME_INVALID' },
    { because: 'the class is wrong', arguments: [0, 1], code: 'FP_CLASS_INVALID' },
    { because: 'the last caller is unknown', arguments: [0, 0, Uint32Array.of(0, 1)], code: 'FP_CALLER_INVALID' },
  ];
  test.each(faults)('is refused before anything is decided when $because', ({ arguments: given, code }) => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 10) }));
    gate.internCaller('a', '', '');
    const defaults = [
      0,
      0,
      new Uint32Array(2),
      2,
      new Uint8Array(2),
      given.length > 5 ? undefined : new Float64Array(2 * Answer.size),
    ];
    const all = defaults.map((value, index) => given[index] ?? value) as Parameters<Gate['limitBatch']>;
    expect(() => gate.limitBatch(...all)).toThrow(expect.objectContaining({ code }));
    expect(gate.limit(0, 0, 'a', '', '')).toBe(admitted);
  });

  test('of none decides nothing and does not move the clock', () => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 10) }));
    gate.limitBatch(500, 0, new Uint32Array(0), 0, new Uint8Array(0), null);
    gate.limit(3, 0, 'a', '', '');
    expect(gate.answer[Answer.resetAtUs]).toBe(13);
  });
});
