import { describe, expect, test } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import {
  Answer,
  Decision,
  type Gate,
  type GateSpec,
  type LimitNumbers,
  type LimitSpec,
} from '../../../harness/core/spec.js';
import {
  answerOf,
  auth,
  bucket,
  concurrency,
  earnedBudget,
  fixedWindow,
  gateOf,
  hashSecret,
  leakyQueue,
  limit,
  slidingCounter,
  slidingLog,
  spec,
} from './specs.js';

const { admitted, throttled, banned } = Decision;

function change(gate: Gate, nowUs: number, ...limits: LimitSpec[]): void {
  gate.change(nowUs, spec({ limits }));
}

function ask(gate: Gate, nowUs: number, ip = 'a', elements = 1): Decision {
  return gate.limit(nowUs, 0, ip, '', '', elements);
}

/** What is left, and when it is full again, just after the change and a request of one cell that passes. */
function changed(before: LimitNumbers, used: number, nowUs: number, after: LimitNumbers): number[] {
  const gate = gateOf(limit({ numbers: before }));
  expect(ask(gate, 0, 'a', used)).toBe(admitted);
  change(gate, nowUs, limit({ numbers: after }));
  const decision = ask(gate, nowUs);
  const { remaining, retryAtUs, resetAtUs } = answerOf(gate);
  return [decision, remaining, retryAtUs, resetAtUs];
}

