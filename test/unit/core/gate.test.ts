import { describe, expect, test } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import { Decision, type Gate, HORIZON_US, type LimitBy } from '../../../harness/core/spec.js';
import { answerOf, auth, bucket, fixedWindow, gateOf, hashSecret, limit, spec } from './specs.js';

const { admitted, throttled, never, malformed, badSignature, replayed } = Decision;

/** A signed class 0 and an unsigned class 1; key k of account ann. */
function signedGate(...limits: Parameters<typeof limit>[0][]): Gate {
  const gate = createGate(
    spec({
      classes: ['signed', 'unsigned'],
      auth: auth({ signed: [true, false] }),
      limits: limits.map((changes, index) => limit({ costs: [1, 1], name: `limit-${index}`, ...changes })),
    }),
    hashSecret,
  );
  gate.addKey('k', 'secret', 'ann');
  return gate;
}

function decideSigned(gate: Gate, nowUs: number, message: string, signature = gate.sign('k', message)): Decision {
  return gate.decide(nowUs, 0, '10.0.0.1', 'claimed', 'k', nowUs, 0, message, signature);
}

describe('the answer', () => {
  test('names the matching limit with the fewest cells left, the first of equals', () => {
    const gate = gateOf(
      limit({ name: 'wide', numbers: bucket(5, 1, 10) }),
      limit({ name: 'narrow', by: [], numbers: bucket(3, 1, 10) }),
      limit({ name: 'same', by: [], numbers: fixedWindow(3, 100, 'calendar') }),
    );
    expect(gate.limit(7, 0, 'a', '', '')).toBe(admitted);
    expect(answerOf(gate)).toEqual({ limit: 1, remaining: 2, retryAtUs: 0, resetAtUs: 17, cold: 0 });
  });

  test('names the first of equals in the order of the policy, not in that of the look', () => {
    const gate = gateOf(limit({ by: [] }), limit({ by: ['ip'] }));
    gate.limit(0, 0, 'a', '', '');
    expect(answerOf(gate).limit).toBe(0);
  });

  test('names no limit when none matches', () => {
    const gate = gateOf(limit({ costs: [0] }));
    expect(gate.limit(7, 0, '', '', '')).toBe(admitted);
    expect(answerOf(gate)).toEqual({ limit: -1, remaining: 0, retryAtUs: 0, resetAtUs: 0, cold: 0 });
  });

  test('names the limit with the latest retry time when several throttle, the first of equals', () => {
    const gate = gateOf(
      limit({ name: 'soon', numbers: bucket(1, 1, 10) }),
      limit({ name: 'late', numbers: bucket(1, 1, 50) }),
      limit({ name: 'as late', numbers: fixedWindow(1, 50, 'calendar') }),
    );
    gate.limit(0, 0, 'a', '', '');
    expect(gate.limit(1, 0, 'a', '', '')).toBe(throttled);
    expect(answerOf(gate)).toEqual({ limit: 1, remaining: 0, retryAtUs: 50, resetAtUs: 50, cold: 0 });
  });

  test('of a request that costs more than the capacity is never, whatever else throttles it', () => {
    const gate = gateOf(
      limit({ name: 'throttles', numbers: bucket(1, 1, 10) }),
      limit({ name: 'never', numbers: bucket(2, 1, 10), costs: [3] }),
      limit({ name: 'never too', numbers: bucket(1, 1, 10), costs: [2] }),
    );
    for (const nowUs of [0, 1_000_000]) {
      expect(gate.limit(nowUs, 0, 'a', '', '')).toBe(never);
      expect(answerOf(gate)).toEqual({ limit: 1, remaining: 2, retryAtUs: 0, resetAtUs: nowUs, cold: 0 });
    }
  });

  test('of a request that costs just the capacity is admitted from a fresh counter', () => {
    expect(gateOf(limit({ numbers: bucket(3, 1, 10), costs: [3] })).limit(0, 0, 'a', '', '')).toBe(admitted);
    expect(gateOf(limit({ numbers: fixedWindow(3, 9, 'calendar'), costs: [3] })).limit(0, 0, 'a', '', '')).toBe(
      admitted,
    );
  });

  test('is empty after the verifier refused', () => {
    const gate = signedGate({});
    decideSigned(gate, 1, 'm', 'no signature');
    expect(answerOf(gate)).toEqual({ limit: -1, remaining: 0, retryAtUs: 0, resetAtUs: 0, cold: 0 });
  });
});

