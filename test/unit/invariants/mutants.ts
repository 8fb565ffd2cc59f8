/** Small broken limiters, one for each invariant, which that invariant alone finds. */
import type { LimitNumbers } from '../../../harness/core/spec.js';
import {
  type Consumed,
  type Contract,
  type InvariantName,
  type Limiter,
  type LimiterAdapter,
  modelAdapter,
} from '../../../harness/invariants/index.js';

export interface Mutant {
  /** The invariant that finds it. */
  readonly invariant: InvariantName;
  readonly defect: string;
  readonly contract: Contract;
  readonly adapter: LimiterAdapter;
}

const bucket = { family: 'token-bucket', capacity: 5, refillCells: 1, refillPeriodUs: 1_000_000 } as const;
const window: LimitNumbers = {
  family: 'fixed-window',
  capacity: 5,
  windowUs: 1_000_000,
  anchor: 'first-hit',
  credit: 'none',
  countsDenied: false,
};

type Consume = Limiter['consume'];

/** A right limiter for the contract with its answers bent. */
function bent(contract: Contract, bend: (inner: Limiter) => Consume): LimiterAdapter {
  return own(() => {
    const inner = modelAdapter(contract).create() as Limiter;
    return { ...inner, consume: bend(inner) };
  });
}

function own(create: () => Limiter): LimiterAdapter {
  return { name: 'mutant', clock: 'argument', create };
}

const isWhole = (cost: number): boolean => Number.isSafeInteger(cost) && cost >= 1;
const refused: Consumed = { admitted: false };

/** Counters by key. */
function kept<T>(fresh: () => T): (key: string) => T {
  const counters = new Map<string, T>();
  return (key) => {
    const counter = counters.get(key) ?? fresh();
    counters.set(key, counter);
    return counter;
  };
}

const silent = { retryAfter: 'none', remaining: 'none', overCapacity: 'refused' } as const;

const acceptsZero: Contract = { promises: [bucket] };
const clampsCost: Contract = { promises: [bucket] };
const burstsAtEdge: Contract = { promises: [{ family: 'sliding-log', capacity: 5, windowUs: 700_001 }] };
const losesFractions: Contract = { promises: [bucket], ...silent };
const chargesDenied: Contract = { promises: [{ family: 'sliding-log', capacity: 5, windowUs: 1_000_000 }] };
const chargesOne: Contract = { promises: [bucket, { ...window, capacity: 8, windowUs: 60_000_000 }], ...silent };
const plain: Contract = { promises: [window] };
const ofMilliseconds: Contract = { promises: [window], grainUs: 1_000, ...silent };
const queue: Contract = { promises: [{ ...bucket, family: 'leaky-queue', capacity: 2, queueCells: 3 }] };

/** Refills whole cells only, and forgets what was beyond them. */
function lossyBucket(): Limiter {
  const counterOf = kept(() => ({ cells: 5, lastUs: 0 }));
  return {
    consume: (key, cost, nowUs) => {
      if (!isWhole(cost)) return refused;
      const counter = counterOf(key);
      const cells = Math.min(5, counter.cells + Math.floor((nowUs - counter.lastUs) / 1_000_000));
      if (cells < cost) return refused;
      counter.cells = cells - cost;
      counter.lastUs = nowUs;
      return { admitted: true };
    },
  };
}

/** Two right limiters, one after the other; what the first one took stays taken. */
function twoInARow(): Limiter {
  const [first, second] = chargesOne.promises.map((numbers) => {
    return modelAdapter({ promises: [numbers] }).create() as Limiter;
  }) as [Limiter, Limiter];
  return {
    consume: (key, cost, nowUs) => {
      const one = first.consume(key, cost, nowUs) as Consumed;
      return { admitted: one.admitted && (second.consume(key, cost, nowUs) as Consumed).admitted };
    },
  };
}

/** A window of 5 each second; `startOf` says which window an instant belongs to, given the one that runs. */
function windowOf(isOver: (startUs: number, nowUs: number) => boolean): Limiter {
  const counterOf = kept(() => ({ startUs: Number.NEGATIVE_INFINITY, used: 0 }));
  return {
    consume: (key, cost, nowUs) => {
      if (!isWhole(cost)) return refused;
      const counter = counterOf(key);
      const over = isOver(counter.startUs, nowUs);
      if ((over ? 0 : counter.used) + cost > 5) return refused;
      if (over) Object.assign(counter, { startUs: nowUs, used: 0 });
      counter.used += cost;
      return { admitted: true };
    },
  };
}