describe('a change of the limits', () => {
  const rows: {
    before: LimitNumbers;
    used: number;
    nowUs: number;
    after: LimitNumbers;
    seen: number[];
    because: string;
  }[] = [
    {
      before: bucket(4, 1, 10),
      used: 3,
      nowUs: 0,
      after: bucket(8, 1, 20),
      seen: [admitted, 4, 0, 80],
      because: 'three cells are owed, at 20 us each now',
    },
    {
      before: bucket(4, 1, 10),
      used: 3,
      nowUs: 5,
      after: bucket(4, 1, 3),
      // 2.5 cells are 7.5 us, so 8, and 3 more.
      seen: [admitted, 0, 0, 16],
      because: 'half a cell is rounded up to the grain of the new rate',
    },
    {
      before: bucket(4, 1, 10),
      used: 3,
      nowUs: 5,
      after: bucket(4, 2, 3),
      // 2.5 cells are 7.5 halves of a microsecond, so 8, and 3 more: 5.5 us.
      seen: [admitted, 0, 0, 11],
      because: 'the grain is half a microsecond',
    },
    {
      before: bucket(9, 1, 10),
      used: 9,
      nowUs: 0,
      after: bucket(2, 1, 7),
      seen: [throttled, 0, 7, 14],
      because: 'no more is owed than the new capacity',
    },
    {
      before: bucket(4, 1, 10),
      used: 1,
      nowUs: 10,
      after: bucket(4, 1, 7),
      seen: [admitted, 3, 0, 17],
      because: 'what is paid is not owed',
    },
    {
      before: leakyQueue(2, 4, 1, 10),
      used: 6,
      nowUs: 0,
      after: leakyQueue(1, 2, 1, 5),
      seen: [throttled, 0, 5, 15],
      because: 'a queue owes at most capacity and queue',
    },
    {
      before: fixedWindow(3, 100, 'first-hit'),
      used: 3,
      nowUs: 50,
      after: fixedWindow(2, 100, 'first-hit'),
      seen: [throttled, 0, 100, 100],
      because: 'the window stays as it is, above the capacity',
    },
    {
      before: fixedWindow(3, 100, 'calendar'),
      used: 3,
      nowUs: 50,
      after: fixedWindow(5, 100, 'calendar'),
      seen: [admitted, 1, 0, 100],
      because: 'there are two cells more',
    },
    {
      before: slidingLog(5, 100),
      used: 5,
      nowUs: 50,
      after: slidingLog(3, 100),
      seen: [throttled, 0, 100, 100],
      because: 'a part of the entry stays',
    },
    {
      before: slidingCounter(5, 100),
      used: 5,
      nowUs: 150,
      after: slidingCounter(3, 100),
      // 5 x 50 + 100 = 350 are above 300; 5 x 40 + 100 are not.
      seen: [throttled, 0, 160, 200],
      because: 'the window before stays as it is',
    },
    {
      before: earnedBudget(5, 100),
      used: 5,
      nowUs: 50,
      after: earnedBudget(7, null),
      seen: [admitted, 1, 0, Number.MAX_SAFE_INTEGER],
      because: 'what is spent stays spent',
    },
    {
      before: concurrency(5),
      used: 5,
      nowUs: 50,
      after: concurrency(3),
      seen: [throttled, 0, 51, Number.MAX_SAFE_INTEGER],
      because: 'what is in flight stays in flight',
    },
  ];
  test.each(rows)('of a $before.family: $because', ({ before, used, nowUs, after, seen }) => {
    expect(changed(before, used, nowUs, after)).toEqual(seen);
  });

  test('keeps the latest cells of a log, and lets them go at their time', () => {
    const gate = gateOf(limit({ numbers: slidingLog(5, 100) }));
    ask(gate, 0, 'a', 2);
    ask(gate, 10, 'a', 3);
    change(gate, 20, limit({ numbers: slidingLog(4, 100) }));
    expect(ask(gate, 20, 'a', 1)).toBe(throttled);
    expect(answerOf(gate).retryAtUs).toBe(100);
    expect(ask(gate, 20, 'a', 2)).toBe(throttled);
    expect(answerOf(gate).retryAtUs).toBe(110);
    change(gate, 20, limit({ numbers: slidingLog(6, 100) }));
    expect([ask(gate, 20, 'a', 2), ask(gate, 20)]).toEqual([admitted, throttled]);
    expect(answerOf(gate).retryAtUs).toBe(100);
  });

  const fresh: { because: string; before?: Partial<LimitSpec>; after: Partial<LimitSpec> }[] = [
    { because: 'its name is another', after: { name: 'other' } },
    { because: 'its family is another', after: { numbers: fixedWindow(1, 1000, 'calendar') } },
    { because: 'it counts by something else', after: { by: ['ip', 'class'] } },
    { because: 'it counts by prefixes now', after: { ipPrefix: { v4: 32, v6: 128 } } },
    {
      because: 'its prefix is another',
      before: { ipPrefix: { v4: 32, v6: 64 } },
      after: { ipPrefix: { v4: 32, v6: 128 } },
    },
    { because: 'its table is of another size', after: { maxKeys: 101 } },
    { because: 'it bans now', after: { ban: { afterThrottles: 9, stepsUs: [1], forgetUs: 0 } } },
    {
      because: 'its window is another',
      before: { numbers: fixedWindow(1, 1000, 'calendar') },
      after: { numbers: fixedWindow(1, 1001, 'calendar') },
    },
    {
      because: 'its anchor is another',
      before: { numbers: fixedWindow(1, 1000, 'calendar') },
      after: { numbers: fixedWindow(1, 1000, 'first-hit') },
    },
    { because: 'it was a shadow', before: { isShadow: true }, after: { isShadow: false } },
  ];
  test.each(fresh)('starts a limit with fresh counters when $because', ({ before, after }) => {
    const numbers = bucket(1, 1, 1000);
    const gate = gateOf(limit({ numbers, ...before }));
    expect(ask(gate, 0, '10.0.0.1')).toBe(admitted);
    change(gate, 1, limit({ numbers, ...before, ...after }));
    expect(ask(gate, 1, '10.0.0.1')).toBe(admitted);
    expect(ask(gate, 1, '10.0.0.1')).toBe(throttled);
  });

  test('keeps a limit whose costs, place and order of parts alone are others', () => {
    const one = limit({ by: ['ip', 'class'], numbers: bucket(3, 1, 1000) });
    const gate = gateOf(one);
    ask(gate, 0, 'a', 2);
    change(gate, 0, limit({ name: 'first', by: [], numbers: bucket(9, 1, 10) }), {
      ...one,
      by: ['class', 'ip'],
      costs: [2],
    });
    expect(ask(gate, 0)).toBe(throttled);
    expect(answerOf(gate)).toMatchObject({ limit: 1, remaining: 1 });
  });

  test('keeps who has a slot, and the cold counter', () => {
    const one = limit({ numbers: bucket(2, 1, 10), maxKeys: 1 });
    const gate = gateOf(one);
    ask(gate, 0);
    ask(gate, 0, 'b');
    change(gate, 0, { ...one, numbers: bucket(2, 1, 20) });
    expect([ask(gate, 0, 'c'), ask(gate, 0, 'd')]).toEqual([admitted, throttled]);
    expect(answerOf(gate)).toEqual({ limit: 0, remaining: 0, retryAtUs: 20, resetAtUs: 40, cold: 1 });
    ask(gate, 0);
    expect(answerOf(gate)).toMatchObject({ remaining: 0, cold: 0 });
  });

  test('keeps a credited window, also when no more credit is taken', () => {
    const numbers = fixedWindow(2, 100, 'first-hit', { credit: 'to-zero' });
    const gate = gateOf(limit({ numbers }));
    ask(gate, 5, 'a', 2);
    gate.credit(5, 0, 0, 'a', '', '', 2);
    change(gate, 50, limit({ numbers: { ...numbers, credit: 'none' } }));
    ask(gate, 50);
    expect(answerOf(gate)).toMatchObject({ remaining: 1, resetAtUs: 105 });
  });

  test('keeps cells that were earned below zero when they come back to zero at most from now on', () => {
    const numbers = fixedWindow(2, 100, 'calendar', { credit: 'below-zero' });
    const gate = gateOf(limit({ numbers }));
    ask(gate, 0);
    gate.credit(0, 0, 0, 'a', '', '', 4);
    change(gate, 0, limit({ numbers: { ...numbers, credit: 'to-zero' } }));
    expect(gate.credit(0, 0, 0, 'a', '', '', 4)).toBe(true);
    ask(gate, 0);
    expect(answerOf(gate).remaining).toBe(4);
  });

  test('lets bans go on for as long as they were given, and counts throttles and bans on', () => {
    const one = limit({ numbers: bucket(1, 1, 2 ** 40), ban: { afterThrottles: 2, stepsUs: [10, 20], forgetUs: 99 } });
    const gate = gateOf(one);
    expect([0, 1, 2].map((nowUs) => ask(gate, nowUs))).toEqual([admitted, throttled, throttled]);
    change(gate, 3, { ...one, ban: { afterThrottles: 3, stepsUs: [5, 6, 7], forgetUs: 50 } });
    expect([11, 12, 13].map((nowUs) => ask(gate, nowUs))).toEqual([banned, throttled, throttled]);
    change(gate, 14, { ...one, ban: { afterThrottles: 3, stepsUs: [5, 6, 7], forgetUs: 50 } });
    expect([14, 19, 20].map((nowUs) => ask(gate, nowUs))).toEqual([throttled, banned, throttled]);
  });

  test('forgets a ban that the old rule had forgotten, and knows at most as many as there are steps', () => {
    const numbers = bucket(1, 1, 2 ** 40);
    const one = limit({ numbers, ban: { afterThrottles: 1, stepsUs: [10], forgetUs: 0 } });
    const ladder = { ...one, ban: { afterThrottles: 1, stepsUs: [10, 20], forgetUs: 99 } };
    const over = gateOf(one);
    for (const nowUs of [0, 1]) ask(over, nowUs);
    change(over, 11, ladder);
    expect([11, 20, 21].map((nowUs) => ask(over, nowUs))).toEqual([throttled, banned, throttled]);
    const running = gateOf(one);
    for (const nowUs of [0, 1]) ask(running, nowUs);
    change(running, 10, ladder);
    expect([11, 30, 31].map((nowUs) => ask(running, nowUs))).toEqual([throttled, banned, throttled]);
    change(running, 32, one);
    expect([50, 51, 60, 61].map((nowUs) => ask(running, nowUs))).toEqual([banned, throttled, banned, throttled]);
  });

  test('forgets interned callers, and knows those by new prefixes', () => {
    const gate = gateOf(limit({}));
    gate.internCaller('a', '', '');
    change(gate, 0, limit({ ipPrefix: { v4: 8, v6: 8 } }));
    expect(() => gate.limitCaller(0, 0, 0)).toThrow(expect.objectContaining({ code: 'FP_CALLER_INVALID' }));
    expect(gate.internCaller('10.0.0.1', '', '')).toBe(0);
    expect([gate.limitCaller(0, 0, 0), ask(gate, 0, '10.9.9.9')]).toEqual([admitted, throttled]);
  });

  test('leaves keys and claims alone', () => {
    const of = spec({ auth: auth() });
    const gate = createGate(of, hashSecret);
    gate.addKey('k', 'secret', '');
    const signature = gate.sign('k', 'm');
    expect(gate.decide(0, 0, '', '', 'k', 0, 0, 'm', signature)).toBe(admitted);
    gate.change(0, { ...of, limits: [limit({ by: [] })] });
    expect(gate.decide(0, 0, '', '', 'k', 0, 0, 'm', signature)).toBe(Decision.replayed);
  });

  test('moves the clock', () => {
    const gate = gateOf(limit({}));
    change(gate, 50, limit({}));
    ask(gate, 3);
    expect(answerOf(gate).resetAtUs).toBe(60);
  });

  const refused: { because: string; after: Partial<GateSpec> }[] = [
    { because: 'the spec is wrong', after: { limits: [limit({ maxKeys: 0 })] } },
    { because: 'classes are others', after: { classes: ['other'] } },
    { because: 'there is one class more', after: { classes: ['any', 'other'], limits: [] } },
    { because: 'the origin is another', after: { originUs: 1 } },
    { because: 'there is no verifier any more', after: { auth: null } },
    ...(
      [
        { windowUsMax: 99 },
        { futureUs: 9 },
        { hash: 'sha512' },
        { encoding: 'base64' },
        { signed: [false] },
        { replayCapacity: null },
        { replayCapacity: 11, replayPerKey: 10 },
        { replayPerKey: 9 },
      ] as const
    ).map((changes) => ({ because: `of the verifier ${JSON.stringify(changes)}`, after: { auth: auth(changes) } })),
  ];
  test.each(refused)('is refused when $because, and nothing has changed', ({ after }) => {
    const one = spec({ auth: auth(), limits: [limit({ numbers: bucket(1, 1, 10) })] });
    const gate = createGate(one, hashSecret);
    gate.limit(0, 0, 'a', '', '');
    const wanted = expect.objectContaining({ code: 'FP_GATE_INVALID' });
    expect(() => gate.change(500, { ...one, ...after })).toThrow(wanted);
    expect(gate.limit(1, 0, 'a', '', '')).toBe(throttled);
    expect(gate.answer[Answer.retryAtUs]).toBe(10);
  });

  test('tells all that can not be changed', () => {
    const gate = gateOf();
    const other = spec({ classes: ['other'], originUs: 5, auth: auth() });
    expect(() => gate.change(0, other)).toThrow(
      expect.objectContaining({
        message: 'a gate that runs can not change its classes, auth, originUs',
        faults: ['classes', 'auth', 'originUs'].map((field) =>
          expect.objectContaining({ message: `${field} must be what the gate was made with` }),
        ),
      }),
    );
  });

  test('may say anything of the share of a key when there is no replay memory', () => {
    const of = spec({ auth: auth({ replayCapacity: null, replayPerKey: 1 }) });
    const gate = createGate(of, hashSecret);
    expect(() => gate.change(0, { ...of, auth: auth({ replayCapacity: null, replayPerKey: 2 }) })).not.toThrow();
  });

  test.each([-1, 0.5, Number.NaN])('at %d is refused', (nowUs) => {
    expect(() => change(gateOf(), nowUs)).toThrow(expect.objectContaining({ code: 'FP_TIME_INVALID' }));
  });
});

