import { expect, test } from 'vitest';
import {
  type Consumed,
  type Contract,
  checkLimiter,
  type InvariantName,
  type Limiter,
  modelAdapter,
} from '../../../harness/invariants/index.js';

const bucket: Contract = {
  promises: [{ family: 'token-bucket', capacity: 5, refillCells: 1, refillPeriodUs: 1_000_000 }],
  retryAfter: 'none',
  remaining: 'none',
};
const budget: Contract = { ...bucket, promises: [{ family: 'earned-budget', capacity: 5, trickleUs: 1_000_000 }] };

/** Right limiters, one a key, with something done around each request. */
function perKey(
  contract: Contract,
  around: (counters: Map<string, Limiter>, key: string, cost: number) => void,
): Limiter {
  const counters = new Map<string, Limiter>();
  return {
    consume: (key, cost, nowUs) => {
      around(counters, key, cost);
      const counter = counters.get(key) ?? (modelAdapter(contract).create() as Limiter);
      counters.set(key, counter);
      return counter.consume(key, cost, nowUs);
    },
  };
}

test.each<{ defect: string; invariant: InvariantName; contract: Contract; create: () => Limiter }>([
  {
    defect: 'beyond its keys the oldest counter starts anew',
    invariant: 'isolation',
    contract: { ...bucket, keys: 10 },
    create: () =>
      perKey(bucket, (counters, key) => {
        const [oldest] = counters.keys();
        if (counters.size >= 10 && !counters.has(key) && oldest !== undefined) counters.delete(oldest);
      }),
  },
  {
    defect: 'a cost that is no number makes the counter as good as new',
    invariant: 'refuses-bad-costs',
    contract: bucket,
    create: () => perKey(bucket, (counters, key, cost) => !Number.isFinite(cost) && counters.delete(key)),
  },
  {
    defect: 'a refused request takes one cell',
    invariant: 'denied-is-free',
    contract: bucket,
    create: () => {
      const inner = modelAdapter(bucket).create() as Limiter;
      return {
        consume: (key, cost, nowUs) => {
          const answer = inner.consume(key, cost, nowUs) as Consumed;
          if (!answer.admitted && cost > 1) inner.consume(key, 1, nowUs);
          return answer;
        },
      };
    },
  },
  {
    defect: 'a clock that is set back brings the next trickle at once',
    invariant: 'clock-steps',
    contract: budget,
    create: () => {
      let used = 0;
      let lastUs = Number.NEGATIVE_INFINITY;
      return {
        consume: (_key, cost, nowUs) => {
          if (!Number.isSafeInteger(cost) || cost < 1) return { admitted: false };
          if (used + cost <= 5) {
            used += cost;
            return { admitted: true };
          }
          if (Math.abs(nowUs - lastUs) < 1_000_000) return { admitted: false };
          lastUs = nowUs;
          return { admitted: true };
        },
      };
    },
  },
])('$invariant finds that $defect', async ({ invariant, contract, create }) => {
  const adapter = { name: 'mutant', clock: 'argument', create } as const;
  const report = await checkLimiter(adapter, contract, { seed: 4, runs: 300, invariant });
  expect(report.failures.map((failure) => failure.invariant)).toEqual([invariant]);
});
