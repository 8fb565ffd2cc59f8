import { describe, expect, test, vi } from 'vitest';
import { createGate, validateSpec } from '../../../harness/core/index.js';
import { type GateSpec, HORIZON_US, type LimitSpec } from '../../../harness/core/spec.js';
import { FloodproofError } from '../../../harness/errors.js';
import {
  auth,
  bucket,
  concurrency,
  earnedBudget,
  fixedWindow,
  hashSecret,
  leakyQueue,
  limit,
  slidingCounter,
  slidingLog,
  spec,
} from './specs.js';

function messagesOf(faulty: GateSpec): string[] {
  try {
    createGate(faulty, hashSecret);
  } catch (error) {
    if (error instanceof FloodproofError && error.code === 'FP_GATE_INVALID') {
      return error.faults.map((fault) => fault.message);
    }
    throw error;
  }
  return [];
}

/** A value that TypeScript would not let through, as a file can hold it. */
function untyped<Value>(value: unknown): Value {
  return value as Value;
}

const notWhole = [
  0,
  -5,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  untyped<number>('7'),
  untyped<number>(null),
];

describe('a spec', () => {
  test('that is right in every part is compiled', () => {
    const numbers = [bucket(1, 1, 1), bucket(2 ** 31 - 1, 2 ** 31 - 1, 1), fixedWindow(1, 2 ** 52, 'first-hit')];
    const limits = numbers.map((family, index) => limit({ name: `${index}`, numbers: family, maxKeys: 10_000_000 }));
    expect(messagesOf(spec({ limits: limits.slice(2), originUs: 2 ** 52 - HORIZON_US, auth: auth() }))).toEqual([]);
    expect(messagesOf(spec({ limits: limits.slice(0, 1) }))).toEqual([]);
  });

  const fields: { field: string; make: (value: number) => Partial<LimitSpec> }[] = [
    { field: 'capacity', make: (value) => ({ numbers: bucket(value, 1, 10) }) },
    { field: 'refillCells', make: (value) => ({ numbers: bucket(1, value, 10) }) },
    { field: 'refillPeriodUs', make: (value) => ({ numbers: bucket(1, 1, value) }) },
    { field: 'capacity', make: (value) => ({ numbers: fixedWindow(value, 10, 'calendar') }) },
    { field: 'windowUs', make: (value) => ({ numbers: fixedWindow(1, value, 'calendar') }) },
    { field: 'maxKeys', make: (value) => ({ maxKeys: value }) },
    { field: 'ban.afterThrottles', make: (value) => ({ ban: { afterThrottles: value, stepsUs: [1], forgetUs: 0 } }) },
    { field: 'ban.stepsUs[0]', make: (value) => ({ ban: { afterThrottles: 1, stepsUs: [value], forgetUs: 0 } }) },
    { field: 'ban.forgetUs', make: (value) => ({ ban: { afterThrottles: 1, stepsUs: [1, 1], forgetUs: value } }) },
    { field: 'capacity', make: (value) => ({ numbers: slidingLog(value, 10) }) },
    { field: 'windowUs', make: (value) => ({ numbers: slidingLog(1, value) }) },
    { field: 'capacity', make: (value) => ({ numbers: slidingCounter(value, 10) }) },
    { field: 'windowUs', make: (value) => ({ numbers: slidingCounter(1, value) }) },
    { field: 'capacity', make: (value) => ({ numbers: leakyQueue(value, 1, 1, 10) }) },
    { field: 'queueCells', make: (value) => ({ numbers: leakyQueue(1, value, 1, 10) }) },
    { field: 'refillCells', make: (value) => ({ numbers: leakyQueue(1, 1, value, 10) }) },
    { field: 'refillPeriodUs', make: (value) => ({ numbers: leakyQueue(1, 1, 1, value) }) },
    { field: 'capacity', make: (value) => ({ numbers: earnedBudget(value, 10) }) },
    { field: 'capacity', make: (value) => ({ numbers: concurrency(value) }) },
    { field: 'ipPrefix.v4', make: (value) => ({ ipPrefix: { v4: value, v6: 64 } }) },
    { field: 'ipPrefix.v6', make: (value) => ({ ipPrefix: { v4: 24, v6: value } }) },
    { field: 'ageCosts[0][0].underUs', make: (value) => ({ ageCosts: [[{ underUs: value, cells: 1 }]] }) },
  ];
  const rows = fields.flatMap(({ field, make }) => notWhole.map((value) => ({ field, make, value })));
  test.each(rows)('with limits[0].$field = $value is refused by the name of the field', ({ field, make, value }) => {
    const [message, ...others] = messagesOf(spec({ limits: [limit(make(value))] }));
    expect(message).toMatch(/ must be a whole number from 1 to .*, got /);
    expect(message?.startsWith(`limits[0].${field} must`)).toBe(true);
    expect(others).toEqual([]);
  });

  const faults: { because: string; faulty: Partial<GateSpec>; message: string }[] = [
    { because: 'there is no class', faulty: { classes: [] }, message: 'classes must have 1 to 65536 entries, got 0' },
    { because: 'a class has no name', faulty: { classes: [''] }, message: 'classes[0] has no name' },
    { because: 'the origin is negative', faulty: { originUs: -1 }, message: 'originUs must be' },
    { because: 'the origin is too late', faulty: { originUs: 2 ** 52 - HORIZON_US + 1 }, message: 'originUs must be' },
    {
      because: 'a family is unknown',
      faulty: { limits: [limit({ numbers: untyped({ family: 'leaky' }) })] },
      message:
        'limits[0].family must be one of token-bucket, fixed-window, sliding-log, sliding-counter, leaky-queue, earned-budget, concurrency, got leaky',
    },
    {
      because: 'an anchor is unknown',
      faulty: { limits: [limit({ numbers: fixedWindow(1, 1, untyped('moon')) })] },
      message: 'limits[0].anchor must be one of calendar, first-hit, got moon',
    },
    {
      because: 'a limit counts by something unknown',
      faulty: { limits: [limit({ by: untyped(['ip', 'shoe']) })] },
      message: 'limits[0].by[1] must be one of ip, master, account, key, class, got shoe',
    },
    {
      because: 'what a limit counts by is no list',
      faulty: { limits: [limit({ by: untyped('ip') })] },
      message: 'limits[0].by must be a list, got ip',
    },
    {
      because: 'a limit counts by one part twice',
      faulty: { limits: [limit({ by: ['ip', 'class', 'ip'] })] },
      message: 'limits[0].by names ip twice',
    },
    {
      because: 'addresses are masked that are not counted by',
      faulty: { limits: [limit({ by: ['account'], ipPrefix: { v4: 24, v6: 64 } })] },
      message: 'limits[0].ipPrefix is of no use to a limit that does not count by ip',
    },
    {
      because: 'an IPv4 prefix is too long',
      faulty: { limits: [limit({ ipPrefix: { v4: 33, v6: 64 } })] },
      message: 'limits[0].ipPrefix.v4 must be a whole number from 1 to 32, got 33',
    },
    {
      because: 'an IPv6 prefix is too long',
      faulty: { limits: [limit({ ipPrefix: { v4: 32, v6: 129 } })] },
      message: 'limits[0].ipPrefix.v6 must be a whole number from 1 to 128, got 129',
    },
    {
      because: 'a credit is unknown',
      faulty: { limits: [limit({ numbers: fixedWindow(1, 1, 'calendar', { credit: untyped('some') }) })] },
      message: 'limits[0].credit must be one of none, to-zero, below-zero, got some',
    },
    {
      because: 'cells would come back for what was denied',
      faulty: {
        limits: [limit({ numbers: fixedWindow(1, 1, 'calendar', { credit: 'to-zero', countsDenied: true }) })],
      },
      message: 'limits[0] takes credit and counts denied requests',
    },
    {
      because: 'it does not say whether denied requests count',
      faulty: { limits: [limit({ numbers: fixedWindow(1, 1, 'calendar', { countsDenied: untyped(1) }) })] },
      message: 'limits[0].countsDenied must be true or false, got 1',
    },
    {
      because: 'it does not say whether a limit is a shadow',
      faulty: { limits: [limit({ isShadow: untyped(undefined) })] },
      message: 'limits[0].isShadow must be true or false, got undefined',
    },
    {
      because: 'a log is too long',
      faulty: { limits: [limit({ numbers: slidingLog(10_001, 1) })] },
      message: 'limits[0].capacity must be a whole number from 1 to 10000, got 10001',
    },
    {
      because: 'logs need more than 2 GiB',
      // 143,166 slots x 1250 cells x 12 bytes.
      faulty: { limits: [limit({ numbers: slidingLog(1250, 1), maxKeys: 114_533 })] },
      message: 'limits[0] could need 2147490000 bytes for the logs of 114533 keys, more than 2 GiB',
    },
    {
      because: 'a sliding counter is not exact',
      faulty: { limits: [limit({ numbers: slidingCounter(1, 2 ** 52) })] },
      message: 'limits[0].numbers can not be counted exactly: 2 x capacity 1 x 4503599627370496 us is above 2^53 - 1',
    },
    {
      because: 'a queue is not exact',
      faulty: { limits: [limit({ numbers: leakyQueue(1, 1, 1, 2 ** 51) })] },
      message: 'limits[0].numbers can not be counted exactly: 2 x capacity 2 x 2251799813685248 us',
    },
    {
      because: 'capacity and queue are too many cells',
      faulty: { limits: [limit({ numbers: leakyQueue(5, 2 ** 31 - 5, 1, 10) })] },
      message: 'limits[0].queueCells must be a whole number from 1 to 2147483642, got 2147483643',
    },
    {
      because: 'a trickle takes no time',
      faulty: { limits: [limit({ numbers: earnedBudget(1, 0) })] },
      message: `limits[0].trickleUs must be a whole number from 1 to ${HORIZON_US}, got 0`,
    },
    {
      because: 'a trickle takes too long',
      faulty: { limits: [limit({ numbers: earnedBudget(1, HORIZON_US + 1) })] },
      message: `limits[0].trickleUs must be a whole number from 1 to ${HORIZON_US}, got ${HORIZON_US + 1}`,
    },
    {
      because: 'a cost by age is negative',
      faulty: { limits: [limit({ ageCosts: [[{ underUs: 5, cells: -1 }]] })] },
      message: 'limits[0].ageCosts[0][0].cells must be a whole number from 0 to 2147483647, got -1',
    },
    {
      because: 'ages do not rise',
      faulty: {
        limits: [
          limit({
            ageCosts: [
              [
                { underUs: 5, cells: 2 },
                { underUs: 5, cells: 1 },
              ],
            ],
          }),
        ],
      },
      message: 'limits[0].ageCosts[0][1].underUs must be above the one before it, 5, got 5',
    },
    {
      because: 'there are more than 16 ages',
      faulty: {
        limits: [limit({ ageCosts: [Array.from({ length: 17 }, (_, index) => ({ underUs: index + 1, cells: 1 }))] })],
      },
      message: 'limits[0].ageCosts[0] must have 0 to 16 entries, got 17',
    },
    {
      because: 'ages cost in a class that does not match',
      faulty: { limits: [limit({ costs: [0], ageCosts: [[{ underUs: 5, cells: 2 }]] })] },
      message: 'limits[0].ageCosts[0] is for a class that the limit does not match',
    },
    {
      because: 'what ages cost would be held for ever',
      faulty: { limits: [limit({ numbers: concurrency(1), ageCosts: [[{ underUs: 5, cells: 2 }]] })] },
      message: 'limits[0].ageCosts[0] would be held until a release that does not know the age',
    },
    {
      because: 'age costs are missing',
      faulty: { limits: [limit({ ageCosts: [] })] },
      message: 'limits[0].ageCosts must have one entry for each of the 1 classes, got 0',
    },
    {
      because: 'age costs are no list',
      faulty: { limits: [limit({ ageCosts: untyped(undefined) })] },
      message: 'limits[0].ageCosts must be a list, got undefined',
    },
    {
      because: 'a ban has no step',
      faulty: { limits: [limit({ ban: { afterThrottles: 1, stepsUs: [], forgetUs: 0 } })] },
      message: 'limits[0].ban.stepsUs must have 1 to 16 entries, got 0',
    },
    {
      because: 'a ban has too many steps',
      faulty: {
        limits: [limit({ ban: { afterThrottles: 1, stepsUs: new Array<number>(17).fill(1), forgetUs: 1 } })],
      },
      message: 'limits[0].ban.stepsUs must have 1 to 16 entries, got 17',
    },
    {
      because: 'bans get shorter',
      faulty: { limits: [limit({ ban: { afterThrottles: 1, stepsUs: [5, 4], forgetUs: 1 } })] },
      message: 'limits[0].ban.stepsUs[1] must not be shorter than the one before it, 5, got 4',
    },
    {
      because: 'a ban of one step is remembered',
      faulty: { limits: [limit({ ban: { afterThrottles: 1, stepsUs: [5], forgetUs: 1 } })] },
      message: 'limits[0].ban.forgetUs must be 0 where there is one step, got 1',
    },
    {
      because: 'a cost is negative',
      faulty: { limits: [limit({ costs: [-1] })] },
      message: 'limits[0].costs[0] must be',
    },
    {
      because: 'costs are missing',
      faulty: { limits: [limit({ costs: [], ageCosts: [[]] })] },
      message: 'limits[0].costs must have one entry for each of the 1 classes, got 0',
    },
    {
      because: 'a rate is not exact',
      faulty: { limits: [limit({ numbers: bucket(1, 29_001, 1_000_003) })] },
      message: 'limits[0].numbers can not be counted exactly: a refill of 29001 cells per 1000003 us',
    },
    {
      because: 'signed has the wrong length',
      faulty: { auth: auth({ signed: [] }) },
      message: 'auth.signed must have one entry for each of the 1 classes, got 0',
    },
    { because: 'the window is 0', faulty: { auth: auth({ windowUsMax: 0 }) }, message: 'auth.windowUsMax must be' },
    {
      because: 'the tolerance is negative',
      faulty: { auth: auth({ futureUs: -1 }) },
      message: 'auth.futureUs must be',
    },
    {
      because: 'the replay memory is empty',
      faulty: { auth: auth({ replayCapacity: 0 }) },
      message: 'auth.replayCapacity must be',
    },
    {
      because: 'the hash is unknown',
      faulty: { auth: auth({ hash: untyped('md5') }) },
      message: 'auth.hash must be one of sha256, sha384, sha512, got md5',
    },
    {
      because: 'the encoding is unknown',
      faulty: { auth: auth({ encoding: untyped('base32') }) },
      message: 'auth.encoding must be one of hex, base64, got base32',
    },
    {
      because: 'a key has no share of the replay memory',
      faulty: { auth: auth({ replayPerKey: 0 }) },
      message: 'auth.replayPerKey must be a whole number from 1 to 10, got 0',
    },
    {
      because: 'the share of a key is larger than the replay memory',
      faulty: { auth: auth({ replayCapacity: 7, replayPerKey: 8 }) },
      message: 'auth.replayPerKey must be a whole number from 1 to 7, got 8',
    },
    {
      because: 'a cost is no whole number',
      faulty: { limits: [limit({ costs: [1.5] })] },
      message: 'limits[0].costs[0] must be a whole number from 0 to 2147483647, got 1.5',
    },
    {
      because: 'a cost is no number',
      faulty: { limits: [limit({ costs: [Number.NaN] })] },
      message: 'limits[0].costs[0] must be a whole number from 0 to 2147483647, got NaN',
    },
    {
      because: 'a cost is too large',
      faulty: { limits: [limit({ costs: [2 ** 31] })] },
      message: 'limits[0].costs[0] must be a whole number from 0 to 2147483647, got 2147483648',
    },
    {
      because: 'a table is too large',
      faulty: { limits: [limit({ maxKeys: 10_000_001 })] },
      message: 'limits[0].maxKeys must be a whole number from 1 to 10000000, got 10000001',
    },
    {
      because: 'there are more than 64 limits',
      faulty: { limits: Array.from({ length: 65 }, (_, index) => limit({ name: `${index}` })) },
      message: 'limits must have 0 to 64 entries, got 65',
    },
  ];
  test.each(faults)('is refused when $because', ({ faulty, message }) => {
    expect(messagesOf(spec(faulty))).toEqual([expect.stringContaining(message)]);
  });

  test('at the edge of what can be counted and kept is compiled', () => {
    const numbers = [
      slidingCounter(1, 2 ** 52 - 1),
      slidingCounter(2 ** 31 - 1, 2 ** 21),
      leakyQueue(1, 2 ** 31 - 2, 1, 1),
      earnedBudget(2 ** 31 - 1, HORIZON_US),
      earnedBudget(1, null),
      slidingLog(10_000, 2 ** 52),
    ];
    const limits = numbers.map((family, index) => limit({ name: `${index}`, numbers: family, maxKeys: 1 }));
    const ban = { afterThrottles: 1, stepsUs: new Array<number>(16).fill(HORIZON_US), forgetUs: HORIZON_US };
    const ages = Array.from({ length: 16 }, (_, index) => ({ underUs: index + 1, cells: 2 ** 31 - 1 }));
    const wide = limit({
      by: ['class', 'key', 'account', 'master', 'ip'],
      ipPrefix: { v4: 32, v6: 128 },
      ageCosts: [ages],
      ban,
    });
    expect(messagesOf(spec({ limits: [...limits, wide] }))).toEqual([]);
    // 143,165 slots x 1250 cells x 12 bytes are 2,147,475,000 of 2,147,483,648.
    expect(() =>
      validateSpec(spec({ limits: [limit({ numbers: slidingLog(1250, 1), maxKeys: 114_532 })] })),
    ).not.toThrow();
  });

  test('with names that occur twice is refused', () => {
    const twice = spec({
      classes: ['a', 'b', 'a'],
      limits: [limit({ name: 'x', costs: [1, 1, 1] }), limit({ name: 'x', costs: [1, 1, 1] })],
    });
    expect(messagesOf(twice)).toEqual([
      'classes[2] has the name of classes[0]: a',
      'limits[1] has the name of limits[0]: x',
    ]);
  });

  test('may say anything of the share of a key when there is no replay memory', () => {
    expect(messagesOf(spec({ auth: auth({ replayCapacity: null, replayPerKey: 0 }) }))).toEqual([]);
  });

  const secrets = [[], [1], [1, 2, 3], [1, -1], [1, 2 ** 32], [0.5, 1], [Number.NaN, 1], ['1', '2'], null, undefined];
  test.each(secrets)('with the hash secret %s, %s, %s is refused', (...secret) => {
    const wanted = expect.objectContaining({
      code: 'FP_GATE_INVALID',
      message: expect.stringContaining('hash secret'),
    });
    const given = secret[0] === null || secret[0] === undefined ? secret[0] : secret;
    expect(() => createGate(spec({}), untyped(given))).toThrow(wanted);
  });

  test('whose tables are larger than the memory is refused, and says which', () => {
    const withoutMemory = (of: GateSpec): unknown => {
      vi.stubGlobal(
        'ArrayBuffer',
        class {
          constructor() {
            throw new RangeError('Array buffer allocation failed');
          }
        },
      );
      try {
        return createGate(of, hashSecret);
      } catch (error) {
        return error;
      } finally {
        vi.unstubAllGlobals();
      }
    };
    const said = (message: string): unknown =>
      expect.objectContaining({ code: 'FP_GATE_INVALID', message: expect.stringContaining(message) });
    expect(withoutMemory(spec({ limits: [limit({ maxKeys: 1000 })] }))).toEqual(
      said('the table of limits[0] with maxKeys 1000 needs 30000 bytes'),
    );
    expect(withoutMemory(spec({ auth: auth({ replayCapacity: 1000 }) }))).toEqual(
      said('the replay memory of 1000 signatures needs 32032 bytes'),
    );
  });

  test('is refused with all its faults at once, and the message tells the first and how many there are', () => {
    const faulty = spec({ limits: [limit({ numbers: bucket(0, -1, 10), maxKeys: 0 })], originUs: Number.NaN });
    expect(messagesOf(faulty)).toHaveLength(4);
    expect(() => createGate(faulty, hashSecret)).toThrow(/limits\[0\]\.capacity must be .*, got 0 \(and 3 more\)$/);
  });
});