describe('credit', () => {
  const numbers = fixedWindow(1, 10, 'calendar', { credit: 'below-zero' });
  const faults = [
    { at: -1, cells: 1 },
    { at: 0, cells: 1 },
    { at: 2, cells: 1 },
    { at: 0.5, cells: 1 },
    { at: 1, cells: 0 },
    { at: 1, cells: 0.5 },
    { at: 1, cells: 2 ** 31 },
    { at: 1, cells: Number.NaN },
  ];
  test.each(faults)('of $cells cells to limit $at is refused', ({ at, cells }) => {
    const gate = gateOf(limit({}), limit({ name: 'takes', numbers }));
    const wanted = expect.objectContaining({ code: 'FP_CREDIT_INVALID' });
    expect(() => gate.credit(500, at, 0, 'a', '', '', cells)).toThrow(wanted);
    expect(gate.limit(3, 0, 'a', '', '')).toBe(admitted);
    expect(gate.answer[Answer.resetAtUs]).toBe(13);
  });

  test('is taken by the key, the class and the instant that it is for', () => {
    const of = spec({
      classes: ['one', 'other'],
      limits: [limit({ by: ['account', 'class'], numbers, costs: [1, 0] })],
    });
    const gate = createGate(of, hashSecret);
    const credit = (nowUs: number, classId: number, account: string): boolean =>
      gate.credit(nowUs, 0, classId, '', account, '', 1);
    expect(gate.limit(0, 0, '', 'ann', '')).toBe(admitted);
    expect([credit(0, 0, 'bob'), credit(0, 1, 'ann'), credit(0, 0, ''), credit(10, 0, 'ann')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(gate.limit(10, 0, '', 'ann', '')).toBe(admitted);
    expect([gate.limit(10, 0, '', 'ann', ''), credit(10, 0, 'ann')]).toEqual([throttled, true]);
    expect([gate.limit(19, 0, '', 'ann', ''), gate.limit(19, 0, '', 'ann', '')]).toEqual([admitted, throttled]);
    expect(() => credit(0.5, 0, 'ann')).toThrow(expect.objectContaining({ code: 'FP_TIME_INVALID' }));
    expect(() => credit(0, 2, 'ann')).toThrow(expect.objectContaining({ code: 'FP_CLASS_INVALID' }));
  });

  test('is taken by a shadow limit too', () => {
    const gate = gateOf(limit({ isShadow: true, numbers }));
    gate.limit(0, 0, 'a', '', '');
    expect(gate.credit(0, 0, 0, 'a', '', '', 1)).toBe(true);
    gate.limit(0, 0, 'a', '', '');
    expect(gate.answer[Answer.shadow]).toBe(-1);
    gate.limit(0, 0, 'a', '', '');
    expect(gate.answer[Answer.shadow]).toBe(0);
  });
});