describe('what a refused request is charged', () => {
  test('a throttled one nothing, by no limit', () => {
    const gate = gateOf(
      limit({ by: ['ip'], numbers: bucket(3, 1, 1000) }),
      limit({ by: ['account'], numbers: bucket(3, 1, 1000) }),
      limit({ by: [], numbers: bucket(2, 1, 1000) }),
    );
    for (const expected of [admitted, admitted, throttled, throttled, throttled]) {
      expect(gate.limit(0, 0, 'a', 'x', '')).toBe(expected);
    }
    gate.limit(1000, 0, 'a', 'x', '');
    expect(answerOf(gate)).toMatchObject({ limit: 2, remaining: 0 });
    expect(gate.limit(2000, 0, 'a', 'x', '')).toBe(admitted);
  });

  test('a throttled one not its signature either: the same request passes later', () => {
    const gate = signedGate({ by: ['key'], numbers: bucket(1, 1, 20) });
    expect(decideSigned(gate, 0, 'first')).toBe(admitted);
    const signature = gate.sign('k', 'second');
    expect(gate.decide(1, 0, '', '', 'k', 1, 0, 'second', signature)).toBe(throttled);
    expect(gate.decide(20, 0, '', '', 'k', 1, 0, 'second', signature)).toBe(admitted);
    expect(gate.decide(60, 0, '', '', 'k', 1, 0, 'second', signature)).toBe(replayed);
  });

  test('one that the verifier refuses the cells of the limits by ip, and no others', () => {
    const gate = signedGate({ by: ['ip'], numbers: bucket(3, 1, 1000) }, { by: [], numbers: bucket(2, 1, 1000) });
    expect(decideSigned(gate, 0, 'm', 'forged')).toBe(badSignature);
    expect(decideSigned(gate, 0, 'm', 'forged')).toBe(badSignature);
    expect(decideSigned(gate, 0, 'one')).toBe(admitted);
    expect(answerOf(gate)).toMatchObject({ limit: 0, remaining: 0 });
    expect(decideSigned(gate, 0, 'two')).toBe(throttled);
    expect(answerOf(gate)).toMatchObject({ limit: 0 });
  });

  test('one that a limit by ip throttles does not reach the verifier', () => {
    const gate = signedGate({ by: ['ip'], numbers: bucket(1, 1, 1000) });
    expect(decideSigned(gate, 0, 'm')).toBe(admitted);
    expect(decideSigned(gate, 0, 'm')).toBe(throttled);
    expect(decideSigned(gate, 0, 'm', 'forged')).toBe(throttled);
  });

  test('one that a limit after the verifier throttles gives the cells by ip back', () => {
    const gate = signedGate({ by: ['ip'], numbers: bucket(2, 1, 1000) }, { by: ['key'], numbers: bucket(1, 1, 10) });
    expect(decideSigned(gate, 0, 'one')).toBe(admitted);
    for (let index = 0; index < 5; index += 1) expect(decideSigned(gate, 1, `again ${index}`)).toBe(throttled);
    expect(decideSigned(gate, 10, 'two')).toBe(admitted);
  });
});

