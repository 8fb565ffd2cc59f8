import { describe, expect, test, vi } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import { type GateSpec, HORIZON_US, type LimitSpec } from '../../../harness/core/spec.js';
import { FloodproofError } from '../../../harness/errors.js';
import { auth, bucket, fixedWindow, hashSecret, limit, spec } from './specs.js';

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
    { field: 'ban.afterThrottles', make: (value) => ({ ban: { afterThrottles: value, forUs: 1 } }) },
    { field: 'ban.forUs', make: (value) => ({ ban: { afterThrottles: 1, forUs: value } }) },
  ];
  const rows = fields.flatMap(({ field, make }) => notWhole.map((value) => ({ field, make, value })));
  test.each(rows)('with limits[0].$field = $value is refused by the name of the field', ({ field, make, value }) => {
    expect(messagesOf(spec({ limits: [limit(make(value))] }))).toEqual([
      expect.stringMatching(new RegExp(`^limits\\[0\\]\\.${field} must be a whole number from 1 to .*, got `)),
    ]);
  });

  const faults: { because: string; faulty: Partial<GateSpec>; message: string }[] = [
    { because: 'there is no class', faulty: { classes: [] }, message: 'classes must have 1 to 65536 entries, got 0' },
    { because: 'a class has no name', faulty: { classes: [''] }, message: 'classes[0] has no name' },
    { because: 'the origin is negative', faulty: { originUs: -1 }, message: 'originUs must be' },
    { because: 'the origin is too late', faulty: { originUs: 2 ** 52 - HORIZON_US + 1 }, message: 'originUs must be' },
    {
      because: 'a family is unknown',
      faulty: { limits: [limit({ numbers: untyped({ family: 'leaky' }) })] },
      message: 'limits[0].family must be one of token-bucket, fixed-window, got leaky',
    },
    {
      because: 'an anchor is unknown',
      faulty: { limits: [limit({ numbers: fixedWindow(1, 1, untyped('moon')) })] },
      message: 'limits[0].anchor must be one of calendar, first-hit, got moon',
    },
    {
      because: 'a limit counts by something unknown',
      faulty: { limits: [limit({ by: untyped('shoe') })] },
      message: 'limits[0].by must be one of',
    },
    {
      because: 'a cost is negative',
      faulty: { limits: [limit({ costs: [-1] })] },
      message: 'limits[0].costs[0] must be',
    },
    {
      because: 'costs are missing',
      faulty: { limits: [limit({ costs: [] })] },
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
