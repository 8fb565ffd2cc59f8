/** Limiters whose behaviour is odd and keeps what is promised: each was accused once, or might be. */
import { describe, expect, test } from 'vitest';
import {
  type CheckOptions,
  type Consumed,
  type Contract,
  checkLimiter,
  type Limiter,
  type LimiterAdapter,
  modelAdapter,
} from '../../../harness/invariants/index.js';

const second = 1_000_000;
const log: Contract = {
  promises: [{ family: 'sliding-log', capacity: 3, windowUs: second }],
  grainUs: 1_000,
  costMax: 1,
  retryAfter: 'none',
  remaining: 'at-least',
};
const window = { family: 'fixed-window', anchor: 'first-hit', credit: 'none', countsDenied: false } as const;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks the model at what `Date` shows, which may be before or after a wait. */
function waiting(contract: Contract, order: (decide: () => Consumed) => Promise<Consumed>): LimiterAdapter {
  const inner = modelAdapter(contract);
  return {
    name: 'waiting',
    clock: 'global',
    create: () => {
      const limiter = inner.create() as Limiter;
      return {
        consume: (key, cost) => order(() => limiter.consume(key, cost, Date.now() * 1_000) as Consumed),
      };
    },
  };
}

/** So many counters for each key; requests go round robin. */
function nodesOf(contract: Contract, nodes: number): LimiterAdapter {
  const inner = modelAdapter({ ...contract, nodes: 1 });
  return {
    name: 'nodes',
    clock: 'argument',
    create: () => {
      const limiters = Array.from({ length: nodes }, () => inner.create() as Limiter);
      let turn = 0;
      const next = (): Limiter => limiters[turn++ % nodes] as Limiter;
      return {
        consume: (key, cost, nowUs) => next().consume(key, cost, nowUs),
        credit: (key, cells, nowUs) => next().credit?.(key, cells, nowUs),
      };
    },
  };
}

async function accusations(
  adapter: LimiterAdapter,
  contract: Contract,
  options: CheckOptions = { runs: 60 },
): Promise<string[]> {
  const report = await checkLimiter(adapter, contract, { seed: 1, ...options });
  return report.failures.map(({ invariant, message }) => `${invariant}: ${message}`);
}

describe('a limiter that answers only after a timer', () => {
  const later = async (decide: () => Consumed): Promise<Consumed> => {
    const answer = decide();
    await sleep(5);
    return answer;
  };

  test.each([
    { name: 'decides and then waits', order: later },
    {
      name: 'waits and then decides',
      order: async (decide: () => Consumed): Promise<Consumed> => {
        await sleep(700);
        return decide();
      },
    },
    {
      name: 'waits twice, with the decision in between',
      order: async (decide: () => Consumed): Promise<Consumed> => {
        await sleep(3);
        const answer = decide();
        await sleep(40);
        return answer;
      },
    },
  ])('and $name is accused of nothing', async ({ order }) => {
    expect(await accusations(waiting(log, order), log)).toEqual([]);
  });

  test.each<{ name: string; contract: Contract }>([
    { name: 'a bucket', contract: { ...log, promises: [{ ...bucketOf(3, second) }] } },
    { name: 'a window', contract: { ...log, promises: [{ ...window, capacity: 3, windowUs: second }] } },
    { name: 'a retry time', contract: { ...log, retryAfter: 'exact' } },
    { name: 'exact cells left', contract: { ...log, remaining: 'exact' } },
  ])('and keeps $name is accused of nothing', async ({ contract }) => {
    expect(await accusations(waiting(contract, later), contract)).toEqual([]);
  });

  test('is not held against another one at the same instant, and says so', async () => {
    const report = await checkLimiter(waiting(log, later), log, { seed: 1, runs: 20 });
    const because = 'its answers take time, so at which instant it decides is not seen';
    for (const invariant of ['denied-is-free', 'isolation', 'clock-steps', 'determinism']) {
      expect(report.skipped).toContainEqual({ invariant, because });
    }
    expect(report.skipped.map(({ invariant }) => invariant)).not.toContain('admission-bound');
  });

  test('and reads before it waits and writes after it is found', async () => {
    const adapter: LimiterAdapter = {
      name: 'racing',
      clock: 'global',
      create: () => {
        let admitted: number[] = [];
        return {
          consume: async () => {
            const kept = admitted.filter((atMs) => atMs > Date.now() - 1_000);
            await sleep(2);
            if (kept.length >= 3) return { admitted: false };
            admitted = [...kept, Date.now()];
            return { admitted: true };
          },
        };
      },
    };
    const contract: Contract = { ...log, remaining: 'none' };
    const report = await checkLimiter(adapter, contract, { seed: 1, runs: 60, invariant: 'concurrency' });
    expect(report.failures[0]?.message).toMatch(/^\d+ cells passed within \d+ ms, where at most 3 may$/);
  });

  test('and lets too many through is found', async () => {
    const loose: Contract = { ...log, promises: [{ family: 'sliding-log', capacity: 4, windowUs: second }] };
    const report = await checkLimiter(waiting(loose, later), log, { seed: 1, runs: 60, invariant: 'admission-bound' });
    expect(report.failures).toHaveLength(1);
  });

  test('may need time to be made', async () => {
    const adapter: LimiterAdapter = {
      ...modelAdapter(log),
      clock: 'global',
      create: async () => {
        await sleep(50);
        return modelAdapter(log).create();
      },
    };
    const report = await checkLimiter(adapter, log, { seed: 1, runs: 5, invariant: 'admission-bound' });
    expect(report.failures).toEqual([]);
  });
});