describe('what a limit counts by', () => {
  test('an account in a signed class is that of the key, whatever the request claims', () => {
    const gate = signedGate({ by: ['account'], numbers: bucket(1, 1, 1000) });
    gate.addKey('k2', 'secret', 'ann');
    expect(decideSigned(gate, 0, 'm')).toBe(admitted);
    expect(gate.decide(0, 0, '', 'bob', 'k2', 0, 0, 'm', gate.sign('k2', 'm'))).toBe(throttled);
  });

  test('an account in an unsigned class is the claimed one', () => {
    const gate = signedGate({ by: ['account'], numbers: bucket(1, 1, 1000) });
    expect(gate.decide(0, 1, '', 'ann', '', 0, 0, '', '')).toBe(admitted);
    expect(gate.decide(0, 1, '', 'bob', '', 0, 0, '', '')).toBe(admitted);
    expect(gate.decide(0, 1, '', 'bob', '', 0, 0, '', '')).toBe(throttled);
  });

  test('a key is none in an unsigned class: nobody can spend the cells of a key that he only names', () => {
    const gate = signedGate({ by: ['key'], numbers: bucket(1, 1, 1000) });
    for (let index = 0; index < 3; index += 1) {
      expect(gate.decide(0, 1, '', '', 'k', 0, 0, '', '')).toBe(admitted);
      expect(gate.limit(0, 1, '', '', 'k')).toBe(admitted);
    }
    expect(decideSigned(gate, 0, 'm')).toBe(admitted);
    expect(decideSigned(gate, 0, 'm2')).toBe(throttled);
  });

  test('the limiter alone believes account and key', () => {
    const gate = signedGate(
      { by: ['account'], numbers: bucket(1, 1, 1000) },
      { by: ['key'], numbers: bucket(1, 1, 1000) },
    );
    expect(gate.limit(0, 0, '', 'x', 'unknown')).toBe(admitted);
    expect(gate.limit(0, 0, '', 'y', 'unknown')).toBe(throttled);
    expect(gate.limit(0, 0, '', 'x', 'other')).toBe(throttled);
    expect(gate.limit(0, 0, '', 'y', 'other')).toBe(admitted);
  });

  test('the verifier alone leaves the limits alone', () => {
    const gate = signedGate({ by: [], numbers: bucket(1, 1, 1000) });
    for (const message of ['a', 'b', 'c']) {
      expect(gate.verify(0, 'k', 0, 0, message, gate.sign('k', message))).toBe(admitted);
    }
    expect(decideSigned(gate, 0, 'a')).toBe(replayed);
    expect(decideSigned(gate, 0, 'd')).toBe(admitted);
  });

  const forms: { by: LimitBy; id: string; isFormed: boolean; because: string }[] = [
    { by: ['ip'], id: '', isFormed: false, because: 'it is empty' },
    { by: ['ip'], id: 'f'.repeat(64), isFormed: true, because: 'it has 64 characters' },
    { by: ['ip'], id: 'f'.repeat(65), isFormed: false, because: 'it has 65 characters' },
    { by: ['ip'], id: '::1 ', isFormed: false, because: 'a space is not visible' },
    { by: ['ip'], id: '127.0.0.1\u0130', isFormed: false, because: 'it is not ASCII, though its low byte is' },
    { by: ['account'], id: '', isFormed: false, because: 'it is empty' },
    { by: ['account'], id: 'a'.repeat(256), isFormed: true, because: 'it has 256 characters' },
    { by: ['account'], id: 'a'.repeat(257), isFormed: false, because: 'it has 257 characters' },
    { by: ['account'], id: 'a\u007f', isFormed: false, because: 'DEL is not visible' },
    { by: ['account'], id: '!~', isFormed: true, because: 'these are the first and the last visible characters' },
    { by: [], id: '', isFormed: true, because: 'a global limit needs no id' },
  ];
  test.each(forms)('a limit by $by finds $id well formed: $isFormed, since $because', ({ by, id, isFormed }) => {
    const gate = gateOf(limit({ by }));
    expect(gate.limit(0, 0, id, id, id)).toBe(isFormed ? admitted : malformed);
    expect(answerOf(gate).limit).toBe(isFormed ? 0 : -1);
  });

  test('an id that no matching limit needs may have any form', () => {
    expect(gateOf(limit({ by: [] })).limit(0, 0, '\ud800', '', '\n')).toBe(admitted);
    expect(gateOf(limit({ by: ['ip'], costs: [0] })).limit(0, 0, '', '', '')).toBe(admitted);
  });

  test('an account without a form costs the cells by ip, or it would be free to try', () => {
    const gate = gateOf(limit({ by: ['ip'], numbers: bucket(1, 1, 1000) }), limit({ by: ['account'] }));
    expect(gate.limit(0, 0, 'a', '', '')).toBe(malformed);
    expect(gate.limit(0, 0, 'a', 'x', '')).toBe(throttled);
  });

  test('a key without an account is refused where a limit is by account', () => {
    const gate = signedGate({ by: ['account'] });
    gate.addKey('k', 'secret', '');
    expect(decideSigned(gate, 0, 'm')).toBe(malformed);
  });
});

