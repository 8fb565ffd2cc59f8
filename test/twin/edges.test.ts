/** Edges that random operations seldom hit: both engines, the same answer. */
import { expect, test } from 'vitest';
import { createGate } from '../../harness/core/index.js';
import { Decision, type Gate, type GateSpec, HORIZON_US, NEVER_US } from '../../harness/core/spec.js';
import { createNativeGate } from '../../harness/native/native-gate.js';
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
} from '../unit/core/specs.js';
import { demandAddon, describeTwins } from './engines.js';

const { admitted, throttled, never, banned, malformed, unknownKey } = Decision;

function bothOf(of: GateSpec): Gate[] {
  return [createGate(of, hashSecret), createNativeGate(demandAddon(), of, hashSecret)];
}

describeTwins('both engines at the edge', () => {
  const largest: { spec: Partial<GateSpec>; because: string }[] = [
    { spec: { limits: [limit({ numbers: bucket(1, 1, 2 ** 52 - 1) })] }, because: 'the largest sum of a bucket' },
    { spec: { limits: [limit({ numbers: bucket(1, 29_000, 1_000_003) })] }, because: 'the finest grain of a bucket' },
    { spec: { limits: [limit({ numbers: fixedWindow(1, 2 ** 52, 'first-hit') })] }, because: 'the longest window' },
    {
      spec: { limits: [limit({ numbers: fixedWindow(2 ** 31 - 1, 1, 'calendar'), costs: [2 ** 31 - 1] })] },
      because: 'the largest cost and capacity',
    },
    {
      spec: {
        limits: [
          limit({ maxKeys: 10_000_000, ban: { afterThrottles: 2 ** 31 - 1, stepsUs: [HORIZON_US], forgetUs: 0 } }),
        ],
      },
      because: 'the largest table and ban',
    },
    { spec: { limits: [limit({ numbers: slidingCounter(1, 2 ** 52 - 1) })] }, because: 'the longest sliding window' },
    {
      spec: { limits: [limit({ numbers: slidingCounter(2 ** 31 - 1, 2 ** 21), costs: [2 ** 31 - 1] })] },
      because: 'the largest sum of a sliding counter',
    },
    {
      spec: { limits: [limit({ numbers: slidingLog(10_000, 2 ** 52), costs: [9_999], maxKeys: 10 })] },
      because: 'the largest log',
    },
    {
      spec: { limits: [limit({ numbers: leakyQueue(1, 2 ** 31 - 2, 1, 2_097_151), costs: [2 ** 31 - 1] })] },
      because: 'the longest queue',
    },
    {
      spec: { limits: [limit({ numbers: earnedBudget(1, HORIZON_US), costs: [2 ** 31 - 1] })] },
      because: 'the slowest trickle',
    },
    {
      spec: { limits: [limit({ numbers: concurrency(2 ** 31 - 1), costs: [2 ** 30] })] },
      because: 'the most in flight',
    },
    {
      spec: {
        limits: [
          limit({
            ban: { afterThrottles: 1, stepsUs: Array.from({ length: 16 }, () => HORIZON_US), forgetUs: HORIZON_US },
          }),
        ],
      },
      because: 'the longest ladder of bans',
    },
    {
      spec: { limits: [limit({ ageCosts: [[{ underUs: HORIZON_US, cells: 2 ** 31 - 1 }]] })] },
      because: 'the largest cost of an age',
    },
    {
      spec: { limits: Array.from({ length: 64 }, (_, index) => limit({ name: `${index}` })) },
      because: 'the most limits',
    },
    {
      spec: { auth: auth({ windowUsMax: HORIZON_US, futureUs: HORIZON_US, replayCapacity: 10_000_000 }) },
      because: 'the longest times of a verifier',
    },
    { spec: { originUs: 2 ** 52 - HORIZON_US, limits: [limit({})] }, because: 'the latest origin' },
  ];
  test.each(largest)('take $because, and answer alike at the origin and at the horizon', ({ spec: changes }) => {
    const of = spec(changes);
    const [ts, native] = bothOf(of).map((gate) =>
      [0, 1, HORIZON_US, Number.MAX_SAFE_INTEGER].map((nowUs) => {
        const decision = gate.limit(Math.min(of.originUs + nowUs, Number.MAX_SAFE_INTEGER), 0, 'a', 'a', 'a');
        return [decision, ...gate.answer];
      }),
    );
    expect(native).toEqual(ts);
    expect(ts?.flat().every(Number.isSafeInteger)).toBe(true);
  });

  test('take no more cells for a request than a counter can speak of', () => {
    const limits = [
      limit({ numbers: earnedBudget(1, 1), costs: [2 ** 31 - 1], ageCosts: [[{ underUs: 1, cells: 1 }]] }),
    ];
    for (const gate of bothOf(spec({ limits }))) {
      expect(gate.limit(0, 0, 'a', '', '', 1, 0)).toBe(never);
      expect(gate.limit(0, 0, 'a', '', '', 65_535, 1)).toBe(never);
      expect(gate.limit(0, 0, 'a', '', '', 1, 1)).toBe(admitted);
    }
  });

  test('end a credit at the same cells', () => {
    const cells = 2 ** 31 - 1;
    const credited = fixedWindow(5, 100, 'first-hit', { credit: 'below-zero' });
    const limits = [limit({ numbers: credited, maxKeys: 1 }), limit({ name: 'life', numbers: earnedBudget(5, null) })];
    for (const gate of bothOf(spec({ limits }))) {
      gate.limit(0, 0, 'a', '', '');
      for (const index of [0, 1, 0, 1]) expect(gate.credit(0, index, 0, 'a', '', '', cells)).toBe(true);
      gate.limit(0, 0, 'a', '', '');
      expect([...gate.answer]).toEqual([1, cells, 0, NEVER_US, 0, 0, -1]);
      expect(gate.credit(0, 0, 0, 'b', '', '', 1)).toBe(false);
    }
  });

  test('take ids up to the same length', () => {
    const of = spec({ limits: [limit({}), limit({ name: 'account', by: ['account'] })] });
    for (const gate of bothOf(of)) {
      expect(gate.limit(0, 0, 'f'.repeat(64), 'a'.repeat(256), '')).toBe(admitted);
      expect(gate.limit(0, 0, 'f'.repeat(65), 'a'.repeat(256), '')).toBe(malformed);
      expect(gate.limit(0, 0, 'e'.repeat(64), 'a'.repeat(257), '')).toBe(malformed);
      expect(gate.limit(0, 0, 'd', `${'a'.repeat(256)}é`, '')).toBe(malformed);
    }
  });

  test('forget strikes when the counter was full at the very instant of the next charge', () => {
    const ban = { afterThrottles: 2, stepsUs: [1000], forgetUs: 0 };
    const of = spec({ auth: auth(), limits: [limit({ numbers: fixedWindow(1, 10, 'calendar'), ban })] });
    for (const gate of bothOf(of)) {
      const forged = [0, 1, 10, 11, 12, 13].map((nowUs) => gate.decide(nowUs, 0, 'a', '', 'k', 0, 0, '', ''));
      expect(forged).toEqual([unknownKey, throttled, unknownKey, throttled, throttled, banned]);
    }
  });
});