function bucketOf(capacity: number, refillPeriodUs: number) {
  return { family: 'token-bucket', capacity, refillCells: 1, refillPeriodUs } as const;
}

describe('a limiter of several nodes', () => {
  test.each<{ name: string; promises: Contract['promises'] }>([
    { name: 'windows from the first hit on', promises: [{ ...window, capacity: 18, windowUs: 5 * second }] },
    {
      name: 'calendar windows that take credit',
      promises: [{ ...window, anchor: 'calendar', credit: 'to-zero', capacity: 18, windowUs: 5_543_610 }],
    },
    { name: 'budgets that trickle', promises: [{ family: 'earned-budget', capacity: 12, trickleUs: 3 }] },
    {
      name: 'queues',
      promises: [{ family: 'leaky-queue', capacity: 1, queueCells: 9, refillCells: 1, refillPeriodUs: second }],
    },
  ])('with $name is accused of nothing', async ({ promises }) => {
    for (const nodes of [2, 3]) {
      const contract: Contract = { promises, nodes };
      expect(await accusations(nodesOf(contract, nodes), contract, { runs: 200 })).toEqual([]);
    }
  });
});

describe('a limiter that is exact in its own way', () => {
  test('may wait for the slowest of several queues', async () => {
    const contract: Contract = {
      promises: [
        bucketOf(3, 94),
        { family: 'leaky-queue', capacity: 1, queueCells: 2_603, refillCells: 27, refillPeriodUs: 35 },
        { family: 'leaky-queue', capacity: 18, queueCells: 14, refillCells: 48, refillPeriodUs: 2_485_223 },
      ],
    };
    expect(await accusations(modelAdapter(contract), contract, { runs: 300, invariant: 'admission-bound' })).toEqual(
      [],
    );
  });

  test('may let a request through that is larger than a budget which trickles', async () => {
    const contract: Contract = {
      promises: [
        { family: 'earned-budget', capacity: 5, trickleUs: 713_388 },
        { family: 'concurrency', capacity: 14 },
      ],
    };
    expect(await accusations(modelAdapter(contract), contract)).toEqual([]);
  });

  test('may read microseconds from performance or hrtime', async () => {
    const contract: Contract = {
      promises: [{ family: 'sliding-log', capacity: 9, windowUs: 9_999_998 }],
      clockBack: 'undefined',
    };
    const readers = [
      (): number => Number(process.hrtime.bigint() / 1_000n),
      (): number => Math.round(performance.now() * 1_000),
    ];
    for (const reader of readers) {
      const adapter: LimiterAdapter = {
        name: 'steady',
        clock: 'global',
        create: () => {
          const limiter = modelAdapter(contract).create() as Limiter;
          return { consume: (key, cost) => limiter.consume(key, cost, 10 ** 15 + reader()) };
        },
      };
      expect(await accusations(adapter, contract)).toEqual([]);
    }
  });

  test('may let its stated overshoot through by one request', async () => {
    const contract: Contract = {
      promises: [bucketOf(5, second)],
      slackCells: 3,
      overCapacity: 'refused',
      retryAfter: 'sufficient',
      remaining: 'at-least',
    };
    const looser = { ...contract, promises: [bucketOf(8, second)] };
    expect(await accusations(modelAdapter(looser), contract)).toEqual([]);
  });

  test('may tell its time in steps that do not divide a second', async () => {
    for (const grainUs of [7_000, 16_667]) {
      const contract: Contract = {
        promises: [{ ...window, anchor: 'calendar', capacity: 4, windowUs: 60 * second }],
        grainUs,
      };
      const adapter: LimiterAdapter = {
        name: 'coarse',
        clock: 'argument',
        create: () => {
          const limiter = modelAdapter(contract).create() as Limiter;
          return { consume: (key, cost, nowUs) => limiter.consume(key, cost, nowUs - (nowUs % grainUs)) };
        },
      };
      expect(await accusations(adapter, contract)).toEqual([]);
    }
  });
});

test('a budget that says never, though it trickles, is found', async () => {
  const contract: Contract = { promises: [{ family: 'earned-budget', capacity: 20, trickleUs: 10 * second }] };
  const adapter: LimiterAdapter = {
    name: 'never',
    clock: 'argument',
    create: () => {
      const limiter = modelAdapter(contract).create() as Limiter;
      return {
        consume: (key, cost, nowUs) => {
          const answer = limiter.consume(key, cost, nowUs) as Consumed;
          return answer.admitted ? answer : { ...answer, retryAfterUs: Number.POSITIVE_INFINITY };
        },
      };
    },
  };
  const report = await checkLimiter(adapter, contract, { seed: 1, runs: 50, invariant: 'retry-after' });
  expect(report.failures[0]?.message).toBe('it said never, and the request passed after 10 s');
});
