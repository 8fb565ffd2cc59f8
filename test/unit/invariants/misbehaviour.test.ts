import { describe, expect, test } from 'vitest';
import {
  assertLimiter,
  type CheckFailure,
  type Consumed,
  type Contract,
  checkLimiter,
  type Limiter,
  type LimiterAdapter,
  type LimiterClock,
  modelAdapter,
} from '../../../harness/invariants/index.js';

const contract: Contract = {
  promises: [{ family: 'token-bucket', capacity: 2, refillCells: 1, refillPeriodUs: 1_000_000 }],
};

async function failuresOf(consume: Limiter['consume'], clock: LimiterClock = 'argument'): Promise<CheckFailure[]> {
  const adapter = { name: 'odd', clock, create: () => ({ consume }) };
  const report = await checkLimiter(adapter, contract, { seed: 1, runs: 3, invariant: 'admission-bound' });
  return [...report.failures];
}

const answering = (answer: unknown): (() => Consumed) => {
  return () => answer as Consumed;
};

describe('a limiter that does not behave like one', () => {
  test.each([
    { answer: undefined, message: 'consume answered undefined instead of a decision' },
    { answer: null, message: 'consume answered null instead of a decision' },
    { answer: true, message: 'consume answered true instead of a decision' },
    { answer: {}, message: 'consume answered "admitted: undefined", which is neither true nor false' },
    { answer: { admitted: 1 }, message: 'consume answered "admitted: 1", which is neither true nor false' },
    {
      answer: { admitted: false, retryAfterUs: -1 },
      message: 'consume answered "retryAfterUs: -1", which is no time from now on',
    },
    {
      answer: { admitted: false, retryAfterUs: Number.NaN },
      message: 'consume answered "retryAfterUs: NaN", which is no time from now on',
    },
    {
      answer: { admitted: true, remaining: 0.5 },
      message: 'consume answered "remaining: 0.5", which is no number of cells',
    },
    {
      answer: { admitted: true, remaining: -1 },
      message: 'consume answered "remaining: -1", which is no number of cells',
    },
    {
      answer: { admitted: true, delayUs: Number.POSITIVE_INFINITY },
      message: 'consume answered "delayUs: Infinity", which is no time from now on',
    },
  ])('is told that it $message', async ({ answer, message }) => {
    const [failure] = await failuresOf(answering(answer));
    expect(failure?.message).toBe(message);
    expect(failure?.timeline).toHaveLength(1);
  });

  test('may say that a retry never comes', async () => {
    expect(await failuresOf(answering({ admitted: false, retryAfterUs: Number.POSITIVE_INFINITY }))).toEqual([]);
  });

  test('is told that it threw, without a stack', async () => {
    const [failure] = await failuresOf(() => {
      throw new TypeError('store is gone');
    });
    expect(failure?.message).toBe('consume threw "store is gone"');
    expect(failure?.timeline).toEqual(['at 0 ms: 1 cell of key a: threw "store is gone"']);
  });

  test.each<LimiterClock>(['argument', 'global'])(
    'is told that it rejected, with a clock that is %s',
    async (clock) => {
      const [failure] = await failuresOf(() => Promise.reject(new Error('store is gone')), clock);
      expect(failure?.message).toBe('consume threw "store is gone"');
    },
  );

  test.each<LimiterClock>(['argument', 'global'])(
    'is not waited for longer than two seconds a history, with a clock that is %s',
    async (clock) => {
      const before = globalThis.setTimeout;
      let asked = 0;
      const [failure] = await failuresOf(() => {
        asked += 1;
        return new Promise(() => {});
      }, clock);
      expect(asked).toBe(1);
      expect(failure?.message).toBe('consume did not answer within 2 s');
      expect(globalThis.setTimeout).toBe(before);
    },
  );

  test.each<{ life: Partial<Record<'create' | 'close', () => unknown>>; message: string }>([
    { life: { create: () => Promise.reject(new Error('no such store')) }, message: 'create threw "no such store"' },
    { life: { create: () => new Promise(() => {}) }, message: 'create did not answer within 2 s' },
    { life: { create: () => ({}) }, message: 'create made something that has no method consume' },
    { life: { create: () => null }, message: 'create made something that has no method consume' },
    { life: { close: () => Promise.reject(new Error('busy')) }, message: 'close threw "busy"' },
    { life: { close: () => new Promise(() => {}) }, message: 'close did not answer within 2 s' },
  ])('is told that $message', async ({ life, message }) => {
    const good = (): unknown => ({ ...(modelAdapter(contract).create() as Limiter), ...life });
    const adapter = { name: 'odd', clock: 'argument' as const, create: life.create ?? good } as LimiterAdapter;
    const report = await checkLimiter(adapter, contract, { seed: 1, runs: 1, invariant: 'number-edges' });
    expect(report.failures.map((failure) => failure.message)).toEqual([message]);
  });

  test('does not keep the other invariants from being asked', async () => {
    const adapter = { name: 'odd', clock: 'argument' as const, create: () => ({ consume: answering({}) }) };
    const report = await checkLimiter(adapter, contract, { seed: 1, runs: 1 });
    expect(report.failures.length).toBeGreaterThan(8);
  });
});

describe('assertLimiter', () => {
  test('throws the report, readable', async () => {
    const open = {
      name: 'open',
      clock: 'argument' as const,
      create: () => ({ consume: answering({ admitted: true }) }),
    };
    const thrown = assertLimiter(open, contract, { seed: 1, runs: 20, invariant: 'admission-bound' });
    await expect(thrown).rejects.toThrow(/^open breaks 1 promise/);
    await expect(thrown).rejects.toThrow(
      [
        'admission-bound: 3 cells passed within 0 ms, where at most 2 may',
        '  promised: cells admitted in any interval of length w <= 2 + 1 x w / 1 s',
        '  at 0 ms: 2 cells of key a: admitted (2 of 2)',
        '  at 0 ms: 1 cell of key a: admitted (3 of 2)',
        "  play it again: checkLimiter(adapter, contract, { invariant: 'admission-bound', seed: 1, path: ",
      ].join('\n'),
    );
  });

  test('is silent when all is kept', async () => {
    await expect(assertLimiter(modelAdapter(contract), contract, { seed: 1, runs: 10 })).resolves.toBeUndefined();
  });
});