describe('time', () => {
  test('that goes back is decided at the highest seen', () => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 10) }));
    gate.limit(100, 0, 'a', '', '');
    expect(gate.limit(0, 0, 'a', '', '')).toBe(throttled);
    expect(answerOf(gate).retryAtUs).toBe(110);
    expect(gate.limit(110, 0, 'b', '', '')).toBe(admitted);
    expect(gate.limit(0, 0, 'a', '', '')).toBe(admitted);
  });

  test('before the gate was made is decided as if it had just been made', () => {
    const gate = createGate(spec({ originUs: 1_000, limits: [limit({ numbers: bucket(1, 1, 10) })] }), hashSecret);
    gate.limit(0, 0, 'a', '', '');
    expect(answerOf(gate).resetAtUs).toBe(1010);
  });

  test('beyond the horizon stands still there', () => {
    const originUs = 1_700_000_000_000_000;
    const gate = createGate(spec({ originUs, limits: [limit({ numbers: bucket(1, 1, 10) })] }), hashSecret);
    expect(gate.limit(Number.MAX_SAFE_INTEGER, 0, 'a', '', '')).toBe(admitted);
    expect(answerOf(gate).resetAtUs).toBe(originUs + HORIZON_US + 10);
    expect(gate.limit(Number.MAX_SAFE_INTEGER, 0, 'a', '', '')).toBe(throttled);
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is no time', (nowUs) => {
    const gate = signedGate({});
    const wanted = expect.objectContaining({ code: 'FP_TIME_INVALID' });
    expect(() => gate.limit(nowUs, 0, 'a', '', '')).toThrow(wanted);
    expect(() => gate.decide(nowUs, 0, 'a', '', '', 0, 0, '', '')).toThrow(wanted);
    expect(() => gate.verify(nowUs, 'k', 0, 0, '', '')).toThrow(wanted);
  });

  test('is not moved by a call that is refused for its arguments', () => {
    const gate = gateOf(limit({ numbers: bucket(1, 1, 10) }));
    expect(() => gate.limit(500, 7, 'a', '', '')).toThrow();
    gate.limit(3, 0, 'a', '', '');
    expect(answerOf(gate).resetAtUs).toBe(13);
  });
});

test.each([-1, 1, 0.5, Number.NaN])('%d is no class of a gate with one class', (classId) => {
  const gate = gateOf();
  const wanted = expect.objectContaining({ code: 'FP_CLASS_INVALID' });
  expect(() => gate.limit(0, classId, 'a', '', '')).toThrow(wanted);
  expect(() => gate.decide(0, classId, 'a', '', '', 0, 0, '', '')).toThrow(wanted);
});

test('a gate without auth has no verifier to call, and its classes are unsigned', () => {
  const gate = gateOf();
  expect(gate.decide(0, 0, '', '', '', 0, 0, '', '')).toBe(admitted);
  expect(() => gate.verify(0, 'k', 0, 0, '', '')).toThrow(expect.objectContaining({ code: 'FP_GATE_INVALID' }));
});