/** Reads, waits, writes: what others wrote in between is lost. */
function checkThenAct(): Limiter {
  const used = new Map<string, number>();
  return {
    consume: async (key, cost) => {
      if (!isWhole(cost)) return refused;
      const before = used.get(key) ?? 0;
      await null;
      if (before + cost > 20) return refused;
      used.set(key, before + cost);
      return { admitted: true };
    },
  };
}

let made = 0;

export const mutants: readonly Mutant[] = [
  {
    invariant: 'refuses-bad-costs',
    defect: 'a cost of 0 passes',
    contract: acceptsZero,
    adapter: bent(acceptsZero, (inner) => (key, cost, nowUs) => {
      return cost === 0 ? { admitted: true, remaining: 5 } : inner.consume(key, cost, nowUs);
    }),
  },
  {
    invariant: 'never-above-capacity',
    defect: 'a cost above the capacity is taken for the capacity',
    contract: clampsCost,
    adapter: bent(clampsCost, (inner) => (key, cost, nowUs) => {
      return inner.consume(key, isWhole(cost) ? Math.min(cost, 5) : cost, nowUs);
    }),
  },
  {
    invariant: 'admission-bound',
    defect: 'a calendar window sold as a sliding log lets twice as much through at its edge',
    contract: burstsAtEdge,
    adapter: modelAdapter({ promises: [{ ...window, windowUs: 700_001, anchor: 'calendar' }] }),
  },
  {
    invariant: 'nothing-lost',
    defect: 'the fraction of a cell is lost at each refill',
    contract: losesFractions,
    adapter: own(lossyBucket),
  },
  {
    invariant: 'retry-after',
    defect: 'the retry time is a microsecond late',
    contract: plain,
    adapter: bent(plain, (inner) => (key, cost, nowUs) => {
      const answer = inner.consume(key, cost, nowUs) as Consumed;
      return answer.retryAfterUs === undefined ? answer : { ...answer, retryAfterUs: answer.retryAfterUs + 1 };
    }),
  },
  {
    invariant: 'remaining',
    defect: 'it tells a cell less than is left',
    contract: plain,
    adapter: bent(plain, (inner) => (key, cost, nowUs) => {
      const answer = inner.consume(key, cost, nowUs) as Consumed;
      return answer.remaining === undefined ? answer : { ...answer, remaining: Math.max(0, answer.remaining - 1) };
    }),
  },
  {
    invariant: 'denied-is-free',
    defect: 'denied requests are charged',
    contract: chargesDenied,
    adapter: modelAdapter({ ...chargesDenied, deniedRequests: 'charged' }),
  },
  {
    invariant: 'all-or-nothing',
    defect: 'what the first limit took is kept when the second one refuses',
    contract: chargesOne,
    adapter: own(twoInARow),
  },
  {
    invariant: 'isolation',
    defect: 'keys are taken in lower case',
    contract: plain,
    adapter: bent(plain, (inner) => (key, cost, nowUs) => inner.consume(key.toLowerCase(), cost, nowUs)),
  },
  {
    invariant: 'clock-steps',
    defect: 'any other window is a new one, also an earlier one',
    contract: { promises: [{ ...window, anchor: 'calendar' }], ...silent },
    adapter: own(() => windowOf((startUs, nowUs) => Math.floor(startUs / 1e6) !== Math.floor(nowUs / 1e6))),
  },
  {
    invariant: 'number-edges',
    defect: 'a window that started at 0 is taken for none',
    contract: { promises: [window], ...silent },
    adapter: own(() => windowOf((startUs, nowUs) => startUs === 0 || nowUs >= startUs + 1_000_000)),
  },
  {
    invariant: 'long-horizon',
    defect: 'the age of a window is kept in 32 bits of milliseconds',
    contract: ofMilliseconds,
    adapter: own(() => {
      return windowOf((startUs, nowUs) => startUs < 0 || (((nowUs - startUs) / 1_000) | 0) >= 1_000);
    }),
  },
  {
    invariant: 'concurrency',
    defect: 'it reads, waits and writes',
    contract: { promises: [{ family: 'earned-budget', capacity: 20, trickleUs: null }], ...silent },
    adapter: own(checkThenAct),
  },
  {
    invariant: 'bounded-memory',
    defect: 'no counter is ever dropped',
    contract: { ...plain, countersMax: 50 },
    adapter: modelAdapter(plain),
  },
  {
    invariant: 'determinism',
    defect: 'every other limiter serves its queue a microsecond late',
    contract: queue,
    adapter: own(() => {
      made += 1;
      const lateUs = made % 2;
      const inner = modelAdapter(queue).create() as Limiter;
      return {
        consume: (key, cost, nowUs) => {
          const answer = inner.consume(key, cost, nowUs) as Consumed;
          return answer.delayUs === undefined ? answer : { ...answer, delayUs: answer.delayUs + lateUs };
        },
      };
    }),
  },
];
